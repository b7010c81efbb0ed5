// Bulk fills: a case per code path, at seeds that use both halves.
import { halves } from './recorder.mjs';

const DISTRIBUTIONS = { uniform: 0, normal: 1, exponential: 2, gamma: 3, beta: 4 };
const SEEDS = ['0', '7', '9007199254740991', '18446744073709551615'];
const BLOCK = 1024;
/** Values hashed: enough to pass through wedges, tails and slow tests of every sampler. */
const HASHED = 8192;

/** Distribution, parameters, and which path stands behind it. */
const CASES = [
  ['uniform', [0, 1], 'the generator'],
  ['uniform', [-3, 5], 'location and scale'],
  ['uniform', [1, 1 + 2 ** -51], 'redrawn where rounding reaches the upper end'],
  ['normal', [0, 1], 'ziggurat'],
  ['normal', [-7, 0.01], 'location and scale'],
  ['exponential', [1], 'ziggurat'],
  ['exponential', [3], 'rate'],
  ['gamma', [1, 1], 'shape 1: exponential'],
  ['gamma', [1.5, 2], 'squeeze often fails'],
  ['gamma', [4.5, 1], 'logarithm and series in the exact test'],
  ['gamma', [500, 1], 'squeeze'],
  ['gamma', [1e15, 1], 'series only'],
  ['gamma', [0.3, 1], 'boosted'],
  ['gamma', [0.001, 1], 'boosted, subnormal and 0'],
  ['beta', [1, 1], 'two Gammas'],
  ['beta', [8, 3], 'two Gammas'],
  ['beta', [3000, 500], 'two Gammas'],
  ['beta', [0.5, 0.5], 'log space'],
  ['beta', [2, 0.25], 'log space, one shape above 1'],
  ['beta', [0.001, 0.001], 'log space, subnormal, 0 and 1'],
  ['beta', [1e-300, 1e-300], 'two points'],
];

function sampler(kernel, seed) {
  const state = kernel.allocate('sampler', kernel.call('sampler_bytes'));
  kernel.call('sampler_init', state, ...halves(seed));
  return state;
}

export function record(vector) {
  for (const [distribution, [p, q = 0], path] of CASES) {
    for (const seed of SEEDS) {
      vector(`${distribution}(${p}, ${q}) of seed ${seed}: ${path}`, (kernel) => {
        const state = sampler(kernel, seed);
        const out = kernel.allocate('out', HASHED * 8);
        kernel.call('sampler_fill', state, DISTRIBUTIONS[distribution], HASHED, p, q, out);
        kernel.read(out, 'f64', 4);
        kernel.read(out.plus((BLOCK - 2) * 8), 'f64', 4);
        kernel.hash(out, HASHED * 8);
      });
    }
  }

  vector('chunks of any size are slices of one sequence', (kernel) => {
    const state = sampler(kernel, 7);
    const out = kernel.allocate('out', 3000 * 8);
    let done = 0;
    for (const count of [0, 1, 2, 1020, 3, 1, 0, 1973]) {
      kernel.call('sampler_fill', state, DISTRIBUTIONS.normal, count, 0, 1, out.plus(done * 8));
      done += count;
    }
    kernel.hash(out, 3000 * 8);
  });

  vector('Betas with shapes of their own: above, at and below 1, in chunks', (kernel) => {
    const count = 4096;
    const [alphas, betas, out] = ['alphas', 'betas', 'out'].map((name) =>
      kernel.allocate(name, count * 8),
    );
    kernel.writeUniform(alphas, { seed: 1, count, low: 0, high: 4 });
    kernel.writeUniform(betas, { seed: 2, count, low: 0, high: 256 });
    kernel.write(alphas.plus(80), 'f64', [1e-300, 1e-3, 1, 1e15]);
    kernel.write(betas.plus(80), 'f64', [1e-300, 1e-3, 1, 0.5]);
    const state = sampler(kernel, 9);
    let done = 0;
    for (const chunk of [1, 4, 131, 1, count - 137]) {
      const [a, b, to] = [alphas, betas, out].map((array) => array.plus(done * 8));
      kernel.call('sampler_fill_betas', state, chunk, a, b, to);
      done += chunk;
    }
    kernel.read(out.plus(72), 'f64', 6);
    kernel.hash(out, count * 8);
  });

  for (const [a, b] of [
    [8, 3],
    [1, 1],
    [0.1, 0.1],
    [0.5, 1e6],
    [1e6, 1e6],
    [3000, 500],
  ]) {
    vector(`quantile table of Beta(${a}, ${b})`, (kernel) => {
      const bytes = kernel.call('beta_table_bytes');
      const table = kernel.allocate('table', bytes);
      kernel.call('beta_table_build', table, a, b);
      kernel.hash(table, bytes);
      const state = sampler(kernel, 3);
      const out = kernel.allocate('out', HASHED * 8);
      kernel.call('sampler_fill_table', state, table, 5, out);
      kernel.call('sampler_fill_table', state, table, HASHED - 5, out.plus(40));
      kernel.read(out, 'f64', 8);
      kernel.hash(out, HASHED * 8);
    });
  }

  vector('the next block: left when begun, kept when untouched', (kernel) => {
    const state = sampler(kernel, 2 ** 32);
    const out = kernel.allocate('out', 40);
    for (const [i, count] of [1, 3, 0, 1].entries()) {
      kernel.call('sampler_next_block', state);
      kernel.call('sampler_fill', state, i % 2 ? DISTRIBUTIONS.beta : 0, count, 2, 3, out);
      kernel.read(out, 'f64', 4);
    }
  });
}
