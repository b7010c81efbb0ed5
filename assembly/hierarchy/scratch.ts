/**
 * Scratch of a rebuild, and where things stand in it while one runs: vectors, statistics of the levels and of the records, matrices with a row more for
 * information vectors. Kept in globals, because every step of a rebuild needs nearly all of it; no loop reads them.
 */
import { matrixBytes, strideOf } from '../regression/layout';
import { dimensionsOf, GROUPS, LEVELS, recordsOf, Tree } from './layout';

export namespace Vector {
  export const EDGES: usize = 0; // r = Λ^(−1/2) of each level: root, family, model
  export const PARENTS: usize = 3; // variances and means of the posterior of the parent of each level but the root's, in coordinates w
  export const CROSS: usize = 7;
  export const COEFFICIENTS: usize = 8;
  export const SPARE: usize = 9; // two
  export const COUNT: usize = 11;
}

/** What the deviations of a group at a level say: weights that are determined, and Σ λ v δ². */
export namespace Deviation {
  export const DETERMINED: usize = 0;
  export const SQUARES: usize = 8;
  export const BYTES: usize = 16;
}

/** What a record's residuals say: their squares, and observations less the weights that are determined. */
export namespace Residual {
  export const SQUARES: usize = 0;
  export const FREEDOM: usize = 8;
  export const BYTES: usize = 16;
}

/** The tree at hand. */
export let tree: usize = 0;
export let d: u32 = 0;
/** Bytes of the features' part of a row. */
export let width: usize = 0;
export let stride: usize = 0;
/** Bytes of a matrix. */
export let bytes: usize = 0;
/** Offset of the row of the information vector in a matrix. */
export let last: usize = 0;
let vectors: usize = 0;
/** Of each level and group. */
export let deviations: usize = 0;
/** Of each record. */
export let residuals: usize = 0;
/** B of the edge at hand. */
export let edge: usize = 0;
/** Posterior of its lower end. */
export let child: usize = 0;
export let root: usize = 0;
/** Of each family two: the sum of the messages from below, later all there is; its message to the root. */
export let families: usize = 0;

export function openScratch(at: usize, scratch: usize): void {
  tree = at;
  d = dimensionsOf(tree);
  width = (<usize>d) << 3;
  stride = strideOf(d);
  bytes = matrixBytes(stride);
  last = <usize>d * stride;
  vectors = scratch;
  deviations = scratch + Vector.COUNT * stride;
  residuals = deviations + <usize>(LEVELS * GROUPS) * Deviation.BYTES;
  edge = residuals + <usize>recordsOf(tree) * Residual.BYTES;
  child = edge + bytes;
  root = child + bytes;
  families = root + bytes;
}

// @ts-ignore: decorator
@inline
export function vectorOf(index: usize): usize {
  return vectors + index * stride;
}

export function rebuildBytes(at: usize): usize {
  openScratch(at, 0);
  return families + 2 * bytes * (<usize>load<u32>(at, Tree.FAMILIES) + 1);
}
