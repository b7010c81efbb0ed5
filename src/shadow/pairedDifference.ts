/** Standard normal quantile of 0.975. */
const Z_95 = 1.959963984540054;

/** Sums of differences candidate - served over pairs (Welford 1962, doi:10.1080/00401706.1962.10490022). */
export class PairedDifference {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(difference: number): void {
    this.#count++;
    const before = difference - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (difference - this.#mean);
  }

  get count(): number {
    return this.#count;
  }

  /** undefined without a pair. */
  get mean(): number | undefined {
    return this.#count === 0 ? undefined : this.#mean;
  }

  /** Of the mean; undefined below two pairs. */
  get standardError(): number | undefined {
    const n = this.#count;
    return n < 2 ? undefined : Math.sqrt(this.#squares / (n - 1) / n);
  }

  /**
   * 95 % interval of the mean of differences in [-1, 1]: the normal one with one half of a pair added at -1, one half at 1 and one pair at 0 (Agresti &
   * Min 2005, doi:10.1002/sim.1781, where rewards are 0 or 1; wider than need be where they are graded). A few equal
   * differences do not make it a point, and without a pair it is nearly everything.
   */
  get unitInterval(): readonly [number, number] {
    const n = this.#count + 2;
    const sum = this.#count * this.#mean;
    const mean = sum / n;
    const squares = this.#squares + sum * this.#mean + 1;
    const half = Z_95 * Math.sqrt(Math.max(0, squares / n - mean * mean) / n);
    return [Math.max(-1, mean - half), Math.min(1, mean + half)];
  }
}
