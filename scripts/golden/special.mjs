// Special functions at ordinary and extreme arguments.

function column(kernel, name, values) {
  const address = kernel.allocate(name, values.length * 8);
  kernel.write(address, 'f64', values);
  return address;
}

const SHAPES = [1e-300, 1e-8, 0.001, 0.5, 1, 1 + 2 ** -52, 1.5, 2, 7.25, 100, 1e5, 3e7, 1e12, 1e15];

/** x, a, b. */
const POINTS = [
  [0, 2, 3],
  [1, 2, 3],
  [0.25, 1, 1],
  [0.3, 8, 3],
  [1e-300, 0.5, 0.5],
  [1 - 2 ** -53, 0.001, 0.001],
  [0.999, 120.5, 37.2],
  [0.857, 3000, 500],
  [0.5, 1e6, 1e6],
  [0.4999, 1e6, 1e6],
  [1e-7, 0.5, 1e6],
  [0.05, 0.05, 20],
];

const TAILS = [0, 1e-310, 1e-300, 1e-17, 1e-5, 0.02425, 0.25, 0.5, 0.75, 0.999, 1 - 2 ** -53, 1];

export function record(vector) {
  vector('logarithms of Gamma and Beta functions', (kernel) => {
    const count = SHAPES.length;
    const a = column(kernel, 'a', SHAPES);
    const b = column(kernel, 'b', [...SHAPES].reverse());
    const out = kernel.allocate('out', count * 8);
    kernel.call('special_log_gamma', count, a, out);
    kernel.read(out, 'f64', count);
    kernel.call('special_log_beta', count, a, b, out);
    kernel.read(out, 'f64', count);
    kernel.call('special_log_beta', count, a, a, out);
    kernel.read(out, 'f64', count);
  });

  vector('Beta probabilities and quantiles, both tails', (kernel) => {
    const count = POINTS.length;
    const [x, a, b] = ['x', 'a', 'b'].map((name, i) =>
      column(
        kernel,
        name,
        POINTS.map((point) => point[i]),
      ),
    );
    const out = kernel.allocate('out', count * 8);
    for (const upper of [0, 1]) {
      kernel.call('special_beta_cdf', count, x, a, b, upper, out);
      kernel.read(out, 'f64', count);
      kernel.call('special_beta_quantile', count, x, a, b, upper, out);
      kernel.read(out, 'f64', count);
    }
  });

  vector('normal probabilities and quantiles, both tails', (kernel) => {
    const z = column(kernel, 'z', [-Infinity, -40, -38, -8, -1, -1e-9, 0, 0.5, 3, 6, 38, Infinity]);
    const p = column(kernel, 'p', TAILS);
    const out = kernel.allocate('out', 96);
    for (const upper of [0, 1]) {
      kernel.call('special_normal_cdf', 12, z, upper, out);
      kernel.read(out, 'f64', 12);
      kernel.call('special_normal_quantile', 12, p, upper, out);
      kernel.read(out, 'f64', 12);
    }
  });

  vector('no values at all', (kernel) => {
    const out = kernel.allocate('out', 8);
    kernel.call('special_log_gamma', 0, out, out);
    kernel.call('special_beta_cdf', 0, out, out, out, 0, out);
    kernel.read(out, 'f64', 1);
  });
}
