/**
 * What the tree does not know beforehand, from the data: scales of the features, precisions of the levels, noise of the models, and how much
 * rows of one prompt agree. docs/MATH.md §19.
 */
import { at } from '../linalg/factor';
import { GROUPS, LEVELS, momentsOf, precisionAt, Record, recordOf, recordsOf, scalesOf, Tree } from './layout';
import { weightOf } from './pass';
import { d, Deviation, deviations, Residual, residuals, stride, tree, Vector, vectorOf, width } from './scratch';

/** Share of a group's mean variance that every feature of it has at least: what hardly ever varied is not known to matter hugely. */
const SMALLEST_SHARE: f64 = 0.01;
/** A group whose variance is this share of its mean square, or less, is constant; no scale is smaller, which bounds condition numbers. */
const CONSTANT: f64 = 1e-8;
const SMALLEST_SCALE: f64 = 1e-30;
/** Variance of a deviation, in units of the noise, that is guessed beforehand: of levels, of effects. */
const LEVEL_GUESS: f64 = 0.35;
const EFFECT_GUESS: f64 = 0.01;
/** Weights that a guess is worth. */
const GUESS_WEIGHT: f64 = 2;
/** The same for the root's level, of which there is one. */
const ROOT_GUESS_WEIGHT: f64 = 1;
/** Most that one step changes a precision by. */
const LARGEST_STEP: f64 = 4;
const LARGEST_PRECISION: f64 = 1e6;
/** Observations that a model's noise borrows from all models. */
const NOISE_WEIGHT: f64 = 20;
const SMALLEST_NOISE: f64 = 1e-9;
/** Correlation within a prompt that is guessed, and the pairs this is worth. */
const INTRACLASS_GUESS: f64 = 0.3;
const INTRACLASS_PAIRS: f64 = 50;
const LARGEST_INTRACLASS: f64 = 0.95;

/**
 * v: the variance of each surface feature over all rows, for others the mean variance of their group; 1 where a group never varied to speak of: what is left of rows
 * long forgotten must not set a scale, nor rows whose features differ by many powers of ten leave no digit.
 */
export function estimateScales(): void {
  const scales = scalesOf(tree, stride);
  const floors = vectorOf(Vector.CROSS); // not in use yet
  const surfaceEnd = load<u32>(tree, Tree.SURFACE_END);
  store<f64>(scales, 1);
  for (let from: u32 = 1, end = surfaceEnd, group: u32 = 1; group < GROUPS; group++) {
    let mean = 0.0;
    let floor = SMALLEST_SCALE;
    for (let j = from; j < end; j++) {
      storeVariance(j, scales + (j << 3), floors + (j << 3));
      mean += load<f64>(scales + (j << 3)) / <f64>(end - from);
      floor += load<f64>(floors + (j << 3));
    }
    for (let j = from; j < end; j++) {
      const scale = scales + (j << 3);
      const value = group == 1 ? load<f64>(scale) + SMALLEST_SHARE * mean : mean;
      store<f64>(scale, max(mean > floor ? value : 1, load<f64>(floors + (j << 3))));
    }
    from = end;
    end = d;
  }
}

/** Variance of a feature, and CONSTANT of its mean square. */
function storeVariance(j: u32, variance: usize, constant: usize): void {
  let squares = 0.0;
  let sum = 0.0;
  let weight = SMALLEST_SCALE;
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const record = recordOf(tree, i - 1);
    const row = at(momentsOf(record), stride, j, 0);
    squares += load<f64>(row + (j << 3));
    sum += load<f64>(row + width, 8);
    weight += weightOf(record, stride, d);
  }
  squares /= weight;
  store<f64>(variance, max(squares - (sum / weight) * (sum / weight), 0));
  store<f64>(constant, CONSTANT * squares);
}

/** Before the first estimate the precisions are the guesses. */
export function guess(): void {
  for (let level: u32 = 0; level < LEVELS; level++) {
    for (let group: u32 = 0; group < GROUPS; group++) {
      store<f64>(precisionAt(tree, level, group), 1 / guessedVariance(level, group));
    }
  }
}

