/**
 * One quality draw for every arm from its Beta posterior: the hot loop of Thompson sampling.
 *
 * The two lanes of a vector are the two Gamma draws of one arm. The stream's first words are shared out in order: two
 * normals an arm, then one word an arm with the upper 32 bits of its two squeeze uniforms. What the ziggurat or the
 * squeeze turns down (some 3 %), and arms with a shape below 1, are noted and settled in a second pass, which reads
 * on in the stream. Every arm is drawn whether eligible or not, so narrowing the eligible set never changes another
 * arm's draw.
 */
import { gammaWidth, settleGamma, THIRD } from '../distributions/gamma';
import { nextBeta, ratiosInto } from '../distributions/beta';
import { insideRectangle, settleNormal } from '../distributions/normal';
import { gammaCandidatesEach, normalCandidates } from '../distributions/passes';
import { seedAndFill } from '../rng/stream';

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
  ratiosInto(draws, bytes, out);
}

// @ts-ignore: decorator
@inline
function normalsInto(stream: usize, bytes: usize, bits: usize, noted: usize, out: usize): void {
  const count = normalCandidates(bits, bytes, noted, out);
  for (let j: usize = 0; j < count; j++) {
    const i = <usize>load<u32>(noted + (j << 2));
    settleNormalAt(stream, bits + i, out + i);
    settleNormalAt(stream, bits + i + 8, out + i + 8);
  }
}

/** Settles the normal at `out` if its first test turned it down. */
function settleNormalAt(stream: usize, word: usize, out: usize): void {
  const bits = load<u64>(word);
  const x = load<f64>(out);
  if (!insideRectangle(bits, x)) store<f64>(out, settleNormal(bits, x, stream));
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
  const count = gammaCandidatesEach(shapes, normals, uniforms, bytes, noted, out);
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
    settleGammaAt(stream, a, normals, uniforms, out);
    return settleGammaAt(stream, b, normals + 8, uniforms + 4, out + 8);
  }
  // As a pair (q, 1 - q), so that the common ratio gives q back.
  const q = nextBeta(a, b, stream);
  store<f64>(out, q);
  store<f64>(out, 1 - q, 8);
}

function settleGammaAt(stream: usize, shape: f64, normal: usize, uniform: usize, out: usize): void {
  const d = shape - THIRD;
  store<f64>(out, settleGamma(d, gammaWidth(d), load<f64>(normal), load<u32>(uniform), stream));
}
