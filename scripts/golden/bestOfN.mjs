// Statistics of repeated samples, the samples' seeds, and the replay over (model, n) arms.
import { block } from './evidence.mjs';

function column(kernel, name, values) {
  const address = kernel.allocate(name, values.length * 8);
  kernel.write(address, 'f64', values);
  return address;
}

export function record(vector) {
  vector('expected best of n, with ties and another value than the score', (kernel) => {
    const scores = column(
      kernel,
      'scores',
      [0.5, 0.25, 0.75, 0.25, 1, 1, 1, 0, 0.1, 0.2, 0.3, 0.4],
    );
    const values = column(kernel, 'values', [1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4]);
    const out = kernel.allocate('out', 24);
    for (const n of [1, 2, 3, 4]) {
      kernel.call('best_of_expected', 3, 4, n, scores, values, out);
      kernel.read(out, 'f64', 3);
    }
    kernel.call('best_of_expected', 0, 4, 2, scores, values, out);
    kernel.read(out, 'f64', 3);
  });

  vector('beta-binomial fits', (kernel) => {
    const successes = column(kernel, 'successes', [3, 0, 2, 3, 0, 1, 2.5, 1, 0, 3]);
    const trials = column(kernel, 'trials', [3, 3, 3, 3, 2, 2, 3, 1, 1, 5]);
    const out = kernel.allocate('out', 24);
    for (const count of [10, 4, 1, 0]) {
      kernel.call('best_of_fit', count, successes, trials, out);
      kernel.read(out, 'f64', 3);
    }
  });

  vector('best of n of a beta-binomial', (kernel) => {
    for (const [mean, strength, n, gain] of [
      [0.57, 0.6, 3, 1],
      [0.57, 0.6, 3, 0.4],
      [0.57, NaN, 3, 1],
      [0.57, Infinity, 3, 1],
      [0.02, 1e-3, 64, 1],
      [0.5, 5, 1, 1],
    ])
      kernel.call('best_of_mean', mean, strength, n, gain);
  });

  vector('seeds of samples', (kernel) => {
    const out = kernel.allocate('out', 20);
    kernel.call('best_of_seeds', 7, 1, 41, 3, 5, out);
    kernel.read(out, 'u32', 5);
  });

  for (const [name, halfLife, threshold] of [
    ['by utility', Infinity, NaN],
    ['that forgets', 8, NaN],
    ['by the rule of BEST-Route', Infinity, 0.8],
  ])
    vector(`replay over (model, n) ${name}`, (kernel) => {
      const world = block(kernel, { arms: 3, halfLife });
      const { evidence, scratch, arms, segments, bytes } = world;
      const [rows, most, wide] = [900, 3, 7];
      const size = kernel.call('levels_bytes', wide, arms, segments, most);
      const levels = kernel.allocate('levels', size);
      kernel.call('levels_init', levels, wide, arms, segments, most);
      for (let arm = 0; arm < wide; arm++)
        kernel.call(
          'levels_set_arm',
          levels,
          arm,
          arm < 6 ? arm % 2 : 2,
          1 + (arm >> 1) * (arm < 6),
        );
      const recorded = kernel.allocate('recorded', 12);
      kernel.write(recorded, 'u32', [3, 3, 1]);
      const order = kernel.allocate('order', rows * 4);
      const segmentOf = kernel.allocate('segments', rows * 4);
      const tokens = kernel.allocate('tokens', rows * 8);
      const quality = kernel.allocate('quality', rows * arms * most * 8);
      const cost = kernel.allocate('cost', rows * arms * most * 8);
      const chosen = kernel.allocate('chosen', rows * 4);
      kernel.writeIntegers(order, { seed: 1, count: rows, below: rows });
      kernel.writeIntegers(segmentOf, { seed: 2, count: rows, below: segments });
      kernel.writeUniform(tokens, { seed: 3, count: rows, low: -100, high: 900 });
      kernel.writeUniform(quality, { seed: 4, count: rows * arms * most, low: 0, high: 1 });
      kernel.writeUniform(cost, { seed: 5, count: rows * arms * most, low: 0, high: 2 ** -8 });
      for (const [from, to] of [
        [0, 400],
        [400, rows],
      ]) {
        const table = [order, segmentOf, tokens, most, recorded, quality, cost];
        const rest = [50, 1, 0, threshold, 4, chosen];
        kernel.call(
          'replay_best_of_run',
          evidence,
          scratch,
          levels,
          0,
          1,
          from,
          to,
          ...table,
          ...rest,
        );
      }
      kernel.read(chosen, 'u32', 12);
      kernel.hash(chosen, rows * 4);
      kernel.hash(evidence, bytes);
      const means = kernel.allocate('means', wide * 8);
      kernel.call('levels_means', evidence, scratch, levels, 1, rows, means);
      kernel.read(means, 'f64', wide);
    });
}
