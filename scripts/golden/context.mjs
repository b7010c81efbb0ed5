// The context block: learned and predicted from features, restarted, scored; live decisions of both experts; the replay loop with prompts.
import { block } from './evidence.mjs';
import { halves } from './recorder.mjs';

const D = 12;

/** A context block of `arms` with costs, scratch and room for a row. */
function context(kernel, { arms = 3, d = D, active = d, experts = 2, halfLife = Infinity } = {}) {
  const bytes = kernel.call('context_bytes', d, arms);
  const at = kernel.allocate('context', bytes);
  const scratch = kernel.allocate('contextScratch', kernel.call('context_scratch_bytes', d, arms));
  const rows = kernel.allocate('rows', 64 * d * 8);
  const costs = kernel.allocate('costs', arms * 8);
  kernel.writeUniform(rows, { seed: 1, count: 64 * d, low: -1, high: 1 });
  for (let row = 0; row < 64; row++) kernel.write(rows.plus(row * d * 8), 'f64', [1]);
  kernel.write(
    costs,
    'f64',
    Array.from({ length: arms }, (_, arm) => (arm + 1) / 1024),
  );
  kernel.call('context_init', at, d, active, arms, experts, halfLife, 0.5);
  for (let arm = 0; arm < arms; arm++) kernel.call('context_set_family', at, arm, arm % 2);
  return { at, scratch, rows, costs, arms, d, bytes, x: (row) => rows.plus(row * d * 8) };
}

function observe(kernel, c, row, later = 0) {
  const reward = row % 7 === 3 ? NaN : (row % 5) / 4;
  const cost = row % 6 === 5 ? NaN : (1 + (row % 4)) / 2048;
  kernel.call(
    'context_observe',
    c.at,
    c.scratch,
    row % c.arms,
    c.x(row),
    reward,
    cost,
    row,
    c.costs,
    later,
  );
}

function predict(kernel, c, row, clock) {
  kernel.call('context_predict', c.at, c.scratch, c.x(row), clock, c.costs);
  for (const index of [0, 1, 2, 3]) {
    const out = kernel.address(`predicted${index}`, 'context_array', c.at, c.scratch, index);
    kernel.read(out, 'f64', c.arms);
  }
}

