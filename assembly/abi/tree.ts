import { dimensionsOf, extendTree, initTree, Record, recordOf, treeBytes, Tree } from '../hierarchy/layout';
import { advanceTree, mergeTrees, observeTree } from '../hierarchy/observe';
import { predictBytes, predictModel, predictModels } from '../hierarchy/predict';
import { rebuildTree } from '../hierarchy/rebuild';
import { scoreTree } from '../hierarchy/score';
import { rebuildBytes } from '../hierarchy/scratch';

/** Bytes of a tree of d >= 1 features; its layout is in `assembly/hierarchy/layout.ts`. */
export function tree_bytes(d: u32, models: u32): usize {
  return treeBytes(d, models);
}

/**
 * An empty tree in zeroed memory; a rebuild must follow. Feature 0 is the bias, features before `surfaceEnd` have scales of their own, the others one in
 * common. `noise` and `level`: variance of a target given its features, and mean square of a target, guessed beforehand.
 */
export function tree_init(
  tree: usize,
  d: u32,
  models: u32,
  families: u32,
  surfaceEnd: u32,
  halfLife: f64,
  noise: f64,
  level: f64,
): void {
  initTree(tree, d, models, families, surfaceEnd, halfLife, noise, level);
}

/** Puts a model (−1: the unknown one) into a family; a rebuild must follow. */
export function tree_set_model(tree: usize, model: u32, family: u32): void {
  store<u32>(recordOf(tree, model), family, Record.FAMILY);
}

/** More models and families, in a block that has the bytes for them, zeroed; a rebuild must follow. */
export function tree_extend(tree: usize, models: u32, families: u32): void {
  extendTree(tree, models, families);
}

/** Bytes of the scratch of a rebuild: 3 + 2 (families + 1) matrices of (d + 2)² f64. */
export function tree_rebuild_bytes(tree: usize): usize {
  return rebuildBytes(tree);
}

/** Bytes of the scratch of every other function. */
export function tree_predict_bytes(tree: usize): usize {
  return predictBytes(dimensionsOf(tree));
}

/** Estimates precisions and noise in `steps` steps (0: they stay), then makes every factor anew. */
export function tree_rebuild(tree: usize, scratch: usize, steps: u32): void {
  rebuildTree(tree, scratch, steps);
}

/** Moves the clock forward, never back. Returns 1 if a rebuild is due, else 0. */
export function tree_advance(tree: usize, clock: f64): i32 {
  return advanceTree(tree, clock);
}

/**
 * Learns a row of a model; 8 bytes after x must be readable; clock NaN: the latest. Returns 0, 1 if a rebuild is due, 2 if only for this model's noise, or 5, and nothing has
 * changed, for a value not finite or beyond ±1e50 or a weight out of [0, 1e50]. A row with the features of the one before is of the same prompt.
 */
export function tree_observe(tree: usize, scratch: usize, model: u32, x: usize, y: f64, clock: f64, weight: f64): i32 {
  return observeTree(tree, scratch, model, x, y, clock, weight);
}

/** Takes the standardised residual of a row about to be learnt (`learnt` 0) or among those learnt (1) into the noise's shape. Returns as `tree_observe`. */
export function tree_score(
  tree: usize,
  scratch: usize,
  model: u32,
  x: usize,
  y: f64,
  clock: f64,
  weight: f64,
  learnt: u32,
): i32 {
  return scoreTree(tree, scratch, model, x, y, clock, weight, learnt);
}

/** Mean and epistemic variance of x·w of one model (−1: the unknown one), two f64 at `out`. */
export function tree_predict(tree: usize, scratch: usize, model: u32, x: usize, out: usize): void {
  predictModel(tree, scratch, model, x, out);
}

/** The same of every model whose byte in `mask` (0: all) is not 0, and the variance of its noise (`noise` 0: not wanted), an f64 a model each. */
export function tree_predict_all(
  tree: usize,
  scratch: usize,
  x: usize,
  mask: usize,
  mean: usize,
  epistemic: usize,
  noise: usize,
): void {
  predictModels(tree, scratch, x, mask, mean, epistemic, noise);
}

/** Address of a model's fields: u32 family, f64 noise variance, largest target, shape of the noise (`assembly/hierarchy/layout.ts`). */
export function tree_record(tree: usize, model: u32): usize {
  return recordOf(tree, model);
}

/** Adds the sums of `other`, of equal dimensions, models, families and half-life; it is used up. A rebuild must follow. */
export function tree_merge(tree: usize, other: usize): void {
  mergeTrees(tree, other);
}
