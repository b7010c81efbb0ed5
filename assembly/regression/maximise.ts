/**
 * Evidence maximisation (MacKay 1992, doi:10.1162/neco.1992.4.3.415; Tipping 2001, JMLR 1:211, appendix A) for
 * y = x·w + ε, w ~ N(0, 1/λ), ε ~ N(0, 1/α), with Gamma hyper-priors on α and λ. Iterates as scikit-learn's BayesianRidge does:
 * same start, same updates, same rule to stop. docs/MATH.md §13.
 *
 * The fast route reduces the second moments to tridiagonal form once. It gives up (NEEDS_STABLE) where Xᵀ X has lost too much: a column that is
 * nearly a combination of others, a condition number of Xᵀ X + λ/α I above LARGEST_CONDITION, or residuals that are rounding.
 */
import { log } from '../math/log';
import { at, factorise, rankOneUpdate, solveForward } from '../linalg/factor';
import { dot } from '../linalg/vector';
import { applyReflections, Shifted, solveShifted, tridiagonalise } from '../linalg/tridiagonal';
import {
  coefficientsOf,
  dimensionsOf,
  factorOf,
  gramOf,
  Header,
  inversePivotsOf,
  matrixBytes,
  pathOf,
  Scratch,
  Status,
  strideOf,
  turnsOf,
  vectorOf,
  workOf,
} from './layout';
import { prepareStable, stableStep } from './stable';

/** ε · 1e8 is two digits below what is promised. */
const LARGEST_CONDITION: f64 = 1e8;
/** A column of which less than this is its own: √ of it is what cosines lose. */
const SMALLEST_SHARE: f64 = 1e-8;
/** Residual over total sum of squares: below, the difference that gives it is rounding. */
const SMALLEST_RESIDUAL: f64 = 1e-8;
const SMALLEST_PRECISION: f64 = 1e-150;
const LARGEST_PRECISION: f64 = 1e150;
const EPSILON: f64 = 2.220446049250313e-16;
const LOG_2PI: f64 = 1.8378770664093453;

/** What a step at one ratio ρ = λ/α leaves in the header of `STEP`. */
export namespace Step {
  export const SQUARES: usize = 16; // ‖w‖², after the two of Shifted
  export const RESIDUALS: usize = 24; // ‖y − X w‖²
  export const EFFECTIVE: usize = 32; // γ
}
export const STEP = memory.data(48, 16);

/**
 * Fits `block` from its second moments (decayed to the present), or from R in the scratch where `stable`. NaN for a precision to start
 * from: 1/(variance of y) and 1. Returns a Status; with NEEDS_STABLE the block keeps its precisions and factor.
 */
