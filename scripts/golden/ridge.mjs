// Bayesian ridge: fits by both routes, online regressions, predictions. What a block holds is read where the ABI gives its address, and figures of the header.

/** Byte offsets of figures in the header (assembly/regression/layout.ts). */
const PRECISIONS = 48;
const CONVERGED = 84;
const FIGURES = 88;

/** scikit-learn's defaults: hyper-priors, tolerance, most iterations. */
const HYPER = [1e-6, 1e-6, 1e-6, 1e-6, 1e-3, 300];

/** Rows of `d` features and a target. */
function table(kernel, rows, d, seed = 1) {
  const x = kernel.allocate('x', rows * d * 8 + 32);
  const y = kernel.allocate('y', rows * 8);
  kernel.writeUniform(x, { seed, count: rows * d, low: -2, high: 3 });
  kernel.writeUniform(y, { seed: seed + 1, count: rows, low: -1, high: 1 });
  return { x, y, rows, d };
}

function block(kernel, d, intercept, name = 'ridge') {
  const ridge = kernel.allocate(name, kernel.call('ridge_bytes', d));
  kernel.call('ridge_init', ridge, d, intercept);
  return ridge;
}

function figures(kernel, ridge, d) {
  kernel.read(ridge.plus(PRECISIONS), 'f64', 2);
  kernel.read(ridge.plus(CONVERGED), 'u32', 1);
  kernel.read(ridge.plus(FIGURES), 'f64', 6);
  kernel.read(kernel.address('coefficients', 'ridge_coefficients', ridge), 'f64', d);
  kernel.read(kernel.address('centre', 'ridge_centre', ridge), 'f64', d + 1);
}

function predict(kernel, ridge, { x, d }, rows) {
  const scratch = kernel.allocate('predicting', kernel.call('ridge_predict_bytes', d));
  const out = kernel.allocate('predicted', rows * 24);
  const [mean, variance, sd] = [0, 1, 2].map((i) => out.plus(i * rows * 8));
  kernel.call('ridge_predict', ridge, scratch, rows, x, mean, variance, sd);
  kernel.read(out, 'f64', Math.min(3, rows));
  kernel.hash(out, rows * 24);
  kernel.call('ridge_predict', ridge, scratch, rows, x, mean, 0, 0);
  kernel.hash(mean, rows * 8);
}

/** Fits, by the stable route where the kernel asks for it, in one go or in pieces. */
function fit(
  kernel,
  { x, y, rows, d },
  { intercept = 1, weights = 0, pieces = [rows], start = NaN },
) {
  const ridge = block(kernel, d, intercept);
  const scratch = kernel.allocate('scratch', kernel.call('ridge_fit_bytes', d, HYPER[5]));
  const add = (stable) => {
    let from = 0;
    for (const count of pieces) {
      const at = [x.plus(from * d * 8), y.plus(from * 8), weights && weights.plus(from * 8)];
      kernel.call('ridge_add_rows', ridge, scratch, count, ...at, stable);
      from += count;
    }
    return kernel.call('ridge_finish_rows', ridge);
  };
  if (add(0) === 4) {
    kernel.call('ridge_begin_again', ridge, scratch, 0);
    add(0);
  }
  const maximise = (stable) =>
    kernel.call('ridge_fit', ridge, scratch, ...HYPER, start, start, stable);
  if (maximise(0) === 3) {
    kernel.call('ridge_begin_again', ridge, scratch, 1);
    add(1);
    maximise(1);
  }
  figures(kernel, ridge, d);
  kernel.read(kernel.address('path', 'ridge_path', scratch, d), 'f64', 2);
  return ridge;
}

