/**
 * Strategy: the distributions of the baselines against other people's figures: log-normals against scipy and integrals of the score's
 * definition (logNormalReference.json), the empirical distribution against the definition over all pairs of values.
 * Not here: what the baselines are fitted to (forecasters.test.ts).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EmpiricalDistribution } from '../../../src/replay/forecast/empirical';
import { logNormalForecasts } from '../../../src/replay/forecast/logNormal';

interface Case {
  readonly mu: number;
  readonly sd: number;
  readonly tokens: number;
  readonly mean: number;
  readonly quantiles: readonly number[];
  readonly probability: number;
  readonly crps: number;
}

const { cases } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'logNormalReference.json'), 'utf8'),
) as { cases: readonly Case[] };

/** Rounding of exp and of the normal distribution; the score is a difference of terms up to the mean. */
const RELATIVE = 1e-12;

function close(actual: number, expected: number, scale = Math.abs(expected)): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(RELATIVE * Math.max(scale, 1e-300));
}

describe('log-normals', () => {
  const out = logNormalForecasts(
    {
      mean: Float64Array.from(cases, ({ mu }) => mu),
      sd: Float64Array.from(cases, ({ sd }) => sd),
    },
    Float64Array.from(cases, ({ tokens }) => tokens),
  );
  test.each(cases.map((one, i) => ({ ...one, i })))('μ $mu, σ $sd, $tokens tokens', (one) => {
    close(out.meanTokens[one.i]!, one.mean);
    one.quantiles.forEach((quantile, j) => close(out.quantilesTokens[j]![one.i]!, quantile));
    // Deep in a tail the probability is as exact as ω: log y - μ over σ.
    close(out.probability[one.i]!, one.probability, Math.max(one.probability, 1e-3));
    close(out.crpsTokens[one.i]!, one.crps, Math.max(one.mean, one.tokens));
  });
});

describe('the empirical distribution', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const known = new EmpiricalDistribution(Float64Array.from(values));
  const mean = (terms: number[]) => terms.reduce((a, b) => a + b, 0) / terms.length;

  test.each([-1, 0, 1, 2.5, 4, 9, 12])('score at %d is its definition over all pairs', (x) => {
    const spread = mean(values.flatMap((a) => values.map((b) => Math.abs(a - b)))) / 2;
    expect(known.crps(x)).toBeCloseTo(mean(values.map((v) => Math.abs(v - x))) - spread, 12);
  });

  test('probability counts half of what is equal', () => {
    expect([0, 1, 1.5, 9, 10].map((x) => known.probability(x))).toEqual([
      0,
      1 / 8,
      0.25,
      7.5 / 8,
      1,
    ]);
  });

  test('quantiles and mean', () => {
    expect([0, 0.5, 1].map((p) => known.quantile(p))).toEqual([1, 3.5, 9]);
    expect(known.mean).toBeCloseTo(mean(values), 12);
  });

  test('one value is a point', () => {
    const point = new EmpiricalDistribution(Float64Array.of(7));
    expect([point.crps(10), point.quantile(0.05), point.probability(7)]).toEqual([3, 7, 0.5]);
  });
});
