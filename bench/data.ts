/**
 * Data that every contestant can make for itself: a hash of the index (the finaliser of MurmurHash3), so that a matrix does not
 * travel as text. numpyPeer.py and the Rust peer hold the same function.
 */

/** In (0, 1), the same in every language. */
export function unitAt(index: number, stream: number): number {
  let h = (index + Math.imul(stream, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return ((h >>> 0) + 0.5) / 2 ** 32;
}

/** `length` values low + (high − low)·unit of one stream. */
export function units(length: number, stream: number, low = 0, high = 1): Float64Array {
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = low + (high - low) * unitAt(i, stream);
  return out;
}

/** One stream for each array of the works. */
export const STREAM = {
  shapesA: 1,
  shapesB: 2,
  ownCosts: 3,
  quality: 4,
  cost: 5,
  uncertainty: 6,
  features: 7,
  weights: 8,
  noise: 9,
  updates: 10,
  newRows: 11,
} as const;

export interface Posteriors {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly costs: Float64Array;
}

/** The posteriors and costs of the decisions: arm k has Beta(10 + k, 5) and the cost 0.1·k/(arms − 1), in units of utility. */
export function posteriors(arms: number): Posteriors {
  return {
    a: Float64Array.from({ length: arms }, (_, k) => 10 + k),
    b: new Float64Array(arms).fill(5),
    costs: Float64Array.from({ length: arms }, (_, k) => (0.1 * k) / (arms - 1)),
  };
}

export interface Regression {
  readonly features: Float64Array;
  readonly targets: Float64Array;
}

/** Row-major features on (−½, ½), targets 1.5 + x·w + noise on (−.15, .15). */
export function regression(rows: number, dimensions: number): Regression {
  const features = units(rows * dimensions, STREAM.features, -0.5, 0.5);
  const weights = units(dimensions, STREAM.weights, -0.5, 0.5);
  const noise = units(rows, STREAM.noise, -0.15, 0.15);
  const targets = noise.map((epsilon, i) => {
    let sum = 1.5 + epsilon;
    for (let j = 0; j < dimensions; j++) sum += features[i * dimensions + j]! * weights[j]!;
    return sum;
  });
  return { features, targets };
}