export function record(vector) {
  for (const [name, rows, d, options] of [
    ['one feature', 20, 1, {}],
    ['14 features, with an intercept', 300, 14, {}],
    [
      'five features, without an intercept, from given precisions',
      60,
      5,
      { intercept: 0, start: 2 },
    ],
    ['33 features, in pieces', 200, 33, { pieces: [1, 0, 130, 69] }],
    ['fewer rows than features', 6, 9, {}],
    ['one row', 1, 3, {}],
  ]) {
    vector(`fit of ${name}`, (kernel) => {
      const data = table(kernel, rows, d);
      predict(kernel, fit(kernel, data, options), data, Math.min(rows, 11));
    });
  }

  vector('fit of weighted rows', (kernel) => {
    const data = table(kernel, 50, 4);
    const weights = kernel.allocate('weights', 400);
    kernel.writeUniform(weights, { seed: 3, count: 50, low: 0, high: 2 });
    fit(kernel, data, { weights });
  });

  vector('fit of an equal, a constant and a badly scaled column', (kernel) => {
    const [rows, d] = [40, 5];
    const data = table(kernel, rows, d);
    for (let i = 0; i < rows; i++) {
      const column = ((i * 37) % 41) / 16;
      kernel.write(data.x.plus(i * d * 8), 'f64', [
        column,
        column,
        7,
        2 ** 26 * (i % 5),
        (i % 7) / 2 ** 27,
      ]);
    }
    predict(kernel, fit(kernel, data, {}), data, 9);
  });

  vector('a fit of a value out of range, and of no weight', (kernel) => {
    const ridge = block(kernel, 2, 1);
    const scratch = kernel.allocate('scratch', kernel.call('ridge_fit_bytes', 2, 300));
    const { x, y } = table(kernel, 2, 2);
    const weights = kernel.allocate('weights', 16);
    kernel.call('ridge_add_rows', ridge, scratch, 2, x, y, weights, 0);
    kernel.call('ridge_finish_rows', ridge);
    kernel.call('ridge_init', ridge, 2, 1);
    kernel.write(y, 'f64', [Infinity, 1]);
    kernel.call('ridge_add_rows', ridge, scratch, 2, x, y, 0, 0);
    kernel.call('ridge_finish_rows', ridge);
  });

  for (const halfLife of [Infinity, 8]) {
    vector(
      `online, half-life ${halfLife}: observed, moved on, made anew, merged, re-estimated`,
      (kernel) => {
        const data = table(kernel, 60, 6);
        const { x, y, d } = data;
        const clocks = kernel.allocate('clocks', 480);
        const weights = kernel.allocate('weights', 480);
        kernel.write(
          clocks,
          'f64',
          Array.from({ length: 60 }, (_, i) => (i % 9 === 8 ? i - 3 : i) / 2),
        );
        kernel.writeUniform(weights, { seed: 8, count: 60, low: 0, high: 2 });
        const scratch = kernel.allocate('scratch', kernel.call('ridge_fit_bytes', d, 300));
        const [ridge, other] = ['ridge', 'other'].map((name) => {
          const made = block(kernel, d, 0, name);
          kernel.call('ridge_begin_online', made, halfLife, 4, 0.5);
          return made;
        });
        const observe = (into, from, count) => {
          const at = [x.plus(from * d * 8), y, clocks, weights].map((array, i) =>
            i ? array.plus(from * 8) : array,
          );
          kernel.call('ridge_observe', into, scratch, count, ...at);
        };
        observe(ridge, 0, 1);
        observe(ridge, 1, 39);
        observe(other, 40, 20);
        kernel.call('ridge_observe', ridge, scratch, 3, x, y, 0, 0);
        predict(kernel, ridge, data, 11);
        kernel.call('ridge_advance', ridge, 35);
        kernel.call('ridge_advance', other, 35);
        kernel.call('ridge_rebuild', ridge);
        kernel.call('ridge_merge', ridge, other);
        predict(kernel, ridge, data, 8);
        kernel.call('ridge_weight', ridge);
        kernel.call('ridge_advance', ridge, 60);
        kernel.call('ridge_fit', ridge, scratch, ...HYPER, NaN, NaN, 0);
        figures(kernel, ridge, d);
        kernel.call('ridge_advance', ridge, 3000);
        predict(kernel, ridge, data, 2);
      },
    );
  }
}
