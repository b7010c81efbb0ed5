// Live (model, n) arms: what runs teach, decisions, their propensities and traces, blocks that grow.
import { block } from './evidence.mjs';
import { halves } from './recorder.mjs';

const ROWS = 8;
const RECORD_FIELDS = 9;

/** Memory with values in it. */
function place(kernel, name, type, values) {
  const address = kernel.allocate(name, values.length * 8);
  kernel.write(address, type, values);
  return address;
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** Names the arms: n = 1, 2, … of the first model, then of the next. */
function nameArms(kernel, levels, most) {
  let arm = 0;
  most.forEach((n, model) => {
    for (let k = 1; k <= n; k++) kernel.call('levels_set_arm', levels, arm++, model, k);
  });
}

/** A block of (model, n) arms for models of at most `most` samples each. */
function levelsOf(kernel, { arms, segments }, most) {
  const size = [total(most), arms, segments, Math.max(...most)];
  const bytes = kernel.call('levels_bytes', ...size);
  const levels = kernel.allocate('levels', bytes);
  kernel.call('levels_init', levels, ...size);
  nameArms(kernel, levels, most);
  return { levels, bytes, most, samples: Math.max(...most) };
}

/** Runs of all their scores, of the best alone, of costs alone. */
function teach(kernel, { evidence, scratch, segments }, { levels, most, samples }, count) {
  const scores = kernel.allocate('scores', 8 * samples);
  for (let i = 0; i < count; i++) {
    const model = (i * 7 + (i >> 2)) % most.length;
    const n = 1 + (i % most[model]);
    const values = Array.from({ length: n }, (_, k) => ((i * 37 + k * 53) % 101) / 101);
    kernel.write(scores, 'f64', values);
    const whole = i % 5 !== 4;
    kernel.call(
      'levels_observe',
      evidence,
      scratch,
      levels,
      (i * i) % segments,
      model,
      n,
      whole ? scores : 0,
      whole || i % 10 === 9 ? NaN : values[0],
      n,
      i % 7 === 6 ? NaN : (1 + (i % 17)) / 4096,
      i % 3 === 0 ? NaN : 100,
      i,
    );
  }
}

function shapesOf(kernel, { evidence, scratch }, { levels, most }, clock) {
  const out = kernel.allocate('shapes', 16 * total(most));
  kernel.call('levels_shapes', evidence, scratch, levels, 1, clock, out);
  kernel.read(out, 'f64', 2 * total(most));
}

/** Decides on a world that runs have taught, and asks for an explanation of the last decision. */
function decide(kernel, world, own, options) {
  const { evidence, scratch, arms, segments } = world;
  const { levels, samples } = own;
  const { epsilon = 0, baseline = 0, scale = 1, weight = 40, masked = true } = options;
  const each = (value) => Array.from({ length: ROWS }, (_, i) => value(i));
  const room = kernel.allocate('room', kernel.call('level_room_bytes', arms, samples));
  const inputs = [
    place(
      kernel,
      'segments',
      'u32',
      each((i) => i % segments),
    ),
    place(
      kernel,
      'tokens',
      'f64',
      each((i) => (i % 4 === 3 ? NaN : 100 * i)),
    ),
    place(
      kernel,
      'clocks',
      'f64',
      each((i) => 300 + i),
    ),
  ];
  // Row 0: none eligible; then ever more, of ever more samples.
  const mask = each((i) => i).flatMap((i) =>
    Array.from({ length: arms }, (_, arm) => ((arm + i) % arms < i ? 1 + (i % samples) : 0)),
  );
  const masks = masked ? place(kernel, 'masks', 'u8', mask) : 0;
  const wide = arms * samples;
  const p = kernel.allocate('p', ROWS * wide * 8);
  const slotBytes = kernel.call('level_trace_bytes', arms, samples);
  const ring = kernel.allocate('ring', ROWS * slotBytes);
  const policy = kernel.allocate('policy', kernel.call('policy_bytes'));
  kernel.write(policy, 'u32', [0xffffffff, 0]);
  kernel.writeAddresses(policy.plus(32), [ring]);
  kernel.write(policy.plus(36), 'u32', [ROWS, slotBytes]);
  const out = kernel.allocate('out', ROWS * RECORD_FIELDS * 8);
  const key = [...halves(42), ...halves(2 ** 32 - 3)];
  const place0 = [evidence, scratch, levels, room];
  const rest = [...inputs, masks, weight, scale, epsilon, baseline, p, policy, out];
  kernel.call('levels_decide', ...place0, ...key, ROWS, ...rest);
  kernel.read(out, 'f64', ROWS * RECORD_FIELDS);
  kernel.read(p, 'f64', ROWS * wide);
  const drawn = kernel.address('drawn', 'level_room_wide', room, arms, samples);
  kernel.read(drawn, 'f64', wide);
  // Sequence number 2^32 + 4, in slot 4 of 8.
  const slot = ring.plus(4 * slotBytes);
  const told = kernel.allocate('told', wide * 8);
  const status = kernel.allocate('status', 16);
  const others = [epsilon, baseline, scratch, room, told, status];
  kernel.call('levels_explain', arms, samples, slot, ...halves(42), ...others);
  kernel.read(told, 'f64', wide);
  kernel.read(status, 'f64', 2);
  kernel.read(drawn, 'f64', wide);
  const pacer = kernel.allocate('pacer', kernel.call('pacing_bytes', wide, 2));
  kernel.call('pacing_init', pacer, wide, 2);
  kernel.call('level_remember', pacer, room, arms, samples);
  kernel.call('pacing_weight', pacer, 0.001, 10);
}

const DECISIONS = [
  ['', {}, {}],
  ['that forget, with a floor', { halfLife: 30 }, { epsilon: 0.3 }],
  ['with a floor by cost, all allowed', {}, { epsilon: 0.3, baseline: 1, masked: false }],
  ['by means', {}, { scale: 0 }],
  ['where money is no object', {}, { weight: 0 }],
  ['with shapes outside the stated accuracy', {}, { scale: 30 }],
];

/** A view written by hand: arrays of an f64 a model, padded to pairs. */
function propensities(kernel, { shapes, costs, allowed, strengths, gain, surplus, weight }) {
  const models = costs.length;
  const samples = 1 + surplus.length;
  const stride = models + (models % 2);
  const view = kernel.allocate('view', kernel.call('level_view_bytes', models, samples));
  const array = (index, values) => kernel.write(view.plus(8 * index * stride), 'f64', values);
  array(1, allowed);
  array(2, costs);
  array(3, strengths);
  array(
    4,
    costs.map(() => gain),
  );
  surplus.forEach((values, i) => array(6 + i, values));
  const scratch = kernel.allocate(
    'scratch',
    kernel.call('level_propensity_bytes', models, samples),
  );
  const p = kernel.allocate('p', 8 * models * samples);
  const of = place(kernel, 'shapes', 'f64', shapes.flat());
  kernel.call('level_propensities', models, samples, of, view, weight, scratch, p);
  kernel.read(p, 'f64', models * samples);
}

const PLAIN = {
  shapes: [
    [30, 22],
    [41.5, 20],
    [90, 20],
  ],
  costs: [0.001, 0.002, 0.006],
  allowed: [3, 3, 2],
  strengths: [0.7, 2.5, 1],
  gain: 1,
  surplus: [
    [0.03, -0.04, 0.01],
    [-0.02, 0.05, 0],
  ],
  weight: 40,
};

export function record(vector) {
  for (const [name, shape, options] of DECISIONS)
    vector(`decisions among (model, n) ${name}`.trim(), (kernel) => {
      const world = block(kernel, { arms: 3, ...shape });
      const own = levelsOf(kernel, world, [3, 1, 4]);
      kernel.call('levels_set_prior', own.levels, 0.8, 0.6, 2);
      teach(kernel, world, own, 40);
      kernel.hash(own.levels, own.bytes);
      kernel.hash(world.evidence, world.bytes);
      shapesOf(kernel, world, own, 50);
      decide(kernel, world, own, options);
    });

  vector('a block of (model, n) that grows, and an arm of it that is widened', (kernel) => {
    const world = block(kernel, { arms: 2 });
    const own = levelsOf(kernel, world, [2, 3]);
    teach(kernel, world, own, 20);
    const size = [7, 3, 6, 3];
    const bytes = kernel.call('levels_bytes', ...size);
    const grown = kernel.allocate('grown', bytes);
    kernel.call('levels_grow', own.levels, grown, 7, 3, 6);
    nameArms(kernel, grown, [2, 3, 2]);
    kernel.hash(grown, bytes);
    kernel.call('levels_widen', grown, 1, 0.25);
    const sums = kernel.address('sums', 'levels_sums', grown);
    kernel.read(sums, 'f64', 2 * (3 + 7));
  });

  for (const [name, changes] of [
    ['', {}],
    [
      'with clips that make utilities flat',
      {
        surplus: [
          [0.2, 0.1, 0.15],
          [0.3, 0.3, 0],
        ],
      },
    ],
    ['of equal costs, which are no object', { costs: [0, 0, 0], weight: 0 }],
    [
      'of small shapes',
      {
        shapes: [
          [0.4, 0.6],
          [0.3, 2.5],
          [5.5, 0.5],
        ],
        gain: 0.5,
      },
    ],
    [
      'of large shapes',
      {
        shapes: [
          [3e4, 1e4],
          [1e5, 4e4],
          [9, 3],
        ],
        weight: 10,
      },
    ],
    ['with one model eligible', { allowed: [0, 3, 0] }],
    ['with none', { allowed: [0, 0, 0] }],
  ])
    vector(`propensities of (model, n) ${name}`.trim(), (kernel) =>
      propensities(kernel, { ...PLAIN, ...changes }),
    );
}
