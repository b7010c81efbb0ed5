/**
 * The regression block: one Bayesian ridge regression, batch or online, in one contiguous run of memory that is saved and
 * restored by a copy. Little-endian, every field 8-byte aligned, every array 16-byte aligned.
 *
 *   header   HEADER_BYTES
 *   vectors  centre (features, then the target), coefficients, inverse pivots: `stride` bytes each
 *   gram     stride/8 rows of `stride` bytes, upper triangle: second moments of (features, target, 1)
 *   factor   the same shape: L of the posterior precision M (linalg/factor.ts); in row `dimensions` z = D⁻¹ L⁻¹ α Σ w x y
 *
 * `stride` is dimensions + 2 rounded up to 4 f64; the padding holds zeros.
 */

export const LAYOUT_VERSION: u32 = 2;
/** 'TSRR', little-endian. */
export const MAGIC: u32 = 0x52525354;

export const HEADER_BYTES: usize = 160;

/** Byte offsets in the header. */
export namespace Header {
  export const MAGIC: usize = 0; // u32
  export const VERSION: usize = 4; // u32
  export const DIMENSIONS: usize = 8; // u32
  export const CENTRED: usize = 12; // u32: see Centred
  export const ROWS: usize = 16; // f64: observations so far, whatever they weigh
  export const HALF_LIFE: usize = 24; // f64, clock units; Infinity = no forgetting
  export const LANDMARK: usize = 32; // f64, whole half-lives
  export const CLOCK: usize = 40; // f64: latest clock seen
  export const NOISE_PRECISION: usize = 48; // f64
  export const WEIGHT_PRECISION: usize = 56; // f64
  export const NOW: usize = 64; // f64: weight of the present; the posterior covariance is NOW · factor⁻¹
  export const REFERENCE: usize = 72; // f64: NOW when the factor was last made from the second moments
  export const SOLVED: usize = 80; // u32: 1 if the coefficients belong to the factor
  export const CONVERGED: usize = 84; // u32
  export const ITERATIONS: usize = 88; // f64
  export const LOG_EVIDENCE: usize = 96; // f64
  export const EFFECTIVE_PARAMETERS: usize = 104; // f64: γ
  export const CONDITION: usize = 112; // f64: bound on the condition number that the fast route met
  export const RANK: usize = 120; // f64: of the centred features, as far as it was looked at
  export const WEIGHT: usize = 128; // f64: sum of the weights behind the fit
}

/** What is taken off features and target. */
export namespace Centred {
  export const NOT: u32 = 0; // nothing: no intercept
  export const GUESSED: u32 = 1; // the mean of the first rows
  export const KNOWN: u32 = 2; // the mean of all rows
}

/** What can come of a fit. */
export namespace Status {
  /** Solved through the second moments. */
  export const REGULAR: i32 = 0;
  /** Solved by the stable route. */
  export const ILL_CONDITIONED: i32 = 1;
  /** Solved, but the result hangs on the rounding of the features. */
  export const INDETERMINATE: i32 = 2;
  /** Not solved: the fast route asks for the stable one, with the rows again. */
  export const NEEDS_STABLE: i32 = 3;
  /** Not solved: the centre was too far off; the rows are asked for again. */
  export const NEEDS_CENTRE: i32 = 4;
  /** A value is not finite or beyond ±1e50. */
  export const OUT_OF_RANGE: i32 = 5;
  /** The weights add up to nothing. */
  export const NO_WEIGHT: i32 = 6;
}

/** Bytes of a row, and of a vector. */
// @ts-ignore: decorator
@inline
export function strideOf(d: u32): usize {
  return ((<usize>d + 5) & ~3) << 3;
}

// @ts-ignore: decorator
@inline
export function dimensionsOf(block: usize): u32 {
  return load<u32>(block, Header.DIMENSIONS);
}

export function ridgeBytes(d: u32): usize {
  const stride = strideOf(d);
  return gramOf(0, stride) + 2 * matrixBytes(stride);
}

export function matrixBytes(stride: usize): usize {
  return stride * (stride >>> 3);
}

// @ts-ignore: decorator
@inline
export function centreOf(block: usize): usize {
  return block + HEADER_BYTES;
}

// @ts-ignore: decorator
@inline
export function coefficientsOf(block: usize, stride: usize): usize {
  return block + HEADER_BYTES + stride;
}

// @ts-ignore: decorator
@inline
export function inversePivotsOf(block: usize, stride: usize): usize {
  return block + HEADER_BYTES + 2 * stride;
}

// @ts-ignore: decorator
@inline
export function gramOf(block: usize, stride: usize): usize {
  return block + HEADER_BYTES + 3 * stride;
}

// @ts-ignore: decorator
@inline
export function factorOf(block: usize, stride: usize): usize {
  return gramOf(block, stride) + matrixBytes(stride);
}

/** Makes `block` (zeroed) an empty regression. */
export function initRidge(block: usize, d: u32, centred: u32): void {
  store<u32>(block, MAGIC, Header.MAGIC);
  store<u32>(block, LAYOUT_VERSION, Header.VERSION);
  store<u32>(block, d, Header.DIMENSIONS);
  store<u32>(block, centred, Header.CENTRED);
  store<f64>(block, Infinity, Header.HALF_LIFE);
  store<f64>(block, 1, Header.NOW);
}

/** Scratch of a fit: vectors, two matrices, a panel of rows, and the path of the log evidence. */
export namespace Scratch {
  export const OLD: usize = 0;
  export const TARGET: usize = 1; // Xᵀ y, turned
  export const TURNED: usize = 2; // coefficients, turned
  export const DIAGONAL: usize = 3;
  export const BESIDE: usize = 4;
  export const FACTORS: usize = 5;
  export const PIVOTS: usize = 6;
  export const VECTORS: usize = 7;
}

/** A panel fits the second-level cache, its blocks of four columns the first; fewer rows would load and store each tile's sums too often. */
export const PANEL_BYTES: usize = 69632;

// @ts-ignore: decorator
@inline
export function vectorOf(scratch: usize, stride: usize, index: usize): usize {
  return scratch + index * stride;
}

/** The symmetric matrix at work, or R of the stable route. */
// @ts-ignore: decorator
@inline
export function workOf(scratch: usize, stride: usize): usize {
  return scratch + Scratch.VECTORS * stride;
}

/** V of the stable route. */
// @ts-ignore: decorator
@inline
export function turnsOf(scratch: usize, stride: usize): usize {
  return workOf(scratch, stride) + matrixBytes(stride);
}

// @ts-ignore: decorator
@inline
export function panelOf(scratch: usize, stride: usize): usize {
  return turnsOf(scratch, stride) + matrixBytes(stride);
}

/** Log evidence before the first iteration and after each. */
// @ts-ignore: decorator
@inline
export function pathOf(scratch: usize, stride: usize): usize {
  return panelOf(scratch, stride) + PANEL_BYTES;
}

export function fitScratchBytes(d: u32, iterations: u32): usize {
  return pathOf(0, strideOf(d)) + ((<usize>iterations + 1) << 3);
}
