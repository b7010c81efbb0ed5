/**
 * The greatest utility over n of one model as a function of its draw, in pieces with one best n each (docs/MATH.md §29).
 *
 * It is kept as its deficit D = 1 - V, a function of w = 1 - θ that rises from 0 to 1:
 *
 *   D(w) = min_n d_n(w),  d_n(w) = max(0, m_n(w) - surplus_n) + costWeight n c
 *
 * Where q_n = 1 (the clip), d_n is flat. Between the ends of flat parts the difference of two of them has one peak at most, so that each n
 * is better than another on one interval there, whose ends bisection finds.
 */
import { missAt, slope, solveMiss } from './miss';

/** What is needed of a model: where, and who wins at a draw. Byte offsets; f64 unless said. */
export namespace Field {
  export const STRENGTH: usize = 0;
  export const GAIN: usize = 8;
  export const COST: usize = 16; // of one sample
  export const COST_WEIGHT: usize = 24;
  export const MOST: usize = 32; // u32: samples
  export const COUNT: usize = 36; // u32: pieces
  export const SURPLUS: usize = 40; // by n, from n = 1 on, where it is 0
}

/** A piece: from the smallest w on. Byte offsets; f64 unless said. */
export namespace Piece {
  export const FROM: usize = 0; // w
  export const TO: usize = 8;
  export const TOP: usize = 16; // D at FROM
  export const SAMPLES: usize = 24; // u32: best n
  export const FLAT: usize = 28; // u32
  export const MASS: usize = 32; // probability, where it is flat and has been met
}
export const PIECE_BYTES: usize = 40;

/** An n takes one stretch of the pieces before, or one beside each of its flat part and others'; what is alike is joined. */
export function mostPieces(samples: u32): u32 {
  return 8 * samples + 8;
}

/** Two lists of pieces stand behind the fields: the one in work and the result. */
export function fieldBytes(samples: u32): usize {
  return Field.SURPLUS + ((<usize>samples) << 3) + 2 * <usize>mostPieces(samples) * PIECE_BYTES;
}

// @ts-ignore: decorator
@inline
export function piecesAt(field: usize, samples: u32): usize {
  return field + Field.SURPLUS + ((<usize>samples) << 3);
}

// @ts-ignore: decorator
@inline
export function surplusAt(field: usize, n: u32): f64 {
  return load<f64>(field + Field.SURPLUS + ((<usize>(n - 1)) << 3));
}

/** What n samples cost, in units of utility. */
// @ts-ignore: decorator
@inline
export function priceOf(field: usize, n: u32): f64 {
  return load<f64>(field, Field.COST_WEIGHT) * (<f64>n * load<f64>(field, Field.COST));
}

// @ts-ignore: decorator
@inline
function missOf(field: usize, n: u32, w: f64): f64 {
  return missAt(n, load<f64>(field, Field.STRENGTH), load<f64>(field, Field.GAIN), w);
}

export function deficitAt(field: usize, n: u32, w: f64): f64 {
  return max(0, missOf(field, n, w) - surplusAt(field, n)) + priceOf(field, n);
}

/** The w up to which q_n = 1; 0: nowhere but at 0. */
function clipOf(field: usize, n: u32): f64 {
  const surplus = surplusAt(field, n);
  return surplus > 0 ? solveMiss(n, load<f64>(field, Field.STRENGTH), load<f64>(field, Field.GAIN), surplus) : 0;
}

/** By how much n is better than k. Misses are subtracted first: small ones keep their accuracy. */
function lead(field: usize, n: u32, k: u32, w: f64): f64 {
  const ofN = max(0, missOf(field, n, w) - surplusAt(field, n));
  return max(0, missOf(field, k, w) - surplusAt(field, k)) - ofN - (priceOf(field, n) - priceOf(field, k));
}

/** Does the lead of n over k rise at w? */
function rises(field: usize, n: u32, k: u32, w: f64): bool {
  missOf(field, n, w);
  const ofN = slope;
  missOf(field, k, w);
  return slope > ofN;
}

/** Where a property of w that holds at `yes` and not at `no` ends, to the last bit: halvings of the bits. */
function border(field: usize, n: u32, k: u32, yes: f64, no: f64, ofSlope: bool): f64 {
  let a = reinterpret<i64>(yes);
  let b = reinterpret<i64>(no);
  while (abs(a - b) > 1) {
    const middle = (a + b) >> 1;
    const w = reinterpret<f64>(middle);
    if (ofSlope ? rises(field, n, k, w) : lead(field, n, k, w) > 0) a = middle;
    else b = middle;
  }
  return reinterpret<f64>(a);
}

