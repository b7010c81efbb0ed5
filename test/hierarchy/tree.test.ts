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

/** γ and Σ v δ² of each level and group, from the joint posterior: what one step makes a precision of. */
function deviations(rows: readonly Row[], precisions: readonly number[]): number[][] {
  const { mean, covariance, family, model } = jointPosterior(reference(rows, precisions));
  const v = scales(rows);
  const group = (j: number) => (j === 0 ? 0 : j < SURFACE_END ? 1 : 2);
  const sums = precisions.map(() => [0, 0]);
  const add = (level: number, child: number, parent: number | undefined) => {
    for (let j = 0; j < D; j++) {
      const sum = sums[3 * level + group(j)]!;
      const lambda = precisions[3 * level + group(j)]! * v[j]!;
      const [c, p] = [child + j, (parent ?? 0) + j];
      let delta = mean[c]!;
      let variance = covariance[c]![c]!;
      if (parent !== undefined) {
        delta -= mean[p]!;
        variance += covariance[p]![p]! - 2 * covariance[c]![p]!;
      }
      sum[0]! += 1 - lambda * variance;
      sum[1]! += v[j]! * delta * delta;
    }
  };
  add(0, 0, undefined);
  [0, 1, 2].forEach((f) => add(1, family(f), 0));
  FAMILIES.forEach((f, m) => add(2, model(m), family(f)));
  return sums;
}

describe('one step of estimation', () => {
  const rows = rowsOf(7, 200);
  const NOISE_BEFORE = 0.5;

  function estimated(): KernelTree {
    const tree = treeOf(rows);
    tree.kernel.f64(tree.tree + OFFSETS.noise, 1)[0] = NOISE_BEFORE;
    tree.fix(PRECISIONS, NOISE);
    tree.rebuild(1);
    return tree;
  }

  it('moves precisions as MacKay’s rule says, with the guess counted in', () => {
    const { precisions } = estimated();
    const guesses = PRECISIONS.map((_, i) => {
      if (i === 0) return 25;
      return i % 3 === 0 ? 0.35 * NOISE_BEFORE : 0.01 * NOISE_BEFORE;
    });
    deviations(rows, PRECISIONS).forEach(([determined, squares], i) => {
      const worth = i === 0 ? 1 : 2;
      const next = (determined! + worth) / (squares! + worth * guesses[i]!);
      const last = PRECISIONS[i]!;
      const expected = Math.min(Math.max(next, last / 4), last * 4);
      expect(Math.abs(precisions[i]! / expected - 1)).toBeLessThan(1e-8);
    });
  });

  it('makes the noise of residuals and of what is determined, drawn towards all models’', () => {
    const tree = estimated();
    const { mean, covariance, model } = jointPosterior(reference(rows));
    const own = FAMILIES.map((_, m) => {
      let [squares, freedom] = [0, 0];
      for (const { model: of, x, y, weight } of rows) {
        if (of !== m) continue;
        const fitted = x.reduce((sum, value, j) => sum + value * mean[model(m) + j]!, 0);
        let leverage = 0;
        x.forEach((a, i) =>
          x.forEach((b, j) => (leverage += a * b * covariance[model(m) + i]![model(m) + j]!)),
        );
        squares += weight * (y - fitted) ** 2;
        freedom += weight - (weight * leverage) / NOISE[m]!;
      }
      return [squares, freedom] as const;
    });
    const sum = (i: 0 | 1) => own.reduce((total, values) => total + values[i], 0);
    const pooled = (sum(0) + 2 * 1) / (sum(1) + 2);
    expect(tree.figure(OFFSETS.noise) / pooled).toBeCloseTo(1, 8);
    own.forEach(([squares, freedom], m) => {
      const expected = (squares + 20 * pooled) / (freedom + 20);
      expect(tree.noiseAt(m)[0]! / expected).toBeCloseTo(1, 8);
    });
  });
});

