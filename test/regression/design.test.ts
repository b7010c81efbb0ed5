/**
 * Strategy: the batch fit on the 14-feature design of prompts and models (seven query features, seven model features) against recorded figures of
 * scikit-learn (designReference.json, made by scripts/make-design-reference.py from the same bits).
 * Not here: other designs (reference.test.ts), what the features are (test/forecast), whether they help (test/cli/forecastRecorded.test.ts).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fitBayesianRidge } from '../../src/forecast/bayesianRidge';
import type { RidgeFitOptions } from '../../src/forecast/ridgeOptions';
import { promptDesigns } from './promptDesign';

interface Case {
  readonly design: string;
  readonly options: string;
  readonly rows: number;
  /** Of each column of the design, then of the targets. */
  readonly sums: readonly number[];
  readonly expected: {
    readonly coefficients: readonly number[];
    readonly intercept: number;
    readonly noisePrecision: number;
    readonly weightPrecision: number;
    readonly iterations: number;
    readonly mean: readonly number[];
    readonly sd: readonly number[];
  };
}

const { cases, program, versions } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'designReference.json'), 'utf8'),
) as { cases: readonly Case[]; program: string; versions: Record<string, string> };

/** What is promised, relative to the largest of the figures compared. */
const PROMISED = 1e-6;
/** Sums in another order. */
const ROUNDING = 1e-12;

const OPTIONS = new Map<string, Omit<RidgeFitOptions, 'dimensions'>>([
  ['defaults', {}],
  ['settings of the published predictor', { tolerance: 1e-4, maxIterations: 300 }],
  ['no intercept', { intercept: false }],
  ['tight', { tolerance: 1e-10, maxIterations: 1000 }],
]);
const designs = new Map(promptDesigns().map((design) => [design.name, design]));

function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value))) / scale;
}

test('the reference says what made it', () => {
  expect(program).toBe('scripts/make-design-reference.py');
  expect(Object.keys(versions)).toEqual(['scikit-learn', 'numpy', 'scipy', 'node']);
  expect(cases).toHaveLength(designs.size * OPTIONS.size);
});

describe.each(cases)('$design, $options', ({ design, options, rows, sums, expected }) => {
  const { features, targets } = designs.get(design)!;

  test('the design is the one that was fitted', () => {
    expect(targets).toHaveLength(rows);
    const columns = Array.from({ length: 15 }, () => 0);
    targets.forEach((y, i) => {
      columns[14]! += y;
      for (let j = 0; j < 14; j++) columns[j]! += features[14 * i + j]!;
    });
    columns.forEach((sum, j) => {
      expect(Math.abs(sum - sums[j]!)).toBeLessThanOrEqual(ROUNDING * Math.abs(sums[j]!));
    });
  });

  test('coefficients, precisions and predictions to 1e-6', () => {
    const fit = fitBayesianRidge(features, targets, { dimensions: 14, ...OPTIONS.get(options) });
    expect(fit.iterations).toBe(expected.iterations);
    expect(difference(fit.coefficients, expected.coefficients)).toBeLessThan(PROMISED);
    expect(difference([fit.intercept, 1], [expected.intercept, 1])).toBeLessThan(PROMISED);
    expect(difference([fit.noisePrecision], [expected.noisePrecision])).toBeLessThan(PROMISED);
    expect(difference([fit.weightPrecision], [expected.weightPrecision])).toBeLessThan(PROMISED);
    const { mean, sd } = fit.predict(features.slice(0, expected.mean.length * 14));
    expect(difference(mean, expected.mean)).toBeLessThan(PROMISED);
    expect(difference(sd, expected.sd)).toBeLessThan(PROMISED);
  });
});
