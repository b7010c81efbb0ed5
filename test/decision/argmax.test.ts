/**
 * Strategy: random matrices against a reference that sorts, then the laws of the choice one by one.
 * Not here: where utilities come from (router.test.ts beside this file), the router's own eligibility (test/router).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { argmaxUtilityInto } from '../../src/selection/argmax';
import { referenceArgmax, utilityOf, type Candidate } from '../reference/decision';

interface Matrix {
  readonly rows: number;
  readonly arms: number;
  readonly cells: readonly Candidate[];
  readonly willingnessToPayUsd: number;
  readonly riskWeight: number;
}

/** Few distinct values, so that ties are common; a power of two as price, so that equal utilities are equal in bits. */
const quality = fc.constantFrom(0, 0.25, 0.5, 0.5, 0.75, 1, -0, NaN, Infinity, -Infinity);
const candidate: fc.Arbitrary<Candidate> = fc.record({
  quality: fc.oneof(quality, fc.double({ min: 0, max: 1, noNaN: true })),
  cost: fc.constantFrom(0, 0.25, 0.5, 0.75, 1, NaN),
  uncertainty: fc.constantFrom(0, 0.125, 0.25, NaN),
  eligible: fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
});

const matrices: fc.Arbitrary<Matrix> = fc
  .record({
    rows: fc.nat(5),
    arms: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 })),
  })
  .chain(({ rows, arms }) =>
    fc.record({
      rows: fc.constant(rows),
      arms: fc.constant(arms),
      cells: fc.array(candidate, { minLength: rows * arms, maxLength: rows * arms, size: 'max' }),
      willingnessToPayUsd: fc.constantFrom(0.5, 1, 4, Infinity),
      riskWeight: fc.constantFrom(0, 0.5, 2),
    }),
  );

const column = (cells: readonly Candidate[], field: 'quality' | 'cost' | 'uncertainty') =>
  Float64Array.from(cells, (cell) => cell[field]);

function choose({ rows, arms, cells, ...weights }: Matrix): number[] {
  const mask = Uint8Array.from(cells, (cell) => (cell.eligible ? 1 : 0));
  const [q, c, u] = [column(cells, 'quality'), column(cells, 'cost'), column(cells, 'uncertainty')];
  return [...argmaxUtilityInto(q, c, u, mask, new Int32Array(rows), { arms, ...weights })];
}

const weightsOf = (matrix: Matrix) => ({
  costWeight: 1 / matrix.willingnessToPayUsd,
  riskWeight: matrix.riskWeight,
});

const rowsOf = ({ rows, arms, cells }: Matrix) =>
  Array.from({ length: rows }, (_, row) => cells.slice(row * arms, (row + 1) * arms));

