/**
 * Bayesian ridge by evidence maximisation (MacKay 1992) in plain TypeScript: centred Gram matrix, a Cholesky factor an iteration,
 * the stopping rule and hyper-priors of scikit-learn's defaults.
 */

const HYPER_PRIOR = 1e-6;
const TOLERANCE = 1e-3;
const MOST_ITERATIONS = 300;

export interface PlainRidge {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly featureMeans: Float64Array;
  readonly noisePrecision: number;
  /** Row-major d × d. */
  readonly covariance: Float64Array;
}

interface Moments {
  readonly rows: number;
  readonly featureMeans: Float64Array;
  readonly targetMean: number;
  /** Of centred features, row-major, both triangles. */
  readonly gram: Float64Array;
  readonly featuresTargets: Float64Array;
  readonly targetsTargets: number;
}

export function plainFit(
  features: Float64Array,
  targets: Float64Array,
  dimensions: number,
): PlainRidge {
  const moments = momentsOf(features, targets, dimensions);
  const { rows, gram, featuresTargets, targetsTargets } = moments;
  const d = dimensions;
  let noise = 1 / (targetsTargets / rows + Number.EPSILON);
  let weight = 1;
  let old = new Float64Array(d);
  const inverse = new Float64Array(d * d);
  const solve = () => {
    invert(gram, noise, weight, d, inverse);
    return product(inverse, featuresTargets, d).map((value) => noise * value);
  };
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const w = solve();
    let trace = 0;
    for (let i = 0; i < d; i++) trace += inverse[i * d + i]!;
    const effective = d - weight * trace;
    const residual = targetsTargets - 2 * dot(w, featuresTargets) + dot(w, product(gram, w, d));
    weight = (effective + 2 * HYPER_PRIOR) / (dot(w, w) + 2 * HYPER_PRIOR);
    noise = (rows - effective + 2 * HYPER_PRIOR) / (residual + 2 * HYPER_PRIOR);
    let moved = 0;
    for (let i = 0; i < d; i++) moved += Math.abs(w[i]! - old[i]!);
    if (iteration > 0 && moved < TOLERANCE) break;
    old = w;
  }
  const coefficients = solve();
  return {
    coefficients,
    intercept: moments.targetMean - dot(coefficients, moments.featureMeans),
    featureMeans: moments.featureMeans,
    noisePrecision: noise,
    covariance: inverse,
  };
}

/** Mean and sd (noise and weights) of every row. */
export function plainPredictInto(
  model: PlainRidge,
  rows: Float64Array,
  mean: Float64Array,
  sd: Float64Array,
): void {
  const { coefficients, covariance, featureMeans, intercept, noisePrecision } = model;
  const d = coefficients.length;
  const x = new Float64Array(d);
  for (let i = 0; i < mean.length; i++) {
    let sum = intercept;
    for (let j = 0; j < d; j++) {
      const value = rows[i * d + j]!;
      sum += value * coefficients[j]!;
      x[j] = value - featureMeans[j]!;
    }
    let variance = 1 / noisePrecision;
    for (let j = 0; j < d; j++) {
      let inner = 0.5 * covariance[j * d + j]! * x[j]!;
      for (let k = 0; k < j; k++) inner += covariance[j * d + k]! * x[k]!;
      variance += 2 * x[j]! * inner;
    }
    mean[i] = sum;
    sd[i] = Math.sqrt(variance);
  }
}

/** Moments about a first row near the means, then moved to the means: one pass over the rows. */
function momentsOf(features: Float64Array, targets: Float64Array, d: number): Moments {
  const rows = targets.length;
  const shift = features.slice(0, d);
  const targetShift = targets[0]!;
  const gram = new Float64Array(d * d);
  const [sums, featuresTargets, x] = [0, 1, 2].map(() => new Float64Array(d)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let targetSum = 0;
  let targetsTargets = 0;
  for (let row = 0; row < rows; row++) {
    const y = targets[row]! - targetShift;
    targetSum += y;
    targetsTargets += y * y;
    for (let i = 0; i < d; i++) {
      const value = features[row * d + i]! - shift[i]!;
      x[i] = value;
      sums[i]! += value;
      featuresTargets[i]! += value * y;
    }
    for (let i = 0; i < d; i++) {
      const value = x[i]!;
      const at = i * d;
      for (let j = 0; j <= i; j++) gram[at + j]! += value * x[j]!;
    }
  }
  for (let i = 0; i < d; i++) {
    featuresTargets[i]! -= (sums[i]! * targetSum) / rows;
    for (let j = 0; j <= i; j++) {
      const value = gram[i * d + j]! - (sums[i]! * sums[j]!) / rows;
      gram[i * d + j] = value;
      gram[j * d + i] = value;
    }
  }
  return {
    rows,
    featureMeans: sums.map((sum, i) => shift[i]! + sum / rows),
    targetMean: targetShift + targetSum / rows,
    gram,
    featuresTargets,
    targetsTargets: targetsTargets - (targetSum * targetSum) / rows,
  };
}

/** (noise · gram + weight · I)⁻¹ through its Cholesky factor L: L⁻¹, then L⁻ᵀL⁻¹. */
function invert(
  gram: Float64Array,
  noise: number,
  weight: number,
  d: number,
  inverse: Float64Array,
): void {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = noise * gram[i * d + j]! + (i === j ? weight : 0);
      for (let k = 0; k < j; k++) sum -= l[i * d + k]! * l[j * d + k]!;
      l[i * d + j] = i === j ? Math.sqrt(sum) : sum / l[j * d + j]!;
    }
  }
  // Rows of m are columns of L⁻¹, so that all inner loops run along rows.
  const m = new Float64Array(d * d);
  for (let j = 0; j < d; j++) {
    m[j * d + j] = 1 / l[j * d + j]!;
    for (let i = j + 1; i < d; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= l[i * d + k]! * m[j * d + k]!;
      m[j * d + i] = sum / l[i * d + i]!;
    }
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < d; k++) sum += m[i * d + k]! * m[j * d + k]!;
      inverse[i * d + j] = sum;
      inverse[j * d + i] = sum;
    }
  }
}

function product(matrix: Float64Array, vector: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j]! * vector[j]!;
    out[i] = sum;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
