/**
 * Strategy: batch fits against recorded figures of scikit-learn (reference.json, made by scripts/make-ridge-reference.py on the same bits
 * of data) and against a slow dense implementation with other methods (test/reference/ridge.ts).
 * Not here: laws and bad input (fit.test.ts), the online regression (online.test.ts).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitBayesianRidge } from '../../src/forecast/bayesianRidge';
import { referenceFit } from '../reference/ridge';
import { Draws, makeData, type Case } from './data';

interface Expected {
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly noisePrecision: number;
  readonly weightPrecision: number;
  readonly iterations: number;
  readonly logEvidencePath: readonly number[];
  readonly lastScore: number;
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

const { cases } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'reference.json'), 'utf8'),
) as { cases: readonly (Case & { expected: Expected })[] };

/** What is promised of a regular fit, and of an ill-conditioned one. Vectors: relative to their largest element. */
const REGULAR = 1e-6;
const ILL_CONDITIONED = 1e-4;
/**
 * scikit-learn's last score takes its coefficients from the iteration before: off by what the tolerance lets pass. In the recorded path the
 * last value is made anew from the final ones.
 */
const LAST_SCORE = 1e-5;

/** Cases whose second moments cannot serve; every other one must be regular. */
const ILL =
  /duplicate|^sum|constant|zero|scales 1|scales,|powers,|n <|n = \w$|n = 12|n = d$|n = \d,|no noise/;

/** Cases in which scikit-learn itself loses the small columns: nothing to agree with but the truth. */
const INDETERMINATE = /^scales/;

/** Noise is a sum of four uniforms of variance 1/12; α of 200 rows is off by √(2/200). */
function expectTruth(noisePrecision: number): void {
  expect(Math.abs(noisePrecision / 3 - 1)).toBeLessThan(4 * Math.sqrt(2 / 200));
}

function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  // What should be 0 is 1e-17 in one program or the other.
  const scale = Math.max(1e-12, ...expected.map(Math.abs));
  const gap = Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
  return gap === 0 ? 0 : gap / scale;
}

function run(given: Case) {
  const { features, targets, weights } = makeData(given);
  const { dimensions, options } = given;
  const fit = fitBayesianRidge(features, targets, {
    dimensions,
    ...options,
    ...(given.weighted ? { sampleWeights: weights } : {}),
  });
  return { fit, features, targets };
}

describe('fitBayesianRidge against scikit-learn', () => {
  it.each(cases)('$name', (given) => {
    const { expected, dimensions } = given;
    const { fit, features } = run(given);
    expect(fit.status === 'regular').toBe(!ILL.test(given.name));
    expect([...fit.coefficients, fit.intercept, fit.logEvidence].every(Number.isFinite)).toBe(true);
    expect(fit.status === 'indeterminate').toBe(INDETERMINATE.test(given.name));
    if (fit.status === 'indeterminate') return expectTruth(fit.noisePrecision);
    const tolerance = fit.status === 'regular' ? REGULAR : ILL_CONDITIONED;
    expect(fit.iterations).toBe(expected.iterations);
    expect(difference(fit.coefficients, expected.coefficients)).toBeLessThan(tolerance);
    expect(difference([fit.intercept], [expected.intercept])).toBeLessThan(tolerance);
    expect(difference([fit.noisePrecision], [expected.noisePrecision])).toBeLessThan(tolerance);
    expect(difference([fit.weightPrecision], [expected.weightPrecision])).toBeLessThan(tolerance);
    expect(difference(fit.logEvidencePath, expected.logEvidencePath)).toBeLessThan(tolerance);
    if (fit.converged)
      expect(difference([fit.logEvidence], [expected.lastScore])).toBeLessThan(LAST_SCORE);
    const { mean, sd } = fit.predict(features.slice(0, expected.mean.length * dimensions));
    expect(difference(mean, expected.mean)).toBeLessThan(tolerance);
    sd.forEach((value, i) => {
      expect(Math.abs(value / expected.sd[i]! - 1)).toBeLessThan(tolerance);
    });
  });
});

describe('fitBayesianRidge against the slow reference', () => {
  const options = {
    noisePriorShape: 1e-6,
    noisePriorRate: 1e-6,
    weightPriorShape: 1e-6,
    weightPriorRate: 1e-6,
    tolerance: 1e-3,
    maxIterations: 300,
  };
  /** Gaussian elimination of a condition number of 1e4 loses four of sixteen digits, the trace some more. */
  const CLOSE = 1e-9;

  it.each([
    [20, 1, true],
    [40, 3, true],
    [60, 7, false],
    [70, 14, true],
  ])('%d rows, %d features, intercept %s', (rows, dimensions, intercept) => {
    const draws = new Draws(rows);
    const x = Array.from({ length: rows }, () =>
      Array.from({ length: dimensions }, () => draws.bell() + 1),
    );
    const y = x.map(
      (row) => draws.bell() + row.reduce((sum, value, j) => sum + value * (j - 2), 3),
    );
    const expected = referenceFit(x, y, { ...options, intercept });
    const fit = fitBayesianRidge(Float64Array.from(x.flat()), Float64Array.from(y), {
      dimensions,
      intercept,
    });
    expect(fit.iterations).toBe(expected.iterations);
    expect(difference(fit.coefficients, expected.coefficients)).toBeLessThan(CLOSE);
    expect(difference([fit.intercept], [expected.intercept])).toBeLessThan(CLOSE);
    expect(difference([fit.noisePrecision], [expected.noisePrecision])).toBeLessThan(CLOSE);
    expect(difference([fit.weightPrecision], [expected.weightPrecision])).toBeLessThan(CLOSE);
    expect(difference([fit.logEvidence], [expected.logEvidence])).toBeLessThan(CLOSE);
    const predicted = fit.predict(Float64Array.from(x.flat()));
    const answers = x.map((row) => expected.predict(row));
    expect(
      difference(
        predicted.mean,
        answers.map(({ mean }) => mean),
      ),
    ).toBeLessThan(CLOSE);
    const variances = answers.map(({ variance }) => variance);
    expect(difference(predicted.epistemicVariance, variances)).toBeLessThan(CLOSE);
    const sds = variances.map((variance) => Math.sqrt(variance + 1 / expected.noisePrecision));
    expect(difference(predicted.sd, sds)).toBeLessThan(CLOSE);
  });
});
