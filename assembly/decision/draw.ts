/**
 * One quality draw for every arm from its Beta posterior: the hot loop of Thompson sampling.
 *
 * The two lanes of a vector are the two Gamma draws of one arm. The stream's first words are shared out in order: two
 * normals an arm, then one word an arm with the upper 32 bits of its two squeeze uniforms. What the ziggurat or the
 * squeeze turns down (some 3 %), and arms with a shape below 1, are noted and settled in a second pass, which reads
 * on in the stream. Every arm is drawn whether eligible or not, so narrowing the eligible set never changes another
 * arm's draw.
 *
 * Perf: passes without calls keep their values in registers.
 */
import { accepts, nextGammaAboveOne, SQUEEZE } from '../distributions/gamma';
import { nextBeta } from '../distributions/beta';
import { insideRectangle, normalCandidate, settleNormal } from '../distributions/normal';
import { nextUnit, seedAndFill } from '../rng/stream';

const TWO_MINUS_32: f64 = 2.3283064365386963e-10;
const THIRD: f64 = 0.3333333333333333;

/** Scratch: per arm 3 u64 of bits, 2 normals, 2 Gamma draws and 2 u32 of noted indices, in this order. */
export const DRAW_ARRAYS: usize = 8;

/** Writes a draw from Beta(shapes) for each arm, padded to pairs; `bytes` is the size of one padded array. */
// @ts-ignore: decorator
@inline
export function drawQualitiesInto(
  stream: usize,
  base: u64,
  sequence: u64,
  bytes: usize,
  shapes: usize,
  scratch: usize,
  out: usize,
): void {
  const uniforms = scratch + 2 * bytes;
  const normals = scratch + 3 * bytes;
  const draws = scratch + 5 * bytes;
  const noted = scratch + 7 * bytes;
  seedAndFill(stream, base, sequence, 3 * <u32>(bytes >> 3), scratch);
  normalsInto(stream, 2 * bytes, scratch, noted, normals);
  gammasInto(stream, 2 * bytes, shapes, normals, uniforms, noted, draws);
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = v128.load(draws + 2 * i);
    const second = v128.load(draws + 2 * i, 16);
    const x = v128.shuffle<f64>(first, second, 0, 2);
    const y = v128.shuffle<f64>(first, second, 1, 3);
    v128.store(out + i, f64x2.div(x, f64x2.add(x, y)));
  }
}

// @ts-ignore: decorator
@inline
function normalsInto(stream: usize, bytes: usize, bits: usize, noted: usize, out: usize): void {
  let count: usize = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = load<u64>(bits + i);
    const second = load<u64>(bits + i, 8);
    const x = normalCandidate(first);
    const y = normalCandidate(second);
    v128.store(out + i, f64x2.replace_lane(f64x2.splat(x), 1, y));
    store<u32>(noted + (count << 2), <u32>i);
    count += usize(!insideRectangle(first, x));
    store<u32>(noted + (count << 2), <u32>i + 8);
    count += usize(!insideRectangle(second, y));
  }
  for (let j: usize = 0; j < count; j++) {
    const i = <usize>load<u32>(noted + (j << 2));
    store<f64>(out + i, settleNormal(load<u64>(bits + i), load<f64>(out + i), stream));
  }
}

// @ts-ignore: decorator
@inline
function gammasInto(
  stream: usize,
  bytes: usize,
  shapes: usize,
  normals: usize,
  uniforms: usize,
  noted: usize,
  out: usize,
): void {
  const one = f64x2.splat(1);
  const third = f64x2.splat(THIRD);
  const nine = f64x2.splat(9);
  const squeeze = f64x2.splat(SQUEEZE);
  const unit = f64x2.splat(TWO_MINUS_32);
  let count: usize = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const shape = v128.load(shapes + i);
    const z = v128.load(normals + i);
    const d = f64x2.sub(shape, third);
    const y = f64x2.div(z, f64x2.sqrt(f64x2.mul(nine, d)));
    const base = f64x2.add(one, y);
    v128.store(out + i, f64x2.mul(d, f64x2.mul(f64x2.mul(base, base), base)));
    const prefix = f64x2.convert_low_i32x4_u(v128.load64_zero(uniforms + (i >> 1)));
    const largest = f64x2.mul(f64x2.add(prefix, one), unit);
    const zy = f64x2.mul(z, y);
    // Wherever the squeeze accepts, base > 0: at y <= -1 and d >= 2/3, z² y² = 9 d y^4 >= 6 makes it negative.
    const accepted = f64x2.le(largest, f64x2.sub(one, f64x2.mul(squeeze, f64x2.mul(zy, zy))));
    store<u32>(noted + (count << 2), <u32>i);
    count += usize(!i64x2.all_true(v128.and(accepted, f64x2.ge(shape, one))));
  }
  for (let j: usize = 0; j < count; j++) {
    const i = <usize>load<u32>(noted + (j << 2));
    settlePair(stream, shapes + i, normals + i, uniforms + (i >> 1), out + i);
  }
}

/** Settles the two Gamma draws of one arm. */
function settlePair(stream: usize, shapes: usize, normals: usize, uniforms: usize, out: usize): void {
  const a = load<f64>(shapes);
  const b = load<f64>(shapes, 8);
  if (a >= 1 && b >= 1) {
    settle(stream, a, load<f64>(normals), load<u32>(uniforms), out);
    settle(stream, b, load<f64>(normals, 8), load<u32>(uniforms, 4), out + 8);
    return;
  }
  // As a pair (q, 1 - q), so that the common ratio gives q back.
  const q = nextBeta(a, b, stream);
  store<f64>(out, q);
  store<f64>(out, 1 - q, 8);
}

/**
 * Keeps the draw at `out` if its normal and its uniform, completed to 85 bits, pass the full test; else draws afresh.
 */
function settle(stream: usize, shape: f64, z: f64, prefix: u32, out: usize): void {
  const d = shape - THIRD;
  const y = z / sqrt(9 * d);
  const base = 1 + y;
  const u = (<f64>prefix + nextUnit(stream)) * TWO_MINUS_32;
  if (base > 0 && accepts(z, u, y, base * base * base, d)) return;
  store<f64>(out, nextGammaAboveOne(shape, stream));
}
