/**
 * Strategy: estimates of constant policies by both ways the estimator has, point estimates by hand, hull gains at their
 * ends.
 * Not here: resampling itself (bootstrap.test.ts), the hull (hull.test.ts), which policies there are (test/cli).
 */
import { describe, expect, it } from 'vitest';
import { Bootstrap } from '../../src/replay/bootstrap';
import { Estimator, type PolicyEstimates } from '../../src/replay/estimates';
import { orderOf } from '../../src/replay/order';
import { armShares, byRow, seedRun } from '../../src/replay/runs';
import { columnMeans } from '../../src/replay/table';
import { simulatedTable } from './tables';

/** The same sums in the same order but for the late rows, which are added as products with 0 and 1. */
const TOLERANCE = 1e-12;
const COST_WEIGHT = 20;
const ARMS = 3;

const table = simulatedTable({ rows: 240, arms: ARMS, segments: 4, graded: true });
const seeds = [1, 2, 3].map((seed) => seedRun(seed, orderOf(table, seed)));
const estimator = new Estimator(table, seeds, new Bootstrap(table.rows, 400, 1), COST_WEIGHT);

const constant = (arm: number) => ({
  policy: 'constant',
  chosenByRow: seeds.map(() => new Int32Array(table.rows).fill(arm)),
});
const chosenBy = (choose: (row: number) => number) => {
  const chosen = Int32Array.from({ length: table.rows }, (_, row) => choose(row));
  return { policy: 'chosen', chosenByRow: seeds.map(() => chosen) };
};
const at = (matrix: Float64Array, row: number, arm: number) => matrix[row * ARMS + arm]!;

function flatten(estimates: PolicyEstimates): number[] {
  return Object.values(estimates).flatMap((estimate) =>
    estimate === null ? [] : [estimate.mean, ...estimate.ci95],
  );
}

function bestArm(value: (arm: number) => number): number {
  const values = [0, 1, 2].map(value);
  return values.indexOf(Math.max(...values));
}

describe('estimates', () => {
  it.each([0, 1, 2])('of fixed arm %i are those of its runs', (arm) => {
    const [short, long] = [estimator.ofArm(arm), estimator.ofRuns(constant(arm))];
    expect(short.hullGain === null).toBe(long.hullGain === null);
    const expected = flatten(long);
    flatten(short).forEach((value, i) =>
      expect(Math.abs(value - expected[i]!)).toBeLessThan(TOLERANCE),
    );
  });

  it.each([0, 1, 2])('of fixed arm %i have the table’s means, inside their intervals', (arm) => {
    const { quality, costUsdPer1000, utility } = estimator.ofArm(arm);
    const cost = columnMeans(table.costUsd, table.rows, ARMS)[arm]!;
    expect(quality.mean).toBeCloseTo(columnMeans(table.quality, table.rows, ARMS)[arm]!, 12);
    expect(costUsdPer1000.mean).toBeCloseTo(1000 * cost, 12);
    expect(utility.mean).toBeCloseTo(quality.mean - COST_WEIGHT * cost, 12);
    for (const { mean, ci95 } of [quality, costUsdPer1000, utility]) {
      expect(ci95[0]).toBeLessThan(mean);
      expect(ci95[1]).toBeGreaterThan(mean);
    }
  });

  it('give no fixed arm a gain over the hull it is part of', () => {
    for (const arm of [0, 1, 2])
      expect(estimator.ofArm(arm).hullGain!.mean).toBeLessThan(TOLERANCE);
    expect(estimator.ofArm(0).hullGain!.mean).toBeCloseTo(0, 12);
  });

  it('give hindsight a gain', () => {
    const oracle = chosenBy((row) =>
      bestArm((arm) => at(table.quality, row, arm) - 1e-3 * at(table.costUsd, row, arm)),
    );
    const { hullGain, hullGainLate } = estimator.ofRuns(oracle);
    expect(hullGain!.ci95[0]).toBeGreaterThan(0);
    expect(hullGainLate!.mean).toBeGreaterThan(0);
  });

  it('have no hull gain below the cheapest arm’s cost', () => {
    const miser = chosenBy((row) => bestArm((arm) => -at(table.costUsd, row, arm)));
    const estimates = estimator.ofRuns(miser);
    expect(estimates.hullGain).toBeNull();
    expect(estimates.quality.mean).toBeGreaterThan(0);
  });

  it('average over seeds', () => {
    const mixed = {
      policy: 'mixed',
      chosenByRow: [0, 1, 2].map((arm) => new Int32Array(table.rows).fill(arm)),
    };
    const mean = (field: 'quality' | 'utility') =>
      [0, 1, 2].reduce((sum, arm) => sum + estimator.ofArm(arm)[field].mean, 0) / 3;
    expect(estimator.ofRuns(mixed).quality.mean).toBeCloseTo(mean('quality'), 12);
    expect(estimator.ofRuns(mixed).utility.mean).toBeCloseTo(mean('utility'), 12);
    expect(armShares(mixed, table)).toEqual({ m0: 1 / 3, m1: 1 / 3, m2: 1 / 3 });
  });

  it('read the hull at the mean cost over seeds, not at each seed’s own', () => {
    // Three corners (1, .2), (2, .6), (4, .7); seeds on the outer two, each with gain 0 of its own.
    const each = (values: readonly number[]) =>
      Float64Array.from({ length: table.rows * ARMS }, (_, i) => values[i % ARMS]!);
    const cornered = { ...table, quality: each([0.2, 0.6, 0.7]), costUsd: each([1, 2, 4]) };
    const bootstrap = new Bootstrap(table.rows, 40, 1);
    const chosenByRow = [0, 2, 2].map((arm) => new Int32Array(table.rows).fill(arm));
    const { hullGain, hullGainLate } = new Estimator(cornered, seeds, bootstrap, 1).ofRuns({
      policy: 'outer corners',
      chosenByRow,
    });
    // Mean cost 3, mean quality 1.6/3; the hull has .65 there.
    expect(hullGain!.mean).toBeCloseTo(1.6 / 3 - 0.65, 12);
    expect(hullGainLate!.mean).toBeCloseTo(1.6 / 3 - 0.65, 12);
  });

  it('repeat themselves', () => {
    const again = new Estimator(table, seeds, new Bootstrap(table.rows, 400, 1), COST_WEIGHT);
    expect(again.ofArm(1)).toEqual(estimator.ofArm(1));
  });
});

describe('runs', () => {
  it('turn positions into rows, the later half marked', () => {
    const order = Uint32Array.of(3, 0, 4, 1, 2);
    expect([...byRow(Int32Array.of(9, 8, 7, 6, 5), order)]).toEqual([8, 6, 5, 9, 7]);
    expect([...seedRun(1, order).late]).toEqual([0, 1, 1, 0, 1]);
  });

  it('follow the clock of the table where it has one, ties in the order of the file', () => {
    const timed = { ...table, rows: 4, atSeconds: Float64Array.of(5, 1, 5, 0) };
    expect([...orderOf(timed, 7)]).toEqual([3, 1, 0, 2]);
    expect([...orderOf(table, 7)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: table.rows }, (_, i) => i),
    );
  });
});
