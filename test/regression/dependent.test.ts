/**
 * Strategy: rows of whole numbers whose columns are equal, nearly equal, far from 0 or sums of one another, so that the posterior precision has a
 * condition number of up to 1e15, against the posterior in exact rational arithmetic. Row by row nothing is squared; what is made from
 * the sums alone loses the condition number's digits, which is tested as far as it is promised.
 * Not here: ordinary data (online.test.ts), batch fits (fit.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { OnlineRidge } from '../../src/forecast/onlineRidge';
import { Draws } from './data';

const ALPHA = 4n;
const LAMBDA = 1n;
const ROWS = 1000;
const D = 3;

type Shape = (scale: number, a: number, b: number, c: number) => number[];
const SHAPES: Record<string, Shape> = {
  equal: (scale, a) => [scale * a, scale * a, scale * a],
  'nearly equal': (scale, a, b, c) => [scale * a, scale * a + b, scale * a + c],
  'far from 0': (scale, _, b, c) => [1, 1000 * scale + b, 1000 * scale + b + c],
  'a sum': (scale, a, b) => [scale * a, scale * b, scale * (a + b)],
};

/** Whole numbers; the targets are those of (1, 2, −1) but for noise a thousand times what α says: it makes rounding larger, too. */
function rowsOf(shape: Shape, scale: number) {
  const draws = new Draws(7);
  const whole = () => Math.round(1000 * draws.bell());
  const rows = Array.from({ length: ROWS }, () => shape(scale, whole(), whole(), whole()));
  return { rows, targets: rows.map(([a, b, c]) => a! + 2 * b! - c! + whole()) };
}

/** Of a 3 × 3 matrix. */
function determinant(m: bigint[][]): bigint {
  const minor = (row: number, a: number, b: number) =>
    m[row]![a]! * m[2]![b]! - m[row]![b]! * m[2]![a]!;
  return m[0]![0]! * minor(1, 1, 2) - m[0]![1]! * minor(1, 0, 2) + m[0]![2]! * minor(1, 0, 1);
}

/** M⁻¹ right by Cramer's rule, each to 40 decimals. */
function exactSolution(m: bigint[][], right: readonly bigint[]): number[] {
  const whole = determinant(m);
  return m.map((_, k) => {
    const replaced = m.map((row, i) => row.map((value, j) => (j === k ? right[i]! : value)));
    return Number((determinant(replaced) * 10n ** 40n) / whole) / 1e40;
  });
}

function exactPosterior(rows: number[][], targets: number[]) {
  const sum = (f: (row: bigint[], y: bigint) => bigint) =>
    rows.reduce((s, row, i) => s + f(row.map(BigInt), BigInt(targets[i]!)), 0n);
  const axes = [0, 1, 2];
  const m = axes.map((i) =>
    axes.map((j) => ALPHA * sum((x) => x[i]! * x[j]!) + (i === j ? LAMBDA : 0n)),
  );
  const right = axes.map((i) => ALPHA * sum((x, y) => x[i]! * y));
  /** Of coefficient 0 and of the difference of the last two. */
  const probes = [
    [1n, 0n, 0n],
    [0n, 1n, -1n],
  ];
  const variances = probes.map((probe) => {
    const solution = exactSolution(m, probe);
    return solution.reduce((s, v, i) => s + v * Number(probe[i]), 0);
  });
  return { coefficients: exactSolution(m, right), variances };
}

const gap = (actual: ArrayLike<number>, expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value))) /
  Math.max(...expected.map(Math.abs));

const create = () =>
  new OnlineRidge({
    dimensions: D,
    noisePrecision: Number(ALPHA),
    weightPrecision: Number(LAMBDA),
  });

function learnt(rows: number[][], targets: number[]): OnlineRidge {
  const ridge = create();
  ridge.observe(Float64Array.from(rows.flat()), Float64Array.from(targets));
  return ridge;
}

describe.each(Object.keys(SHAPES))('columns: %s', (name) => {
  it.each([1, 30, 1000])('row by row is the exact posterior, scale %d', (scale) => {
    const { rows, targets } = rowsOf(SHAPES[name]!, scale);
    const ridge = learnt(rows, targets);
    const exact = exactPosterior(rows, targets);
    expect(gap(ridge.coefficients, exact.coefficients)).toBeLessThan(1e-5);
    const { epistemicVariance } = ridge.predict(Float64Array.of(1, 0, 0, 0, 1, -1));
    exact.variances.forEach((variance, i) => {
      expect(Math.abs(epistemicVariance[i]! / variance - 1)).toBeLessThan(1e-9);
    });
  });
});

describe('what is made from the sums', () => {
  it.each(['equal', 'nearly equal', 'a sum'])(
    'keeps five digits at a condition number of 1e9, columns: %s',
    (name) => {
      const { rows, targets } = rowsOf(SHAPES[name]!, 1);
      const ridge = create();
      ridge.merge(learnt(rows, targets));
      const { coefficients } = exactPosterior(rows, targets);
      expect(gap(ridge.coefficients, coefficients)).toBeLessThan(1e-5);
    },
  );
});

it('learns on from a merged state and from a restored one', () => {
  const { rows, targets } = rowsOf(SHAPES['a sum']!, 1);
  const half = ROWS / 2;
  const merged = create();
  merged.merge(learnt(rows.slice(0, half), targets.slice(0, half)));
  const restored = OnlineRidge.fromState(merged.exportState());
  for (const ridge of [merged, restored])
    ridge.observe(
      Float64Array.from(rows.slice(half).flat()),
      Float64Array.from(targets.slice(half)),
    );
  expect(restored.coefficients).toEqual(merged.coefficients);
  expect(gap(merged.coefficients, exactPosterior(rows, targets).coefficients)).toBeLessThan(1e-5);
});

it('gives each of three equal columns of 1e6 z a third', () => {
  const draws = new Draws(1);
  const column = Array.from({ length: ROWS }, () => 1e6 * draws.bell());
  const ridge = learnt(
    column.map((z) => [z, z, z]),
    column,
  );
  expect(gap(ridge.coefficients, [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(1e-12);
});
