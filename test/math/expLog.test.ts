/**
 * Strategy: the kernel's exp, log and exp2, compiled with the kernel's own options, against a big-integer evaluation on
 * grids that include both ends of the range and the subnormals; the vector forms must have the scalar ones' bits.
 * Not tested here: speed, and what the samplers do with them (test/distributions).
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { bigExp, bigLog, ulps, type BigFloat } from '../support/bigFloat';
import { compileKernel } from '../support/compileKernel';

interface Probe {
  readonly memory: WebAssembly.Memory;
  scalarExp(x: number): number;
  scalarLog(x: number): number;
  scalarExp2(x: number): number;
  allocate(bytes: number): number;
  vectorExp(input: number, output: number, count: number): void;
  vectorLog(input: number, output: number, count: number): void;
}

const SOURCE = `
import { exp, exp2, expV } from './assembly/math/exp';
import { log, logV } from './assembly/math/log';
export { allocate } from './assembly/memory/arena';
export function scalarExp(x: f64): f64 { return exp(x); }
export function scalarLog(x: f64): f64 { return log(x); }
export function scalarExp2(x: f64): f64 { return exp2(x); }
export function vectorExp(input: usize, output: usize, count: usize): void {
  for (let i: usize = 0; i < count << 3; i += 16) v128.store(output + i, expV(v128.load(input + i)));
}
export function vectorLog(input: usize, output: usize, count: usize): void {
  for (let i: usize = 0; i < count << 3; i += 16) v128.store(output + i, logV(v128.load(input + i)));
}`;

/** The sources promise < 1 ulp. */
const MOST_ULPS = 1;
const SMALLEST_NORMAL = 2 ** -1022;
const SMALLEST = 2 ** -1074;
/** Largest x with a finite e^x, smallest with e^x not rounding to 0. */
const LARGEST_EXPONENT = 709.782712893384;
const LEAST_EXPONENT = -745.1332191019411;
/** Irrational steps, so that no grid falls in with a power of 2. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const POINTS = 6000;

let probe: Probe;

beforeAll(async () => {
  probe = await compileKernel<Probe>(SOURCE);
});

/** `POINTS` values spread over [low, high] by a Weyl sequence. */
function spread(low: number, high: number): number[] {
  return Array.from({ length: POINTS }, (_, i) => low + ((i * GOLDEN) % 1) * (high - low));
}

/** `POINTS` values log-spread over every exponent from `low` to `high`. */
function spreadExponents(low: number, high: number): number[] {
  return spread(0, 1).map((fraction, i) => {
    const exponent = low + Math.floor(((i + 0.5) / POINTS) * (high - low));
    return (1 + fraction) * 2 ** exponent;
  });
}

function worst(xs: number[], f: (x: number) => number, exact: (x: number) => BigFloat): number {
  return xs.reduce((most, x) => Math.max(most, ulps(f(x), exact(x))), 0);
}

function vector(f: 'vectorExp' | 'vectorLog', xs: number[]): Float64Array {
  const input = probe.allocate(xs.length * 8);
  const output = probe.allocate(xs.length * 8);
  new Float64Array(probe.memory.buffer, input, xs.length).set(xs);
  probe[f](input, output, xs.length);
  return new Float64Array(probe.memory.buffer, output, xs.length).slice();
}

test('the judge itself: known digits, and half an ulp between neighbours', () => {
  // e and ln 10 as in Abramowitz & Stegun, table 1.1, to 30 digits.
  const digits = ({ mantissa, exponent }: BigFloat) =>
    ((mantissa * 10n ** 29n) >> BigInt(-exponent)).toString();
  expect(digits(bigExp(1))).toBe('271828182845904523536028747135');
  expect(digits(bigLog(10))).toBe('230258509299404568401799145468');
  expect(ulps(1, { mantissa: 1n, exponent: 0 })).toBe(0);
  expect(ulps(1 + 2 ** -52, { mantissa: (1n << 54n) + 2n, exponent: -54 })).toBe(0.5);
  expect(ulps(0, { mantissa: 1n, exponent: -1075 })).toBe(0.5);
});

