/**
 * Online Bayesian ridge with forward decay (docs/MATH.md §4, §13).
 *
 * The truth is the decayed sums G = Σ w x xᵀ, Σ w x y, Σ w y², Σ w in units of the landmark's weight; they merge by addition. The factor
 * is a cache of λ r I + α G, r the weight of the present when it was last made from G: an observation is a rank-one update of it. While
 * the present weighs at most 2^(1/16) r the prior's share is off by at most 4.4 %; beyond, it is made anew. Without decay it never is.
 */
import { LANDMARK_SPAN, scale, weightSince } from '../evidence/decay';
import { powerOfTwo } from '../math/exp';
import { at, rankOneUpdate, solveBackward } from '../linalg/factor';
import { addScaled } from '../linalg/vector';
import { coefficientsOf, dimensionsOf, factorOf, gramOf, Header, inversePivotsOf, Status, strideOf } from './layout';
import { makeFactor, makePriorFactor } from './maximise';

/** 2^(1/16) */
const LARGEST_DRIFT: f64 = 1.0442737824274138;
const LARGEST_VALUE: f64 = 1e50;

export function beginOnline(block: usize, halfLife: f64, noisePrecision: f64, weightPrecision: f64): void {
  store<f64>(block, halfLife, Header.HALF_LIFE);
  store<f64>(block, noisePrecision, Header.NOISE_PRECISION);
  store<f64>(block, weightPrecision, Header.WEIGHT_PRECISION);
  store<f64>(block, 1, Header.REFERENCE);
  makePriorFactor(block, weightPrecision);
}

function weightOf(block: usize, clock: f64): f64 {
  return weightSince(load<f64>(block, Header.HALF_LIFE), load<f64>(block, Header.LANDMARK), clock);
}

/** Moves the clock forward (never back), the landmark where it has fallen behind, and makes the factor anew where the prior drifted. */
export function advanceRidge(block: usize, clock: f64): void {
  if (!(clock > load<f64>(block, Header.CLOCK))) return;
  store<f64>(block, clock, Header.CLOCK);
  const halfLife = load<f64>(block, Header.HALF_LIFE);
  if (halfLife == Infinity) return;
  const whole = floor(clock / halfLife);
  const moved = whole - load<f64>(block, Header.LANDMARK) >= LANDMARK_SPAN;
  if (moved) moveLandmark(block, whole);
  const now = weightOf(block, clock);
  store<f64>(block, now, Header.NOW);
  if (moved || now > LARGEST_DRIFT * load<f64>(block, Header.REFERENCE)) rebuild(block);
}

/** The sums in units of a later landmark: an exact power of two. The factor is stale afterwards. */
function moveLandmark(block: usize, landmark: f64): void {
  const halfLives = landmark - load<f64>(block, Header.LANDMARK);
  store<f64>(block, landmark, Header.LANDMARK);
  const stride = strideOf(dimensionsOf(block));
  // Beyond 1,000 half-lives nothing is left, and the power stays in its range.
  const factor = halfLives > 1000 ? 0 : powerOfTwo(-(<i64>halfLives));
  scale(gramOf(block, stride), factorOf(block, stride), factor);
}

/** The factor from the sums, at the present. */
export function rebuild(block: usize): void {
  const now = load<f64>(block, Header.NOW);
  store<f64>(block, now, Header.REFERENCE);
  store<u32>(block, 0, Header.SOLVED);
  makeFactor(block, now);
}

/**
 * Adds `rows` observations: x row-major rows × d (8 more bytes readable), y, clocks (0: all at the present) and weights (0: all 1).
 * `row` is scratch, a stride long. A row that is not finite or beyond ±1e50 stops it before anything has changed.
 */
export function observeRows(
  block: usize,
  row: usize,
  rows: u32,
  x: usize,
  y: usize,
  clocks: usize,
  weights: usize,
): i32 {
  const d = dimensionsOf(block);
  if (!inRange(x, rows * d) || !inRange(y, rows)) return Status.OUT_OF_RANGE;
  for (let i: u32 = 0; i < rows; i++) {
    const clock = clocks ? load<f64>(clocks + (i << 3)) : load<f64>(block, Header.CLOCK);
    advanceRidge(block, clock);
    const weight = weights ? load<f64>(weights + (i << 3)) : 1;
    observe(block, d, row, x + ((<usize>i * d) << 3), load<f64>(y + (i << 3)), weight * weightOf(block, clock));
  }
  return Status.REGULAR;
}

