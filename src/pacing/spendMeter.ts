/** A stretch of requests or of time over which spend is counted. Windows follow each other without a gap. */
export interface SpendWindow {
  /** Requests a window; Infinity where windows are time. */
  readonly requests: number;
  /** Milliseconds a window; Infinity where windows are requests. */
  readonly ms: number;
}

/** A window of both Infinity never ends. */
export interface SpendClock {
  /** Number of the decision. */
  readonly sequenceNumber: number;
  /** Milliseconds; it may jump, and a window that time runs back from stays the current one. */
  readonly nowMs: number;
}

/**
 * What the current window has spent: reported costs, and the expected costs of decisions whose report has not come. A cost is
 * booked in the window of its decision; a report after the window's end changes nothing. Memory: one entry a decision without a
 * cost in the current window.
 */
export class SpendMeter {
  readonly #window: SpendWindow;
  #index = -1;
  #start = 0;
  #spentUsd = 0;
  /** Expected costs by sequence number. */
  readonly #expected = new Map<number, number>();
  #expectedUsd = 0;

  constructor(window: SpendWindow) {
    this.#window = window;
  }

  /** Reported and expected costs of the current window. */
  get usd(): number {
    // Adding and taking away leaves rounding behind, which must not become a debt or a credit.
    return this.#spentUsd + (this.#expected.size === 0 ? 0 : Math.max(0, this.#expectedUsd));
  }

  /** Opens the window that a decision falls into. */
  advance({ sequenceNumber, nowMs }: SpendClock): void {
    const { requests, ms } = this.#window;
    const index =
      requests < Infinity ? Math.floor(sequenceNumber / requests) : this.#timeIndex(nowMs, ms);
    if (index <= this.#index) return;
    this.#index = index;
    this.#spentUsd = 0;
    this.#expected.clear();
    this.#expectedUsd = 0;
  }

  /** Books the expected cost of a decision in the current window. */
  expect(sequenceNumber: number, usd: number): void {
    this.#expected.set(sequenceNumber, usd);
    this.#expectedUsd += usd;
  }

  /** Puts the reported cost in the expected one's place. */
  settle(sequenceNumber: number, usd: number): void {
    const expected = this.#expected.get(sequenceNumber);
    if (expected === undefined) return;
    this.#expected.delete(sequenceNumber);
    this.#expectedUsd -= expected;
    this.#spentUsd += usd;
  }

  #timeIndex(nowMs: number, ms: number): number {
    if (this.#index < 0) this.#start = nowMs;
    return Math.max(0, ms < Infinity ? Math.floor((nowMs - this.#start) / ms) : 0);
  }
}