export function record(vector) {
  for (const [name, options] of [
    ['of three arms', {}],
    ['that forgets', { halfLife: 3 }],
    ['of one arm and two features', { arms: 1, d: 2 }],
  ]) {
    vector(`a block ${name}, learned and predicted`, (kernel) => {
      const c = context(kernel, options);
      predict(kernel, c, 0, 0);
      for (let row = 0; row < 60; row++) observe(kernel, c, row);
      predict(kernel, c, 61, 60);
      kernel.call('context_noise', c.at, 0);
      kernel.call('context_rows', c.at, 0);
      kernel.hash(c.at, c.bytes);
    });
  }

  vector('more features from some row on, learned anew and kept', (kernel) => {
    const c = context(kernel, { active: 8 });
    for (let row = 0; row < 20; row++) observe(kernel, c, row);
    kernel.call('context_restart', c.at, D, 1);
    predict(kernel, c, 21, 21);
    kernel.call('context_restart', c.at, D, 0);
    for (let row = 0; row < 20; row++) observe(kernel, c, row, 1);
    predict(kernel, c, 21, 21);
    kernel.hash(c.at, c.bytes);
  });

  vector('shares of the experts', (kernel) => {
    const c = context(kernel);
    kernel.call('context_share', c.at);
    for (let i = 0; i < 12; i++) kernel.call('context_score', c.at, 1, 0.75, 0.5);
    kernel.call('context_share', c.at);
    kernel.call('context_score', c.at, 0, 1.5, -0.5);
    kernel.call('context_share', c.at);
  });

  vector('propensities of normal arms', (kernel) => {
    const means = kernel.allocate('means', 64);
    const deviations = kernel.allocate('deviations', 64);
    const out = kernel.allocate('out', 64);
    const scratch = kernel.allocate('scratch', kernel.call('propensity_scratch_bytes', 8));
    kernel.write(means, 'f64', [0.5, 0.625, NaN, 0.25, 0.5625, 0.5, 0, -1]);
    kernel.write(deviations, 'f64', [0.25, 0.0625, 1, 2 ** -20, 0, 0.03125, 0.5, 0.125]);
    for (const arms of [1, 2, 3, 8]) {
      kernel.call('normal_propensities', arms, means, deviations, scratch, out);
      kernel.read(out, 'f64', arms);
    }
  });

  for (const [name, explorationScale, epsilon, x] of [
    ['on features', 1, 0.125, true],
    ['on predictions that stand there', 0.5, 0, false],
    ['by means', 0, 0, true],
  ]) {
    vector(`live decisions ${name}`, (kernel) => {
      const world = block(kernel, { arms: 3 });
      const c = context(kernel);
      for (let row = 0; row < 40; row++) observe(kernel, c, row);
      for (let i = 0; i < 14; i++) kernel.call('context_score', c.at, 1, 0.75, 0.5);
      predict(kernel, c, 50, 40);
      const p = kernel.allocate('p', 24);
      const out = kernel.allocate('out', 14 * 8);
      const mask = kernel.allocate('mask', 3);
      kernel.write(mask, 'u8', [1, 1, 1]);
      const scratch = kernel.allocate('pScratch', kernel.call('propensity_scratch_bytes', 3));
      for (let i = 0; i < 6; i++) {
        kernel.call(
          'context_decide',
          world.evidence,
          world.scratch,
          c.at,
          c.scratch,
          ...halves(77n),
          i,
          0,
          i % world.segments,
          300,
          40 + i,
          mask,
          60,
          explorationScale,
          epsilon,
          i % 2,
          scratch,
          p,
          0,
          x ? c.x(50 + i) : 0,
          0,
          out,
        );
        kernel.read(out, 'f64', 14);
        kernel.read(p, 'f64', 3);
      }
    });
  }

  for (const experts of [1, 2]) {
    vector(`replay with prompts, ${experts} expert${experts > 1 ? 's' : ''}`, (kernel) => {
      const [rows, inputs, entries] = [90, 64, 5];
      const world = block(kernel, { arms: 2 });
      const features = kernel.call('encoder_features');
      const c = context(kernel, { arms: 2, d: features, active: 8, experts });
      const encoder = kernel.allocate('encoder', kernel.call('encoder_bytes', inputs));
      kernel.call('encoder_init', encoder, inputs, 0);
      const starts = kernel.allocate('starts', (rows + 1) * 4);
      const indices = kernel.allocate('indices', rows * entries * 4);
      const values = kernel.allocate('values', rows * entries * 8);
      const surface = kernel.allocate('surface', rows * 80);
      kernel.write(
        starts,
        'u32',
        Array.from({ length: rows + 1 }, (_, row) => row * entries),
      );
      const used = Array.from(
        { length: rows * entries },
        (_, i) => (i % entries) * 12 + ((i * i * 7 + i) % 12),
      );
      kernel.write(indices, 'u32', used);
      kernel.writeUniform(values, { seed: 8, count: rows * entries, low: 1, high: 3 });
      kernel.writeUniform(surface, { seed: 9, count: rows * 10, low: 0, high: 30 });
      const fitBytes = kernel.call('encoder_fit_bytes', inputs, 30, 30 * entries);
      kernel.call(
        'encoder_fit',
        encoder,
        kernel.allocate('fitScratch', fitBytes),
        30,
        starts,
        indices,
        values,
      );
      const room = kernel.allocate('features', (features + 2) * 8);
      kernel.call('replay_set_prompts', encoder, surface, starts, indices, values, room);
      const order = kernel.allocate('order', rows * 4);
      const segments = kernel.allocate('segments', rows * 4);
      const tokens = kernel.allocate('tokens', rows * 8);
      const quality = kernel.allocate('quality', rows * 16);
      const cost = kernel.allocate('cost', rows * 16);
      const chosen = kernel.allocate('chosen', rows * 4);
      kernel.write(
        order,
        'u32',
        Array.from({ length: rows }, (_, i) => (i * 7) % rows),
      );
      kernel.writeIntegers(segments, { seed: 2, count: rows, below: world.segments });
      kernel.writeUniform(tokens, { seed: 3, count: rows, low: 0, high: 900 });
      kernel.writeUniform(quality, { seed: 4, count: rows * 2, low: 0, high: 1 });
      kernel.writeUniform(cost, { seed: 5, count: rows * 2, low: 2 ** -10, high: 2 ** -8 });
      for (const [from, to] of [
        [0, 31],
        [31, rows],
      ]) {
        kernel.call(
          'replay_context_run',
          world.evidence,
          world.scratch,
          c.at,
          c.scratch,
          ...halves(5n),
          from,
          to,
          30,
          order,
          segments,
          tokens,
          quality,
          cost,
          60,
          1,
          0,
          0,
          0,
          0,
          chosen,
        );
      }
      kernel.read(chosen, 'u32', 12);
      kernel.hash(chosen, rows * 4);
      kernel.hash(c.at, c.bytes);
    });
  }
}