describe('exp', () => {
  test.each([
    ['the reduced range', -0.35, 0.35],
    ['the acceptance tests', -40, 40],
    ['normal results', -708, 708],
    ['the largest results', 708, LARGEST_EXPONENT],
    ['subnormal results', LEAST_EXPONENT, -708],
  ])('is within an ulp in %s', (_, low, high) => {
    expect(worst(spread(low, high), (x) => probe.scalarExp(x), bigExp)).toBeLessThan(MOST_ULPS);
  });

  test('is within an ulp at tiny arguments of both signs', () => {
    const tiny = spreadExponents(-1074, -5);
    const both = [...tiny, ...tiny.map((x) => -x)];
    expect(worst(both, (x) => probe.scalarExp(x), bigExp)).toBeLessThan(MOST_ULPS);
  });

  test('ends where f64 ends', () => {
    expect(probe.scalarExp(0)).toBe(1);
    expect(probe.scalarExp(-0)).toBe(1);
    expect(probe.scalarExp(NaN)).toBeNaN();
    expect(probe.scalarExp(Infinity)).toBe(Infinity);
    expect(probe.scalarExp(-Infinity)).toBe(0);
    expect(probe.scalarExp(LARGEST_EXPONENT)).toBeLessThan(Infinity);
    expect(probe.scalarExp(709.7827128933841)).toBe(Infinity);
    expect(probe.scalarExp(LEAST_EXPONENT)).toBe(SMALLEST);
    expect(probe.scalarExp(-745.1332191019412)).toBe(0);
    expect(probe.scalarExp(1e308)).toBe(Infinity);
    expect(probe.scalarExp(-1e308)).toBe(0);
  });

  test('does not step back anywhere on a fine grid around its seams', () => {
    for (const seam of [-745, -708, 0, Math.LN2 / 2, 1, 708, 709.7]) {
      const xs = Array.from({ length: 401 }, (_, i) => seam + (i - 200) * 2 ** -40);
      const values = xs.map((x) => probe.scalarExp(x));
      expect([...values].sort((a, b) => a - b)).toEqual(values);
    }
  });

  test('has the same bits in vectors', () => {
    const xs = [...spread(-708, 708), ...spread(-1, 1), 0, -0, 708, -708];
    expect(vector('vectorExp', xs)).toEqual(Float64Array.from(xs, (x) => probe.scalarExp(x)));
  });
});

describe('log', () => {
  test.each([
    ['around 1', spread(0.6, 1.6)],
    ['close to 1', spread(1 - 1e-6, 1 + 1e-6)],
    ['over all normal exponents', spreadExponents(-1022, 1023)],
    ['over the subnormals', spreadExponents(-1073, -1022)],
    ['at the cut sqrt(2)', spread(Math.SQRT2 - 1e-12, Math.SQRT2 + 1e-12)],
  ])('is within an ulp %s', (_, xs) => {
    expect(worst(xs, (x) => probe.scalarLog(x), bigLog)).toBeLessThan(MOST_ULPS);
  });

  test('ends where f64 ends', () => {
    expect(probe.scalarLog(1)).toBe(0);
    expect(probe.scalarLog(0)).toBe(-Infinity);
    expect(probe.scalarLog(-0)).toBe(-Infinity);
    expect(probe.scalarLog(Infinity)).toBe(Infinity);
    for (const x of [NaN, -SMALLEST, -1, -Infinity]) expect(probe.scalarLog(x)).toBeNaN();
    for (const x of [SMALLEST, SMALLEST_NORMAL, Number.MAX_VALUE]) {
      expect(ulps(probe.scalarLog(x), bigLog(x))).toBeLessThan(MOST_ULPS);
    }
  });

  test('has the same bits in vectors', () => {
    const ends = [SMALLEST_NORMAL, Number.MAX_VALUE, 1, 2, 0.5, Math.SQRT1_2];
    const xs = [...spreadExponents(-1022, 1023), ...spread(0.6, 1.6), ...ends];
    expect(vector('vectorLog', xs)).toEqual(Float64Array.from(xs, (x) => probe.scalarLog(x)));
  });
});

describe('exp2', () => {
  test('is exact at whole numbers', () => {
    for (let k = -1000; k <= 1000; k++) expect(probe.scalarExp2(k)).toBe(2 ** k);
  });

  test('is within two ulps between them', () => {
    // 2^x = e^(x ln 2), the product rounded once for the judge: the fraction in [-1/2, 1/2] keeps that below 0.3 ulp.
    const judge = (x: number) => {
      const k = Math.round(x);
      const { mantissa, exponent } = bigExp((x - k) * Math.LN2);
      return { mantissa, exponent: exponent + k };
    };
    const xs = spread(-1000, 1000).concat(spread(-1, 1));
    expect(worst(xs, (x) => probe.scalarExp2(x), judge)).toBeLessThan(2 * MOST_ULPS);
  });
});
