/**
 * Strategy: tables of a few rows and forecasts written down by hand, with every score worked out from its definition in the test; averages
 * over splits by arithmetic. Pinball losses and the ranked score of a fine forecast are held against each other.
 * Not here: the distributions themselves (distributions.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { EmpiricalDistribution } from '../../../src/replay/forecast/empirical';
import {
  emptyForecasts,
  LEVELS,
  MEDIAN,
  type Forecasts,
} from '../../../src/replay/forecast/forecasts';
import { Reliability } from '../../../src/replay/forecast/reliability';
import { averageScores, ScoredRows, type Scores } from '../../../src/replay/forecast/scores';
import { promptOf, tokenTable } from './tables';

/** a: 10, 20, 40 and b: 8, 2, and filling. */
const table = tokenTable([
  { prompt: 'p', tokens: { a: 10, b: 8 } },
  { prompt: 'q', tokens: { a: 20, b: 2 } },
  { prompt: 'r', tokens: { a: 40 } },
  ...Array.from({ length: 10 }, (_, i) => ({ prompt: promptOf(i), tokens: { a: 1, c: 0 } })),
]);
const ROWS = Uint32Array.of(0, 1, 2, 3, 4);
/** Quantiles of row i at level p: medians[i] · (p + 1/2). */
const MEDIANS = [16, 8, 20, 2, 20];

function forecasts(medians: readonly number[]): Forecasts {
  const out = emptyForecasts(medians.length);
  medians.forEach((median, i) => {
    out.meanTokens[i] = median + 1;
    out.crpsTokens[i] = i;
    LEVELS.forEach((level, j) => (out.quantilesTokens[j]![i] = median * (level + 0.5)));
  });
  return out;
}

const scored = new ScoredRows(table, ROWS, forecasts(MEDIANS));
const ys = [10, 8, 20, 2, 40];
const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('scores of a few rows', () => {
  const all = scored.overall();

  test('errors of the median and of the mean forecast', () => {
    expect(all.rows).toBe(5);
    expect(all.maeTokens).toBeCloseTo((6 + 0 + 0 + 0 + 20) / 5, 12);
    expect(all.medianAbsoluteErrorTokens).toBe(0);
    expect(all.maeOfMeanTokens).toBeCloseTo((7 + 1 + 1 + 1 + 19) / 5, 12);
    expect(all.crps).toBe(2);
  });

  test('log-R² is about each model’s own mean of what is scored', () => {
    const errors = [10 / 16, 1, 1, 1, 2].map((ratio) => Math.log(ratio) ** 2);
    const deviations = ([rows]: [number[]]) => {
      const logs = rows.map(Math.log);
      return logs.map((y) => (y - average(logs)) ** 2);
    };
    const total = [...deviations([[10, 20, 40]]), ...deviations([[8, 2]])];
    expect(all.logR2).toBeCloseTo(1 - average(errors) / average(total), 12);
    const [a, b] = scored.byModel();
    expect(a!.logR2).toBeCloseTo(
      1 - (errors[0]! + errors[4]!) / (3 * average(deviations([[10, 20, 40]]))),
      12,
    );
    expect(b!.logR2).toBe(1);
  });

  test('coverage counts both ends of an interval', () => {
    // 10 stands at 0.625 of its median, 40 at 2; intervals of level p reach from (1.5 - q) to (q + 0.5), q = (1 + p)/2.
    expect([all.coverage50, all.coverage80, all.coverage95]).toEqual([0.6, 0.8, 0.8]);
    const edge = new ScoredRows(table, Uint32Array.of(0), forecasts([10 / 0.75]));
    expect(edge.overall().coverage50).toBe(1);
  });

  test('an empty answer is covered where the lower end is at most half a token; its errors are of 0', () => {
    // Lower ends of the 50 % interval stand at 0.75 of the median, upper ones at 1.25.
    const covered = (median: number) => {
      const one = new ScoredRows(table, Uint32Array.of(6), forecasts([median])).overall();
      expect(one.maeTokens).toBe(median);
      return one.coverage50;
    };
    expect(table.tokens[6]).toBe(0);
    expect([0, 0.3, 0.5, 0.5 / 0.75].map(covered)).toEqual([1, 1, 1, 1]);
    expect([0.67, 1, 40].map(covered)).toEqual([0, 0, 0]);
    // One token is not an empty answer.
    const one = new ScoredRows(table, Uint32Array.of(5), forecasts([0.5]));
    expect(table.tokens[5]).toBe(1);
    expect(one.overall().coverage50).toBe(0);
  });

  test('pinball loss at every level', () => {
    LEVELS.forEach((level, j) => {
      const losses = ys.map((y, i) => {
        const error = y - MEDIANS[i]! * (level + 0.5);
        return Math.max(level * error, (level - 1) * error);
      });
      expect(all.pinball[j]).toBeCloseTo(average(losses), 12);
    });
    expect(2 * all.pinball[MEDIAN]!).toBeCloseTo(all.maeTokens, 12);
  });

  test('a model without rows has no scores, one whose answers never vary no log-R²', () => {
    const [, , c] = scored.byModel();
    expect(c!.rows).toBe(0);
    expect([c!.maeTokens, c!.logR2, c!.coverage80, c!.medianAbsoluteErrorTokens]).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
    const zeros = new ScoredRows(table, Uint32Array.of(6, 8), forecasts([0.3, 0]));
    expect(zeros.overall().logR2).toBeNaN();
    expect(zeros.overall().maeTokens).toBeCloseTo(0.15, 12);
  });
});

