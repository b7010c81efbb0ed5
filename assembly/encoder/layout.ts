/**
 * The encoder's block: what turns the counts of a prompt into its features, in one contiguous run of memory that is saved and
 * restored by a copy. Little-endian.
 *
 *   header   HEADER_BYTES
 *   scales   one f64 an input (padded to an even number): inverse document frequencies, or 1/root mean square of a dense input
 *   basis    one row of DIRECTIONS f32 an input: its part in each principal direction
 *
 * Perf: f32 halves the state and what a prompt reads; a feature's relative error of 6e-8 is far below what it can tell.
 */

export const LAYOUT_VERSION: u32 = 1;
/** 'TSEN', little-endian. */
export const MAGIC: u32 = 0x4e455354;

export const HEADER_BYTES: usize = 64;

/** Byte offsets in the header. */
export namespace Header {
  export const MAGIC: usize = 0; // u32
  export const VERSION: usize = 4; // u32
  export const INPUTS: usize = 8; // u32
  export const DENSE: usize = 12; // u32: 0 counts of hashed n-grams, 1 values of a vector
  export const PROMPTS: usize = 16; // f64: prompts that the directions come from; 0 = not frozen
  export const RANK: usize = 24; // f64: directions that are not nothing
  export const ENERGY: usize = 32; // f64: share of the prompts' sum of squares within the directions
}

/** Principal directions kept. */
export const DIRECTIONS: u32 = 128;
/** Bytes of an input's row of the basis. */
export const BASIS_STRIDE: usize = 512;

/** Named features: length, complexity, five indicators. */
export const SURFACE: u32 = 7;
/** Features of a prompt: a one for the bias, the named ones, the projections. */
export const FEATURES: u32 = 1 + SURFACE + DIRECTIONS;
export const FEATURES_BYTES: usize = (<usize>FEATURES) << 3;

/** f64 an encoded prompt brings for the named features (encoder/surface.ts). */
export const SURFACE_COUNTS: u32 = 10;

// @ts-ignore: decorator
@inline
export function inputsOf(block: usize): u32 {
  return load<u32>(block, Header.INPUTS);
}

// @ts-ignore: decorator
@inline
export function scalesOf(block: usize): usize {
  return block + HEADER_BYTES;
}

/** Bytes of one f64 an input. */
// @ts-ignore: decorator
@inline
export function scalesBytes(inputs: u32): usize {
  return ((<usize>inputs + 1) & ~1) << 3;
}

// @ts-ignore: decorator
@inline
export function basisOf(block: usize, inputs: u32): usize {
  return block + HEADER_BYTES + scalesBytes(inputs);
}

export function encoderBytes(inputs: u32): usize {
  return basisOf(0, inputs) + <usize>inputs * BASIS_STRIDE;
}

/** Makes `block` (zeroed) an encoder without directions. */
export function initEncoder(block: usize, inputs: u32, dense: u32): void {
  store<u32>(block, MAGIC, Header.MAGIC);
  store<u32>(block, LAYOUT_VERSION, Header.VERSION);
  store<u32>(block, inputs, Header.INPUTS);
  store<u32>(block, dense, Header.DENSE);
}
