/**
 * Forward decay (Cormode, Shkapenyuk, Srivastava & Xu 2009, doi:10.1109/ICDE.2009.65): an event at clock t weighs
 * 2^((t - L)/halfLife) relative to a landmark L and is never touched again; dividing a sum by the weight of now
 * gives the usual exponentially decayed sum. L moves by whole half-lives, so re-landmarking multiplies by an exact
 * power of two.
 */
import { exp2, powerOfTwo } from '../math/exp';
import { armArray, ArmField, familyArray, Header, RowField, rowBytes, rowOf, segmentCount, armBytes } from './layout';

/** Half-lives after which the landmark moves: early enough for the sums of weights to stay far from overflow. */
export const LANDMARK_SPAN: f64 = 64;

/** Weight of an event at `clock`, relative to the landmark; 1 without forgetting. */
// @ts-ignore: decorator
@inline
export function weightAt(evidence: usize, clock: f64): f64 {
  return weightSince(load<f64>(evidence, Header.HALF_LIFE), load<f64>(evidence, Header.LANDMARK), clock);
}

/** The same for any block with a half-life (Infinity: none) and a landmark in whole half-lives. */
export function weightSince(halfLife: f64, landmark: f64, clock: f64): f64 {
  if (halfLife == Infinity) return 1;
  const halfLives = clock / halfLife;
  const whole = floor(halfLives);
  const age = whole - landmark;
  // An event more than 1,000 half-lives late weighs nothing. Two factors, so that a landmark shows in the exponent only.
  return age < -1000 ? 0 : exp2(halfLives - whole) * powerOfTwo(<i64>age);
}

/** Moves the clock forward to `clock` (never back) and the landmark with it when it has fallen behind. */
export function advance(evidence: usize, clock: f64): void {
  if (!(clock > load<f64>(evidence, Header.CLOCK))) return;
  store<f64>(evidence, clock, Header.CLOCK);
  const halfLife = load<f64>(evidence, Header.HALF_LIFE);
  if (halfLife == Infinity) return;
  const age = floor(clock / halfLife) - load<f64>(evidence, Header.LANDMARK);
  if (age >= LANDMARK_SPAN) moveLandmark(evidence, age);
}

/** Moves the landmark to another, later one, in whole half-lives. */
export function alignLandmark(evidence: usize, landmark: f64): void {
  const age = landmark - load<f64>(evidence, Header.LANDMARK);
  if (age > 0) moveLandmark(evidence, age);
}

function moveLandmark(evidence: usize, halfLives: f64): void {
  store<f64>(evidence, load<f64>(evidence, Header.LANDMARK) + halfLives, Header.LANDMARK);
  // Beyond 500 half-lives every weight, squared ones included, is 0 for all purposes, and the power stays in its range.
  const factor = halfLives > 500 ? 0 : powerOfTwo(-(<i64>halfLives));
  scale(evidence + Header.SUCCESSES, evidence + Header.KAPPA, factor);
  scale(evidence + Header.KAPPA_SCORES, evidence + Header.KAPPA_SCORES + 32, factor);
  scale(armArray(evidence, ArmField.SUCCESSES), armArray(evidence, ArmField.INPUT_PRICE), factor);
  scale(familyArray(evidence, 0), familyArray(evidence, 2), factor);
  const bytes = armBytes(evidence);
  for (let segment: u32 = 0; segment < segmentCount(evidence); segment++) {
    const row = rowOf(evidence, segment);
    const squared = row + RowField.SQUARED_WEIGHTS * bytes;
    scale(row, row + rowBytes(evidence), factor);
    scale(squared, squared + bytes, factor);
  }
}

/** Multiplies the f64 from an address up to another: sums that move to another landmark. */
export function scale(from: usize, to: usize, factor: f64): void {
  for (; from < to; from += 8) store<f64>(from, load<f64>(from) * factor);
}
