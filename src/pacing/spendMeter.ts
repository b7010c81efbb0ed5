import { ParameterError } from '../core/errors';
import { requireObject } from '../core/validation';

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
  /** Milliseconds; they may jump. A window that time runs back from stays the current one and goes on from there. */
  readonly nowMs: number;
}

/** What a meter knows. */
export interface SpendMeterState {
  readonly window: SpendWindow;
  readonly index: number;
  readonly start: number;
  readonly spentUsd: number;
  readonly expectedUsd: number;
  readonly expected: readonly (readonly [number, number])[];
}

function parseSpendMeterState(value: unknown): SpendMeterState {
  const state = requireObject('meter', value) as unknown as SpendMeterState;
  const { window, index, start, spentUsd, expectedUsd, expected } = state;
  const sound =
    [index, start, spentUsd, expectedUsd].every((one) => Number.isFinite(one)) &&
    spentUsd >= 0 &&
    Array.isArray(expected) &&
    expected.every(
      (one: unknown) =>
        Array.isArray(one) && Number.isSafeInteger(one[0]) && one[1] >= 0 && one[1] < Infinity,
    );
  if (!sound) throw new ParameterError('meter', 'made of finite sums', value);
  requireObject('meter.window', window);
  return state;
}

/**
 * What the current window has spent: reported costs, and the expected costs of decisions whose report has not come. A cost is
 * booked in the window of its decision; a report after the window's end changes nothing. Memory: one entry a decision without a
 * cost in the current window.
 *
 * Windows of time are the clock's own. Where it runs back to before the current window, that window keeps what it has spent and
 * begins anew: a clock that was wrong for a while, or another clock after a restore, costs one window's target at most and
 * freezes nothing.
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

  /** All it knows, plain JSON. */
  export(): SpendMeterState {
    const expected = [...this.#expected];
    const [index, start] = [this.#index, this.#start];
    return {
      window: this.#window,
      index,
      start,
      spentUsd: this.#spentUsd,
      expectedUsd: this.#expectedUsd,
      expected,
    };
  }

  /**
   * Takes over what `export` gave; false, and nothing done, for another window.
   * @throws {ParameterError} for what cannot be
   */
  restore(value: unknown): boolean {
    const state = parseSpendMeterState(value);
    const { requests, ms } = this.#window;
    if (state.window.requests !== requests || state.window.ms !== ms) return false;
    this.#index = state.index;
    this.#start = state.start;
    this.#spentUsd = state.spentUsd;
    this.#expectedUsd = state.expectedUsd;
    this.#expected.clear();
    for (const [sequenceNumber, usd] of state.expected) this.#expected.set(sequenceNumber, usd);
    return true;
  }

  /** Are its windows time? */
  get ofTime(): boolean {
    return this.#window.ms < Infinity;
  }

  /** Reported and expected costs of the current window. */
  get usd(): number {
    // Adding and taking away leaves rounding behind, which must not become a debt or a credit.
    return this.#spentUsd + (this.#expected.size === 0 ? 0 : Math.max(0, this.#expectedUsd));
  }

  /** Opens the window that a decision falls into; gives what the one before it spent, if it is over now. */
  advance({ sequenceNumber, nowMs }: SpendClock): number | undefined {
    const { requests } = this.#window;
    const index =
      requests < Infinity ? Math.floor(sequenceNumber / requests) : this.#timeIndex(nowMs);
    if (index <= this.#index) return undefined;
    const closedUsd = this.#index < 0 ? undefined : this.usd;
    this.#index = index;
    this.#spentUsd = 0;
    this.#expected.clear();
    this.#expectedUsd = 0;
    return closedUsd;
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

  /** No cost will be reported: the expected one is counted as spent. */
  giveUp(sequenceNumber: number): void {
    const expected = this.#expected.get(sequenceNumber);
    if (expected !== undefined) this.settle(sequenceNumber, expected);
  }

  /** Share of the current window of time that has passed, in [0, 1]. */
  phase(nowMs: number): number {
    const { ms } = this.#window;
    return Math.min(1, Math.max(0, (nowMs - this.#start) / ms - this.#index));
  }

  /** Number of the window that a time falls into, counted from the start. */
  #timeIndex(nowMs: number): number {
    const { ms } = this.#window;
    const behind = this.#index < 0 || nowMs < this.#start + (ms < Infinity ? this.#index * ms : 0);
    if (!behind) return ms < Infinity ? Math.floor((nowMs - this.#start) / ms) : 0;
    this.#start = nowMs;
    // A window that time runs back from stays what it is, under another number.
    if (this.#index > 0) this.#index = 0;
    return 0;
  }
}
