/**
 * Strategy: laws of the batch fit that need no reference, calibration of its bands on simulated data, the cut into chunks, and bad input.
 * Not here: agreement with scikit-learn (reference.test.ts), the online regression (online.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { fitBayesianRidge } from '../../src/forecast/bayesianRidge';
import { Sampler } from '../../src/random/sampler';
import { Draws } from './data';

const CLOSE = 1e-9;

function simulate(rows: number, dimensions: number, seed = rows) {
  const sampler = new Sampler({ seed });
  const truth = sampler.normal(0, 1, dimensions);
  const features = sampler.normal(2, 1, rows * dimensions);
  const targets = sampler
    .normal(5, 0.8, rows)
    .map((noise, i) => truth.reduce((sum, w, j) => sum + w * features[i * dimensions + j]!, noise));
  return { features, targets, truth };
}

function gap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const values = Array.from(expected);
  const scale = Math.max(...values.map(Math.abs));
  return Math.max(...values.map((value, i) => Math.abs(actual[i]! - value))) / scale;
}

describe('laws', () => {
  const { features, targets } = simulate(400, 5);
  const fit = fitBayesianRidge(features, targets, { dimensions: 5 });

  it('does not move with the features, but for the intercept', () => {
    const moved = fitBayesianRidge(
      features.map((x) => x + 1000),
      targets,
      { dimensions: 5 },
    );
    expect(gap(moved.coefficients, fit.coefficients)).toBeLessThan(CLOSE);
    const sum = fit.coefficients.reduce((a, b) => a + b);
    expect(gap([moved.intercept], [fit.intercept - 1000 * sum])).toBeLessThan(CLOSE);
  });

  it('takes a weight of 2 as the row twice', () => {
    const sampleWeights = targets.map((_, i) => 1 + (i % 2));
    const weighted = fitBayesianRidge(features, targets, { dimensions: 5, sampleWeights });
    const twice = [...targets.keys()].flatMap((i) => (i % 2 ? [i, i] : [i]));
    const repeated = fitBayesianRidge(
      Float64Array.from(twice.flatMap((i) => [...features.slice(5 * i, 5 * i + 5)])),
      Float64Array.from(twice, (i) => targets[i]!),
      { dimensions: 5 },
    );
    expect(gap(weighted.coefficients, repeated.coefficients)).toBeLessThan(CLOSE);
    expect(gap([weighted.noisePrecision], [repeated.noisePrecision])).toBeLessThan(CLOSE);
    expect(gap([weighted.logEvidence], [repeated.logEvidence])).toBeLessThan(CLOSE);
  });

  it('ignores rows of weight 0', () => {
    const sampleWeights = targets.map((_, i) => (i < 300 ? 1 : 0));
    const masked = fitBayesianRidge(features, targets, { dimensions: 5, sampleWeights });
    const cut = fitBayesianRidge(features.slice(0, 1500), targets.slice(0, 300), { dimensions: 5 });
    expect(gap(masked.coefficients, cut.coefficients)).toBeLessThan(CLOSE);
    expect(gap([masked.logEvidence], [cut.logEvidence])).toBeLessThan(CLOSE);
  });

  it('gives the same bits again, whatever was fitted in between', () => {
    for (const dimensions of [1, 8, 33]) {
      const other = simulate(100, dimensions);
      fitBayesianRidge(other.features, other.targets, { dimensions });
    }
    const again = fitBayesianRidge(features, targets, { dimensions: 5 });
    expect(again.coefficients).toEqual(fit.coefficients);
    expect(again.logEvidencePath).toEqual(fit.logEvidencePath);
    expect(again.predict(features)).toEqual(fit.predict(features));
  });

  it('predicts rows alone as it does in a batch', () => {
    const all = fit.predict(features);
    for (const row of [0, 1, 7, 8, 399]) {
      const alone = fit.predict(features.slice(5 * row, 5 * row + 5));
      expect([alone.mean[0], alone.sd[0], alone.epistemicVariance[0]]).toEqual([
        all.mean[row],
        all.sd[row],
        all.epistemicVariance[row],
      ]);
    }
    const only = fit.predictInto(features, { mean: new Float64Array(400) });
    expect(only.mean).toEqual(all.mean);
    expect(all.aleatoricVariance).toBe(1 / fit.noisePrecision);
  });

  it('raises the evidence from the first iteration to the last', () => {
    expect(fit.logEvidencePath.length).toBe(fit.iterations + 1);
    expect(fit.logEvidence).toBe(fit.logEvidencePath.at(-1));
    expect(fit.logEvidence).toBeGreaterThan(fit.logEvidencePath[0]!);
  });
});

describe('streaming', () => {
  it('asks for a second pass where the first rows mislead about the mean', () => {
    // 300 rows near 1e6, then 40,000 near 0 with a spread of 1: the guess is off by a thousand standard deviations or more.
    const draws = new Draws(5);
    const rows = 40_300;
    const features = new Float64Array(rows);
    const weights = new Float64Array(rows).fill(1);
    const targets = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      features[i] = draws.bell() + (i < 300 ? 1e6 : 0);
      weights[i] = i < 300 ? 0 : 1;
      targets[i] = 2 * features[i]! + draws.bell();
    }
    const all = fitBayesianRidge(features, targets, { dimensions: 1, sampleWeights: weights });
    const cut = fitBayesianRidge(features.slice(300), targets.slice(300), { dimensions: 1 });
    expect(all.status).toBe('regular');
    expect(gap(all.coefficients, cut.coefficients)).toBeLessThan(CLOSE);
    expect(gap([all.noisePrecision], [cut.noisePrecision])).toBeLessThan(CLOSE);
  });

  it('survives a column that is constant but for rows past the first chunk', () => {
    const { features, targets } = simulate(30_000, 3);
    for (let i = 0; i < 25_000; i++) features[3 * i + 1] = 1e4;
    const fit = fitBayesianRidge(features, targets, { dimensions: 3 });
    expect([...fit.coefficients].every(Number.isFinite)).toBe(true);
    expect(fit.converged).toBe(true);
  });
});

describe('bands', () => {
  it('of 95 % cover 95 % of new targets', () => {
    const rows = 12_000;
    const { features, targets } = simulate(rows, 6);
    const train = 200;
    const fit = fitBayesianRidge(features.slice(0, 6 * train), targets.slice(0, train), {
      dimensions: 6,
    });
    const { mean, sd } = fit.predict(features.slice(6 * train));
    const covered = mean.reduce(
      (count, m, i) => count + Number(Math.abs(targets[train + i]! - m) < 1.959964 * sd[i]!),
      0,
    );
    // α comes from 200 rows: its error (a tenth) moves coverage by 1.1 % a standard deviation; three of them and of the count's.
    expect(Math.abs(covered / (rows - train) - 0.95)).toBeLessThan(3 * 0.011 + 3 * 0.002);
  });
});

describe('hostile data never gives NaN', () => {
  const extremes = [0, 1e-300, 1e-30, 1, 1e30, 1e50];
  it.each(extremes.flatMap((x) => extremes.map((y) => [x, y] as const)))(
    'x of %d, y of %d',
    (x, y) => {
      const draws = new Draws(3);
      for (const rows of [1, 2, 3, 40]) {
        for (const intercept of [true, false]) {
          for (const prior of [0, 1e-6]) {
            const features = Float64Array.from({ length: 3 * rows }, () => x * draws.unit());
            const targets = Float64Array.from({ length: rows }, () => y * draws.unit());
            const fit = fitBayesianRidge(features, targets, {
              dimensions: 3,
              intercept,
              noisePriorShape: prior,
              noisePriorRate: prior,
              weightPriorShape: prior,
              weightPriorRate: prior,
            });
            const { mean, sd } = fit.predict(features);
            const figures = [
              ...fit.coefficients,
              fit.intercept,
              fit.noisePrecision,
              ...mean,
              ...sd,
            ];
            expect([...figures, fit.logEvidence, fit.weightPrecision].filter(Number.isNaN)).toEqual(
              [],
            );
          }
        }
      }
    },
  );
});

describe('bad input', () => {
  const x = Float64Array.of(1, 2, 3, 4);
  const y = Float64Array.of(1, 2);
  const fit =
    (features: unknown, targets: unknown, options: object = {}) =>
    () =>
      fitBayesianRidge(features as Float64Array, targets as Float64Array, {
        dimensions: 2,
        ...options,
      });

  it.each([
    ['NaN', fit(Float64Array.of(1, 2, NaN, 4), y), 'features[2] must be in [-1e50, 1e50], got NaN'],
    ['infinite', fit(x, Float64Array.of(1, Infinity)), 'targets[1] must be in [-1e50, 1e50]'],
    ['too large', fit(Float64Array.of(1, 2, -1e70, 4), y), 'features[2] must be in'],
    [
      'lengths',
      fit(x, Float64Array.of(1)),
      'features.length must be targets.length × dimensions = 2, got 4',
    ],
    [
      'no rows',
      fit(new Float64Array(0), new Float64Array(0)),
      'targets.length must be >= 1, got 0',
    ],
    ['an array', fit([1, 2, 3, 4], y), 'features must be a Float64Array'],
    ['targets', fit(x, undefined), 'targets must be a Float64Array, got undefined'],
    [
      'capacity + 1',
      fit(x, y, { dimensions: 257 }),
      'options.dimensions must be a whole number in [1, 256], got 257',
    ],
    ['no dimensions', fit(x, y, { dimensions: 0 }), 'options.dimensions'],
    ['intercept', fit(x, y, { intercept: 1 }), 'options.intercept must be true or false, got 1'],
    [
      'weights',
      fit(x, y, { sampleWeights: Float64Array.of(1, -1) }),
      'options.sampleWeights[1] must be >= 0',
    ],
    [
      'NaN weight',
      fit(x, y, { sampleWeights: Float64Array.of(NaN, 1) }),
      'options.sampleWeights[0]',
    ],
    [
      'no weight',
      fit(x, y, { sampleWeights: new Float64Array(2) }),
      'sum of options.sampleWeights',
    ],
    [
      'short weights',
      fit(x, y, { sampleWeights: Float64Array.of(1) }),
      'options.sampleWeights.length',
    ],
    ['tolerance', fit(x, y, { tolerance: 0 }), 'options.tolerance must be > 0 and finite, got 0'],
    ['iterations', fit(x, y, { maxIterations: 0 }), 'options.maxIterations'],
    [
      'prior',
      fit(x, y, { weightPriorShape: NaN }),
      'options.weightPriorShape must be in [0, 1e50]',
    ],
    ['start', fit(x, y, { initialNoisePrecision: 0 }), 'options.initialNoisePrecision'],
    ['key', fit(x, y, { lambda_1: 2 }), 'lambda_1'],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(ParameterError);
    expect(act).toThrow(message);
  });

  it('leaves earlier fits alone', () => {
    const good = fitBayesianRidge(x, y, { dimensions: 2 });
    const before = good.predict(x);
    expect(fit(Float64Array.of(1, 2, NaN, 4), y)).toThrow();
    expect(good.predict(x)).toEqual(before);
    expect(() => good.predict(Float64Array.of(1))).toThrow(
      'features.length must be a multiple of 2',
    );
    expect(() => good.predictInto(x, { mean: new Float64Array(1) })).toThrow('out.mean.length');
  });
});
