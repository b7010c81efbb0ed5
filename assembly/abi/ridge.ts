import { addRows, beginAgain, finishMoments } from '../regression/design';
import {
  centreOf,
  coefficientsOf,
  dimensionsOf,
  fitScratchBytes,
  initRidge,
  pathOf,
  ridgeBytes,
  strideOf,
} from '../regression/layout';
import { maximise } from '../regression/maximise';
import {
  advanceRidge,
  beginOnline,
  mergeRidge,
  observeRows,
  rebuild,
  solveCoefficients,
  weightOfRows,
} from '../regression/online';
import { predictRows, predictScratchBytes } from '../regression/predict';

/** Bytes of a regression block of d = 1 … 256 features; its layout is in `assembly/regression/layout.ts`. */
export function ridge_bytes(d: u32): usize {
  return ridgeBytes(d);
}

/** Bytes of the scratch of a fit. */
export function ridge_fit_bytes(d: u32, iterations: u32): usize {
  return fitScratchBytes(d, iterations);
}

/** Bytes of the scratch of a prediction, or of `ridge_observe`. */
export function ridge_predict_bytes(d: u32): usize {
  return predictScratchBytes(d);
}

/** An empty regression in a zeroed block; with an intercept, features and target are centred. */
export function ridge_init(ridge: usize, d: u32, intercept: u32): void {
  initRidge(ridge, d, intercept);
}

/** Adds rows to what a fit is made from. 24 bytes after x must be readable. `weights` may be 0. */
export function ridge_add_rows(
  ridge: usize,
  scratch: usize,
  rows: u32,
  x: usize,
  y: usize,
  weights: usize,
  stable: u32,
): void {
  addRows(ridge, scratch, rows, x, y, weights, stable);
}

/** After the last row. Status: 0 go on to the fit, 4 begin again, 5 a value is not finite or beyond ±1e50, 6 no weight. */
export function ridge_finish_rows(ridge: usize): i32 {
  return finishMoments(ridge);
}

/** Readies for the same rows once more, centred on the mean now known: after status 4, or (`stable` = 1) 3 of the fit. */
export function ridge_begin_again(ridge: usize, scratch: usize, stable: u32): void {
  beginAgain(ridge, scratch, stable);
}

/**
 * Evidence maximisation; also re-estimates the precisions of an online regression. A precision to start from may be NaN (1/variance of y, 1). Status:
 * 0 regular, 1 ill-conditioned and solved by the stable route, 2 solved but indeterminate, 3 the stable route is needed (nothing changed).
 */
export function ridge_fit(
  ridge: usize,
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
  return maximise(
    ridge,
    scratch,
    noiseShape,
    noiseRate,
    weightShape,
    weightRate,
    tolerance,
    iterations,
    noisePrecision,
    weightPrecision,
    stable,
  );
}

/** Address of the log evidence before each iteration and at the end: iterations + 1 f64 in the scratch of a fit. */
export function ridge_path(scratch: usize, d: u32): usize {
  return pathOf(scratch, strideOf(d));
}

/** Address of the means of the features, then of the target (zeros without an intercept). */
export function ridge_centre(ridge: usize): usize {
  return centreOf(ridge);
}

/** Address of the coefficients, brought up to date. */
export function ridge_coefficients(ridge: usize): usize {
  solveCoefficients(ridge);
  return coefficientsOf(ridge, strideOf(dimensionsOf(ridge)));
}

/** Makes an empty regression without intercept an online one. `halfLife` in clock units, Infinity: no forgetting. */
export function ridge_begin_online(ridge: usize, halfLife: f64, noisePrecision: f64, weightPrecision: f64): void {
  beginOnline(ridge, halfLife, noisePrecision, weightPrecision);
}

/** Observes rows; `clocks` and `weights` may be 0. Status 5, and nothing changed, for a value not finite or beyond ±1e50. */
export function ridge_observe(
  ridge: usize,
  scratch: usize,
  rows: u32,
  x: usize,
  y: usize,
  clocks: usize,
  weights: usize,
): i32 {
  return observeRows(ridge, scratch, rows, x, y, clocks, weights);
}

/** Moves the clock forward, never back. */
export function ridge_advance(ridge: usize, clock: f64): void {
  advanceRidge(ridge, clock);
}

/** Sum of the weights, decayed to the latest clock. */
export function ridge_weight(ridge: usize): f64 {
  return weightOfRows(ridge);
}

/** Makes the factor anew from the sums. */
export function ridge_rebuild(ridge: usize): void {
  rebuild(ridge);
}

/** Adds the sums of `other`, of equal dimensions and half-life; its block is used up. */
export function ridge_merge(ridge: usize, other: usize): void {
  mergeRidge(ridge, other);
}

/** Means, epistemic variances (or 0) and standard deviations with noise (or 0) of rows. 8 bytes after x must be readable. */
export function ridge_predict(
  ridge: usize,
  scratch: usize,
  rows: u32,
  x: usize,
  mean: usize,
  epistemic: usize,
  sd: usize,
): void {
  predictRows(ridge, scratch, rows, x, mean, epistemic, sd);
}
