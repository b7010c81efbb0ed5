import { quantile } from '../bootstrap';

/** The distribution of values seen before, as a forecast: the best that a forecast without features can be. */
export class EmpiricalDistribution {
  readonly #sorted: Float64Array;
  /** Sum of the first i sorted values. */
  readonly #sums: Float64Array;
  /** Half the mean distance of two values drawn with replacement. */
  readonly #halfSpread: number;
  readonly mean: number;

  /** @param values at least one */
  constructor(values: Float64Array) {
    const sorted = values.slice().sort();
    const count = sorted.length;
    const sums = new Float64Array(count + 1);
    let spread = 0;
    sorted.forEach((value, i) => {
      sums[i + 1] = sums[i]! + value;
      // Σ over pairs of |x - x'|: a value counts once for each below it and is taken off once for each above it.
      spread += (2 * i + 1 - count) * value;
    });
    this.#sorted = sorted;
    this.#sums = sums;
    this.#halfSpread = spread / (count * count);
    this.mean = sums[count]! / count;
  }

  quantile(p: number): number {
    return quantile(this.#sorted, p);
  }

  /** Share of the values below `x` and half of those equal to it. */
  probability(x: number): number {
    return (this.#below(x, false) + this.#below(x, true)) / (2 * this.#sorted.length);
  }

  /** Continuous ranked probability score at `x`: E|X - x| - E|X - X'|/2 (Gneiting & Raftery 2007, doi:10.1198/016214506000001437). */
  crps(x: number): number {
    const count = this.#sorted.length;
    const below = this.#below(x, false);
    const lower = this.#sums[below]!;
    const distance = below * x - lower + (this.#sums[count]! - lower) - (count - below) * x;
    return distance / count - this.#halfSpread;
  }

  /** Number of values < x, or <= x. */
  #below(x: number, orEqual: boolean): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = this.#sorted[middle]!;
      if (value < x || (orEqual && value === x)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
