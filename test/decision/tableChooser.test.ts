/**
 * Strategy: decisions from quantile tables against the exact propensities of the same posteriors and costs (chi-square at a
 * computed level), against themselves in other cuts, and at the edges: ties, arms left out, bad input.
 * Not tested here: the tables' draws (test/distributions/betaTable.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { propensitiesInto } from '../../src/selection/propensities';
import { TableChooser } from '../../src/selection/tableChooser';
import { chiSquareP } from '../support/pearson';

const alphas = Float64Array.of(10, 11, 12, 3, 40);
const betas = Float64Array.of(5, 5, 6, 1, 20);
const ROW = [0.02, 0.05, 0, 0.1, 0.01];
const DECISIONS = 200_000;

function costsOf(rows: number): Float64Array {
  return Float64Array.from({ length: rows * ROW.length }, (_, i) => ROW[i % ROW.length]!);
}

test('choices have the exact propensities', () => {
  const costWeight = 2;
  const expected = new Float64Array(ROW.length);
  const utilityOffsets = Float64Array.from(ROW, (cost) => costWeight * cost);
  propensitiesInto({ alphas, betas, utilityOffsets }, expected);
  const chooser = new TableChooser({ alphas, betas, seed: 11 });
  const chosen = chooser.chooseInto(costsOf(DECISIONS), { costWeight }, new Int32Array(DECISIONS));
  const counts = ROW.map((_, arm) => chosen.filter((choice) => choice === arm).length);
  const p = chiSquareP(
    counts,
    Array.from(expected, (share) => share * DECISIONS),
  );
  expect(p).toBeGreaterThan(1e-4);
  expect(p).toBeLessThan(1 - 1e-6);
});

test('a decision is the same whatever batch it stands in', () => {
  const chooser = new TableChooser({ alphas, betas, seed: 2n ** 64n - 1n });
  const costs = costsOf(3000);
  const whole = chooser.chooseInto(costs, { costWeight: 1 }, new Int32Array(3000));
  let first = 0;
  for (const rows of [1, 2, 255, 256, 257, 1025, 3, 1201]) {
    const part = costs.subarray(first * ROW.length, (first + rows) * ROW.length);
    const options = { costWeight: 1, firstSequenceNumber: first };
    const chosen = chooser.chooseInto(part, options, new Int32Array(rows));
    expect(chosen).toEqual(whole.subarray(first, first + rows));
    first += rows;
  }
  expect(first).toBe(3000);
});

test('arms at NaN are left out, and -1 says that none is left', () => {
  const chooser = new TableChooser({ alphas, betas, seed: 1 });
  const left = [NaN, NaN, 1, NaN, NaN];
  const costs = Float64Array.of(...left, ...ROW.map(() => NaN), Infinity, 1, NaN, NaN, Infinity);
  expect([...chooser.chooseInto(costs, { costWeight: 1 }, new Int32Array(3))]).toEqual([2, -1, 1]);
});

describe('bad input is refused by name and leaves out as it was', () => {
  const chooser = new TableChooser({ alphas, betas, seed: 1 });
  const out = new Int32Array(2).fill(7);
  test.each([
    ['options.costWeight', () => chooser.chooseInto(costsOf(2), { costWeight: NaN }, out)],
    ['options.costWeight', () => chooser.chooseInto(costsOf(2), { costWeight: -1 }, out)],
    ['costs.length', () => chooser.chooseInto(costsOf(3), { costWeight: 1 }, out)],
    ['costs', () => chooser.chooseInto([0] as never, { costWeight: 1 }, out)],
    ['out', () => chooser.chooseInto(costsOf(2), { costWeight: 1 }, [0] as never)],
    [
      'options.firstSequenceNumber',
      () => chooser.chooseInto(costsOf(2), { costWeight: 1, firstSequenceNumber: 0.5 }, out),
    ],
    ['alphas[1]', () => new TableChooser({ alphas: Float64Array.of(1, 0), betas, seed: 1 })],
    ['betas.length', () => new TableChooser({ alphas, betas: Float64Array.of(1), seed: 1 })],
    [
      'alphas.length',
      () => new TableChooser({ alphas: new Float64Array(0), betas: new Float64Array(0) }),
    ],
  ])('%s', (parameter, act) => {
    expect(act).toThrow(ParameterError);
    expect(act).toThrow(parameter);
    expect([...out]).toEqual([7, 7]);
  });

  test('no rows are no error', () => {
    expect(chooser.chooseInto(costsOf(0), { costWeight: 1 }, new Int32Array(0))).toHaveLength(0);
  });
});
