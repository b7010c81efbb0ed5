/**
 * One quality draw for every arm from its Beta posterior: the hot loop of Thompson sampling.
 *
 * The two lanes of a vector are the two Gamma draws of one arm. The stream's first words are shared out in order: two
 * normals an arm, then one word an arm with the upper 32 bits of its two squeeze uniforms. What the ziggurat or the
 * squeeze turns down (some 3 %), and arms with a shape below 1, are noted and settled in a second pass, which reads
 * on in the stream. Every arm is drawn whether eligible or not, so narrowing the eligible set never changes another
 * arm's draw.
 */
import { gammaWidth, settledAtOnce, settleGamma, THIRD } from '../distributions/gamma';
import { nextBeta, ratiosInto } from '../distributions/beta';
import { gammaCandidatesEach, hasFailed, notedPair } from '../distributions/passes';
import { seedAndFill } from '../rng/stream';

/** Scratch: per arm 3 u64 of bits, 2 Gamma draws and a u32 of noted indices, in this order. */
export const DRAW_ARRAYS: usize = 6;

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
  const draws = scratch + 3 * bytes;
  const noted = scratch + 5 * bytes;
  seedAndFill(stream, base, sequence, 3 * <u32>(bytes >> 3), scratch);
  const end = gammaCandidatesEach(shapes, scratch, uniforms, 2 * bytes, noted, draws);
  for (let note = noted; note < end; note += 4) {
    const i = notedPair(note);
    settlePair(stream, note, shapes + i, scratch + i, uniforms + (i >> 1), draws + i);
  }
  ratiosInto(draws, bytes, out);
}

/** Settles the two Gamma draws of one arm. */
function settlePair(stream: usize, note: usize, shapes: usize, words: usize, uniforms: usize, out: usize): void {
  const a = load<f64>(shapes);
  const b = load<f64>(shapes, 8);
  if (a >= 1 && b >= 1) {
    if (hasFailed(note, 0)) settleAt(stream, a - THIRD, words, uniforms, out);
    if (hasFailed(note, 1)) settleAt(stream, b - THIRD, words + 8, uniforms + 4, out + 8);
    return;
  }
  // As a pair (q, 1 - q), so that the common ratio gives q back.
  const q = nextBeta(a, b, stream);
  store<f64>(out, q);
  store<f64>(out, 1 - q, 8);
}

function settleAt(stream: usize, d: f64, word: usize, uniform: usize, out: usize): void {
  const c = gammaWidth(d);
  const bits = load<u64>(word);
  const prefix = load<u32>(uniform);
  if (!settledAtOnce(d, c, bits, prefix)) store<f64>(out, settleGamma(d, c, bits, prefix, stream));
}
