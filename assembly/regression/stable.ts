/**
 * The stable route of a fit: singular values of R instead of eigenvalues of Xᵀ X, and a test whether the answer hangs on rounding.
 */
import { log } from '../math/log';
import { at } from '../linalg/factor';
import { addScaled, dot } from '../linalg/vector';
import { orthogonaliseRows } from '../linalg/orthogonal';
import {
  coefficientsOf,
  dimensionsOf,
  factorOf,
  gramOf,
  Header,
  matrixBytes,
  Scratch,
  strideOf,
  turnsOf,
  vectorOf,
  workOf,
} from './layout';
import { Shifted } from '../linalg/tridiagonal';
import { STEP, Step } from './maximise';

/** Relative error of a singular value that rounding in the largest column can make, in units of the largest. */
const ROUNDING: f64 = 4e-15;
/** Rounding of Xᵀ y, relative to its length. */
const PRODUCT_ROUNDING: f64 = 1e-15;
/** Relative change of σ² + ρ, residuals or coefficients by such errors from which on the result is called indeterminate. */
const LARGEST_CHANGE: f64 = 1e-5;

/** R of the scratch -> rows of B = σ uᵀ (in the factor's place) and of V; squared σ, Uᵀ y and what of y they leave. */
export function prepareStable(block: usize, scratch: usize): bool {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const r = workOf(scratch, stride);
  const b = factorOf(block, stride);
  const v = turnsOf(scratch, stride);
  memory.fill(b, 0, matrixBytes(stride));
  memory.fill(v, 0, matrixBytes(stride));
  for (let j: u32 = 0; j < d; j++) {
    store<f64>(at(v, stride, j, j), 1);
    const constant = load<f64>(at(gramOf(block, stride), stride, j, j)) == 0;
    for (let i: u32 = 0; i <= j; i++) {
      const entry = at(r, stride, i, j);
      if (constant) store<f64>(entry, 0);
      store<f64>(at(b, stride, j, i), load<f64>(entry));
    }
  }
  const settled = orthogonaliseRows(b, v, stride, d, vectorOf(scratch, stride, Scratch.PIVOTS));

  const target = vectorOf(scratch, stride, Scratch.TARGET);
  const rest = vectorOf(scratch, stride, Scratch.TURNED);
  const squared = vectorOf(scratch, stride, Scratch.DIAGONAL);
  const constant = load<f64>(at(gramOf(block, stride), stride, d, d)) == 0;
  for (let i: u32 = 0; i <= d; i++) {
    store<f64>(rest + (i << 3), constant ? 0 : load<f64>(at(r, stride, i, d)));
  }
  store<f64>(rest + (d << 3), 0, 8);
  let rank = 0;
  for (let j: u32 = 0; j < d; j++) {
    const row = at(b, stride, j, 0);
    const square = dot(row, row, d);
    const size = sqrt(square);
    let along = 0.0;
    if (size > 0) {
      along = dot(row, rest, d) / size;
      addScaled(rest, -along / size, row, d);
      rank++;
    }
    store<f64>(squared + (j << 3), square);
    store<f64>(target + (j << 3), along);
  }
  store<f64>(block, <f64>rank, Header.RANK);
  return settled;
}

/** As the fast step, in the basis of the singular vectors; false if the result hangs on rounding that a correct program may make. */
export function stableStep(block: usize, scratch: usize, ratio: f64, noiseRate: f64): bool {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const target = vectorOf(scratch, stride, Scratch.TARGET);
  const rest = vectorOf(scratch, stride, Scratch.TURNED);
  const squared = vectorOf(scratch, stride, Scratch.DIAGONAL);
  const coefficients = coefficientsOf(block, stride);
  memory.fill(coefficients, 0, stride);
  let largest = 0.0;
  for (let j: u32 = 0; j < d; j++) largest = max(largest, load<f64>(squared + (j << 3)));
  const error = ROUNDING * sqrt(largest);
  let logDeterminant = 0.0;
  let size = 0.0;
  let gamma = 0.0;
  let change = 0.0;
  let product = 0.0;
  let slack = 0.0;
  let slackOfMean = 0.0;
  let residuals = dot(rest, rest, d + 1);
  for (let j: u32 = 0; j < d; j++) {
    const square = load<f64>(squared + (j << 3));
    const along = load<f64>(target + (j << 3));
    const sum = square + ratio;
    const share = ratio / sum;
    const value = (sqrt(square) * along) / sum;
    addScaled(coefficients, value, at(turnsOf(scratch, stride), stride, j, 0), d);
    logDeterminant += log(sum);
    size += value * value;
    gamma += square / sum;
    residuals += along * share * (along * share);
    change = max(change, (error * (2 * sqrt(square) + error)) / sum);
    product += square * along * along;
    slack = max(slack, 1 / sum);
    slackOfMean = max(slackOfMean, sqrt(square) / sum);
  }
  store<f64>(STEP, logDeterminant, Shifted.LOG_DETERMINANT);
  store<f64>(STEP, size, Step.SQUARES);
  store<f64>(STEP, residuals, Step.RESIDUALS);
  store<f64>(STEP, gamma, Step.EFFECTIVE);
  // Programs that multiply by Xᵀ y are off by as much along every singular vector.
  const off = PRODUCT_ROUNDING * sqrt(product);
  return (
    change <= LARGEST_CHANGE &&
    off * slack <= LARGEST_CHANGE * sqrt(size) &&
    off * slackOfMean <= LARGEST_CHANGE * sqrt(residuals + 2 * noiseRate)
  );
}
