/**
 * Goal: Bayesian ridge against plain TypeScript: nanoseconds a row of a fit (data into the kernel included), of an online observation
 * and of a prediction of mean and standard deviation. Not measured here: native peers; the stable route.
 */
import { fitBayesianRidge } from '../src/forecast/bayesianRidge';
import { OnlineRidge } from '../src/forecast/onlineRidge';
import { Sampler } from '../src/random/sampler';
import { measure, type Timing } from './measure';
import { plainFit, PlainOnline, plainPredict } from './plainRidge';

/** Rows and features of the fits. */
export const RIDGE_FITS = [
  [2_000, 14],
  [55_000, 14],
  [10_000, 128],
] as const;
export const RIDGE_UPDATES = [14, 64, 256] as const;

/** Normal features with mean 1, weights cycling through −2 … 2, noise of variance 1. */
export function ridgeData(rows: number, dimensions: number) {
  const sampler = new Sampler({ seed: 11 });
  const features = sampler.normal(1, 1, rows * dimensions);
  const targets = sampler.normal(3, 1, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < dimensions; j++)
      targets[i]! += ((j % 5) - 2) * features[i * dimensions + j]!;
  }
  return { features, targets };
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + Math.abs(value), 0);

export function ridgeFit(rows: number, dimensions: number, rounds: number): Timing[] {
  const { features, targets } = ridgeData(rows, dimensions);
  const contestants = [
    {
      name: 'kernel (WebAssembly)',
      fit: () => fitBayesianRidge(features, targets, { dimensions }),
    },
    { name: 'plain TypeScript', fit: () => plainFit(features, targets, dimensions) },
  ];
  return measure(
    contestants.map(({ name, fit }) => ({
      name,
      run: () => {
        const { coefficients, noisePrecision } = fit();
        return () => sum(coefficients) + noisePrecision;
      },
    })),
    rows,
    rounds,
    Math.ceil(rounds / 4),
  );
}

/** One observation: second moments and factor. */
export function ridgeUpdate(dimensions: number, rows: number, rounds: number): Timing[] {
  const { features, targets } = ridgeData(rows, dimensions);
  const kernel = new OnlineRidge({ dimensions, noisePrecision: 1, weightPrecision: 1 });
  const plain = new PlainOnline(dimensions, 1, 1);
  return measure(
    [
      {
        name: 'kernel (WebAssembly)',
        run: () => {
          kernel.observe(features, targets);
          return () => sum(kernel.coefficients);
        },
      },
      {
        name: 'plain TypeScript',
        run: () => {
          plain.observe(features, targets);
          return () => sum(plain.coefficients());
        },
      },
    ],
    rows,
    rounds,
    Math.ceil(rounds / 4),
  );
}

/** Mean and standard deviation of a row. */
export function ridgePredict(rows: number, dimensions: number, rounds: number): Timing[] {
  const { features, targets } = ridgeData(rows, dimensions);
  const fit = fitBayesianRidge(features, targets, { dimensions });
  const plain = plainFit(features, targets, dimensions);
  const mean = new Float64Array(rows);
  const sd = new Float64Array(rows);
  const checksum = () => sum(mean) + sum(sd);
  return measure(
    [
      {
        name: 'kernel (WebAssembly)',
        run: () => {
          fit.predictInto(features, { mean, sd });
          return checksum;
        },
      },
      {
        name: 'plain TypeScript',
        run: () => {
          plainPredict(plain, features, mean, sd);
          return checksum;
        },
      },
    ],
    rows,
    rounds,
    Math.ceil(rounds / 4),
  );
}