describe('laws', () => {
  const probe = PROBES[0]!;

  it('rows one by one, with others as they were at the rebuild, are the rows rebuilt from sums', () => {
    const rows = rowsOf(8, 90);
    const tree = treeOf(rows.slice(0, 60));
    tree.fix(PRECISIONS, NOISE);
    // One model alone goes on, so that what it hears of the others does not change.
    const more = rows.slice(60).map((row) => ({ ...row, model: 1 }));
    for (const { model, x, y, weight } of more) tree.observe(model, x, y, NaN, weight);
    const oneByOne = tree.predict(1, probe);
    // The scales of all rows, of which the reference's are those of the rebuild.
    const joint = {
      families: FAMILIES,
      precisions: lambdas(rows.slice(0, 60)),
      noise: NOISE,
      rows: [...rows.slice(0, 60), ...more],
    };
    expectClose(oneByOne, referencePrediction(joint, 1, probe));
  });

  it('what is merged is what one tree would have learnt', () => {
    const rows = rowsOf(9, 80);
    const [all, left, right] = [rows, rows.slice(0, 30), rows.slice(30)].map((some) =>
      treeOf(some),
    );
    const guest = left!.kernel.allocate(right!.bytes);
    left!.kernel.u8(guest, right!.bytes).set(right!.state());
    left!.kernel.raw.tree_merge(left!.tree, guest);
    for (const tree of [all!, left!]) tree.fix(PRECISIONS, NOISE);
    FAMILIES.forEach((_, model) =>
      expectClose(left!.predict(model, probe), all!.predict(model, probe)),
    );
    for (const offset of [OFFSETS.rows, OFFSETS.promptSquares])
      expect(left!.figure(offset)).toBeCloseTo(all!.figure(offset), 9);
  });

  it('forgetting weighs a row by its age, across landmarks too', () => {
    const halfLife = 3;
    const rows = rowsOf(10, 300);
    const tree = treeOf(rows, halfLife);
    tree.fix(PRECISIONS, NOISE);
    const aged = rows.map((row) => ({
      ...row,
      weight: row.weight * 2 ** ((row.clock - 299) / halfLife),
    }));
    FAMILIES.forEach((_, model) =>
      expectClose(tree.predict(model, probe), referencePrediction(reference(aged), model, probe)),
    );
  });

  it('order of rows of different prompts does not matter beyond rounding', () => {
    const rows = rowsOf(11, 60);
    const [forward, backward] = [rows, [...rows].reverse()].map((some) => treeOf(some));
    for (const tree of [forward!, backward!]) tree.rebuild(3);
    expectClose(forward!.predict(2, probe), backward!.predict(2, probe));
  });

  it('the epistemic variance falls with every row, and others’ rows lower it too', () => {
    const rows = rowsOf(12, 120);
    const tree = treeOf([]);
    tree.fix(PRECISIONS, NOISE);
    let last = FAMILIES.map((_, model) => tree.predict(model, probe).variance);
    for (const { model, x, y } of rows) {
      tree.observe(model, x, y);
      const next = FAMILIES.map((_, m) => tree.predict(m, probe).variance);
      next.forEach((variance, m) =>
        expect(variance).toBeLessThanOrEqual(m === model ? last[m]! * (1 - 1e-12) : last[m]!),
      );
      last = next;
    }
  });

  it('many rows of one model leave nothing of the prior, none of any the prior alone', () => {
    const rows = rowsOf(13, 4000).map((row) => ({ ...row, model: 0, weight: 1 }));
    const tree = treeOf(rows);
    tree.fix(PRECISIONS, NOISE);
    const flat = [1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9];
    const free = treeOf(rows);
    free.fix(flat, NOISE);
    expect(Math.abs(tree.predict(0, probe).mean - free.predict(0, probe).mean)).toBeLessThan(0.03);
    const empty = treeOf([]);
    empty.fix(PRECISIONS, NOISE);
    expect(empty.predict(0, probe).mean).toBe(0);
  });

  it('what others learnt from the same prompts counts by the design effect', () => {
    // Four models a prompt, and nothing known of their correlation but the guess of 0.3.
    const rows = rowsOf(14, 40).flatMap(({ x }, i) =>
      rowsOf(15 + i, 4).map((row) => ({ ...row, x, weight: 1 })),
    );
    const tree = treeOf(rows);
    tree.fix(PRECISIONS, NOISE);
    const effect = 1 + 3 * 0.3;
    for (const m of [0, 2, 4]) {
      const seen = rows.map((row) => ({ ...row, weight: row.model === m ? 1 : 1 / effect }));
      const joint = { families: FAMILIES, precisions: lambdas(rows), noise: NOISE, rows: seen };
      expectClose(tree.predict(m, probe), referencePrediction(joint, m, probe));
    }
  });

  it('the residual of a row learnt is that of a tree without it', () => {
    const rows = rowsOf(18, 60).map((row) => ({ ...row, weight: 1 }));
    const tree = treeOf(rows);
    tree.fix(PRECISIONS, NOISE);
    const squaresAt = OFFSETS.residualSquares;
    for (const one of [rows[0]!, rows[17]!, rows[58]!]) {
      const without = {
        families: FAMILIES,
        precisions: lambdas(rows),
        noise: NOISE,
        rows: rows.filter((row) => row !== one),
      };
      const { mean, variance } = referencePrediction(without, one.model, one.x);
      const before = tree.figure(squaresAt);
      tree.score(one.model, one.x, one.y, true);
      const expected = (one.y - mean) ** 2 / (NOISE[one.model]! + variance);
      expect((tree.figure(squaresAt) - before) / expected).toBeCloseTo(1, 8);
    }
  });

  it('the correlation within prompts is found', () => {
    const draws = new Draws(17);
    const tree = treeOf([]);
    tree.fix(PRECISIONS, [1, 1, 1, 1, 1]);
    // Variances 1/3 and 1/3 · 0.5²: 0.8 of the noise is common.
    for (let i = 0; i < 4000; i++) {
      const x = Array.from({ length: D }, (_, j) => (j === 0 ? 1 : draws.bell()));
      const common = draws.bell();
      for (let model = 0; model < 4; model++) {
        const y = 3 + common + 0.5 * draws.bell();
        tree.score(model, x, y);
        tree.observe(model, x, y);
      }
    }
    tree.rebuild(0);
    expect(tree.figure(OFFSETS.intraclass)).toBeGreaterThan(0.75);
    expect(tree.figure(OFFSETS.intraclass)).toBeLessThan(0.85);
  });
});