// @ts-ignore: decorator
@inline
export function maximise(
  block: usize,
  scratch: usize,
  noiseShape: f64,
  noiseRate: f64,
  weightShape: f64,
  weightRate: f64,
  tolerance: f64,
  iterations: u32,
  noisePrecision: f64,
  weightPrecision: f64,
  stable: u32,
): i32 {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const now = load<f64>(block, Header.NOW);
  const gram = gramOf(block, stride);
  const coefficients = coefficientsOf(block, stride);
  const old = vectorOf(scratch, stride, Scratch.OLD);
  const path = pathOf(scratch, stride);
  const weight = load<f64>(at(gram, stride, d + 1, d + 1)) / now;
  const squares = load<f64>(at(gram, stride, d, d)) / now;
  let alpha = noisePrecision;
  if (alpha != alpha) {
    const mean = load<u32>(block, Header.CENTRED) ? 0 : load<f64>(at(gram, stride, d, d + 1)) / now / weight;
    alpha = 1 / (max(squares / weight - mean * mean, 0) + EPSILON);
  }
  let lambda = weightPrecision != weightPrecision ? 1 : weightPrecision;
  let settled = true;
  if (stable) settled = prepareStable(block, scratch);
  else if (!prepareFast(block, scratch, now)) return Status.NEEDS_STABLE;

  let converged = false;
  let count: u32 = 0;
  let bounded = false;
  let sound = true;
  for (;;) {
    const ratio = lambda / alpha;
    if (stable) sound = stableStep(block, scratch, ratio, noiseRate);
    else if (!fastStep(block, scratch, ratio, squares)) {
      store<u32>(block, 0, Header.SOLVED); // the coefficients of an online regression are lost
      return Status.NEEDS_STABLE;
    }
    const size = load<f64>(STEP, Step.SQUARES);
    const residuals = load<f64>(STEP, Step.RESIDUALS);
    const gamma = load<f64>(STEP, Step.EFFECTIVE);
    const logLambda = log(lambda);
    const logAlpha = log(alpha);
    const logEvidence =
      weightShape * logLambda -
      weightRate * lambda +
      noiseShape * logAlpha -
      noiseRate * alpha +
      0.5 *
        (<f64>d * (logLambda - logAlpha) +
          weight * (logAlpha - LOG_2PI) -
          alpha * residuals -
          lambda * size -
          load<f64>(STEP, Shifted.LOG_DETERMINANT));
    store<f64>(path + ((<usize>count) << 3), logEvidence);
    if (converged || count == iterations) {
      store<f64>(block, logEvidence, Header.LOG_EVIDENCE);
      store<f64>(block, gamma, Header.EFFECTIVE_PARAMETERS);
      break;
    }
    const nextLambda = bound((gamma + 2 * weightShape) / (size + 2 * weightRate), lambda);
    const nextAlpha = bound((weight - gamma + 2 * noiseShape) / (residuals + 2 * noiseRate), alpha);
    bounded = isBound(nextLambda) || isBound(nextAlpha);
    lambda = nextLambda;
    alpha = nextAlpha;
    if (count > 0) {
      let change = 0.0;
      for (let j: u32 = 0; j < d; j++) {
        change += abs(load<f64>(old + (j << 3)) - load<f64>(coefficients + (j << 3)));
      }
      converged = change < tolerance;
    }
    memory.copy(old, coefficients, (<usize>d) << 3);
    count++;
  }
  store<f64>(block, alpha, Header.NOISE_PRECISION);
  store<f64>(block, lambda, Header.WEIGHT_PRECISION);
  store<f64>(block, <f64>count, Header.ITERATIONS);
  store<u32>(block, <u32>converged, Header.CONVERGED);
  store<u32>(block, 1, Header.SOLVED);
  if (stable) makeFactorOfRows(block, scratch);
  else makeFactor(block, now);
  store<f64>(block, now, Header.REFERENCE);
  if (bounded || !sound || !settled) return Status.INDETERMINATE;
  return stable ? Status.ILL_CONDITIONED : Status.REGULAR;
}

/** A precision that stays a number: 0/0 keeps the last one. */
function bound(value: f64, last: f64): f64 {
  if (value != value) return last;
  return min(max(value, SMALLEST_PRECISION), LARGEST_PRECISION);
}

function isBound(value: f64): bool {
  return value == SMALLEST_PRECISION || value == LARGEST_PRECISION;
}

/** Copies S/now to the work matrix, tests the rank of another copy, and reduces it. */
function prepareFast(block: usize, scratch: usize, now: f64): bool {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const work = workOf(scratch, stride);
  const gram = gramOf(block, stride);
  const target = vectorOf(scratch, stride, Scratch.TARGET);
  const pivots = vectorOf(scratch, stride, Scratch.PIVOTS);
  copyScaled(gram, work, stride, d, 1 / now, 0);
  const trial = turnsOf(scratch, stride); // free on this route
  memory.copy(trial, work, matrixBytes(stride));
  if (!factorise(trial, stride, d, 0, SMALLEST_SHARE, pivots)) return false;
  store<f64>(block, <f64>d, Header.RANK);
  for (let j: u32 = 0; j < d; j++) store<f64>(target + (j << 3), load<f64>(at(gram, stride, j, d)) / now);
  store<f64>(target + (d << 3), 0);
  const factors = vectorOf(scratch, stride, Scratch.FACTORS);
  const diagonal = vectorOf(scratch, stride, Scratch.DIAGONAL);
  const beside = vectorOf(scratch, stride, Scratch.BESIDE);
  tridiagonalise(work, stride, d, diagonal, beside, factors, pivots);
  applyReflections(work, stride, d, factors, target, false);
  return true;
}

