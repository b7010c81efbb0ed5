/** Figures over the propensities of a log. */
export interface PropensitySummary {
  /** Decisions with a propensity. */
  readonly filled: number;
  /** NaN without any. */
  readonly meanPropensity: number;
  /** NaN without any. */
  readonly smallestPropensity: number;
  /**
   * Kish's effective sample size (Σ w)²/Σ w² of the weights w = 1/propensity: what is left of `filled` decisions for an
   * estimate by inverse propensities that asks for every model alike.
   */
  readonly effectiveSampleSize: number;
}

export class PropensityTally {
  #count = 0;
  #sum = 0;
  #smallest = Infinity;
  /** Sums of weights and of their squares, relative to the largest weight so far: neither overflows. */
  #weights = 0;
  #squares = 0;

  add(propensity: number): void {
    this.#count++;
    this.#sum += propensity;
    if (propensity < this.#smallest) this.#rescale(propensity);
    const weight = this.#smallest / propensity;
    this.#weights += weight;
    this.#squares += weight * weight;
  }

  get summary(): PropensitySummary {
    const some = this.#count > 0;
    return {
      filled: this.#count,
      meanPropensity: this.#sum / this.#count,
      smallestPropensity: some ? this.#smallest : NaN,
      effectiveSampleSize: some ? (this.#weights * this.#weights) / this.#squares : 0,
    };
  }

  #rescale(smallest: number): void {
    const factor = smallest / this.#smallest;
    this.#weights *= factor;
    this.#squares *= factor * factor;
    this.#smallest = smallest;
  }
}
