/**
 * The evidence block: everything a router has learned, in one contiguous run of memory that is saved and restored
 * by a copy. Little-endian, every field 8-byte aligned, every array 16-byte aligned.
 *
 *   header      HEADER_BYTES
 *   arms        10 arrays of `stride` f64: successes, failures, cost, cost weight, input tokens, input price, output
 *               price, family index (u32 in the low half), mean and strength of the arm's own prior
 *   families    4 arrays of `familyStride` f64: successes, failures, number of arms, mean
 *   rows        one a segment: 6 arrays of `stride` f64: successes, failures, squares, squared weights, cost, cost weight
 *
 * `stride` is the number of arms rounded up to even: kernels work on two arms at a time and the padding holds zeros.
 * Rows stand last, so a block grows by segments without moving anything.
 *
 * All sums are in units of the landmark's weight (forward decay, docs/MATH.md §4). A reward r of weight w adds
 * w r to successes, w (1 - r) to failures, w r² to squares and w² to squared weights.
 */

export const LAYOUT_VERSION: u32 = 2;
/** 'TSEV', little-endian. */
export const MAGIC: u32 = 0x56455354;

export const HEADER_BYTES: usize = 256;

/** Byte offsets in the header. */
export namespace Header {
  export const MAGIC: usize = 0; // u32
  export const VERSION: usize = 4; // u32
  export const ARMS: usize = 8; // u32
  export const FAMILIES: usize = 12; // u32
  export const SEGMENTS: usize = 16; // u32
  export const OWN_PRIORS: usize = 20; // u32: 1 where an arm has been given a prior of its own
  export const REPORTS: usize = 24; // f64: rewards observed, undecayed
  export const HALF_LIFE: usize = 32; // f64, clock units; Infinity = no forgetting
  export const LANDMARK: usize = 40; // f64, whole half-lives
  export const CLOCK: usize = 48; // f64: latest clock seen
  export const PRIOR_MEAN: usize = 56; // f64 in (0, 1): mean reward of a model nothing is known of
  export const PRIOR_STRENGTH: usize = 64; // f64 > 0: observations it is worth
  export const SUCCESSES: usize = 72; // f64, all arms
  export const FAILURES: usize = 80; // f64
  export const COST: usize = 88; // f64
  export const COST_WEIGHT: usize = 96; // f64
  export const OUTPUT_TOKENS: usize = 104; // f64: output tokens that costs imply at list price
  export const OUTPUT_TOKENS_WEIGHT: usize = 112; // f64
  export const WITHIN_SQUARES: usize = 120; // f64: dispersion, see dispersion.ts
  export const BINARY_SQUARES: usize = 128; // f64
  export const FREEDOM: usize = 136; // f64
  export const KAPPA: usize = 144; // f64: current strength of the segment prior
  export const KAPPA_SCORES: usize = 160; // 4 f64, 16-byte aligned: log scores of the grid
}

/** Index of each array of the arm section. */
export namespace ArmField {
  export const SUCCESSES: usize = 0;
  export const FAILURES: usize = 1;
  export const COST: usize = 2;
  export const COST_WEIGHT: usize = 3;
  export const INPUT_TOKENS: usize = 4; // of the reports with a cost
  export const INPUT_PRICE: usize = 5;
  export const OUTPUT_PRICE: usize = 6;
  export const FAMILY: usize = 7;
  export const PRIOR_MEAN: usize = 8; // never decays and is no part of the sums
  export const PRIOR_STRENGTH: usize = 9; // 0: the arm starts from its family
  export const COUNT: usize = 10;
}

/** Index of each array of the family section. */
export namespace FamilyField {
  export const SUCCESSES: usize = 0;
  export const FAILURES: usize = 1;
  export const ARMS: usize = 2;
  export const MEAN: usize = 3;
  export const COUNT: usize = 4;
}

/** Index of each array of a segment's row. */
export namespace RowField {
  export const SUCCESSES: usize = 0;
  export const FAILURES: usize = 1;
  export const SQUARES: usize = 2;
  export const SQUARED_WEIGHTS: usize = 3;
  export const COST: usize = 4;
  export const COST_WEIGHT: usize = 5;
  export const COUNT: usize = 6;
}

// @ts-ignore: decorator
@inline
export function armCount(evidence: usize): u32 {
  return load<u32>(evidence, Header.ARMS);
}

// @ts-ignore: decorator
@inline
export function hasOwnPriors(evidence: usize): bool {
  return load<u32>(evidence, Header.OWN_PRIORS) != 0;
}

// @ts-ignore: decorator
@inline
export function familyCount(evidence: usize): u32 {
  return load<u32>(evidence, Header.FAMILIES);
}

// @ts-ignore: decorator
@inline
export function segmentCount(evidence: usize): u32 {
  return load<u32>(evidence, Header.SEGMENTS);
}

/** Bytes of one array of f64 over `count` entries, padded to pairs. */
// @ts-ignore: decorator
@inline
export function paddedBytes(count: u32): usize {
  return ((<usize>count + 1) >> 1) << 4;
}

// @ts-ignore: decorator
@inline
export function armBytes(evidence: usize): usize {
  return paddedBytes(armCount(evidence));
}

// @ts-ignore: decorator
@inline
export function armArray(evidence: usize, field: usize): usize {
  return evidence + HEADER_BYTES + field * armBytes(evidence);
}

// @ts-ignore: decorator
@inline
export function familyArray(evidence: usize, field: usize): usize {
  return armArray(evidence, ArmField.COUNT) + field * paddedBytes(familyCount(evidence));
}

// @ts-ignore: decorator
@inline
export function rowBytes(evidence: usize): usize {
  return RowField.COUNT * armBytes(evidence);
}

// @ts-ignore: decorator
@inline
export function rowOf(evidence: usize, segment: u32): usize {
  return familyArray(evidence, FamilyField.COUNT) + <usize>segment * rowBytes(evidence);
}

/** Address of entry `index` of the array of f64 at `array`. */
// @ts-ignore: decorator
@inline
export function at(array: usize, index: u32): usize {
  return array + ((<usize>index) << 3);
}

/** Adds to the f64 at an address. */
// @ts-ignore: decorator
@inline
export function add(address: usize, amount: f64): void {
  store<f64>(address, load<f64>(address) + amount);
}

/** Size of a block. */
export function evidenceBytes(arms: u32, families: u32, segments: u32): usize {
  return (
    HEADER_BYTES +
    ArmField.COUNT * paddedBytes(arms) +
    FamilyField.COUNT * paddedBytes(families) +
    <usize>segments * RowField.COUNT * paddedBytes(arms)
  );
}
