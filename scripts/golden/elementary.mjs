// Exponentials and logarithms of arrays: every branch of both.

const EXPONENTS = [
  -Infinity,
  -746,
  -745.1,
  -708.5,
  -708,
  -1,
  -1e-300,
  0,
  0.5,
  1,
  709,
  709.78,
  710,
  Infinity,
  NaN,
];
const NUMBERS = [
  0,
  5e-324,
  1e-310,
  2 ** -1022,
  0.5,
  Math.SQRT1_2,
  1,
  1.5,
  Math.SQRT2,
  2,
  272,
  39170,
  1e308,
  Infinity,
  -1,
  NaN,
];

export function record(vector) {
  for (const [name, values] of [
    ['elementary_exp', EXPONENTS],
    ['elementary_log', NUMBERS],
  ]) {
    vector(name, (kernel) => {
      const x = kernel.allocate('x', values.length * 8);
      kernel.write(x, 'f64', values);
      const out = kernel.allocate('out', values.length * 8);
      kernel.call(name, 0, x, out);
      kernel.read(out, 'f64', 1);
      kernel.call(name, values.length, x, out);
      kernel.read(out, 'f64', values.length);
    });
  }
}
