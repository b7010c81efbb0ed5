/**
 * First tests of the rejection samplers, two lanes at a time. A pass writes a candidate for every element and notes
 * the pairs in which its cheap test turns one down; the caller settles those (a few in a hundred) one by one, from a
 * stream of its own choice.
 *
 * Perf, measured: passes without calls keep their values in registers; a branch on the rare failure costs less than
 * counting without one; constants that a loop needs are read from memory, as those left to the engine's registers
 * doubled the time of the Gamma pass.
 */
import { exponentialLayer } from './exponential';
import { normalLayer } from './normal';

/**
 * 3 and 1, whose bits are also those that make the signed and the unsigned uniform (normal.ts, exponential.ts); the
 * squeeze 0.1986 of gamma.ts times 2^32; 2^52 + 2^32 - 2; 2^52; 1/3 and 9; each twice.
 */
const POOL = memory.data<f64>(
  [
    3, 3, 1, 1, 852980504.9856, 852980504.9856, 4503603922337790, 4503603922337790, 4503599627370496, 4503599627370496,
    0.3333333333333333, 0.3333333333333333, 9, 9,
  ],
  16,
);
const THREE: usize = 0;
const ONE: usize = 16;
const SQUEEZE_32: usize = 32;
const LARGEST: usize = 48;
const TWO_52: usize = 64;
const THIRD: usize = 80;
const NINE: usize = 96;
/** d and c of the pair of shapes at hand. */
const SHAPES = memory.data(32, 16);

// @ts-ignore: decorator
@inline
function pair(offset: usize): v128 {
  return v128.load(POOL + offset);
}

/** Notes the pair at byte offset i, a multiple of 16, and in its low bits which lanes failed; the next note's place. */
// @ts-ignore: decorator
@inline
function note(noted: usize, i: usize, failed: v128): usize {
  store<u32>(noted, (<u32>i) | i64x2.bitmask(failed));
  return noted + 4;
}

/** Byte offset of a note's pair, and whether a lane of it failed. */
// @ts-ignore: decorator
@inline
export function notedPair(note: usize): usize {
  return (<usize>load<u32>(note)) & ~15;
}

// @ts-ignore: decorator
@inline
export function hasFailed(note: usize, lane: u32): bool {
  return (load<u32>(note) & (1 << lane)) != 0;
}

/** The normal candidates of two words; `three` is 3 twice. */
// @ts-ignore: decorator
@inline
function normalPair(words: usize, widths: v128, three: v128): v128 {
  return f64x2.mul(f64x2.sub(v128.xor(i64x2.shr_u(v128.load(words), 12), three), three), widths);
}

/** Normals of `bytes`/8 words, in pairs. Returns the end of the notes. */
// @ts-ignore: decorator
@inline
export function normalCandidates(words: usize, bytes: usize, noted: usize, out: usize): usize {
  const three = pair(THREE);
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = normalLayer(load<u16>(words + i) & 1023);
    const second = normalLayer(load<u16>(words + i, 8) & 1023);
    const z = normalPair(words + i, v128.shuffle<f64>(first, second, 0, 2), three);
    v128.store(out + i, z);
    const outside = f64x2.ge(f64x2.abs(z), v128.shuffle<f64>(first, second, 1, 3));
    if (v128.any_true(outside)) noted = note(noted, i, outside);
  }
  return noted;
}

/** Exponentials of `bytes`/8 words, in pairs. Returns the end of the notes. */
export function exponentialCandidates(words: usize, bytes: usize, noted: usize, out: usize): usize {
  const one = pair(ONE);
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = exponentialLayer(load<u16>(words + i) & 1023);
    const second = exponentialLayer(load<u16>(words + i, 8) & 1023);
    const f = f64x2.sub(v128.or(i64x2.shr_u(v128.load(words + i), 12), one), one);
    const x = f64x2.mul(f, v128.shuffle<f64>(first, second, 0, 2));
    v128.store(out + i, x);
    const outside = f64x2.ge(x, v128.shuffle<f64>(first, second, 1, 3));
    if (v128.any_true(outside)) noted = note(noted, i, outside);
  }
  return noted;
}