function guessedVariance(level: u32, group: u32): f64 {
  if (group > 0) return EFFECT_GUESS * load<f64>(tree, Tree.NOISE);
  return level == 0 ? load<f64>(tree, Tree.PRIOR_LEVEL) : LEVEL_GUESS * load<f64>(tree, Tree.NOISE);
}

/** r = (λ v)^(−1/2) of every level. */
export function storeEdges(): void {
  const scales = scalesOf(tree, stride);
  const surfaceEnd = (<usize>load<u32>(tree, Tree.SURFACE_END)) << 3;
  for (let level: u32 = 0; level < LEVELS; level++) {
    const r = vectorOf(Vector.EDGES + level);
    for (let j: usize = 0; j < width; j += 8) {
      const group: u32 = j == 0 ? 0 : j < surfaceEnd ? 1 : 2;
      store<f64>(r + j, 1 / sqrt(load<f64>(precisionAt(tree, level, group)) * load<f64>(scales + j)));
    }
  }
}

/** λ ← (γ + a)/(Σ v δ² + a s²) at the levels from `first` to before `end` (MacKay 1992), s² the guess and a its weight. */
export function estimatePrecisions(first: u32, end: u32): void {
  for (let level = first; level < end; level++) {
    for (let group: u32 = 0; group < GROUPS; group++) {
      const sums = deviations + <usize>(level * GROUPS + group) * Deviation.BYTES;
      const precision = precisionAt(tree, level, group);
      const last = load<f64>(precision);
      const worth = level + group == 0 ? ROOT_GUESS_WEIGHT : GUESS_WEIGHT;
      const determined = max(load<f64>(sums, Deviation.DETERMINED), 0) + worth;
      const squares = load<f64>(sums, Deviation.SQUARES) / last + worth * guessedVariance(level, group);
      const next = min(max(determined / squares, last / LARGEST_STEP), last * LARGEST_STEP);
      store<f64>(precision, min(next, LARGEST_PRECISION / load<f64>(tree, Tree.NOISE)));
    }
  }
}

/** Noise of all models together, then of each, drawn towards it. */
export function estimateNoise(): void {
  let squares = GUESS_WEIGHT * load<f64>(tree, Tree.PRIOR_NOISE);
  let freedom = GUESS_WEIGHT;
  const smallest = SMALLEST_NOISE * load<f64>(tree, Tree.PRIOR_LEVEL);
  let out = residuals;
  for (let i = recordsOf(tree); i > 0; i--, out += Residual.BYTES) {
    squares += load<f64>(out, Residual.SQUARES);
    freedom += load<f64>(out, Residual.FREEDOM);
  }
  const pooled = max(squares / freedom, smallest);
  store<f64>(tree, pooled, Tree.NOISE);
  out = residuals;
  for (let i: u32 = 0; i < recordsOf(tree); i++, out += Residual.BYTES) {
    const sum = load<f64>(out, Residual.SQUARES) + NOISE_WEIGHT * pooled;
    const noise = sum / (load<f64>(out, Residual.FREEDOM) + NOISE_WEIGHT);
    store<f64>(recordOf(tree, i - 1), max(noise, smallest), Record.NOISE);
  }
}

/** ρ: mean product of the standardised residuals of two rows of a prompt, over their mean square. */
export function estimateIntraclass(): void {
  const now = load<f64>(tree, Tree.NOW);
  const products = load<f64>(tree, Tree.PAIR_PRODUCTS) / now;
  const pairs = load<f64>(tree, Tree.PAIR_WEIGHT) / now;
  const weight = load<f64>(tree, Tree.RESIDUAL_WEIGHT);
  const square = weight > 0 ? load<f64>(tree, Tree.RESIDUAL_SQUARES) / weight : 1;
  const product = square > 0 ? products / square : 0;
  const mean = (product + INTRACLASS_PAIRS * INTRACLASS_GUESS) / (pairs + INTRACLASS_PAIRS);
  store<f64>(tree, min(max(mean, 0), LARGEST_INTRACLASS), Tree.INTRACLASS);
}
