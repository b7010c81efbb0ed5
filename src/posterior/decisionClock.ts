/** A moment as decisions count it. */
export interface DecisionMoment {
  /** What the decision and its reports weigh by. */
  readonly clock: number;
  /** Milliseconds that the clock would have had to step further, 0 as a rule. */
  readonly heldBackMs: number;
}

/**
 * The time clock of evidence that forgets by time: milliseconds at the decision, never running back, and stepping forward by at most so
 * many half-lives from one decision to the next. What is not finite or before the first moment does not move it.
 */
export class DecisionClock {
  readonly #longestStepMs: number;
  #latest: number | undefined;

  constructor(halfLifeMs: number, maxClockStep: number) {
    this.#longestStepMs = halfLifeMs * maxClockStep;
  }

  /** Of the latest decision; undefined before any. */
  get latest(): number | undefined {
    return this.#latest;
  }

  /** Goes on from there. */
  set latest(clock: number | undefined) {
    this.#latest = clock;
  }

  /** The moment of a decision made now. */
  next(nowMs: number): DecisionMoment {
    if (this.#latest === undefined) {
      this.#latest = nowMs >= 0 && nowMs < Infinity ? nowMs : 0;
      return { clock: this.#latest, heldBackMs: 0 };
    }
    const latest = this.#latest;
    if (!(nowMs > latest)) return { clock: latest, heldBackMs: 0 };
    const furthest = latest + this.#longestStepMs;
    this.#latest = Math.min(nowMs, furthest);
    return { clock: this.#latest, heldBackMs: Math.max(0, nowMs - furthest) };
  }
}