/** d of Marsaglia & Tsang for two shapes. */
// @ts-ignore: decorator
@inline
function gammaCentres(shapes: v128): v128 {
  return f64x2.sub(shapes, pair(THIRD));
}

/** c = 1/sqrt(9 d). */
// @ts-ignore: decorator
@inline
function gammaWidths(d: v128): v128 {
  return f64x2.div(pair(ONE), f64x2.sqrt(f64x2.mul(pair(NINE), d)));
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
 * Which lanes the squeeze turns down for some lower bits of the uniform: not (k + 1)/2^32 <= 1 - S z² y² for its upper
 * 32 bits k, the u32 pair at `uniforms`. Both sides stand 2^52 higher, where k is made an f64 by its bits and the bound
 * is rounded to a whole number, for which one more is left. NaN turns down.
 */
// @ts-ignore: decorator
@inline
function unsqueezed(z: v128, y: v128, uniforms: usize): v128 {
  const zy = f64x2.mul(z, y);
  const bound = f64x2.sub(pair(LARGEST), f64x2.mul(pair(SQUEEZE_32), f64x2.mul(zy, zy)));
  return v128.not(f64x2.le(v128.or(v128.load32x2_u(uniforms), pair(TWO_52)), bound));
}

/**
 * Gamma candidates of one pair of shapes from `bytes`/8 words for normals and as many u32 of uniforms. Notes
 * where a normal or a squeeze failed; returns the end of the notes.
 */
export function gammaCandidates(
  a: f64,
  b: f64,
  words: usize,
  uniforms: usize,
  bytes: usize,
  noted: usize,
  out: usize,
): usize {
  const centres = gammaCentres(f64x2.replace_lane(f64x2.splat(a), 1, b));
  v128.store(SHAPES, centres);
  v128.store(SHAPES, gammaWidths(centres), 16);
  const three = pair(THREE);
  const d = v128.load(SHAPES);
  const c = v128.load(SHAPES, 16);
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = normalLayer(load<u16>(words + i) & 1023);
    const second = normalLayer(load<u16>(words + i, 8) & 1023);
    const z = normalPair(words + i, v128.shuffle<f64>(first, second, 0, 2), three);
    const outside = f64x2.ge(f64x2.abs(z), v128.shuffle<f64>(first, second, 1, 3));
    const y = f64x2.mul(z, c);
    v128.store(out + i, gammaCandidate(d, y));
    const failed = v128.or(outside, unsqueezed(z, y, uniforms + (i >> 1)));
    if (v128.any_true(failed)) noted = note(noted, i, failed);
  }
  return noted;
}

/** As `gammaCandidates` with pairs of shapes of their own; a shape below 1 counts as failed. */
export function gammaCandidatesEach(
  shapes: usize,
  words: usize,
  uniforms: usize,
  bytes: usize,
  noted: usize,
  out: usize,
): usize {
  const three = pair(THREE);
  for (let i: usize = 0; i < bytes; i += 16) {
    const shape = v128.load(shapes + i);
    const d = gammaCentres(shape);
    const c = gammaWidths(d);
    const first = normalLayer(load<u16>(words + i) & 1023);
    const second = normalLayer(load<u16>(words + i, 8) & 1023);
    const z = normalPair(words + i, v128.shuffle<f64>(first, second, 0, 2), three);
    const outside = f64x2.ge(f64x2.abs(z), v128.shuffle<f64>(first, second, 1, 3));
    const y = f64x2.mul(z, c);
    v128.store(out + i, gammaCandidate(d, y));
    const small = f64x2.lt(shape, pair(ONE));
    const failed = v128.or(v128.or(outside, small), unsqueezed(z, y, uniforms + (i >> 1)));
    if (v128.any_true(failed)) noted = note(noted, i, failed);
  }
  return noted;
}
