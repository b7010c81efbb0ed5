/**
 * Strategy: forecasters that only write down what they are given, whose error is a known function of the rows they have learned: which rows
 * reach whom, and what the summary makes of curves whose crossings are known.
 * Not here: what real forecasters gain (test/cli/forecastRecorded.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { coldStartCurves, type ColdStartCurve } from '../../../src/replay/forecast/coldStart';
import { summariseColdStart } from '../../../src/replay/forecast/coldStartSummary';
import { type Forecasts, type GrowingForecaster } from '../../../src/replay/forecast/forecasts';
import { splitTable } from '../../../src/replay/forecast/split';
import { simulated } from './tables';

const table = simulated(100, 8); // families m0–m2, m3–m5, m6–m7
const split = splitTable(table, 1, 'test');

/** Off by `error(rows learned)`, and knows all that ever reached it. */
class Recorder implements GrowingForecaster {
  readonly log: { kind: 'fit' | 'learn' | 'forecast'; rows: Uint32Array; learned: number }[] = [];
  learned: Uint32Array = new Uint32Array(0);
  readonly copies: Recorder[] = [];
  constructor(readonly error: (rows: number) => number) {}
  fit(rows: Uint32Array): void {
    this.learned = rows.slice();
    this.log.push({ kind: 'fit', rows: rows.slice(), learned: rows.length });
  }
  learn(rows: Uint32Array): void {
    this.learned = Uint32Array.from([...this.learned, ...rows]);
    this.log.push({ kind: 'learn', rows: rows.slice(), learned: this.learned.length });
  }
  forecast(): Forecasts {
    return expect.unreachable();
  }
  medians(rows: Uint32Array): Float64Array {
    this.log.push({ kind: 'forecast', rows: rows.slice(), learned: this.learned.length });
    const own = this.learned.filter(
      (row) => table.rowModels[row] === table.rowModels[rows[0]!],
    ).length;
    return Float64Array.from(
      rows,
      (row, i) => table.tokens[row]! + (i % 2 ? -1 : 1) * this.error(own),
    );
  }
  copy(): Recorder {
    const copy = new Recorder(this.error);
    copy.learned = this.learned;
    this.copies.push(copy);
    return copy;
  }
}