/** to := factor · from + shift · I, upper triangle of the features alone; zeros beyond. */
function copyScaled(from: usize, to: usize, stride: usize, d: u32, factor: f64, shift: f64): void {
  const width = (<usize>d) << 3;
  for (let i: usize = 0; i < width; i += 8) {
    for (let j = i; j < width; j += 8) store<f64>(to + j, factor * load<f64>(from + j));
    store<f64>(to + i, load<f64>(to + i) + shift);
    store<f64>(to + width, 0);
    from += stride;
    to += stride;
  }
}

function fastStep(block: usize, scratch: usize, ratio: f64, squares: f64): bool {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const diagonal = vectorOf(scratch, stride, Scratch.DIAGONAL);
  const beside = vectorOf(scratch, stride, Scratch.BESIDE);
  const target = vectorOf(scratch, stride, Scratch.TARGET);
  const coefficients = coefficientsOf(block, stride);
  const pivots = vectorOf(scratch, stride, Scratch.PIVOTS);
  solveShifted(diagonal, beside, d, ratio, target, coefficients, pivots, STEP);
  const size = dot(coefficients, coefficients, d);
  const residuals = squares - dot(target, coefficients, d) - ratio * size;
  const trace = load<f64>(STEP, Shifted.TRACE);
  const condition = (norm(diagonal, beside, d) + ratio) * trace;
  store<f64>(block, condition, Header.CONDITION);
  store<f64>(STEP, size, Step.SQUARES);
  store<f64>(STEP, residuals, Step.RESIDUALS);
  store<f64>(STEP, max(<f64>d - ratio * trace, 0), Step.EFFECTIVE);
  const factors = vectorOf(scratch, stride, Scratch.FACTORS);
  applyReflections(workOf(scratch, stride), stride, d, factors, coefficients, true);
  return condition <= LARGEST_CONDITION && (residuals > SMALLEST_RESIDUAL * squares || squares == 0);
}

/** Largest absolute row sum of T. */
function norm(diagonal: usize, beside: usize, d: u32): f64 {
  let largest = 0.0;
  let above = 0.0;
  for (let i: u32 = 0; i < d; i++) {
    const below = abs(load<f64>(beside + (i << 3)));
    largest = max(largest, above + abs(load<f64>(diagonal + (i << 3))) + below);
    above = below;
  }
  return largest;
}

/** Factor of λ now I + α S, the posterior precision times now, and z = D⁻¹ L⁻¹ α Σ w x y below it. */
export function makeFactor(block: usize, now: f64): void {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const factor = factorOf(block, stride);
  const prior = load<f64>(block, Header.WEIGHT_PRECISION) * now;
  const gram = gramOf(block, stride);
  const inverse = inversePivotsOf(block, stride);
  const alpha = load<f64>(block, Header.NOISE_PRECISION);
  copyScaled(gram, factor, stride, d, alpha, prior);
  factorise(factor, stride, d, prior, 0, inverse);
  const z = at(factor, stride, d, 0);
  for (let j: u32 = 0; j < d; j++) store<f64>(z + (j << 3), alpha * load<f64>(at(gram, stride, j, d)));
  store<f64>(z + (d << 3), 0);
  solveForward(factor, stride, d, inverse, z);
}

/** Factor of λ I. */
export function makePriorFactor(block: usize, prior: f64): void {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  memory.fill(factorOf(block, stride), 0, matrixBytes(stride));
  for (let j: u32 = 0; j < d; j++) {
    store<f64>(at(factorOf(block, stride), stride, j, j), 1);
    store<f64>(inversePivotsOf(block, stride) + (j << 3), 1 / prior);
  }
}

/** Factor of λ I + α Rᵀ R by one update a row of R: squares nothing. */
function makeFactorOfRows(block: usize, scratch: usize): void {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const row = vectorOf(scratch, stride, Scratch.OLD);
  const inverse = inversePivotsOf(block, stride);
  const alpha = load<f64>(block, Header.NOISE_PRECISION);
  makePriorFactor(block, load<f64>(block, Header.WEIGHT_PRECISION));
  for (let i: u32 = 0; i < d; i++) {
    memory.copy(row, at(workOf(scratch, stride), stride, i, 0), (<usize>d) << 3);
    memory.fill(row, 0, (<usize>i) << 3);
    store<f64>(row + (d << 3), 0);
    rankOneUpdate(
      factorOf(block, stride),
      stride,
      d,
      inverse,
      row,
      alpha,
      at(factorOf(block, stride), stride, d, 0),
      0,
    );
  }
}
