/**
 * Bayesian ridge, slowly: dense Gaussian elimination of λI + αXᵀX at every iteration, residuals row by row, and the evidence of the
 * n × n covariance of the targets. Shares neither method nor code with the kernel (no eigenvalues, no factor, no second moments kept).
 */

export interface ReferenceOptions {
  readonly intercept: boolean;
  readonly noisePriorShape: number;
  readonly noisePriorRate: number;
  readonly weightPriorShape: number;
  readonly weightPriorRate: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

export interface ReferenceFit {
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly noisePrecision: number;
  readonly weightPrecision: number;
  readonly iterations: number;
  readonly logEvidence: number;
  predict(row: readonly number[]): { readonly mean: number; readonly variance: number };
}

type Matrix = number[][];

/** Unweighted. `x` is a list of rows. */
export function referenceFit(
  x: Matrix,
  y: readonly number[],
  options: ReferenceOptions,
): ReferenceFit {
  const n = y.length;
  const d = x[0]!.length;
  const xMean = x[0]!.map((_, j) => (options.intercept ? mean(x.map((row) => row[j]!)) : 0));
  const yMean = options.intercept ? mean(y) : 0;
  const rows = x.map((row) => row.map((value, j) => value - xMean[j]!));
  const targets = y.map((value) => value - yMean);
  const variance = mean(y.map((value) => (value - mean(y)) ** 2));
  let alpha = 1 / (variance + Number.EPSILON);
  let lambda = 1;
  let { weights, inverse } = posterior(rows, targets, alpha, lambda);
  let iterations = 0;
  for (let last: number[] | undefined; iterations < options.maxIterations;) {
    const gamma = d - lambda * sum(inverse.map((row, i) => row[i]!));
    const squares = sum(weights.map((w) => w * w));
    const residuals = sum(rows.map((row, i) => (targets[i]! - dot(row, weights)) ** 2));
    lambda = (gamma + 2 * options.weightPriorShape) / (squares + 2 * options.weightPriorRate);
    alpha = (n - gamma + 2 * options.noisePriorShape) / (residuals + 2 * options.noisePriorRate);
    iterations++;
    const change = last ? sum(weights.map((w, j) => Math.abs(w - last![j]!))) : Infinity;
    last = weights;
    ({ weights, inverse } = posterior(rows, targets, alpha, lambda));
    if (change < options.tolerance) break;
  }
  return {
    coefficients: weights,
    intercept: yMean - dot(xMean, weights),
    noisePrecision: alpha,
    weightPrecision: lambda,
    iterations,
    logEvidence: evidence(rows, targets, alpha, lambda, options),
    predict: (row) => {
      const centred = row.map((value, j) => value - xMean[j]!);
      return {
        mean: yMean + dot(centred, weights),
        variance: dot(
          centred,
          inverse.map((line) => dot(line, centred)),
        ),
      };
    },
  };
}

/** Mean and covariance of the weights: (λI + αXᵀX)⁻¹ and its product with αXᵀy. */
export function posterior(
  rows: Matrix,
  targets: readonly number[],
  alpha: number,
  lambda: number,
  rowWeights: readonly number[] = targets.map(() => 1),
): { weights: number[]; inverse: Matrix } {
  const d = rows[0]!.length;
  const precision = Array.from({ length: d }, (_, i) =>
    Array.from(
      { length: d },
      (_, j) =>
        (i === j ? lambda : 0) +
        alpha * sum(rows.map((row, r) => rowWeights[r]! * row[i]! * row[j]!)),
    ),
  );
  const inverse = invert(precision).inverse;
  const moment = Array.from(
    { length: d },
    (_, j) => alpha * sum(rows.map((row, r) => rowWeights[r]! * row[j]! * targets[r]!)),
  );
  return { weights: inverse.map((row) => dot(row, moment)), inverse };
}

/** log N(y; 0, I/α + XXᵀ/λ) plus the hyper-priors' logarithms, as scikit-learn counts them. */
function evidence(
  rows: Matrix,
  y: readonly number[],
  alpha: number,
  lambda: number,
  options: ReferenceOptions,
): number {
  const covariance = rows.map((a, i) =>
    rows.map((b, j) => (i === j ? 1 / alpha : 0) + dot(a, b) / lambda),
  );
  const { inverse, logDeterminant } = invert(covariance);
  const fit = dot(
    y,
    inverse.map((row) => dot(row, y)),
  );
  return (
    options.weightPriorShape * Math.log(lambda) -
    options.weightPriorRate * lambda +
    options.noisePriorShape * Math.log(alpha) -
    options.noisePriorRate * alpha -
    0.5 * (y.length * Math.log(2 * Math.PI) + logDeterminant + fit)
  );
}

/** Gauss–Jordan with partial pivoting. */
function invert(matrix: Matrix): { inverse: Matrix; logDeterminant: number } {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  let logDeterminant = 0;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(work[i]![k]!) > Math.abs(work[best]![k]!)) best = i;
    [work[k], work[best]] = [work[best]!, work[k]!];
    const pivot = work[k]![k]!;
    logDeterminant += Math.log(Math.abs(pivot));
    work[k] = work[k]!.map((value) => value / pivot);
    for (let i = 0; i < n; i++) {
      const factor = work[i]![k]!;
      if (i === k || factor === 0) continue;
      work[i] = work[i]!.map((value, j) => value - factor * work[k]![j]!);
    }
  }
  return { inverse: work.map((row) => row.slice(n)), logDeterminant };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, i) => value * b[i]!));
