/**
 * The tree root → family → model → rows, slowly: one dense Gaussian over the weights of every node, its precision assembled edge by edge and row by
 * row and inverted by elimination. No messages, no factors, no second moments.
 */
import { invert, multiply } from './matrix';

export interface ReferenceRow {
  readonly model: number;
  readonly x: readonly number[];
  readonly y: number;
  readonly weight: number;
}

export interface ReferenceTree {
  /** Family of each model. */
  readonly families: readonly number[];
  /** λ v of the root's weights, of the families' and of the models' deviations: one value a feature. */
  readonly precisions: readonly (readonly number[])[];
  /** Variance of each model's noise. */
  readonly noise: readonly number[];
  readonly rows: readonly ReferenceRow[];
}

export interface JointPosterior {
  /** Mean and covariance of the weights of all nodes: the root's, the families', the models'. */
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** First index of a node's weights. */
  readonly root: number;
  family(index: number): number;
  model(index: number): number;
}

export function jointPosterior(tree: ReferenceTree): JointPosterior {
  const d = tree.precisions[0]!.length;
  const families = Math.max(...tree.families) + 1;
  const family = (f: number) => (1 + f) * d;
  const model = (m: number) => (1 + families + m) * d;
  const size = model(tree.families.length);
  const precision = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const h = new Array<number>(size).fill(0);
  const edge = (child: number, parent: number, level: number) => {
    for (let j = 0; j < d; j++) {
      const value = tree.precisions[level]![j]!;
      precision[child + j]![child + j]! += value;
      if (parent < 0) continue;
      precision[parent + j]![parent + j]! += value;
      precision[child + j]![parent + j]! -= value;
      precision[parent + j]![child + j]! -= value;
    }
  };
  edge(0, -1, 0);
  for (let f = 0; f < families; f++) edge(family(f), 0, 1);
  tree.families.forEach((f, m) => edge(model(m), family(f), 2));
  for (const { model: m, x, y, weight } of tree.rows) {
    const share = weight / tree.noise[m]!;
    for (let i = 0; i < d; i++) {
      h[model(m) + i]! += share * x[i]! * y;
      for (let j = 0; j < d; j++) precision[model(m) + i]![model(m) + j]! += share * x[i]! * x[j]!;
    }
  }
  const covariance = invert(precision);
  return { mean: multiply(covariance, h), covariance, root: 0, family, model };
}

/** Mean and variance of x·w of one model. */
export function referencePrediction(
  tree: ReferenceTree,
  m: number,
  x: readonly number[],
): { mean: number; variance: number } {
  const { mean, covariance, model } = jointPosterior(tree);
  const at = model(m);
  let [value, variance] = [0, 0];
  x.forEach((xi, i) => {
    value += xi * mean[at + i]!;
    x.forEach((xj, j) => (variance += xi * xj * covariance[at + i]![at + j]!));
  });
  return { mean: value, variance };
}
