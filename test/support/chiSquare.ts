/**
 * Chi-square test in bins of equal probability. Draws are counted by the quantiles that stand between the bins, and a quantile is
 * left out (its neighbours are one bin) where the rounding of draws could move a noticeable share across it: next to 0 and 1 f64
 * has no room for the bins of a Beta(0.001, 0.001).
 */
import { gammaCdf } from './gammaCdf';

/** A quantile is left out if more than this share of a bin lies within the rounding error around it. */
const BLURRED = 0.005;

export interface Bins {
  /** Ascending quantiles between the bins. */
  readonly edges: Float64Array;
  /** Probability of each bin, one more than edges. */
  readonly probabilities: Float64Array;
}

export interface BinInput {
  readonly bins: number;
  readonly cdf: (x: number) => number;
  /** Rounding error of a draw at x. */
  readonly cell: (x: number) => number;
  /** An interval with all draws inside. */
  readonly support: readonly [low: number, high: number];
}

/** Bins of probability 1/`bins`, those that rounding blurs merged. */
export function equalBins({ bins, cdf, cell, support }: BinInput): Bins {
  const edges: number[] = [];
  const levels: number[] = [];
  let low = support[0];
  for (let j = 1; j < bins; j++) {
    const edge = quantile(cdf, j / bins, low, support[1]);
    const width = cell(edge);
    const blurred = cdf(edge + width) - cdf(edge - width);
    if (!(blurred >= 0)) throw new Error(`no CDF at ${edge}`);
    low = edge;
    if (!(blurred * bins <= BLURRED) || !(edge > (edges.at(-1) ?? support[0]))) continue;
    edges.push(edge);
    levels.push(cdf(edge)); // The f64 next to the quantile is no exact quantile.
  }
  const probabilities = [...levels, 1].map((level, i) => level - (levels[i - 1] ?? 0));
  return { edges: Float64Array.from(edges), probabilities: Float64Array.from(probabilities) };
}

/** Smallest f64 in (low, high] whose CDF is not below p, by bisection; halving exponents where they differ. */
function quantile(cdf: (x: number) => number, p: number, low: number, high: number): number {
  for (;;) {
    let middle = (low + high) / 2;
    if (low >= 0 && high > 4 * low) middle = Math.sqrt(Math.max(low, 2 ** -1074)) * Math.sqrt(high);
    if (!(middle > low && middle < high)) return high;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
}

/** Adds each draw to its bin's count. `draws` <= edge falls below the edge. */
export function countInto({ edges }: Bins, draws: Float64Array, counts: Float64Array): void {
  let top = 1;
  while (2 * top <= edges.length) top *= 2;
  for (const draw of draws) {
    let at = 0;
    for (let step = top; step > 0; step >>= 1) {
      const next = at + step;
      // No branch: where there is no edge the comparison is with undefined, hence false.
      at += step * Number(edges[next - 1]! < draw);
    }
    counts[at]!++;
  }
}

/** Σ (count - n p)²/(n p). */
export function chiSquare(counts: Float64Array, probabilities: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, i) => {
    const expected = total * probabilities[i]!;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

/** [least, largest] chi-square that passes at `level`, half of it for counts too even to be drawn. */
export function chiSquareCriticals(freedom: number, level: number): [number, number] {
  if (!(freedom >= 1)) throw new Error('there must be two bins');
  const at = (p: number) => {
    let low = 0;
    let high = 10 * freedom + 100;
    while (high - low > 1e-9 * high) {
      const middle = (low + high) / 2;
      if (gammaCdf(middle / 2, freedom / 2) < p) low = middle;
      else high = middle;
    }
    return high;
  };
  return [at(level / 2), at(1 - level / 2)];
}
