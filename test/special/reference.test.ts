/**
 * Strategy: the special functions against mpmath at extreme arguments (reference.json, which names the program) and
 * against @stdlib on a grid, and the quantiles against the CDFs they invert. Tolerances are the errors that docs/MATH.md
 * §14 states. Misuse is in misuse.test.ts; what uses the functions is tested where it lives.
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  betaCdfInto,
  betaQuantileInto,
  logBetaInto,
  logGammaInto,
  normalCdfInto,
  normalQuantileInto,
  type Tail,
} from '../../src/posterior/special';

interface Reference {
  readonly logGamma: [number, number][];
  readonly logBeta: [number, number, number][];
  readonly betaCdf: [number, number, number, number, number][];
  readonly normalCdf: [number, number, number][];
}
const reference = JSON.parse(
  readFileSync(`${import.meta.dirname}/reference.json`, 'utf8'),
) as Reference;

const column = (rows: readonly (readonly number[])[], i: number) =>
  Float64Array.from(rows, (row) => row[i]!);
const like = (values: Float64Array) => new Float64Array(values.length);
const TAILS: readonly Tail[] = ['lower', 'upper'];

/** Of max(1, |value|). */
const LOG_ERROR = 5e-15;
/** log B at shapes so far apart that its terms are some hundreds. */
const LOG_BETA_ERROR = 5e-14;
/** Relative, besides what x itself is worth: sqrt(a + b) roundings of x reach the tail. */
const tailError = (a: number, b: number) => 3e-10 + 2e-14 * Math.sqrt(a + b);
const NORMAL_ERROR = 1e-13;

test('log Gamma', () => {
  const got = logGammaInto(
    column(reference.logGamma, 0),
    new Float64Array(reference.logGamma.length),
  );
  reference.logGamma.forEach(([x, value], i) => {
    expect(Math.abs(got[i]! - value), `at ${x}`).toBeLessThan(
      LOG_ERROR * Math.max(1, Math.abs(value)),
    );
  });
});

test('log Beta', () => {
  const [a, b] = [column(reference.logBeta, 0), column(reference.logBeta, 1)];
  const got = logBetaInto(a, b, like(a));
  reference.logBeta.forEach(([x, y, value], i) => {
    const error = Math.abs(got[i]! - value) / Math.max(1, Math.abs(value));
    expect(error, `at ${x}, ${y}`).toBeLessThan(LOG_BETA_ERROR);
  });
});

