// Evidence blocks: reports of every kind, decay and its landmarks, growth, forecasts. Whole blocks are hashed.

/** Arms as [family, input price, output price]; the last has no list price. */
export const ARMS = [
  [0, 2.5e-6, 1e-5],
  [0, 1.5e-7, 6e-7],
  [1, 8.8e-7, 8.8e-7],
  [1, 3e-6, 1.5e-5],
  [2, NaN, NaN],
];

/** A block with a scratch; `arms` arms, those of ARMS in turn. */
export function block(
  kernel,
  { arms = ARMS.length, segments = 4, halfLife = Infinity, spare = 0 },
) {
  const families = Math.min(arms, 3);
  const bytes = kernel.call('evidence_bytes', arms, families, segments + spare);
  const evidence = kernel.allocate('evidence', bytes);
  const scratch = kernel.allocate('scratch', kernel.call('scratch_bytes', arms));
  kernel.call('evidence_init', evidence, arms, families, segments, halfLife, 0.7, 2);
  for (let arm = 0; arm < arms; arm++) {
    const [family, input, output] = ARMS[arm % ARMS.length];
    kernel.call('evidence_set_arm', evidence, arm, family % families, input, output);
  }
  return { evidence, scratch, bytes, arms, segments };
}

/** `count` reports: graded, 0 and 1, some without reward, cost or prompt length. */
export function learn(kernel, { evidence, scratch, arms, segments }, count, clock = (i) => i) {
  for (let i = 0; i < count; i++) {
    const reward = i % 11 === 3 ? NaN : i % 3 === 0 ? 1 : i % 3 === 1 ? ((i * 37) % 101) / 101 : 0;
    const cost = i % 7 === 5 ? NaN : (1 + ((i * 53) % 17)) / 4096;
    const tokens = i % 5 === 4 ? NaN : 10 * (i % 90);
    const where = [(i * i + (i >> 2)) % segments, (i * 7 + (i >> 3)) % arms];
    kernel.call('evidence_observe', evidence, scratch, ...where, reward, cost, tokens, clock(i));
  }
}

function summary(kernel, { evidence, bytes }) {
  for (const name of ['evidence_reports', 'evidence_kappa', 'evidence_dispersion']) {
    kernel.call(name, evidence);
  }
  kernel.hash(evidence, bytes);
}

function forecast(kernel, { evidence, scratch, arms }, segment, clock, tokens) {
  kernel.call('evidence_forecast', evidence, scratch, segment, clock, tokens);
  kernel.read(kernel.address('means', 'scratch_means', scratch, arms), 'f64', arms);
  kernel.read(kernel.address('shapes', 'scratch_shapes', scratch, arms), 'f64', 2 * arms);
  kernel.read(kernel.address('costs', 'scratch_costs', scratch, arms), 'f64', arms);
}

export function record(vector) {
  vector('an empty block forecasts priors and list prices', (kernel) => {
    const world = block(kernel, {});
    summary(kernel, world);
    for (const tokens of [NaN, 0, 1e6]) forecast(kernel, world, 3, 0, tokens);
  });

  vector('one arm, one segment', (kernel) => {
    const world = block(kernel, { arms: 1, segments: 1 });
    learn(kernel, world, 3);
    summary(kernel, world);
    forecast(kernel, world, 0, 3, 100);
  });

  vector('reports of every kind, beyond the first estimate of the strength', (kernel) => {
    const world = block(kernel, {});
    learn(kernel, world, 300);
    summary(kernel, world);
    for (const segment of [0, 3]) forecast(kernel, world, segment, 300, segment ? NaN : 700);
  });

  vector(
    'an even number of arms, forgetting, late reports and a clock that does not run back',
    (kernel) => {
      const world = block(kernel, { arms: 4, halfLife: 20 });
      learn(kernel, world, 60, (i) => (i % 4 === 3 ? i - 2.5 : i));
      summary(kernel, world);
      forecast(kernel, world, 1, 10, 50);
    },
  );

  vector('landmarks: moved by 64 half-lives, by 1,000, and reports too late to weigh', (kernel) => {
    const world = block(kernel, { arms: 3, halfLife: 0.75 });
    for (const start of [0, 60, 1000, 900, 1]) {
      learn(kernel, world, 12, (i) => start + i / 4);
      summary(kernel, world);
    }
    forecast(kernel, world, 2, 1100, 50);
  });

  vector('segments added to a block that has learned', (kernel) => {
    const world = block(kernel, { segments: 2, spare: 3 });
    learn(kernel, world, 20);
    kernel.call('evidence_set_segments', world.evidence, 5);
    forecast(kernel, world, 4, 20, 300);
    learn(kernel, { ...world, segments: 5 }, 25, (i) => 20 + i);
    summary(kernel, world);
  });

  vector('reports of fractional weight among others, some late', (kernel) => {
    const world = block(kernel, { arms: 3, halfLife: 40 });
    learn(kernel, world, 30);
    for (let i = 0; i < 40; i++) {
      const where = [i % world.segments, (i * 5) % world.arms];
      const [reward, cost] = [
        i % 9 === 4 ? NaN : ((i * 29) % 100) / 100,
        i % 6 === 2 ? NaN : i / 2 ** 14,
      ];
      const at = [i % 4 ? 300 : NaN, 30 - (i % 3) * 7, i % 8 === 7 ? 1 : (1 + (i % 5)) / 8];
      kernel.call(
        'evidence_observe_weighted',
        world.evidence,
        world.scratch,
        ...where,
        reward,
        cost,
        ...at,
      );
    }
    summary(kernel, world);
    forecast(kernel, world, 1, 30, 200);
  });
}
