/** Scratch of a rebuild: vectors, statistics of the levels and of the records, matrices with a row more for information vectors. */
import { matrixBytes, strideOf } from '../regression/layout';
import { dimensionsOf, GROUPS, LEVELS, recordsOf, Tree } from './layout';

export namespace Vector {
  export const ROOT: usize = 0; // r = Λ^(−1/2) of each level
  export const FAMILY: usize = 1;
  export const MODEL: usize = 2;
  export const ROOT_VARIANCE: usize = 3; // of the parent's posterior, in coordinates w
  export const ROOT_MEAN: usize = 4;
  export const FAMILY_VARIANCE: usize = 5;
  export const FAMILY_MEAN: usize = 6;
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

export namespace Matrix {
  export const EDGE: usize = 0; // B of the edge at hand
  export const CHILD: usize = 1; // posterior of its lower end
  export const ROOT: usize = 2;
  export const FAMILIES: usize = 3; // sum of each family's messages from below, then its all; behind these its message to the root
}

// @ts-ignore: decorator
@inline
export function vectorOf(scratch: usize, stride: usize, index: usize): usize {
  return scratch + index * stride;
}

export function deviationsOf(scratch: usize, stride: usize, level: u32): usize {
  return scratch + Vector.COUNT * stride + <usize>(level * GROUPS) * Deviation.BYTES;
}

export function residualOf(scratch: usize, stride: usize, record: u32): usize {
  return deviationsOf(scratch, stride, LEVELS) + <usize>record * Residual.BYTES;
}

export function matrixOf(tree: usize, scratch: usize, stride: usize, index: usize): usize {
  return residualOf(scratch, stride, recordsOf(tree)) + index * matrixBytes(stride);
}

export function rebuildBytes(tree: usize): usize {
  const families = <usize>load<u32>(tree, Tree.FAMILIES) + 1;
  return matrixOf(tree, 0, strideOf(dimensionsOf(tree)), Matrix.FAMILIES + 2 * families);
}
