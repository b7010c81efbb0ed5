/**
 * Features of prompts: 1, the seven named ones, and the projections on the frozen directions (zeros before).
 *
 * Prompts come as compressed rows: prompt r has the entries starts[r] … starts[r + 1] − 1 of `indices` (u32, each input at most once a
 * prompt) and `values` (f64).
 */
import { BASIS_STRIDE, basisOf, FEATURES_BYTES, Header, inputsOf, scalesOf, SURFACE, SURFACE_COUNTS } from './layout';
import { surfaceInto } from './surface';
import { weightOf } from './weigh';

export function encodeRows(
  block: usize,
  rows: u32,
  counts: usize,
  starts: usize,
  indices: usize,
  values: usize,
  out: usize,
): void {
  const frozen = load<f64>(block, Header.PROMPTS) > 0;
  for (const end = out + <usize>rows * FEATURES_BYTES; out < end; out += FEATURES_BYTES) {
    memory.fill(out, 0, FEATURES_BYTES);
    store<f64>(out, 1);
    surfaceInto(counts, out + 8);
    if (frozen) project(block, load<u32>(starts), load<u32>(starts, 4), indices, values, out + 8 + (SURFACE << 3));
    counts += SURFACE_COUNTS << 3;
    starts += 4;
  }
}

/** Adds the entries' rows of the basis, each by its weight; hashed counts are then scaled to length 1. */
function project(block: usize, first: u32, end: u32, indices: usize, values: usize, out: usize): void {
  const dense = load<u32>(block, Header.DENSE) != 0;
  const scales = scalesOf(block);
  const basis = basisOf(block, inputsOf(block));
  let square = 0.0;
  for (let i = first; i < end; i++) {
    const input = <usize>load<u32>(indices + ((<usize>i) << 2));
    const weight = weightOf(load<f64>(scales + (input << 3)), load<f64>(values + ((<usize>i) << 3)), dense);
    square += weight * weight;
    addRow(out, weight, basis + input * BASIS_STRIDE);
  }
  if (dense || !(square > 0)) return;
  const scale = f64x2.splat(1 / sqrt(square));
  for (const last = out + 2 * BASIS_STRIDE; out < last; out += 16) {
    v128.store(out, f64x2.mul(scale, v128.load(out)));
  }
}

/** out += weight · row, a row of the basis. */
// @ts-ignore: decorator
@inline
function addRow(out: usize, weight: f64, row: usize): void {
  const f = f64x2.splat(weight);
  for (const end = row + BASIS_STRIDE; row < end; row += 16, out += 32) {
    const four = v128.load(row);
    const two = f64x2.promote_low_f32x4(four);
    const rest = f64x2.promote_low_f32x4(
      i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15),
    );
    v128.store(out, f64x2.add(v128.load(out), f64x2.mul(f, two)));
    v128.store(out, f64x2.add(v128.load(out, 16), f64x2.mul(f, rest)), 16);
  }
}