/** Is every value within ±LARGEST_VALUE? NaN is not. */
export function inRange(values: usize, count: u32): bool {
  const largest = f64x2.splat(LARGEST_VALUE);
  let within = i64x2.splat(-1);
  const end = values + ((<usize>count) << 3);
  if (count & 1) within = f64x2.le(f64x2.abs(v128.load64_splat(values)), largest);
  for (values += (<usize>(count & 1)) << 3; values < end; values += 16) {
    within = v128.and(within, f64x2.le(f64x2.abs(v128.load(values)), largest));
  }
  return i64x2.all_true(within);
}

function observe(block: usize, d: u32, row: usize, x: usize, y: f64, weight: f64): void {
  const stride = strideOf(d);
  const width = (<usize>d) << 3;
  store<f64>(block, load<f64>(block, Header.ROWS) + 1, Header.ROWS);
  // As vectors, because they are read as vectors at once: scalar stores would have to reach the cache first.
  for (let j: usize = 0; j < width; j += 16) v128.store(row + j, v128.load(x + j));
  v128.store(row + width, f64x2.replace_lane(f64x2.splat(y), 1, 1));
  for (let j = width + 16; j < stride; j += 8) store<f64>(row + j, 0);
  addOuter(gramOf(block, stride), stride, row, width + 16, weight);
  store<f64>(row + width, 0);
  const precision = weight * load<f64>(block, Header.NOISE_PRECISION);
  // Less than that is nothing beside any prior, and its inverse would not be finite.
  if (precision > 1e-300) {
    const factor = factorOf(block, stride);
    rankOneUpdate(factor, stride, d, inversePivotsOf(block, stride), row, precision, at(factor, stride, d, 0), y);
  }
  store<u32>(block, 0, Header.SOLVED);
}

/** gram += weight row rowᵀ, the upper triangle and, in odd rows, the element before the diagonal, for the sake of whole vectors. */
export function addOuter(gram: usize, stride: usize, row: usize, bytes: usize, weight: f64): void {
  for (let k: usize = 0; k < bytes; k += 8, gram += stride) {
    const f = f64x2.splat(weight * load<f64>(row + k));
    for (let j = k & ~15; j < stride; j += 16) {
      v128.store(gram + j, f64x2.add(v128.load(gram + j), f64x2.mul(f, v128.load(row + j))));
    }
  }
}

/** Coefficients = M⁻¹ α Σ w x y = L⁻ᵀ z, if they are not known yet. */
export function solveCoefficients(block: usize): void {
  if (load<u32>(block, Header.SOLVED)) return;
  store<u32>(block, 1, Header.SOLVED);
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const x = coefficientsOf(block, stride);
  const factor = factorOf(block, stride);
  // With the zero after it: a fit that gave up may have left NaN in the padding.
  memory.copy(x, at(factor, stride, d, 0), (<usize>d + 1) << 3);
  solveBackward(factor, stride, d, x);
}

/** Σ w, decayed to the latest clock. */
export function weightOfRows(block: usize): f64 {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  return load<f64>(at(gramOf(block, stride), stride, d + 1, d + 1)) / load<f64>(block, Header.NOW);
}

/** Adds the sums of `other` (same dimensions and half-life) to those of `block`; its memory is brought to the common landmark. */
export function mergeRidge(block: usize, other: usize): void {
  const clock = max(load<f64>(block, Header.CLOCK), load<f64>(other, Header.CLOCK));
  const landmark = max(load<f64>(block, Header.LANDMARK), load<f64>(other, Header.LANDMARK));
  moveLandmark(block, landmark);
  moveLandmark(other, landmark);
  const stride = strideOf(dimensionsOf(block));
  const from = gramOf(other, stride);
  addScaled(gramOf(block, stride), 1, from, <u32>((factorOf(other, stride) - from) >>> 3));
  store<f64>(block, load<f64>(block, Header.ROWS) + load<f64>(other, Header.ROWS), Header.ROWS);
  store<f64>(block, clock, Header.CLOCK);
  store<f64>(block, weightOf(block, clock), Header.NOW);
  rebuild(block);
}