describe('which rows reach whom', () => {
  const pooled = new Recorder((rows) => 100 - rows);
  const unpooled = new Recorder((rows) => 200 - rows);
  const curves = coldStartCurves(table, split, 1, { pooled, unpooled });
  const modelsOf = (rows: Uint32Array) => new Set(Array.from(rows, (row) => table.rowModels[row]!));
  const leftOut = curves.map(({ model }) => model);

  test('one model of each family of three is new, none of a family of two', () => {
    expect(curves).toHaveLength(2);
    expect(leftOut.map((model) => table.models[model]!.family)).toEqual([0, 1]);
  });

  test('the base never sees a new model, and nobody sees a held-out row', () => {
    expect(pooled.log).toHaveLength(1);
    const base = modelsOf(pooled.log[0]!.rows);
    expect([...base].filter((model) => leftOut.includes(model))).toEqual([]);
    expect(base.size).toBe(6);
    const held = new Set(split.heldOut);
    for (const { log } of [pooled, unpooled, ...pooled.copies])
      for (const { kind, rows } of log)
        expect([...rows].some((row) => held.has(row))).toBe(kind === 'forecast');
  });

  test('a copy learns the first rows of its own model, a few at a time', () => {
    pooled.copies.forEach((copy, i) => {
      const own = split.training.filter((row) => table.rowModels[row] === leftOut[i]);
      const learned = copy.log
        .filter(({ kind }) => kind === 'learn')
        .flatMap(({ rows }) => [...rows]);
      expect(learned).toEqual([...own]);
    });
    expect(curves[0]!.points.map(({ rows }) => rows)).toEqual([0, 5, 10, 15, 20, 30, 40, 50, 60]);
  });

  test('the unpooled one is fitted on the new model’s rows alone, on all others for none', () => {
    const fits = unpooled.log.filter(({ kind }) => kind === 'fit');
    expect(fits[0]!.rows).toEqual(pooled.log[0]!.rows);
    for (const { rows } of fits.slice(1, 9)) expect([...modelsOf(rows)]).toEqual([leftOut[0]]);
  });

  test('errors are those of the new model on held-out prompts', () => {
    expect(curves[1]!.points[3]).toMatchObject({ rows: 15 });
    expect(curves[1]!.points[3]!.maePooled).toBeCloseTo(85, 9);
    expect(curves[1]!.points[3]!.maeUnpooled).toBeCloseTo(185, 9);
  });

  test('seeds choose the members', () => {
    const chosen = new Set<number>();
    for (let seed = 0; seed < 30; seed++)
      for (const { model } of coldStartCurves(table, split, seed, {
        pooled: new Recorder(() => 0),
        unpooled: new Recorder(() => 0),
      }))
        chosen.add(model);
    expect([...chosen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('the summary', () => {
  const curve = (
    points: readonly (readonly [number, number, number])[],
    model = 0,
  ): ColdStartCurve => ({
    model,
    points: points.map(([rows, maePooled, maeUnpooled]) => ({ rows, maePooled, maeUnpooled })),
  });

  test('of no curve is null', () => {
    expect(summariseColdStart([])).toEqual({
      rowsToConvergePooled: null,
      rowsToConvergeUnpooled: null,
      rowsToUnpooledConverged: null,
      maeAtZeroRows: null,
      maeAtZeroRowsUnpooled: null,
      modelsLeftOut: 0,
      curve: [],
    });
  });

  test('rows to converge lie on the line between two counts', () => {
    const one = summariseColdStart([
      curve([
        [0, 115, 205],
        [10, 105, 185],
        [20, 95, 155],
        [50, 100, 125],
        [100, 100, 100],
      ]),
    ]);
    // 105 = 1.05 · 100 is reached at 10 exactly; unpooled between 50 and 100 at 125 - 25 s = 105.
    expect(one.rowsToConvergePooled).toBeCloseTo(10, 9);
    expect(one.rowsToConvergeUnpooled).toBeCloseTo(50 + 50 * (20 / 25), 9);
    expect(one.rowsToUnpooledConverged).toBeCloseTo(10, 9);
    expect([one.maeAtZeroRows, one.maeAtZeroRowsUnpooled]).toEqual([115, 205]);
  });

  test('an error that rises again has not converged before', () => {
    const { rowsToConvergePooled } = summariseColdStart([
      curve([
        [0, 100, 1],
        [10, 120, 1],
        [20, 100, 1],
      ]),
    ]);
    expect(rowsToConvergePooled).toBeCloseTo(10 + 10 * (15 / 20), 9);
  });

  test('one that starts converged needs no row; one that never gets there has no figure', () => {
    const flat = summariseColdStart([
      curve([
        [0, 10, 30],
        [5, 10, 20],
        [9, 10, 9],
      ]),
    ]);
    expect(flat.rowsToConvergePooled).toBe(0);
    expect(flat.rowsToUnpooledConverged).toBeNull();
  });

  test('curves of different lengths meet at the counts they share, and at all rows', () => {
    const { curve: mean } = summariseColdStart([
      curve([
        [0, 10, 1],
        [5, 8, 1],
        [8, 6, 1],
      ]),
      curve([
        [0, 20, 3],
        [5, 16, 3],
        [10, 14, 3],
        [12, 10, 3],
      ]),
    ]);
    expect(mean).toEqual([
      { rows: 0, maePooled: 15, maeUnpooled: 2 },
      { rows: 5, maePooled: 12, maeUnpooled: 2 },
      { rows: 10, maePooled: 8, maeUnpooled: 2 },
    ]);
  });
});