describe('what the tree claims to know', () => {
  /** Mean of (error of x·w)²/(epistemic variance) over models with rows: 1 if the claim is honest. */
  function meanSquaredScore(together: boolean): number {
    const draws = new Draws(together ? 30 : 31);
    const normal = () => Math.sqrt(3) * draws.bell();
    const families = [0, 0, 0, 0, 1, 1, 1, 1];
    const [dimensions, share] = [8, 0.6];
    let [sum, count] = [0, 0];
    for (let world = 0; world < 16; world++) {
      const around = (centre: readonly number[], level: number) =>
        centre.map((w, j) => w + (j === 0 ? level : 0.1) * normal());
      const root = Array.from({ length: dimensions }, (_, j) => (j === 0 ? 5 : 0.4 * normal()));
      const middles = [0, 1].map(() => around(root, 0.5));
      const weights = families.map((family) => around(middles[family]!, 0.4));
      const input = () => Array.from({ length: dimensions }, (_, j) => (j === 0 ? 1 : normal()));
      const product = (x: readonly number[], w: readonly number[]) =>
        x.reduce((total, value, j) => total + value * w[j]!, 0);
      const tree = new KernelTree({ dimensions, families, level: 30 });
      const rows = Array.from({ length: together ? 100 : 800 }, (_, i) => {
        const x = input();
        const common = Math.sqrt(share) * normal();
        return families.flatMap((_family, model) => {
          if (!together && i % families.length !== model) return [];
          const y = product(x, weights[model]!) + common + Math.sqrt(1 - share) * normal();
          return [{ model, x, y }];
        });
      }).flat();
      for (const { model, x, y } of rows) tree.observe(model, x, y);
      tree.rebuild(4);
      for (const { model, x, y } of rows) tree.score(model, x, y, true);
      tree.rebuild(4);
      for (let probe = 0; probe < 20; probe++) {
        const x = input();
        families.forEach((_, model) => {
          const { mean, variance } = tree.predict(model, x);
          sum += (mean - product(x, weights[model]!)) ** 2 / variance;
          count++;
        });
      }
    }
    return sum / count;
  }

  it('is right where every prompt went to one model', () => {
    expect(meanSquaredScore(false)).toBeGreaterThan(0.85);
    expect(meanSquaredScore(false)).toBeLessThan(1.15);
  });

  it('is overstated by no more than 1 + ρ where all models answered the same prompts', () => {
    expect(meanSquaredScore(true)).toBeGreaterThan(0.85);
    expect(meanSquaredScore(true)).toBeLessThan(1.6);
  });
});

describe('what cannot be learnt', () => {
  it.each([
    ['NaN in the features', [1, NaN, 0, 0, 0, 0, 0], 1, 1],
    ['features beyond 1e50', [1, 1e60, 0, 0, 0, 0, 0], 1, 1],
    ['a target that is not finite', [1, 0, 0, 0, 0, 0, 0], Infinity, 1],
    ['a negative weight', [1, 0, 0, 0, 0, 0, 0], 1, -1],
    ['a weight that is NaN', [1, 0, 0, 0, 0, 0, 0], 1, NaN],
  ])('%s changes nothing', (_, x, y, weight) => {
    const tree = treeOf(rowsOf(15, 20));
    const before = tree.state();
    expect(tree.observe(0, x, y, 1e6, weight)).toBe(5);
    expect(tree.score(0, x, y, false, weight)).toBe(5);
    expect(tree.state()).toEqual(before);
  });

  it('equal, constant and huge columns leave numbers', () => {
    const tree = treeOf([]);
    const draws = new Draws(16);
    for (let i = 0; i < 100; i++) {
      const a = draws.bell();
      tree.observe(i % 4, [1, a, a, 1, 1e6 * a, 0, a], a + draws.bell());
    }
    tree.rebuild(4);
    const { mean, variance } = tree.predict(4, [1, 0.2, 0.2, 1, 2e5, 0, 0.2]);
    expect(Number.isFinite(mean)).toBe(true);
    expect(variance).toBeGreaterThan(0);
    expect(variance).toBeLessThan(10);
  });
});