describe('argmaxUtilityInto', () => {
  it('chooses as the reference does', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const expected = rowsOf(matrix).map((row) => referenceArgmax(row, weightsOf(matrix)));
        expect(choose(matrix)).toEqual(expected);
      }),
      { seed: 101, numRuns: 1500 },
    );
  });

  it('never chooses a masked arm or a utility that is NaN', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        choose(matrix).forEach((arm, row) => {
          if (arm < 0) return;
          const chosen = rowsOf(matrix)[row]![arm]!;
          expect(chosen.eligible).toBe(true);
          expect(utilityOf(chosen, weightsOf(matrix))).not.toBeNaN();
        });
      }),
      { seed: 102, numRuns: 500 },
    );
  });

  it('is not changed by scaling every utility', () => {
    fc.assert(
      fc.property(matrices, fc.constantFrom(0.25, 2, 1024), (matrix, factor) => {
        // A power of two scales without rounding, so ties stay ties.
        const cells = matrix.cells.map((c) => ({
          ...c,
          quality: c.quality * factor,
          uncertainty: c.uncertainty * factor,
          cost: c.cost * factor,
        }));
        expect(choose({ ...matrix, cells })).toEqual(choose(matrix));
      }),
      { seed: 103, numRuns: 300 },
    );
  });

  it.each([1, 2, 3, 31, 32, 33, 64, 65, 70])(
    'finds a lone best arm at every place of %i',
    (arms) => {
      for (let best = 0; best < arms; best++) {
        const q = Float64Array.from({ length: arms }, (_, i) => (i === best ? 0.9 : 0.1));
        const out = argmaxUtilityInto(
          q,
          new Float64Array(arms),
          undefined,
          undefined,
          new Int32Array(1),
          { arms, willingnessToPayUsd: 1 },
        );
        expect(out[0]).toBe(best);
      }
    },
  );

  it('breaks ties by cost, then by index', () => {
    const choose = (cost: number[]) => {
      const options = { arms: cost.length, willingnessToPayUsd: Infinity };
      const quality = new Float64Array(cost.length).fill(0.5);
      return argmaxUtilityInto(
        quality,
        Float64Array.from(cost),
        undefined,
        undefined,
        new Int32Array(1),
        options,
      )[0];
    };
    expect(choose([3, 1, 2])).toBe(1);
    expect(choose([1, 1, 1])).toBe(0);
    expect(choose([...Array<number>(40).fill(2), 1, 1])).toBe(40);
  });

  it('gives -1 where nothing is eligible', () => {
    const options = { arms: 3, willingnessToPayUsd: 1 };
    const [nan, zero] = [new Float64Array(3).fill(NaN), new Float64Array(3)];
    expect(argmaxUtilityInto(nan, zero, undefined, undefined, new Int32Array(1), options)[0]).toBe(
      -1,
    );
    expect(
      argmaxUtilityInto(zero, zero, undefined, new Uint8Array(3), new Int32Array(1), options)[0],
    ).toBe(-1);
  });

  it('subtracts uncertainty only by its weight', () => {
    const [q, c, u] = [Float64Array.of(0.5, 0.6), new Float64Array(2), Float64Array.of(0, 0.3)];
    const choose = (riskWeight: number) =>
      argmaxUtilityInto(q, c, u, undefined, new Int32Array(1), {
        arms: 2,
        willingnessToPayUsd: 1,
        riskWeight,
      })[0];
    expect([choose(0), choose(0.3), choose(0.4)]).toEqual([1, 1, 0]);
  });

  it('gives the same for many rows as row by row, beyond one call of the kernel', () => {
    const [rows, arms] = [2500, 67];
    const wave = (i: number) => Math.sin(i * 1.7) + Math.sin(i * 0.3);
    const q = Float64Array.from({ length: rows * arms }, (_, i) => wave(i));
    const c = Float64Array.from({ length: rows * arms }, (_, i) => wave(i + 9) + 2);
    const mask = Uint8Array.from({ length: rows * arms }, (_, i) => (i % 5 === 0 ? 0 : 1));
    const options = { arms, willingnessToPayUsd: 3 };
    const all = argmaxUtilityInto(q, c, undefined, mask, new Int32Array(rows), options);
    for (let row = 0; row < rows; row++) {
      const at = [row * arms, (row + 1) * arms] as const;
      const one = argmaxUtilityInto(
        q.subarray(...at),
        c.subarray(...at),
        undefined,
        mask.subarray(...at),
        new Int32Array(1),
        options,
      );
      expect(all[row]).toBe(one[0]);
    }
  });

  it('takes no rows at all', () => {
    const none = new Float64Array(0);
    expect(
      argmaxUtilityInto(none, none, undefined, undefined, new Int32Array(0), {
        arms: 3,
        willingnessToPayUsd: 1,
      }),
    ).toHaveLength(0);
  });
});

describe('argmaxUtilityInto, misused', () => {
  const six = new Float64Array(6);
  const good = { arms: 3, willingnessToPayUsd: 1 };
  const call = (options: object, q = six, c = six, u?: Float64Array, m?: Uint8Array) => {
    const out = new Int32Array(2).fill(77);
    expect(() => argmaxUtilityInto(q, c, u, m, out, { ...good, ...options })).toThrow(
      ParameterError,
    );
    expect([...out]).toEqual([77, 77]);
  };

  it.each([0, -1, 1.5, 4097, NaN, Infinity, '3', null])('arms %s', (arms) => call({ arms }));
  it.each([0, -1, NaN, -Infinity, '1', null])('willingnessToPayUsd %s', (willingnessToPayUsd) =>
    call({ willingnessToPayUsd }),
  );
  it.each([-1, NaN, Infinity, '1'])('riskWeight %s', (riskWeight) => call({ riskWeight }));
  it('lengths that do not match', () => {
    const five = new Float64Array(5);
    call({}, five);
    call({}, six, five);
    call({}, six, six, five);
    call({}, six, six, six, new Uint8Array(7));
  });
});
