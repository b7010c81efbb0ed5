/** A model on the walk over deficits: the record of its posterior, its pieces, and where it stands in them. */
import { Arm, ARM_BYTES } from '../decision/propensityArm';
import { deficitAt, Field, Piece, PIECE_BYTES, piecesAt } from './pieces';

/** Behind the fields of `Arm`; f64 unless said. */
export namespace LevelRecord {
  export const FIELD: usize = ARM_BYTES; // u32: address
  export const PIECE: usize = ARM_BYTES + 4; // u32: address of the piece it is in
  export const LAST: usize = ARM_BYTES + 8; // u32: of the last one
  export const SAMPLES: usize = ARM_BYTES + 12; // u32: n of the piece
  export const ATOMS: usize = ARM_BYTES + 16; // u32: first of the flat pieces at this deficit; they end at PIECE
  export const WAITS: usize = ARM_BYTES + 20; // u32: 1 its density begins behind the panel
  export const ENTERS: usize = ARM_BYTES + 24; // deficit from which on it matters
  export const MISS: usize = ARM_BYTES + 32; // m_n at the anchor
  export const HIT: usize = ARM_BYTES + 40; // 1 - m_n at the lowest utility that matters
}
export const RECORD_BYTES: usize = ARM_BYTES + 48;

// @ts-ignore: decorator
@inline
export function fieldOf(record: usize): usize {
  return load<u32>(record, LevelRecord.FIELD);
}

// @ts-ignore: decorator
@inline
export function levelOf(record: usize): u32 {
  return load<u32>(record, LevelRecord.SAMPLES);
}

/** Puts a prepared record at the first of its pieces that matters, and returns the deficit behind which it does not matter any more. */
export function placeRecord(record: usize, field: usize, samples: u32): f64 {
  const pieces = piecesAt(field, samples);
  const last = pieces + (<usize>load<u32>(field, Field.COUNT) - 1) * PIECE_BYTES;
  store<u32>(record, <u32>field, LevelRecord.FIELD);
  store<u32>(record, <u32>last, LevelRecord.LAST);
  store<u32>(record, 0, LevelRecord.WAITS);
  const w = load<f64>(record, Arm.ENTRY);
  const first = pieceAt(pieces, last, w);
  store<u32>(record, <u32>first, LevelRecord.PIECE);
  store<u32>(record, load<u32>(first, Piece.SAMPLES), LevelRecord.SAMPLES);
  store<f64>(record, deficitIn(field, first, w), LevelRecord.ENTERS);
  const end = min(1, 1 - load<f64>(record, Arm.LOW));
  return deficitIn(field, pieceAt(pieces, last, end), end);
}

function pieceAt(pieces: usize, last: usize, w: f64): usize {
  while (pieces < last && load<f64>(pieces, Piece.TO) <= w) pieces += PIECE_BYTES;
  return pieces;
}

function deficitIn(field: usize, piece: usize, w: f64): f64 {
  const top = load<f64>(piece, Piece.TOP);
  if (load<u32>(piece, Piece.FLAT) != 0 || w == load<f64>(piece, Piece.FROM)) return top;
  return max(top, deficitAt(field, load<u32>(piece, Piece.SAMPLES), w));
}
