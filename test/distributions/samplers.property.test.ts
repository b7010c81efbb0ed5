/**
 * Strategy: distribution correctness as a property. Parameters log-uniform from 1e-3 to 1e8; at each point some thousand
 * draws pass a Kolmogorov–Smirnov test against @stdlib's CDF (large Gamma shapes:
 * support/gammaCdf.ts), the level divided by the number of points in this file.
 * Not tested here: deviations smaller than some 2 % of probability (fixedPoints.test.ts has sharper tests at fewer points),
 * independence of draws, speed (acceptance.test.ts), single values (test/golden).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import exponentialCdf from '@stdlib/stats-base-dists-exponential-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sampler } from '../../src/random/sampler';
import { gammaCdf } from '../support/gammaCdf';
import { betaCell, gammaCell, shiftedCell } from '../support/cells';
import { ksCritical, ksStatistic } from '../support/ks';

/** Points a family. */
const RUNS = 120;
const FAMILIES = 5;
/** Probability that this file fails although every sampler is right, for a seed not yet looked at. */
const LEVEL = 1e-3;
const DRAWS = 8000;
/** Order statistics compared: between two of them the empirical CDF moves by 1/256, against a critical 0.03. */
const COMPARED = 256;
const CRITICAL = ksCritical(DRAWS, LEVEL / (RUNS * FAMILIES));

const LEAST = -3;
const MOST = 8;

/** Log-uniform on [1e-3, 1e8], in steps of a thousandth of a decade; unbiased, as fast-check otherwise prefers the ends. */
const parameter = fc
  .noBias(fc.integer({ min: 0, max: (MOST - LEAST) * 1000 }))
  .map((steps) => 10 ** (LEAST + steps / 1000));
const signed = fc.tuple(fc.boolean(), parameter).map(([isNegative, x]) => (isNegative ? -x : x));
const seed = fc.noBias(fc.integer({ min: 0, max: 2 ** 31 - 1 }));

/** A family's fixed run of points; a point that fails is shown as it is, as shrinking would only look for more luck. */
function run<Point extends unknown[]>(fixedSeed: number, examples: Point[]) {
  return { seed: fixedSeed, numRuns: RUNS, examples, endOnFailure: true };
}

function expectToFit(
  draws: Float64Array,
  cdf: (x: number) => number,
  cell: (x: number) => number,
): void {
  // NaN is not below it either.
  expect(ksStatistic({ draws, cdf, cell, points: COMPARED })).toBeLessThan(CRITICAL);
}

test('Beta draws follow the Beta distribution at all shapes', () => {
  fc.assert(
    fc.property(parameter, parameter, seed, (a, b, key) => {
      const draws = new Sampler({ seed: key }).beta(a, b, DRAWS);
      expectToFit(draws, (x) => betaCdf(x, a, b), betaCell);
    }),
    run<[number, number, number]>(31, [
      [1, 1, 1],
      [1e-3, 1e-3, 2],
      [1e-3, 1e8, 3],
      [1e8, 1e-3, 4],
      [1e8, 1e8, 5],
      [1, 0.999, 6],
    ]),
  );
});

test('Gamma draws follow the Gamma distribution at all shapes and scales', () => {
  fc.assert(
    fc.property(parameter, parameter, seed, (shape, scale, key) => {
      const draws = new Sampler({ seed: key }).gamma(shape, scale, DRAWS);
      const cdf = (x: number) => gammaCdf(x / scale, shape);
      expectToFit(draws, cdf, gammaCell(scale));
    }),
    run<[number, number, number]>(32, [
      [1e-3, 1e-3, 1],
      [1e-3, 1e8, 2],
      [1, 1, 3],
      [1.001, 1, 4],
      [1e8, 1e-3, 5],
    ]),
  );
});

test('exponential draws follow the exponential distribution at all rates', () => {
  fc.assert(
    fc.property(parameter, seed, (rate, key) => {
      const draws = new Sampler({ seed: key }).exponential(rate, DRAWS);
      expectToFit(draws, (x) => exponentialCdf(x, rate), shiftedCell(0));
    }),
    run<[number, number]>(33, [
      [1e-3, 1],
      [1, 2],
      [1e8, 3],
    ]),
  );
});

test('normal draws follow the normal distribution at all means and deviations', () => {
  fc.assert(
    fc.property(signed, parameter, seed, (mean, sd, key) => {
      const draws = new Sampler({ seed: key }).normal(mean, sd, DRAWS);
      expectToFit(draws, (x) => normalCdf(x, mean, sd), shiftedCell(mean));
    }),
    run<[number, number, number]>(34, [
      [0, 1, 1],
      [1e8, 1e-3, 2],
      [-1e-3, 1e8, 3],
    ]),
  );
});

test('uniform draws are uniform on all intervals', () => {
  fc.assert(
    fc.property(signed, parameter, seed, (low, width, key) => {
      const high = low + width;
      const draws = new Sampler({ seed: key }).uniform(low, high, DRAWS);
      const cdf = (x: number) => Math.min(1, Math.max(0, (x - low) / (high - low)));
      expectToFit(draws, cdf, shiftedCell(low));
    }),
    run<[number, number, number]>(35, [
      [0, 1, 1],
      [1e8, 1e-3, 2],
      [-1e8, 1e-3, 3],
    ]),
  );
});

test('the test itself finds a shape that is 5 % off', () => {
  const draws = new Sampler({ seed: 1 }).beta(80, 30, DRAWS);
  const wrong = (x: number) => betaCdf(x, 84, 30);
  const statistic = ksStatistic({ draws, cdf: wrong, cell: betaCell, points: COMPARED });
  expect(statistic).toBeGreaterThan(CRITICAL);
});
