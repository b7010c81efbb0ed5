/**
 * The walk of the (model, n) propensities from the smallest deficit to the largest (docs/MATH.md §29): from border to border of the models'
 * pieces. At a border models enter and pieces change; where a piece is flat all its probability falls there at once.
 */
import { makeCumulative } from '../quadrature/gauss';
import { Arm } from '../decision/propensityArm';
import { betaTail } from '../special/incompleteBeta';
import { Field, Piece, PIECE_BYTES } from './pieces';
import { fieldOf, LevelRecord, levelOf } from './walkRecord';
import { beginZones, crossZone, finishZones, isOver } from './zone';

let order: usize = 0; // addresses of the records, by where they enter
let entered: usize = 0; // end of those that have
let last: usize = 0; // end of all
let samples: u32 = 0;
let out: usize = 0; // models × samples probabilities

/** Adds up probabilities, not normalised, of the records whose addresses are at [from, to). False if it needed too many panels. */
export function walkLevels(from: usize, to: usize, lowest: f64, most: u32, scratch: usize, p: usize): bool {
  makeCumulative();
  order = from;
  entered = from;
  last = to;
  samples = most;
  out = p;
  let top = load<f64>(load<usize>(from), LevelRecord.ENTERS);
  beginZones(from, lowest, scratch);
  for (;;) {
    const anew = meet(top);
    if (top >= lowest) break;
    const next = min(lowest, nextBorder(top));
    const whole = crossZone(entered, anew, top, next, next == lowest && entered == last);
    collectZone();
    if (!whole) return false;
    if (isOver()) break;
    top = next;
  }
  finishZones(entered);
  collectZone();
  return true;
}

/** Moves all models to where the deficit is `top`: those that enter, those whose piece ends. True where one begins at its very end. */
function meet(top: f64): bool {
  let atoms = false;
  let anew = false;
  const before = entered;
  while (entered < last && load<f64>(load<usize>(entered), LevelRecord.ENTERS) <= top) entered += sizeof<usize>();
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const from: usize = load<u32>(record, LevelRecord.PIECE);
    let piece = from;
    let dropped = false;
    for (; piece < load<u32>(record, LevelRecord.LAST); piece += PIECE_BYTES) {
      if (load<u32>(piece, Piece.FLAT) != 0) {
        drop(record, piece);
        dropped = true;
      } else if (load<f64>(piece + PIECE_BYTES, Piece.TOP) > top) break;
    }
    store<u32>(record, <u32>from, LevelRecord.ATOMS);
    store<u32>(record, <u32>piece, LevelRecord.PIECE);
    store<u32>(record, load<u32>(piece, Piece.SAMPLES), LevelRecord.SAMPLES);
    if (dropped) atoms = true;
    if (at < before || dropped || load<f64>(record, Arm.ENTRY) > 0 || load<f64>(record, Arm.RIGHT_POWER) == 0) continue;
    store<u32>(record, 1, LevelRecord.WAITS);
    anew = true;
  }
  if (atoms) shareAtoms();
  return anew;
}

/** All the probability of a flat piece falls here. */
function drop(record: usize, piece: usize): void {
  const w = load<f64>(piece, Piece.TO);
  const above = betaTail(load<f64>(record, Arm.A) + 1, load<f64>(record, Arm.B) + 1, 1 - w, w, true);
  store<f64>(piece, max(0, above - load<f64>(record, Arm.ABOVE)), Piece.MASS);
  store<f64>(record, above, Arm.ABOVE);
}

/** An atom wins against lower utilities, and against equal ones that cost more, or are of a later model. */
function shareAtoms(): void {
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    for (
      let piece: usize = load<u32>(record, LevelRecord.ATOMS);
      piece < load<u32>(record, LevelRecord.PIECE);
      piece += PIECE_BYTES
    ) {
      const cost = costOf(record, piece);
      let p = load<f64>(piece, Piece.MASS);
      for (let to = order; to < entered; to += sizeof<usize>()) {
        const other = load<usize>(to);
        if (other == record) continue;
        let below = 1 - load<f64>(other, Arm.ABOVE);
        for (
          let rival: usize = load<u32>(other, LevelRecord.ATOMS);
          rival < load<u32>(other, LevelRecord.PIECE);
          rival += PIECE_BYTES
        ) {
          const price = costOf(other, rival);
          const later = load<u32>(other, Arm.INDEX) > load<u32>(record, Arm.INDEX);
          if (price > cost || (price == cost && later)) below += load<f64>(rival, Piece.MASS);
        }
        p *= below;
      }
      give(record, load<u32>(piece, Piece.SAMPLES), p);
    }
  }
}

function costOf(record: usize, piece: usize): f64 {
  return <f64>load<u32>(piece, Piece.SAMPLES) * load<f64>(fieldOf(record), Field.COST);
}

function give(record: usize, n: u32, p: f64): void {
  const at = out + ((<usize>(load<u32>(record, Arm.INDEX) * samples + n - 1)) << 3);
  store<f64>(at, load<f64>(at) + p);
}

/** Hands what the records have gathered to their n. */
function collectZone(): void {
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    give(record, levelOf(record), load<f64>(record, Arm.P));
    store<f64>(record, 0, Arm.P);
  }
}

/** Deficit at which the next model enters or the next piece begins. */
function nextBorder(top: f64): f64 {
  let next = entered < last ? load<f64>(load<usize>(entered), LevelRecord.ENTERS) : Infinity;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const piece: usize = load<u32>(record, LevelRecord.PIECE);
    if (piece < load<u32>(record, LevelRecord.LAST))
      next = min(next, max(top, load<f64>(piece + PIECE_BYTES, Piece.TOP)));
  }
  return next;
}
