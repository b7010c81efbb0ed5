/**
 * Rows into the tree, with forward decay (docs/MATH.md §4): into the sums of a model, which add, and by a rank-one update into its factor, in which
 * what others told it stays as it was at the last rebuild.
 */
import { LANDMARK_SPAN, scale, weightSince } from '../evidence/decay';
import { powerOfTwo } from '../math/exp';
import { at, rankOneUpdate } from '../linalg/factor';
import { addScaled } from '../linalg/vector';
import { addOuter, inRange } from '../regression/online';
import { Status, strideOf } from '../regression/layout';
import {
  dimensionsOf,
  factorOf,
  largestOf,
  lastRowOf,
  momentsOf,
  pivotsOf,
  Record,
  recordOf,
  recordsOf,
  Tree,
} from './layout';

/** A rebuild is due for the sake of all; of one model, whose noise is still estimated from half of its rows. */
export const DUE: i32 = 1;
export const MODEL_DUE: i32 = 2;
/** 2^(1/4): what others say then weighs up to 16 % less than it should. */
const LARGEST_DRIFT: f64 = 1.189207115002721;
/** Rows before the first rebuild; then the number of rows doubles. */
const FIRST_ROWS: f64 = 32;
const FIRST_ROWS_OF_MODEL: f64 = 16;
const LARGEST_WEIGHT: f64 = 1e50;

/** Moves the clock forward, never back. Returns DUE or 0. */
export function advanceTree(tree: usize, clock: f64): i32 {
  if (clock > load<f64>(tree, Tree.CLOCK)) {
    store<f64>(tree, clock, Tree.CLOCK);
    const halfLife = load<f64>(tree, Tree.HALF_LIFE);
    if (halfLife != Infinity) {
      const whole = floor(clock / halfLife);
      if (whole - load<f64>(tree, Tree.LANDMARK) >= LANDMARK_SPAN) moveLandmark(tree, whole);
      store<f64>(tree, weightSince(halfLife, load<f64>(tree, Tree.LANDMARK), clock), Tree.NOW);
    }
  }
  const drifted = load<f64>(tree, Tree.NOW) > LARGEST_DRIFT * load<f64>(tree, Tree.REFERENCE);
  const rebuilt = load<f64>(tree, Tree.REBUILT);
  return drifted || load<f64>(tree, Tree.ROWS) >= 2 * rebuilt + FIRST_ROWS ? DUE : 0;
}

/** Sums and factors in units of a later landmark: exact powers of two, while there is anything left. */
function moveLandmark(tree: usize, landmark: f64): void {
  const halfLives = min(landmark - load<f64>(tree, Tree.LANDMARK), 1000);
  store<f64>(tree, landmark, Tree.LANDMARK);
  const inverse = powerOfTwo(<i64>halfLives);
  const factor = halfLives == 1000 ? 0 : powerOfTwo(-(<i64>halfLives));
  const stride = strideOf(dimensionsOf(tree));
  scale(tree + Tree.PROMPT_SQUARES, tree + Tree.RUN_WEIGHT, factor);
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const record = recordOf(tree, i - 1);
    const pivots = pivotsOf(record, stride);
    scale(record + Record.HISTOGRAM, pivots, factor);
    scale(pivots, pivots + stride, inverse);
  }
  // Never 0: NOW is then beyond any drift, and a rebuild due.
  store<f64>(tree, load<f64>(tree, Tree.REFERENCE) / inverse, Tree.REFERENCE);
}

/**
 * Whether the row has the features of the one before: then it is of the same prompt. Otherwise a new prompt begins. Exact comparison: one
 * encoder gives one prompt the same bits.
 */
export function continuePrompt(tree: usize, x: usize): void {
  const last = lastRowOf(tree);
  const bytes = (<usize>dimensionsOf(tree)) << 3;
  let different: u64 = 0;
  for (let j: usize = 0; j < bytes; j += 8) different |= load<u64>(last + j) ^ load<u64>(x + j);
  if (different == 0) return;
  memory.copy(last, x, bytes);
  memory.fill(tree + Tree.RUN_WEIGHT, 0, Tree.PRECISIONS - Tree.RUN_WEIGHT);
}

/** Whether a row can be learnt: values within ±1e50, a weight in [0, 1e50]. */
export function isLearnable(d: u32, x: usize, y: f64, weight: f64): bool {
  return inRange(x, d) && abs(y) <= LARGEST_WEIGHT && weight >= 0 && weight <= LARGEST_WEIGHT;
}

