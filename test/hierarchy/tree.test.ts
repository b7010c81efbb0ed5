/**
 * Strategy: predictions of the tree against the dense Gaussian over all nodes (test/reference/tree.ts) at fixed precisions, one estimating step against
 * the same Gaussian's moments, and the laws: rows one by one = rebuilt from sums, merged = learnt together, nothing known = the prior.
 * Not here: real data (test/forecast), the noise's shape (test/forecast/noise.test.ts), decay's arithmetic (test/evidence).
 */
import { describe, expect, it } from 'vitest';
import { jointPosterior, referencePrediction, type ReferenceRow } from '../reference/tree';
import { Draws } from '../regression/data';
import { KernelTree, OFFSETS } from './kernelTree';

/** Condition numbers stay below 1e5. */
const CLOSE = 1e-9;
const FAMILIES = [0, 0, 1, 2, 0];
const NOISE = [0.3, 0.5, 0.8, 0.4, 0.6];
const D = 7;
const SURFACE_END = 4;
/** λ: root, families, models; bias, surface, projection. */
const PRECISIONS = [0.05, 2, 5, 3, 8, 20, 4, 15, 30];

interface Row extends ReferenceRow {
  readonly clock: number;
}

/** Rows of distinct prompts, of models that share most of their weights; the last model has none. */
function rowsOf(seed: number, count: number): Row[] {
  const draws = new Draws(seed);
  const common = Array.from({ length: D }, () => draws.bell());
  const own = FAMILIES.map(() => common.map((w) => w + 0.3 * draws.bell()));
  return Array.from({ length: count }, (_, i) => {
    const model = i % 4;
    const x = Array.from({ length: D }, (__, j) => (j === 0 ? 1 : draws.bell() * (1 + j / 3)));
    const y = x.reduce((sum, value, j) => sum + value * own[model]![j]!, 0.5 * draws.bell());
    return { model, x, y, weight: 0.5 + (i % 3) / 2, clock: i };
  });
}

/** v: own variance + 1 % of the mean for surface features, mean variance for the others, 1 for the bias. */
function scales(rows: readonly Row[]): number[] {
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const variance = Array.from({ length: D }, (_, j) => {
    const mean = rows.reduce((sum, { x, weight }) => sum + weight * x[j]!, 0) / total;
    return rows.reduce((sum, { x, weight }) => sum + weight * (x[j]! - mean) ** 2, 0) / total;
  });
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const surface = mean(variance.slice(1, SURFACE_END));
  const projection = mean(variance.slice(SURFACE_END));
  return variance.map((v, j) =>
    j === 0 || rows.length < 2 ? 1 : j < SURFACE_END ? v + 0.01 * surface : projection,
  );
}

function lambdas(rows: readonly Row[], precisions: readonly number[] = PRECISIONS): number[][] {
  const v = rows.length === 0 ? new Array<number>(D).fill(1) : scales(rows);
  const group = (j: number) => (j === 0 ? 0 : j < SURFACE_END ? 1 : 2);
  return [0, 1, 2].map((level) => v.map((value, j) => precisions[3 * level + group(j)]! * value));
}

const reference = (rows: readonly Row[], precisions?: readonly number[]) => ({
  families: FAMILIES,
  precisions: lambdas(rows, precisions),
  noise: NOISE,
  rows,
});

function treeOf(rows: readonly Row[], halfLife = Infinity): KernelTree {
  const tree = new KernelTree({
    dimensions: D,
    families: FAMILIES,
    surfaceEnd: SURFACE_END,
    halfLife,
  });
  for (const { model, x, y, weight, clock } of rows) tree.observe(model, x, y, clock, weight);
  return tree;
}

const PROBES = rowsOf(99, 3).map(({ x }) => x);

function expectClose(got: { mean: number; variance: number }, expected: typeof got): void {
  expect(Math.abs(got.mean - expected.mean)).toBeLessThan(CLOSE * Math.max(1, expected.mean));
  expect(Math.abs(got.variance / expected.variance - 1)).toBeLessThan(CLOSE);
}

describe('predictions', () => {
  it.each([0, 1, 9, 60, 400])('are those of the joint Gaussian after %i rows', (count) => {
    const rows = rowsOf(5, count);
    const tree = treeOf(rows);
    tree.fix(PRECISIONS, NOISE);
    for (const x of PROBES) {
      FAMILIES.forEach((_, model) =>
        expectClose(tree.predict(model, x), referencePrediction(reference(rows), model, x)),
      );
      expect(tree.predictAll(x).map(({ mean, variance }) => ({ mean, variance }))).toEqual(
        FAMILIES.map((_, model) => tree.predict(model, x)),
      );
    }
  });

  it('of an unknown model are those of a new one in a new family', () => {
    const rows = rowsOf(6, 50);
    const tree = treeOf(rows);
    tree.fix(PRECISIONS, NOISE);
    const wider = { ...reference(rows), families: [...FAMILIES, 3], noise: [...NOISE, 1] };
    for (const x of PROBES) expectClose(tree.predict(-1, x), referencePrediction(wider, 5, x));
  });
});
