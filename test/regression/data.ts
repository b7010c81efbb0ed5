/** The data sets of reference.json, made as scripts/make-ridge-reference.py makes them, bit by bit. */
import type { RidgeFitOptions } from '../../src/forecast/ridgeOptions';

export interface Case {
  readonly name: string;
  readonly seed: number;
  readonly rows: number;
  readonly dimensions: number;
  readonly kind: string;
  readonly offset: number;
  readonly noise: number;
  readonly weighted: boolean;
  readonly options: Omit<RidgeFitOptions, 'dimensions' | 'sampleWeights'>;
}

export interface Data {
  /** Row-major. */
  readonly features: Float64Array;
  readonly targets: Float64Array;
  readonly weights: Float64Array;
}

/** 32-bit linear congruential generator. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform on [-0.5, 0.5), a multiple of 2^-32. */
  unit(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 4294967296 - 0.5;
  }

  /** Sum of four: variance 1/3. */
  bell(): number {
    return this.unit() + this.unit() + this.unit() + this.unit();
  }
}

export function makeData(given: Case): Data {
  const { rows, dimensions: d, kind, offset, noise } = given;
  const draws = new Draws(given.seed);
  const truth = Array.from({ length: d }, () => 3 * draws.unit());
  const features = new Float64Array(rows * d);
  const targets = new Float64Array(rows);
  const weights = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = Array.from({ length: d }, () => draws.bell() + offset);
    const error = draws.bell();
    const weight = 2 * (draws.unit() + 0.5);
    shape(x, kind, i);
    let y = offset + noise * error;
    x.forEach((value, j) => (y += value * truth[j]!));
    features.set(x, i * d);
    targets[i] = kind === 'flat' ? 0.3 : y;
    weights[i] = i % 7 ? weight : 0;
  }
  return { features, targets, weights };
}

function shape(x: number[], kind: string, row: number): void {
  const last = x.length - 1;
  if (kind === 'duplicate') x[last] = x[0]!;
  if (kind === 'sum') x[last] = x[0]! + x[1]!;
  if (kind === 'near') x[last] = x[0]! + x[1]! * 2 ** -33;
  if (kind === 'constant') x[last] = 0.1;
  if (kind === 'zero') x[last] = 0;
  if (kind === 'trend') x[0] = row;
  if (kind === 'powers') for (let j = 1; j <= last; j++) x[j] = x[j - 1]! * x[0]!;
  if (kind === 'scaled' || kind === 'mild') {
    const span = kind === 'scaled' ? 53 : 8;
    x.forEach((value, j) => {
      const exponent = Math.floor((j * span) / Math.max(1, last)) - Math.floor(span / 2);
      x[j] = value * 2 ** exponent;
    });
  }
}