/** Weight of an event in units of the landmark, after the clock has moved to it. */
// @ts-ignore: decorator
@inline
export function weightOfEvent(tree: usize, clock: f64, weight: f64): f64 {
  return weight * weightSince(load<f64>(tree, Tree.HALF_LIFE), load<f64>(tree, Tree.LANDMARK), clock);
}

/**
 * Learns a row of a model: x of d f64 (8 more bytes readable). Returns 0, DUE, MODEL_DUE, or Status.OUT_OF_RANGE, and then nothing has changed. NaN for a clock:
 * the latest.
 */
export function observeTree(tree: usize, scratch: usize, model: u32, x: usize, y: f64, clock: f64, weight: f64): i32 {
  const d = dimensionsOf(tree);
  if (!isLearnable(d, x, y, weight)) return Status.OUT_OF_RANGE;
  if (clock != clock) clock = load<f64>(tree, Tree.CLOCK);
  advanceTree(tree, clock);
  const stride = strideOf(d);
  const width = (<usize>d) << 3;
  const record = recordOf(tree, model);
  const decayed = weightOfEvent(tree, clock, weight);
  continuePrompt(tree, x);
  countRow(tree, min(weight, 1), decayed);
  store<f64>(record, max(y, largestOf(record)), Record.LARGEST);
  memory.copy(scratch, x, width);
  store<f64>(scratch + width, y);
  store<f64>(scratch + width, 1, 8);
  for (let j = width + 16; j < stride; j += 8) store<f64>(scratch + j, 0);
  addOuter(momentsOf(record), stride, scratch, width + 16, decayed);
  store<f64>(scratch + width, 0);
  const precision = decayed / load<f64>(record, Record.NOISE);
  if (precision > 1e-300) {
    const factor = factorOf(record, stride);
    rankOneUpdate(factor, stride, d, pivotsOf(record, stride), scratch, precision, at(factor, stride, d, 0), y);
  }
  store<f64>(tree, load<f64>(tree, Tree.ROWS) + 1, Tree.ROWS);
  const rows = load<f64>(record, Record.ROWS) + 1;
  store<f64>(record, rows, Record.ROWS);
  if (advanceTree(tree, clock) == DUE) return DUE;
  return rows >= 2 * load<f64>(record, Record.REBUILT) + FIRST_ROWS_OF_MODEL ? MODEL_DUE : 0;
}

/** Σ K² and Σ K over prompts, K the weight of a prompt's rows: (K + w)² = K² + (2 K + w) w. */
function countRow(tree: usize, weight: f64, decayed: f64): void {
  const before = load<f64>(tree, Tree.RUN_WEIGHT);
  store<f64>(tree, before + weight, Tree.RUN_WEIGHT);
  store<f64>(tree, load<f64>(tree, Tree.PROMPT_SQUARES) + decayed * (2 * before + weight), Tree.PROMPT_SQUARES);
  store<f64>(tree, load<f64>(tree, Tree.PROMPT_WEIGHT) + decayed, Tree.PROMPT_WEIGHT);
}

/** Adds the sums of `other`, which has the same dimensions, models and half-life; it is used up. A rebuild must follow. */
export function mergeTrees(tree: usize, other: usize): void {
  const landmark = max(load<f64>(tree, Tree.LANDMARK), load<f64>(other, Tree.LANDMARK));
  moveLandmark(tree, landmark);
  moveLandmark(other, landmark);
  const stride = strideOf(dimensionsOf(tree));
  addScaled(tree + Tree.PROMPT_SQUARES, 1, other + Tree.PROMPT_SQUARES, 6);
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const mine = recordOf(tree, i - 1);
    const theirs = recordOf(other, i - 1);
    store<f64>(mine, max(largestOf(mine), largestOf(theirs)), Record.LARGEST);
    store<f64>(mine, load<f64>(mine, Record.ROWS) + load<f64>(theirs, Record.ROWS), Record.ROWS);
    const sums = mine + Record.HISTOGRAM;
    addScaled(sums, 1, theirs + Record.HISTOGRAM, <u32>((pivotsOf(mine, stride) - sums) >>> 3));
  }
  const clock = max(load<f64>(tree, Tree.CLOCK), load<f64>(other, Tree.CLOCK));
  store<f64>(tree, load<f64>(tree, Tree.ROWS) + load<f64>(other, Tree.ROWS), Tree.ROWS);
  store<f64>(tree, clock, Tree.CLOCK);
  store<f64>(tree, weightOfEvent(tree, clock, 1), Tree.NOW);
}