test('the ranked score is twice the mean pinball loss over all levels', () => {
  const known = new EmpiricalDistribution(Float64Array.of(1, 5, 6, 20));
  const steps = 200_000;
  const quantileAt = (p: number) => [1, 5, 6, 20][Math.floor(4 * p)]!;
  for (const y of [0, 4, 6, 30]) {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const p = (i + 0.5) / steps;
      const error = y - quantileAt(p);
      sum += error >= 0 ? p * error : (p - 1) * error;
    }
    expect((2 * sum) / steps).toBeCloseTo(known.crps(y), 6);
  }
});

describe('averages over splits', () => {
  const scores = (rows: number, value: number): Scores => ({
    rows,
    maeTokens: value,
    medianAbsoluteErrorTokens: value,
    maeOfMeanTokens: value,
    logR2: value,
    coverage50: value,
    coverage80: value,
    coverage95: value,
    crps: value,
    pinball: LEVELS.map(() => value),
  });

  test('coverage is over all rows, the rest over splits; an empty split counts for nothing', () => {
    const both = averageScores([scores(10, 0.5), scores(30, 0.9), scores(0, NaN)]);
    expect(both.rows).toBe(40);
    expect([both.maeTokens, both.logR2, both.crps, both.pinball[3]]).toEqual([0.7, 0.7, 0.7, 0.7]);
    expect(both.coverage95).toBeCloseTo(0.8, 12);
  });

  test('of nothing are nothing', () => {
    expect(averageScores([scores(0, NaN)])).toMatchObject({
      rows: 0,
      maeTokens: NaN,
      coverage50: NaN,
    });
  });
});

describe('reliability', () => {
  test('counts probabilities at or below every nominal one', () => {
    const reliability = new Reliability();
    reliability.add(Float64Array.of(0, 0.05, 0.15, 0.150001));
    reliability.add(Float64Array.of(0.5, 1));
    const observed = new Map(reliability.points().map((one) => [one.nominal, one.observed]));
    expect(observed.size).toBe(21);
    expect([0, 0.05, 0.1, 0.15, 0.2, 0.45, 0.5, 0.95, 1].map((p) => 6 * observed.get(p)!)).toEqual([
      1, 2, 2, 3, 4, 4, 5, 5, 6,
    ]);
  });

  test('of every multiple of 1/20 is exact', () => {
    for (let step = 0; step <= 20; step++) {
      const reliability = new Reliability();
      reliability.add(Float64Array.of(step / 20));
      expect(reliability.points().findIndex(({ observed }) => observed === 1)).toBe(step);
    }
  });
});