/** No piece ends before it: there is no probability. */
const LEAST: f64 = 1e-290;

let out: usize = 0; // end of the list that is written

function append(n: u32, from: f64, to: f64, begin: usize): void {
  if (!(to > from) || to < LEAST) return;
  if (from < LEAST) from = 0;
  if (out > begin && load<u32>(out - PIECE_BYTES, Piece.SAMPLES) == n) {
    store<f64>(out - PIECE_BYTES, to, Piece.TO);
    return;
  }
  store<f64>(out, from, Piece.FROM);
  store<f64>(out, to, Piece.TO);
  store<u32>(out, n, Piece.SAMPLES);
  store<u32>(out, 0, Piece.FLAT);
  out += PIECE_BYTES;
}

/** Appends what becomes of k's piece [from, to], on which no flat part ends, beside n. */
function compete(field: usize, n: u32, k: u32, from: f64, to: f64, begin: usize): void {
  if (!(to > from)) return;
  // Only one of them flat: the lead is monotone there, and its slope has one sign at most.
  let peak = from;
  if (isFlat(field, n, to)) peak = to;
  else if (!isFlat(field, k, to)) {
    if (rises(field, n, k, to)) peak = to;
    else if (rises(field, n, k, from)) peak = border(field, n, k, from, to, true);
  }
  if (!(lead(field, n, k, peak) > 0)) {
    append(k, from, to, begin);
    return;
  }
  const first = lead(field, n, k, from) > 0 ? from : border(field, n, k, peak, from, false);
  const last = lead(field, n, k, to) > 0 ? to : border(field, n, k, peak, to, false);
  append(k, from, first, begin);
  append(n, first, last, begin);
  append(k, last, to, begin);
}

/** Is q_n = 1 up to w? */
// @ts-ignore: decorator
@inline
function isFlat(field: usize, n: u32, w: f64): bool {
  return w <= clipOf(field, n);
}

/** Finds the pieces of a model whose fields are set. */
export function findPieces(field: usize, samples: u32): void {
  const result = piecesAt(field, samples);
  const work = result + <usize>mostPieces(samples) * PIECE_BYTES;
  out = result;
  append(1, 0, 1, result);
  for (let n: u32 = 2; n <= load<u32>(field, Field.MOST); n++) {
    const bytes = out - result;
    memory.copy(work, result, bytes);
    out = result;
    const clip = clipOf(field, n);
    for (let piece = work; piece < work + bytes; piece += PIECE_BYTES) {
      const k = load<u32>(piece, Piece.SAMPLES);
      const from = load<f64>(piece, Piece.FROM);
      const to = load<f64>(piece, Piece.TO);
      const other = clipOf(field, k);
      const first = min(to, max(from, min(clip, other)));
      const second = min(to, max(from, max(clip, other)));
      compete(field, n, k, from, first, result);
      compete(field, n, k, first, second, result);
      compete(field, n, k, second, to, result);
    }
  }
  splitFlat(field, result, work);
}

/** Parts the pieces where q = 1 from the rest of theirs, and says where they begin. */
function splitFlat(field: usize, result: usize, work: usize): void {
  const bytes = out - result;
  memory.copy(work, result, bytes);
  out = result;
  let bottom: f64 = 0;
  for (let piece = work; piece < work + bytes; piece += PIECE_BYTES) {
    const n = load<u32>(piece, Piece.SAMPLES);
    const from = load<f64>(piece, Piece.FROM);
    const to = load<f64>(piece, Piece.TO);
    const end = min(to, max(from, clipOf(field, n)));
    // Kept apart although alike.
    if (end > from) {
      place(n, from, end, priceOf(field, n), true);
      bottom = priceOf(field, n);
    }
    if (to > end) {
      // Continuous: at the end of a flat part it is that one's.
      place(n, end, to, max(bottom, deficitAt(field, n, end)), false);
      bottom = deficitAt(field, n, to);
    }
  }
  store<u32>(field, <u32>((out - result) / PIECE_BYTES), Field.COUNT);
}

function place(n: u32, from: f64, to: f64, top: f64, flat: bool): void {
  store<f64>(out, from, Piece.FROM);
  store<f64>(out, to, Piece.TO);
  store<f64>(out, top, Piece.TOP);
  store<u32>(out, n, Piece.SAMPLES);
  store<u32>(out, u32(flat), Piece.FLAT);
  store<f64>(out, 0, Piece.MASS);
  out += PIECE_BYTES;
}
