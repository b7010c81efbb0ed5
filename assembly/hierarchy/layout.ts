/**
 * The tree block: regressions of models that hang from families, and these from one root, in one contiguous run of memory that is saved and
 * restored by a copy. Little-endian, every field 8-byte aligned.
 *
 *   header    HEADER_BYTES
 *   vectors   features of the last row, scales v of the features: `stride` bytes each (assembly/regression/layout.ts)
 *   records   one a model, `recordBytes` each. Record 0 stands for a model that nobody has seen, in a family of its own; model i is record
 *             i + 1, so that the index −1 is the unknown one. They stand last: a block grows by a copy.
 *
 * A record: fields, histogram of residuals, gram (`matrixBytes`), inverse pivots (`stride`) and factor (`matrixBytes`). The gram holds the decayed second
 * moments of (features, target, 1), upper triangle. The factor is L of the precision M (linalg/factor.ts) with z = D⁻¹ L⁻¹ h in row
 * `dimensions`; the posterior covariance is NOW · M⁻¹. During a rebuild it holds the record's message to its family.
 */
import { matrixBytes, strideOf } from '../regression/layout';

export const LAYOUT_VERSION: u32 = 1;
/** 'TSHT', little-endian. */
export const MAGIC: u32 = 0x54485354;

/** Byte offsets in the header. */
export namespace Tree {
  export const MAGIC: usize = 0; // u32
  export const VERSION: usize = 4; // u32
  export const DIMENSIONS: usize = 8; // u32
  export const MODELS: usize = 12; // u32, without the unknown one
  export const FAMILIES: usize = 16; // u32, without that of the unknown one
  export const SURFACE_END: usize = 20; // u32: features 1 … here − 1 have scales of their own, those from here on one in common
  export const ESTIMATED: usize = 24; // u32: 1 once precisions come from data
  export const ROWS: usize = 32; // f64: observations so far, whatever they weigh
  export const REBUILT: usize = 40; // f64: ROWS at the last rebuild
  export const HALF_LIFE: usize = 48; // f64, clock units; Infinity = no forgetting
  export const LANDMARK: usize = 56; // f64, whole half-lives
  export const CLOCK: usize = 64; // f64: latest clock seen
  export const NOW: usize = 72; // f64: weight of the present
  export const REFERENCE: usize = 80; // f64: NOW at the last rebuild
  export const PRIOR_NOISE: usize = 88; // f64: variance guessed before any data
  export const PRIOR_LEVEL: usize = 96; // f64: guess of the mean square of a target
  export const NOISE: usize = 104; // f64: pooled variance
  export const INTRACLASS: usize = 112; // f64: ρ, correlation of noise between rows of one prompt
  // Decayed sums over prompts.
  export const PROMPT_SQUARES: usize = 120; // f64: Σ K², K the weight of the rows of a prompt
  export const PROMPT_WEIGHT: usize = 128; // f64: Σ K
  export const PAIR_PRODUCTS: usize = 136; // f64: of standardised residuals of pairs of rows of a prompt
  export const PAIR_WEIGHT: usize = 144; // f64
  export const RESIDUAL_SQUARES: usize = 152; // f64
  export const RESIDUAL_WEIGHT: usize = 160; // f64
  // The prompt of the last row: weight of its rows, and of its residuals, and their sum.
  export const RUN_WEIGHT: usize = 168; // f64
  export const RUN_RESIDUAL_WEIGHT: usize = 176; // f64
  export const RUN_RESIDUALS: usize = 184; // f64
  export const PRECISIONS: usize = 192; // 3 levels (root, family, model) × 3 groups (bias, surface, projection) f64
}
export const HEADER_BYTES: usize = 272;
export const LEVELS: u32 = 3;
export const GROUPS: u32 = 3;

/** Byte offsets in a record. */
export namespace Record {
  export const FAMILY: usize = 0; // u32
  export const NOISE: usize = 8; // f64: variance
  export const LARGEST: usize = 16; // f64: largest target seen, if any was
  export const SHAPE: usize = 24; // weight, mean and sd of one component of the noise, mean and sd of the other, in units of √NOISE
  export const ROWS: usize = 64; // f64: observations so far
  export const REBUILT: usize = 72; // f64: ROWS at the last rebuild
  export const HISTOGRAM: usize = 80; // HISTOGRAM_BINS f64: decayed weights of standardised residuals
}
export const HISTOGRAM_BINS: u32 = 64;
const FIELD_BYTES: usize = 592;

