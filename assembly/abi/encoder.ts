import { encodeRows } from '../encoder/encode';
import { fitDirections, fitScratchBytes } from '../encoder/fit';
import { encoderBytes, FEATURES, initEncoder, SURFACE_COUNTS } from '../encoder/layout';

/** Features of a prompt: 1 (bias), 7 named ones, 128 projections. */
export function encoder_features(): u32 {
  return FEATURES;
}

/** f64 a prompt brings for the named features (assembly/encoder/surface.ts). */
export function encoder_surface_counts(): u32 {
  return SURFACE_COUNTS;
}

/** Bytes of an encoder of 1 … 4,096 inputs; its layout is in `assembly/encoder/layout.ts`. */
export function encoder_bytes(inputs: u32): usize {
  return encoderBytes(inputs);
}

/** An encoder without directions in a zeroed block; `dense` = 0: inputs are counts of hashed n-grams, 1: values of a vector. */
export function encoder_init(encoder: usize, inputs: u32, dense: u32): void {
  initEncoder(encoder, inputs, dense);
}

/** Bytes of the scratch of `encoder_fit`; `entries` of all prompts together. */
export function encoder_fit_bytes(inputs: u32, prompts: u32, entries: u32): usize {
  return fitScratchBytes(inputs, prompts, entries);
}

/**
 * Finds the principal directions of 1 … 1,000 prompts and freezes the encoder. Prompt r has the entries starts[r] … starts[r + 1] − 1 (u32, starts[0] = 0) of
 * `indices` (u32, each input at most once a prompt) and `values` (f64, finite). Scratch zeroed.
 */
export function encoder_fit(
  encoder: usize,
  scratch: usize,
  prompts: u32,
  starts: usize,
  indices: usize,
  values: usize,
): void {
  fitDirections(encoder, scratch, prompts, starts, indices, values);
}

/** Writes the features of prompts, one after the other. `surface`: `encoder_surface_counts` f64 a prompt; entries as in `encoder_fit`, starts[0] as it comes. */
export function encoder_encode(
  encoder: usize,
  prompts: u32,
  surface: usize,
  starts: usize,
  indices: usize,
  values: usize,
  out: usize,
): void {
  encodeRows(encoder, prompts, surface, starts, indices, values, out);
}
