/**
 * Strategy: the instruments of this folder against published values, so that a failing sampler test accuses the sampler.
 * Not tested here: any sampler.
 */
import gammaCdfByStdlib from '@stdlib/stats-base-dists-gamma-cdf';
import { expect, test } from 'vitest';
import { andersonDarling, andersonDarlingCritical } from '../support/andersonDarling';
import { chiSquareCriticals, countInto, equalBins } from '../support/chiSquare';
import { gammaCdf, largeShapeCdf } from '../support/gammaCdf';
import { kolmogorovSurvival, ksCritical, ksStatistic } from '../support/ks';
import { twoSidedQuantile } from '../support/normalQuantile';

test('the Kolmogorov distribution has its tabled quantiles', () => {
  // Smirnov 1948, doi:10.1214/aoms/1177730256, as printed in every table of the test.
  for (const [x, level] of [
    [1.2238, 0.1],
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.9495, 0.001],
  ] as const) {
    expect(ksCritical(1, level)).toBeCloseTo(x, 4);
    expect(ksCritical(10_000, level)).toBeCloseTo(x / 100, 6);
  }
  expect(kolmogorovSurvival(0.1)).toBe(1);
});

test('normal quantiles are the tabled ones', () => {
  expect(twoSidedQuantile(0.05)).toBeCloseTo(1.959963985, 8);
  expect(twoSidedQuantile(1e-6)).toBeCloseTo(4.891638475, 8);
});

test('the statistic is the known one without rounding, and forgives no more than the cell with it', () => {
  const uniform = (x: number) => Math.min(1, Math.max(0, x));
  const draws = () => Float64Array.of(0.9, 0.1, 0.4, 0.2);
  const input = { draws: draws(), cdf: uniform, points: 4 };
  // After 0.4 the empirical CDF is 0.75: 0.35 more than the exact one.
  expect(ksStatistic({ ...input, cell: () => 0 })).toBeCloseTo(0.35, 12);
  expect(ksStatistic({ ...input, cell: () => 0.05 })).toBeCloseTo(0.3, 12);
  expect(ksStatistic({ ...input, draws: Float64Array.of(0.5, NaN), cell: () => 0 })).toBeNaN();
});

test('the Anderson–Darling distribution has its tabled quantiles, and the statistic is its definition', () => {
  // Marsaglia & Marsaglia 2004, doi:10.18637/jss.v009.i02 (Stephens' older 3.857 for 1 % is from a simulation).
  for (const [critical, level] of [
    [1.933, 0.1],
    [2.4924, 0.05],
    [3.8781, 0.01],
  ] as const) {
    expect(andersonDarlingCritical(level)).toBeCloseTo(critical, 4);
  }
  // n = 2: -2 - (log u1 + log(1 - u2) + 3 (log u2 + log(1 - u1)))/2.
  const [a, b] = [0.2, 0.7];
  const sum = Math.log(a) + Math.log(1 - b) + 3 * (Math.log(b) + Math.log(1 - a));
  expect(andersonDarling(Float64Array.of(a, b))).toBeCloseTo(-2 - sum / 2, 12);
});

test('chi-square quantiles are the tabled ones', () => {
  const [least, largest] = chiSquareCriticals(10, 0.1);
  expect(least).toBeCloseTo(3.94, 3);
  expect(largest).toBeCloseTo(18.307, 3);
});

test('bins have equal probability, draws fall below the first edge that they do not exceed', () => {
  const uniform = { cdf: (x: number) => x, support: [0, 1] as const };
  const bins = equalBins({ ...uniform, bins: 6, cell: () => 0 });
  bins.edges.forEach((edge, i) => expect(edge).toBeCloseTo((i + 1) / 6, 15));
  const counts = new Float64Array(6);
  countInto(bins, Float64Array.of(0, 0.1, 0.2, bins.edges[3]!, 0.67, 0.99, 1), counts);
  expect([...counts]).toEqual([2, 1, 0, 1, 1, 2]);
});

test('bins that rounding blurs are merged, and so is what lies in one f64', () => {
  const cell = (x: number) => (x < 0.5 ? 0 : 0.1);
  const bins = equalBins({ cdf: (x: number) => x, support: [0, 1], bins: 4, cell });
  expect(bins.edges.length).toBe(1);
  expect([...bins.probabilities]).toEqual([0.25, 0.75]);
});

/** Documented error of the expansion at shapes >= 150. */
const EXPANSION = 1e-8;

test('the Gamma CDF agrees with @stdlib where that is right, and with mpmath where it is not', () => {
  for (const shape of [150, 220, 300, 500]) {
    for (const z of [-5, -2, -1, -0.3, 0, 0.3, 1, 2, 5]) {
      const x = shape + z * Math.sqrt(shape);
      const difference = largeShapeCdf(x, shape) - gammaCdfByStdlib(x, shape, 1);
      expect(Math.abs(difference)).toBeLessThan(EXPANSION);
    }
  }
  // mpmath 1.3.0: gammainc(a, 0, a + z sqrt(a), regularized=True).
  for (const [shape, z, exact] of [
    [1e4, -1, 0.1586511922],
    [1e4, 0, 0.5013298083],
    [1e4, 1, 0.8413487504],
    [1e6, 0, 0.5001329808],
    [1e6, 1, 0.8413447864],
  ] as const) {
    expect(gammaCdf(shape + z * Math.sqrt(shape), shape)).toBeCloseTo(exact, 8);
  }
});
