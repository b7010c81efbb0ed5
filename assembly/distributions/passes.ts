/**
 * First tests of the rejection samplers, two lanes at a time. A pass writes a candidate for every element and notes
 * the elements that its cheap test turns down; the caller settles those (some 2–4 %) one by one, from a stream of its
 * own choice.
 *
 * Perf: passes without calls or unpredictable branches keep their values in registers; two passes beat a fused one.
 */
import { exponentialLayer } from './exponential';
import { THIRD } from './gamma';
import { normalLayer } from './normal';

/** Both lanes of a comparison, as its bit mask. */
const BOTH: i32 = 3;

/**
 * 3 and 1, whose bits are also those that make the signed and the unsigned uniform (normal.ts, exponential.ts); the
 * squeeze 0.1986 of gamma.ts times 2^32, and 2^32 - 1; each twice.
 * Perf: a splat of a constant would be made anew at every use.
 */
const POOL = memory.data<f64>([3, 3, 1, 1, 852980504.9856, 852980504.9856, 4294967295, 4294967295], 16);
const THREE: usize = 0;
const ONE: usize = 16;
const SQUEEZE_32: usize = 32;
const LARGEST_32: usize = 48;

// @ts-ignore: decorator
@inline
function pair(offset: usize): v128 {
  return v128.load(POOL + offset);
}

/** Normals of `bytes`/8 words, in pairs. Notes byte offsets of pairs; returns how many. */
// @ts-ignore: decorator
@inline
export function normalCandidates(words: usize, bytes: usize, noted: usize, out: usize): usize {
  let count: usize = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = normalLayer(load<u8>(words + i));
    const second = normalLayer(load<u8>(words + i, 8));
    const f = f64x2.sub(v128.xor(i64x2.shr_u(v128.load(words + i), 12), pair(THREE)), pair(THREE));
    const x = f64x2.mul(f, v128.shuffle<f64>(first, second, 0, 2));
    v128.store(out + i, x);
    const inside = i64x2.bitmask(f64x2.lt(f64x2.abs(x), v128.shuffle<f64>(first, second, 1, 3)));
    store<u32>(noted + (count << 2), <u32>i);
    count += usize(inside != BOTH);
  }
  return count;
}

/** Exponentials of `bytes`/8 words, in pairs. Notes byte offsets of pairs; returns how many. */
// @ts-ignore: decorator
@inline
export function exponentialCandidates(words: usize, bytes: usize, noted: usize, out: usize): usize {
  let count: usize = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = exponentialLayer(load<u8>(words + i));
    const second = exponentialLayer(load<u8>(words + i, 8));
    const f = f64x2.sub(v128.or(i64x2.shr_u(v128.load(words + i), 12), pair(ONE)), pair(ONE));
    const x = f64x2.mul(f, v128.shuffle<f64>(first, second, 0, 2));
    v128.store(out + i, x);
    const inside = i64x2.bitmask(f64x2.lt(x, v128.shuffle<f64>(first, second, 1, 3)));
    store<u32>(noted + (count << 2), <u32>i);
    count += usize(inside != BOTH);
  }
  return count;
}

/** d and 1/sqrt(9 d) of Marsaglia & Tsang for two shapes. */
// @ts-ignore: decorator
@inline
export function gammaCentre(shapes: v128): v128 {
  return f64x2.sub(shapes, f64x2.splat(THIRD));
}

// @ts-ignore: decorator
@inline
export function gammaWidths(d: v128): v128 {
  return f64x2.div(f64x2.splat(1), f64x2.sqrt(f64x2.mul(f64x2.splat(9), d)));
}

/**
 * The candidates d (1 + y)³ of a pair, y = c z. Wherever the squeeze accepts, 1 + y > 0: at y <= -1 and d >= 2/3,
 * z² y² = 9 d y^4 >= 6 makes its bound negative.
 */
// @ts-ignore: decorator
@inline
function gammaCandidate(d: v128, y: v128): v128 {
  const base = f64x2.add(pair(ONE), y);
  return f64x2.mul(d, f64x2.mul(f64x2.mul(base, base), base));
}

/**
 * Which lanes the squeeze accepts whatever the uniform's lower bits: (k + 1)/2^32 <= 1 - S z² y² for its upper 32
 * bits k, the u32 pair at `uniforms`.
 */
// @ts-ignore: decorator
@inline
function squeezed(z: v128, y: v128, uniforms: usize): v128 {
  const zy = f64x2.mul(z, y);
  const bound = f64x2.sub(pair(LARGEST_32), f64x2.mul(pair(SQUEEZE_32), f64x2.mul(zy, zy)));
  return f64x2.le(f64x2.convert_low_i32x4_u(v128.load64_zero(uniforms)), bound);
}

/**
 * Gamma candidates of one pair of shapes from `bytes`/8 words for normals and as many u32 of uniforms. Notes byte
 * offsets of pairs in which a normal or a squeeze failed; returns how many.
 */
// @ts-ignore: decorator
@inline
export function gammaCandidates(
  shapes: v128,
  words: usize,
  uniforms: usize,
  bytes: usize,
  noted: usize,
  out: usize,
): usize {
  const d = gammaCentre(shapes);
  const c = gammaWidths(d);
  let count: usize = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = normalLayer(load<u8>(words + i));
    const second = normalLayer(load<u8>(words + i, 8));
    const f = f64x2.sub(v128.xor(i64x2.shr_u(v128.load(words + i), 12), pair(THREE)), pair(THREE));
    const z = f64x2.mul(f, v128.shuffle<f64>(first, second, 0, 2));
    const inside = f64x2.lt(f64x2.abs(z), v128.shuffle<f64>(first, second, 1, 3));
    const y = f64x2.mul(z, c);
    v128.store(out + i, gammaCandidate(d, y));
    store<u32>(noted + (count << 2), <u32>i);
    count += usize(i64x2.bitmask(v128.and(inside, squeezed(z, y, uniforms + (i >> 1)))) != BOTH);
  }
  return count;
}

/** As `gammaCandidates` with shapes of their own; notes pairs, those with a shape below 1 among them. */
// @ts-ignore: decorator
@inline
export function gammaCandidatesEach(
  shapes: usize,
  normals: usize,
  uniforms: usize,
  bytes: usize,
  noted: usize,
  out: usize,
): usize {
  let count: usize = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const shape = v128.load(shapes + i);
    const z = v128.load(normals + i);
    const d = gammaCentre(shape);
    const y = f64x2.mul(z, gammaWidths(d));
    v128.store(out + i, gammaCandidate(d, y));
    const accepted = v128.and(squeezed(z, y, uniforms + (i >> 1)), f64x2.ge(shape, pair(ONE)));
    store<u32>(noted + (count << 2), <u32>i);
    count += usize(i64x2.bitmask(accepted) != BOTH);
  }
  return count;
}
