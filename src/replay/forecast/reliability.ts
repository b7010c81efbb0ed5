/** Nominal probabilities at which calibration is shown: 0, 0.05 … 1. */
const STEPS = 20;

/** Shares of probabilities P(tokens <= what came) that lie at or below nominal ones: equal to them for a calibrated forecaster. */
export class Reliability {
  readonly #counts = new Float64Array(STEPS + 1);
  #rows = 0;

  /** @param probability a value a row, in [0, 1] */
  add(probability: Float64Array): void {
    this.#rows += probability.length;
    for (const value of probability) {
      // The first step that is not below the value: later ones are at or above it too.
      let step = Math.ceil(value * STEPS);
      // 0.15 · 20 rounds to 3.0000000000000004.
      if (step > 0 && (step - 1) / STEPS >= value) step--;
      this.#counts[step]!++;
    }
  }

  points(): { nominal: number; observed: number }[] {
    let sum = 0;
    return Array.from(this.#counts, (count, step) => {
      sum += count;
      return { nominal: step / STEPS, observed: sum / this.#rows };
    });
  }
}
