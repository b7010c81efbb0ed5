// Statistics of repeated samples, and the samples' seeds.

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
}