// @ts-ignore: decorator
@inline
export function dimensionsOf(tree: usize): u32 {
  return load<u32>(tree, Tree.DIMENSIONS);
}

/** Records, the unknown one included. */
// @ts-ignore: decorator
@inline
export function recordsOf(tree: usize): u32 {
  return load<u32>(tree, Tree.MODELS) + 1;
}

export function recordBytes(stride: usize): usize {
  return FIELD_BYTES + stride + 2 * matrixBytes(stride);
}

export function treeBytes(d: u32, models: u32): usize {
  const stride = strideOf(d);
  return HEADER_BYTES + 2 * stride + (<usize>models + 1) * recordBytes(stride);
}

// @ts-ignore: decorator
@inline
export function lastRowOf(tree: usize): usize {
  return tree + HEADER_BYTES;
}

// @ts-ignore: decorator
@inline
export function scalesOf(tree: usize, stride: usize): usize {
  return tree + HEADER_BYTES + stride;
}

/** Record of a model; −1 is the unknown one. */
export function recordOf(tree: usize, model: u32): usize {
  const stride = strideOf(dimensionsOf(tree));
  return tree + HEADER_BYTES + 2 * stride + <usize>(model + 1) * recordBytes(stride);
}

// @ts-ignore: decorator
@inline
export function pivotsOf(record: usize, stride: usize): usize {
  return record + FIELD_BYTES + matrixBytes(stride);
}

// @ts-ignore: decorator
@inline
export function momentsOf(record: usize): usize {
  return record + FIELD_BYTES;
}

// @ts-ignore: decorator
@inline
export function factorOf(record: usize, stride: usize): usize {
  return record + FIELD_BYTES + stride + matrixBytes(stride);
}

// @ts-ignore: decorator
@inline
export function precisionAt(tree: usize, level: u32, group: u32): usize {
  return tree + Tree.PRECISIONS + ((<usize>(level * GROUPS + group)) << 3);
}

/** Rows of the prompt of an average row (Kish 1965): 1 where every prompt went to one model. */
export function rowsOfPrompt(tree: usize): f64 {
  const weight = load<f64>(tree, Tree.PROMPT_WEIGHT);
  return weight > 0 ? max(load<f64>(tree, Tree.PROMPT_SQUARES) / weight, 1) : 1;
}

/** Rows of a prompt that tell as much of what all models share as one independent row: D = 1 + (K − 1) ρ. */
export function designEffect(tree: usize): f64 {
  return 1 + (rowsOfPrompt(tree) - 1) * load<f64>(tree, Tree.INTRACLASS);
}

/** Makes `tree` (zeroed) an empty one; records start in family 0 and predict nothing before the first rebuild. */
export function initTree(
  tree: usize,
  d: u32,
  models: u32,
  families: u32,
  surfaceEnd: u32,
  halfLife: f64,
  noise: f64,
  level: f64,
): void {
  store<u32>(tree, MAGIC, Tree.MAGIC);
  store<u32>(tree, LAYOUT_VERSION, Tree.VERSION);
  store<u32>(tree, d, Tree.DIMENSIONS);
  store<u32>(tree, surfaceEnd, Tree.SURFACE_END);
  store<f64>(tree, halfLife, Tree.HALF_LIFE);
  store<f64>(tree, 1, Tree.NOW);
  store<f64>(tree, noise, Tree.PRIOR_NOISE);
  store<f64>(tree, level, Tree.PRIOR_LEVEL);
  store<f64>(tree, noise, Tree.NOISE);
  store<u32>(tree, 0xffffffff, Tree.MODELS);
  extendTree(tree, models, families);
}

/** More models and families; the records of the new models must be zeroed memory. */
export function extendTree(tree: usize, models: u32, families: u32): void {
  for (let i = recordsOf(tree); i <= models; i++) {
    const record = recordOf(tree, i - 1);
    store<f64>(record, load<f64>(tree, Tree.NOISE), Record.NOISE);
    store<f64>(record, 1, Record.SHAPE);
    store<f64>(record, 1, Record.SHAPE + 16);
    store<f64>(record, 1, Record.SHAPE + 32);
  }
  store<u32>(tree, models, Tree.MODELS);
  store<u32>(tree, families, Tree.FAMILIES);
  store<u32>(recordOf(tree, -1), families, Record.FAMILY);
}

/** Largest target seen in a record, −1e300 before any. */
export function largestOf(record: usize): f64 {
  return load<f64>(record, Record.ROWS) > 0 ? load<f64>(record, Record.LARGEST) : -1e300;
}
