import { ParameterError } from '../core/errors';
import { requireApart, UNIT, type Interval } from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { loadKernelSync } from '../kernel/load';

/**
 * Special functions of Beta posteriors and of normals, with the same bits on every host. Methods, ranges and errors:
 * docs/MATH.md §14. Each writes a value for every element of its inputs, which all have `out`'s length, to `out` and
 * gives it back; bad input leaves `out` as it was. `out` may be one of the inputs; it must not overlap one otherwise.
 */

/** Which tail is meant: 'lower' P(X <= x), 'upper' P(X > x), each accurate relatively however small it is. */
export type Tail = 'lower' | 'upper';

/** Of the incomplete beta function: 1/shape must be finite. */
const BETA_SHAPE: Interval = {
  text: 'in [1e-290, 1e15]',
  contains: (v) => v >= 1e-290 && v <= 1e15,
};
const SHAPE: Interval = { text: 'in (0, 1e15]', contains: (v) => v > 0 && v <= 1e15 };
const NOT_BELOW_ZERO: Interval = { text: '>= 0', contains: (v) => v >= 0 };
const NUMBER: Interval = { text: 'a number', contains: (v) => !Number.isNaN(v) };

/**
 * log Γ(x).
 * @param x in (0, 1e15]
 * @throws {ParameterError}
 */
export function logGammaInto(x: Float64Array, out: Float64Array): Float64Array {
  return run([['x', x, SHAPE]], out, (raw, count, [atX], target) =>
    raw.special_log_gamma(count, atX!, target),
  );
}

/**
 * log B(a, b), without cancellation for large shapes.
 * @param a in (0, 1e15]
 * @param b in (0, 1e15]
 * @throws {ParameterError}
 */
export function logBetaInto(a: Float64Array, b: Float64Array, out: Float64Array): Float64Array {
  return run(shapes(a, b, SHAPE), out, (raw, count, [atA, atB], target) =>
    raw.special_log_beta(count, atA!, atB!, target),
  );
}

/**
 * Tail probability of Beta(a, b) at x: the regularised incomplete beta function or its complement, by a continued fraction or
 * quadrature (docs/MATH.md §14); relative error below 3e-10 + 2e-14 sqrt(a + b) for shapes from 1e-3 up, 1e-8 below.
 * @param x in [0, 1]
 * @param a in [1e-290, 1e15]
 * @param b in [1e-290, 1e15]
 * @throws {ParameterError}
 */
export function betaCdfInto(
  x: Float64Array,
  a: Float64Array,
  b: Float64Array,
  tail: Tail,
  out: Float64Array,
): Float64Array {
  const upper = isUpper(tail);
  return run([...shapes(a, b), ['x', x, UNIT]], out, (raw, count, [atA, atB, atX], target) =>
    raw.special_beta_cdf(count, atX!, atA!, atB!, upper, target),
  );
}

/**
 * The x at which a tail of Beta(a, b) has probability p. Near 1 a f64 is coarse: exchange the shapes to get 1 - x.
 * @param p in [0, 1]
 * @param a in [1e-290, 1e15]
 * @param b in [1e-290, 1e15]
 * @throws {ParameterError}
 */
export function betaQuantileInto(
  p: Float64Array,
  a: Float64Array,
  b: Float64Array,
  tail: Tail,
  out: Float64Array,
): Float64Array {
  const upper = isUpper(tail);
  return run([...shapes(a, b), ['p', p, UNIT]], out, (raw, count, [atA, atB, atP], target) =>
    raw.special_beta_quantile(count, atP!, atA!, atB!, upper, target),
  );
}

/**
 * Tail probability of the standard normal at z.
 * @param z not NaN
 * @throws {ParameterError}
 */
export function normalCdfInto(z: Float64Array, tail: Tail, out: Float64Array): Float64Array {
  const upper = isUpper(tail);
  return run([['z', z, NUMBER]], out, (raw, count, [atZ], target) =>
    raw.special_normal_cdf(count, atZ!, upper, target),
  );
}

/**
 * The z at which a tail of the standard normal has probability p; infinite at 0 and 1.
 * @param p in [0, 1]
 * @throws {ParameterError}
 */
export function normalQuantileInto(p: Float64Array, tail: Tail, out: Float64Array): Float64Array {
  const upper = isUpper(tail);
  return run([['p', p, UNIT]], out, (raw, count, [atP], target) =>
    raw.special_normal_quantile(count, atP!, upper, target),
  );
}

/**
 * e^x.
 * @param x not NaN
 * @throws {ParameterError}
 */
export function expInto(x: Float64Array, out: Float64Array): Float64Array {
  return run([['x', x, NUMBER]], out, (raw, count, [atX], target) =>
    raw.elementary_exp(count, atX!, target),
  );
}

/**
 * Natural logarithm; -Infinity at 0.
 * @param x >= 0
 * @throws {ParameterError}
 */
export function logInto(x: Float64Array, out: Float64Array): Float64Array {
  return run([['x', x, NOT_BELOW_ZERO]], out, (raw, count, [atX], target) =>
    raw.elementary_log(count, atX!, target),
  );
}

type Input = readonly [name: string, values: Float64Array, interval: Interval];
type Call = (raw: Kernel['raw'], count: number, inputs: readonly number[], target: number) => void;

/** Values the kernel takes in one call. */
const CHUNK = 4096;
/** Arrays of a call: three inputs and the output. */
const ARRAYS = 4;

let shared: { kernel: Kernel; base: number } | undefined;

function run(inputs: readonly Input[], out: Float64Array, call: Call): Float64Array {
  if (!(out instanceof Float64Array)) throw new ParameterError('out', 'a Float64Array', out);
  for (const input of inputs) check(input, out);
  const { kernel, base } = (shared ??= open());
  const addresses = inputs.map((_, i) => base + (i + 1) * CHUNK * 8);
  for (let start = 0; start < out.length; start += CHUNK) {
    const count = Math.min(CHUNK, out.length - start);
    inputs.forEach(([, values], i) => {
      kernel.f64(addresses[i]!, count).set(values.subarray(start, start + count));
    });
    call(kernel.raw, count, addresses, base);
    out.set(kernel.f64(base, count), start);
  }
  return out;
}

function open(): { kernel: Kernel; base: number } {
  const kernel = loadKernelSync().instantiate();
  return { kernel, base: kernel.allocate(ARRAYS * CHUNK * 8) };
}

function check([name, values, interval]: Input, out: Float64Array): void {
  if (!(values instanceof Float64Array)) throw new ParameterError(name, 'a Float64Array', values);
  if (values.length !== out.length) {
    throw new ParameterError(`${name}.length`, `out.length = ${out.length}`, values.length);
  }
  // In one place, every value is read before it is written.
  if (values.byteOffset !== out.byteOffset) requireApart(name, values, 'out', out);
  const bad = values.findIndex((value) => !interval.contains(value));
  if (bad >= 0) throw new ParameterError(`${name}[${bad}]`, interval.text, values[bad]);
}

function shapes(a: Float64Array, b: Float64Array, interval = BETA_SHAPE): Input[] {
  return [
    ['a', a, interval],
    ['b', b, interval],
  ];
}

function isUpper(tail: Tail): number {
  if (tail === 'upper') return 1;
  if (tail === 'lower') return 0;
  throw new ParameterError('tail', "'lower' or 'upper'", tail);
}
