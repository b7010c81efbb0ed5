/** Tests of the independence of two sequences, given as pairs. */
import { chiSquare, chiSquareCriticals } from '../support/chiSquare';
import { twoSidedQuantile } from '../support/normalQuantile';
import type { Verdict } from './judge';

/** Cells a side of the joint tables. */
const SIDE_BITS = 6;
const SIDE = 2 ** SIDE_BITS;
/** Popcounts of 64 fair bits; what is rarer than 1e-6 is put together. */
const LEAST_WEIGHT = 13;
const LARGEST_WEIGHT = 51;

export interface Named extends Verdict {
  readonly name: string;
}

/** Tests that `judgeWords` makes. */
export const WORD_TESTS = 6;

/**
 * Pairs of u64 (as low and high halves, four u32 a pair): joint tables of the six highest and of the six lowest bits, weights of
 * the second word and of the two words' difference, correlations of values and of weights. All judged at `level`.
 */
export function judgeWords(pairs: Uint32Array, level: number): Named[] {
  const high = new Float64Array(SIDE * SIDE);
  const low = new Float64Array(SIDE * SIDE);
  const weights = new Float64Array(LARGEST_WEIGHT - LEAST_WEIGHT + 1);
  const differences = new Float64Array(weights.length);
  const values = new Correlation(0.5, 1 / 12);
  const popcounts = new Correlation(32, 16);
  for (let i = 0; i < pairs.length; i += 4) {
    const [a, b, c, d] = [pairs[i]!, pairs[i + 1]!, pairs[i + 2]!, pairs[i + 3]!];
    high[((b >>> (32 - SIDE_BITS)) << SIDE_BITS) | (d >>> (32 - SIDE_BITS))]!++;
    low[((a & (SIDE - 1)) << SIDE_BITS) | (c & (SIDE - 1))]!++;
    const [first, second] = [weightOf(a) + weightOf(b), weightOf(c) + weightOf(d)];
    weights[binOf(second)]!++;
    differences[binOf(weightOf((a ^ c) >>> 0) + weightOf((b ^ d) >>> 0))]!++;
    values.add((b + 0.5) / 2 ** 32, (d + 0.5) / 2 ** 32);
    popcounts.add(first, second);
  }
  return [
    table('high bits', high, level),
    table('low bits', low, level),
    judgeCounts('weights', weights, WEIGHTS, level),
    judgeCounts('weights of the difference', differences, WEIGHTS, level),
    values.judge('correlation', level),
    popcounts.judge('correlation of weights', level),
  ];
}

/** Set bits of a u32. */
function weightOf(x: number): number {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function binOf(weight: number): number {
  return Math.min(LARGEST_WEIGHT, Math.max(LEAST_WEIGHT, weight)) - LEAST_WEIGHT;
}

/** Probabilities of the bins of weights: binomial(64, 1/2). */
const WEIGHTS = (() => {
  const bins = new Float64Array(LARGEST_WEIGHT - LEAST_WEIGHT + 1);
  let p = 2 ** -64;
  for (let weight = 0; weight <= 64; p *= (64 - weight) / (weight + 1), weight++) {
    bins[binOf(weight)]! += p;
  }
  return bins;
})();

/** A table of equally likely cells. */
export function table(name: string, counts: Float64Array, level: number): Named {
  return judgeCounts(
    name,
    counts,
    counts.map(() => 1 / counts.length),
    level,
  );
}

export function judgeCounts(
  name: string,
  counts: Float64Array,
  probabilities: Float64Array,
  level: number,
): Named {
  const [least, largest] = chiSquareCriticals(counts.length - 1, level);
  return { name, statistic: chiSquare(counts, probabilities), least, largest };
}

/** Correlation of pairs whose mean and variance are known, in standard errors. */
export class Correlation {
  #sum = 0;
  #count = 0;

  constructor(
    readonly mean: number,
    readonly variance: number,
  ) {}

  add(x: number, y: number): void {
    this.#sum += (x - this.mean) * (y - this.mean);
    this.#count++;
  }

  judge(name: string, level: number): Named {
    const largest = twoSidedQuantile(level);
    const statistic = this.#sum / this.variance / Math.sqrt(this.#count);
    return { name, statistic, least: -largest, largest };
  }
}
