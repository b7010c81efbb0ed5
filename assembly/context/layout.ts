/**
 * The context block: what is known of the quality and cost of every arm as functions of a prompt's features (docs/MATH.md §22). One contiguous
 * run of memory, saved and restored by a copy; scratch at its end excluded. Little-endian.
 *
 *   header
 *   precision      d f64: prior precision of each weight of quality
 *   one section an arm: ArmField f64s, then vectors of d f64 and two d × d matrices
 */

export const LAYOUT_VERSION: u32 = 1;
/** 'TSCX', little-endian. */
export const MAGIC: u32 = 0x58435354;

/** Byte offsets in the header; f64 unless said. */
export namespace Header {
  export const MAGIC: usize = 0; // u32
  export const VERSION: usize = 4; // u32
  export const DIMENSIONS: usize = 8; // u32: d, even
  export const ACTIVE: usize = 12; // u32: features in use, the first so many; even
  export const ARMS: usize = 16; // u32
  export const EXPERTS: usize = 20; // u32: 1 this block decides alone, 2 beside the Beta cells
  export const HALF_LIFE: usize = 24;
  export const LANDMARK: usize = 32; // in half-lives
  export const CLOCK: usize = 40;
  export const REFERENCE: usize = 48; // weight of the present when the factors were made
  export const ROWS: usize = 56; // rewards taken in
  export const NEXT_REBUILD: usize = 64; // rows at which the factors are made anew
  export const PRIOR_MEAN: usize = 72;
  export const SCORE: usize = 80; // decayed sum of log scores of this block less those of the Beta cells
  export const LOOSENESS: usize = 96; // factor of the features' prior precisions, learned; 0 counts as 1
  export const STALE: usize = 88; // u32: 1 the factors are to be made anew before they are read
}
export const HEADER_BYTES: usize = 128;

/** f64 of an arm. */
export namespace ArmField {
  export const FAMILY: usize = 0; // u32
  export const NOISE: usize = 8; // variance of a reward about its mean
  export const REWARD_SQUARES: usize = 16; // Σ w reward²
  export const LOG_COST_SQUARES: usize = 24; // Σ w (log cost)²
  export const COST_WEIGHT: usize = 32; // decayed number of costs
  export const RESIDUAL: usize = 40; // squared residuals of the rewards at the latest rebuild
  export const FREEDOM: usize = 48; // and their degrees of freedom
  export const PRIOR_BIAS: usize = 56; // mean of the bias from the other arms
  export const COST_READY: usize = 64; // 1: the factor tells costs too
  export const COST_VARIANCE: usize = 72; // of log costs about what is expected; 0: not known
  export const BIAS: usize = 80; // mean reward at the average prompt, at the latest rebuild
  export const CERTAINTY: usize = 88; // its precision about the family's mean
}
const ARM_FIELD_BYTES: usize = 96;

/** Vectors of an arm. */
export namespace Vector {
  export const PIVOTS: usize = 0; // inverse pivots of the factor
  export const TURNED: usize = 1; // z = D⁻¹ L⁻¹ (Xᵀy + prior)
  export const REWARDS: usize = 2; // Σ w x y
  export const COSTS: usize = 3; // Σ w x log cost
  export const COST_TURNED: usize = 4; // D⁻¹ L⁻¹ (Xᵀ log cost + prior)
  export const COUNT: usize = 5;
}

/** Bytes of a row and of a vector of d: always two values of padding. */
// @ts-ignore: decorator
@inline
export function strideOf(d: u32): usize {
  return ((<usize>d + 3) & ~1) << 3;
}

// @ts-ignore: decorator
@inline
export function dimensionsOf(block: usize): u32 {
  return load<u32>(block, Header.DIMENSIONS);
}

// @ts-ignore: decorator
@inline
export function activeOf(block: usize): u32 {
  return load<u32>(block, Header.ACTIVE);
}

// @ts-ignore: decorator
@inline
export function armsOf(block: usize): u32 {
  return load<u32>(block, Header.ARMS);
}

export function precisionOf(block: usize): usize {
  return block + HEADER_BYTES;
}

function sectionBytes(stride: usize): usize {
  return ARM_FIELD_BYTES + Vector.COUNT * stride + 2 * stride * (stride >>> 3);
}

export function armOf(block: usize, stride: usize, arm: u32): usize {
  return block + HEADER_BYTES + stride + <usize>arm * sectionBytes(stride);
}

// @ts-ignore: decorator
@inline
export function vectorOf(section: usize, stride: usize, index: usize): usize {
  return section + ARM_FIELD_BYTES + index * stride;
}

/** Σ w x xᵀ, the upper triangle. */
// @ts-ignore: decorator
@inline
export function gramOf(section: usize, stride: usize): usize {
  return vectorOf(section, stride, Vector.COUNT);
}

/** Factor of Σ w x xᵀ + reference · noise · precision. */
// @ts-ignore: decorator
@inline
export function factorOf(section: usize, stride: usize): usize {
  return gramOf(section, stride) + stride * (stride >>> 3);
}

export function contextBytes(d: u32, arms: u32): usize {
  return armOf(0, strideOf(d), arms);
}

/** Scratch of every function here: a row, a matrix, and arrays of an f64 an arm. */
export namespace Scratch {
  export const MEANS: usize = 0;
  export const VARIANCES: usize = 1;
  export const COSTS: usize = 2;
  export const DOUBTS: usize = 3; // standard deviations of the expected costs
  export const LOG_COSTS: usize = 4; // what the features say
  export const COUNT: usize = 5;
}

export function contextScratchBytes(d: u32, arms: u32): usize {
  const stride = strideOf(d);
  return scratchArray(0, stride, (<usize>arms + 1) & ~1, Scratch.COUNT) + stride * (stride >>> 3);
}

/** Address of an array of the scratch; `padded` arms. */
// @ts-ignore: decorator
@inline
export function scratchArray(scratch: usize, stride: usize, padded: usize, index: usize): usize {
  return scratch + stride + index * (padded << 3);
}