test('both tails of the Beta distribution are accurate relatively, from shapes of 1e-3 to 1e8', () => {
  const [a, b, x] = [0, 1, 2].map((i) => column(reference.betaCdf, i)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  TAILS.forEach((tail, which) => {
    const got = betaCdfInto(x, a, b, tail, like(x));
    reference.betaCdf.forEach((row, i) => {
      const exact = row[3 + which]!;
      const error = Math.abs(got[i]! / exact - 1);
      expect(error, `${tail} of ${row.join(', ')}`).toBeLessThan(tailError(row[0], row[1]));
    });
  });
});

test('the Beta CDF agrees with @stdlib on a grid', () => {
  // 1e-9: @stdlib 0.2.3 itself is off by some 1e-10 at large shapes.
  for (const a of [0.05, 0.5, 1, 3.3, 20, 150, 2000])
    for (const b of [0.05, 0.5, 1, 3.3, 20, 150, 2000]) {
      const x = Float64Array.from({ length: 39 }, (_, i) => (i + 1) / 40);
      const got = betaCdfInto(x, like(x).fill(a), like(x).fill(b), 'lower', like(x));
      x.forEach((value, i) => {
        expect(Math.abs(got[i]! - betaCdf(value, a, b)), `${value}, ${a}, ${b}`).toBeLessThan(1e-9);
      });
    }
});

test('Beta quantiles invert the CDF in both tails', () => {
  const shapes = [1e-3, 0.05, 0.5, 1, 2.7, 37, 600, 1e5, 1e8];
  const probabilities = [1e-300, 1e-40, 1e-9, 0.02, 0.3, 0.5, 0.8, 0.999, 1 - 1e-12];
  const rows = shapes.flatMap((a) => shapes.flatMap((b) => probabilities.map((p) => [a, b, p])));
  const [a, b, p] = [0, 1, 2].map((i) => column(rows, i)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const tail of TAILS) {
    const x = betaQuantileInto(p, a, b, tail, like(p));
    const back = betaCdfInto(x, a, b, tail, like(p));
    const next = betaCdfInto(x.map(above), a, b, tail, like(p));
    rows.forEach((row, i) => {
      // Where the exact quantile is no f64, x rounds to an end.
      if (x[i]! <= 1e-300 || x[i]! >= 1 - 1e-15) return;
      const grain = Math.abs(next[i]! / back[i]! - 1);
      const error = Math.abs(back[i]! / row[2]! - 1);
      expect(error, `${tail} ${row.join(', ')}`).toBeLessThan(
        tailError(row[0]!, row[1]!) + 8 * grain,
      );
    });
  }
});

/** A few roundings above x. */
function above(x: number): number {
  return Math.min(1, x * (1 + 4 * Number.EPSILON));
}

test('normal tails and quantiles', () => {
  const z = column(reference.normalCdf, 0);
  TAILS.forEach((tail, which) => {
    const got = normalCdfInto(z, tail, like(z));
    reference.normalCdf.forEach((row, i) => {
      expect(Math.abs(got[i]! / row[1 + which]! - 1), `${tail} of ${row[0]}`).toBeLessThan(
        NORMAL_ERROR,
      );
      expect(
        Math.abs(normalCdf(row[0], 0, 1) - (which === 0 ? got[i]! : 1 - got[i]!)),
      ).toBeLessThan(1e-14);
    });
    const p = Float64Array.of(1e-300, 1e-50, 1e-9, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-12);
    const back = normalCdfInto(normalQuantileInto(p, tail, like(p)), tail, like(p));
    p.forEach((value, i) => {
      // z carries a rounding of its own, worth z² of it in the tail.
      expect(Math.abs(back[i]! / value - 1)).toBeLessThan(1e-12);
    });
  });
});

test('the ends are exact', () => {
  const one = Float64Array.of(1);
  const at = (x: number, tail: Tail) =>
    betaCdfInto(Float64Array.of(x), one, one, tail, new Float64Array(1))[0];
  expect([at(0, 'lower'), at(1, 'lower'), at(0, 'upper'), at(1, 'upper')]).toEqual([0, 1, 1, 0]);
  const quantile = (p: number, tail: Tail) =>
    betaQuantileInto(Float64Array.of(p), one, one, tail, new Float64Array(1))[0];
  expect([quantile(0, 'lower'), quantile(1, 'lower'), quantile(0, 'upper')]).toEqual([0, 1, 1]);
  const p = Float64Array.of(0, 1);
  expect([...normalQuantileInto(p, 'lower', like(p))]).toEqual([-Infinity, Infinity]);
  expect([...normalQuantileInto(p, 'upper', like(p))]).toEqual([Infinity, -Infinity]);
  const z = Float64Array.of(-Infinity, Infinity);
  expect([...normalCdfInto(z, 'lower', like(z))]).toEqual([0, 1]);
});

// scipy.special.ndtri_exp(log p) of SciPy 1.17
test.each([
  [5e-324, -38.467405617144344],
  [1e-323, -38.44939448087599],
  [1e-310, -37.663060331949524],
])('the normal quantile of the subnormal %d', (p, expected) => {
  const z = normalQuantileInto(Float64Array.of(p), 'lower', new Float64Array(1))[0]!;
  expect(Math.abs(z / expected - 1)).toBeLessThan(1e-15);
});
