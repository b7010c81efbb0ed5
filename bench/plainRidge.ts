/**
 * Bayesian ridge in plain TypeScript, as one would write it with care but without WebAssembly: typed arrays, no allocation in the loops,
 * second moments of centred data, one Cholesky factor an iteration. No stable route.
 */

export interface PlainFit {
  readonly coefficients: Float64Array;
  readonly centre: Float64Array;
  readonly noisePrecision: number;
  readonly weightPrecision: number;
  /** Lower triangle of L with L Lᵀ = λI + αXᵀX, row-major. */
  readonly factor: Float64Array;
}

export function plainFit(x: Float64Array, y: Float64Array, d: number): PlainFit {
  const n = y.length;
  const centre = means(x, y, d);
  const { gram, target, squares } = moments(x, y, d, centre);
  const factor = new Float64Array(d * d);
  const inverse = new Float64Array(d * d);
  const weights = new Float64Array(d);
  const old = new Float64Array(d);
  let alpha = 1 / (squares / n + Number.EPSILON);
  let lambda = 1;
  const step = () => {
    const ratio = lambda / alpha;
    cholesky(gram, 1, ratio, factor, d);
    weights.set(target);
    solve(factor, weights, d);
    invertLower(factor, inverse, d);
    let trace = 0;
    for (let i = 0; i < d * d; i++) trace += inverse[i]! * inverse[i]!;
    let size = 0;
    let product = 0;
    for (let j = 0; j < d; j++) {
      size += weights[j]! * weights[j]!;
      product += weights[j]! * target[j]!;
    }
    return { gamma: d - ratio * trace, size, residuals: squares - product - ratio * size };
  };
  for (let iteration = 0; iteration < 300; iteration++) {
    const { gamma, size, residuals } = step();
    lambda = (gamma + 2e-6) / (size + 2e-6);
    alpha = (n - gamma + 2e-6) / (residuals + 2e-6);
    let change = 0;
    for (let j = 0; j < d; j++) change += Math.abs(old[j]! - weights[j]!);
    if (iteration > 0 && change < 1e-3) break;
    old.set(weights);
  }
  step();
  cholesky(gram, alpha, lambda, factor, d);
  return { coefficients: weights, centre, noisePrecision: alpha, weightPrecision: lambda, factor };
}

function means(x: Float64Array, y: Float64Array, d: number): Float64Array {
  const centre = new Float64Array(d + 1);
  for (let i = 0, at = 0; i < y.length; i++) {
    for (let j = 0; j < d; j++) centre[j]! += x[at++]!;
    centre[d]! += y[i]!;
  }
  for (let j = 0; j <= d; j++) centre[j]! /= y.length;
  return centre;
}

function moments(x: Float64Array, y: Float64Array, d: number, centre: Float64Array) {
  const gram = new Float64Array(d * d);
  const target = new Float64Array(d);
  const row = new Float64Array(d);
  let squares = 0;
  for (let i = 0; i < y.length; i++) {
    const v = y[i]! - centre[d]!;
    squares += v * v;
    for (let j = 0; j < d; j++) row[j] = x[i * d + j]! - centre[j]!;
    for (let j = 0; j < d; j++) {
      const f = row[j]!;
      target[j]! += f * v;
      const at = j * d;
      for (let k = 0; k <= j; k++) gram[at + k]! += f * row[k]!;
    }
  }
  return { gram, target, squares };
}

/** Lower L with L Lᵀ = scale · gram + shift · I. */
function cholesky(
  gram: Float64Array,
  scale: number,
  shift: number,
  l: Float64Array,
  d: number,
): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = scale * gram[i * d + j]! + (i === j ? shift : 0);
      for (let k = 0; k < j; k++) sum -= l[i * d + k]! * l[j * d + k]!;
      l[i * d + j] = i === j ? Math.sqrt(sum) : sum / l[j * d + j]!;
    }
  }
}

function solve(l: Float64Array, x: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * d + k]! * x[k]!;
    x[i] = sum / l[i * d + i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < d; k++) sum -= l[k * d + i]! * x[k]!;
    x[i] = sum / l[i * d + i]!;
  }
}

function invertLower(l: Float64Array, out: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    const scale = 1 / l[i * d + i]!;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += l[i * d + k]! * out[k * d + j]!;
      out[i * d + j] = -sum * scale;
    }
    out[i * d + i] = scale;
  }
}

export function plainPredict(
  fit: PlainFit,
  x: Float64Array,
  mean: Float64Array,
  sd: Float64Array,
): void {
  const { coefficients: w, centre, factor: l } = fit;
  const d = w.length;
  const z = new Float64Array(d);
  const noise = 1 / fit.noisePrecision;
  for (let row = 0; row < mean.length; row++) {
    let m = centre[d]!;
    let variance = 0;
    for (let i = 0; i < d; i++) {
      const value = x[row * d + i]! - centre[i]!;
      m += value * w[i]!;
      let sum = value;
      for (let k = 0; k < i; k++) sum -= l[i * d + k]! * z[k]!;
      sum /= l[i * d + i]!;
      z[i] = sum;
      variance += sum * sum;
    }
    mean[row] = m;
    sd[row] = Math.sqrt(variance + noise);
  }
}

/** Rows into second moments and, by Givens rotations, into the factor: Golub & Van Loan 2013, §6.5.4. */
export class PlainOnline {
  readonly factor: Float64Array;
  readonly gram: Float64Array;
  readonly target: Float64Array;
  readonly #row: Float64Array;

  constructor(
    readonly dimensions: number,
    readonly noisePrecision: number,
    weightPrecision: number,
  ) {
    this.factor = new Float64Array(dimensions * dimensions);
    this.gram = new Float64Array(dimensions * dimensions);
    this.target = new Float64Array(dimensions);
    this.#row = new Float64Array(dimensions);
    for (let i = 0; i < dimensions; i++)
      this.factor[i * (dimensions + 1)] = Math.sqrt(weightPrecision);
  }

  observe(x: Float64Array, y: Float64Array): void {
    const { dimensions: d, factor, gram, target } = this;
    const row = this.#row;
    const root = Math.sqrt(this.noisePrecision);
    for (let r = 0; r < y.length; r++) {
      const from = r * d;
      for (let j = 0; j < d; j++) {
        const value = x[from + j]!;
        row[j] = root * value;
        target[j]! += value * y[r]!;
        for (let k = j; k < d; k++) gram[j * d + k]! += value * x[from + k]!;
      }
      // Column k of L stands in row k, so that the inner loop runs along memory.
      for (let k = 0; k < d; k++) {
        const pivot = factor[k * d + k]!;
        const length = Math.sqrt(pivot * pivot + row[k]! * row[k]!);
        const c = length / pivot;
        const s = row[k]! / pivot;
        factor[k * d + k] = length;
        for (let i = k + 1; i < d; i++) {
          const value = (factor[k * d + i]! + s * row[i]!) / c;
          row[i] = c * row[i]! - s * value;
          factor[k * d + i] = value;
        }
      }
    }
  }

  coefficients(): Float64Array {
    const d = this.dimensions;
    const lower = new Float64Array(d * d);
    for (let i = 0; i < d; i++)
      for (let k = 0; k <= i; k++) lower[i * d + k] = this.factor[k * d + i]!;
    const x = this.target.map((value) => this.noisePrecision * value);
    solve(lower, x, d);
    return x;
  }
}
