/**
 * Kolmogorov–Smirnov test against a known CDF, made safe for draws that are rounded to f64.
 *
 * A draw x stands for an exact draw somewhere in a cell [x - w, x + w], w being the rounding error that the sampler may
 * make at x. The empirical CDF of the unknown exact draws lies between those of the cell's ends, so the statistic here is
 *   max over draws of  P(X drawn <= x) - F(x + w)   and   F(x - w) - P(X drawn < x),
 * never more than the exact draws' own: the level holds. Ties and atoms need no other care. Draws of
 * Beta(1e-3, 1e-3) that are 0 are held against F at the largest number that rounds to 0, and so on.
 */

/** P(K > x) of the Kolmogorov distribution, the limit of sqrt(n) D. */
export function kolmogorovSurvival(x: number): number {
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return x < 0.2 ? 1 : sum; // Below 0.2 the survival is 1 to 12 digits, and the alternating sum cancels.
}

/**
 * Largest D of `count` draws that passes at `level`. The first term of the series alone bounds P(sqrt(n) D > x) for every
 * n (Massart 1990, doi:10.1214/aop/1176990746), and at the levels used the others are below 1e-9 of it.
 */
export function ksCritical(count: number, level: number): number {
  let low = 0;
  let high = 10;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (kolmogorovSurvival(middle) > level) low = middle;
    else high = middle;
  }
  return high / Math.sqrt(count);
}

export interface KsInput {
  readonly draws: Float64Array;
  readonly cdf: (x: number) => number;
  /** Rounding error at x. */
  readonly cell: (x: number) => number;
  /** Order statistics looked at, evenly spread: fewer are faster and can only lower the statistic. */
  readonly points: number;
}

/** The largest distance between empirical and exact CDF. Sorts `draws`. NaN among them gives NaN. */
export function ksStatistic({ draws, cdf, cell, points }: KsInput): number {
  draws.sort();
  const count = draws.length;
  let largest = 0;
  for (let j = 0; j < points; j++) {
    const x = draws[Math.floor(((j + 0.5) / points) * count)]!;
    const above = firstAbove(draws, x) / count - cdf(x + cell(x));
    const below = cdf(x - cell(x)) - firstNotBelow(draws, x) / count;
    largest = Math.max(largest, above, below); // Math.max keeps NaN
  }
  return largest;
}

/** Number of sorted `values` < x. */
function firstNotBelow(values: Float64Array, x: number): number {
  return partition(values, (value) => value < x);
}

/** Number of sorted `values` <= x. */
function firstAbove(values: Float64Array, x: number): number {
  return partition(values, (value) => value <= x);
}

function partition(values: Float64Array, isBefore: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(values[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
