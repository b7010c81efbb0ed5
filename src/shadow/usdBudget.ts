/** Parts of the window: money is forgotten a part at a time, a 256th of the window late at most. */
const PARTS = 256;
/** A window that does not begin with a part touches one more, and rounding of the part's number may take another. */
const KEPT = PARTS + 2;

/**
 * Money in a rolling window, what calls under way are expected to cost reserved beside it. A call is let begin only where
 *
 *   booked in the window + reserved + expected <= limit,
 *
 * so what is booked in any window is at most `limit` and what the calls under way at one moment cost above what was expected of them: overspent
 * by as many calls as may be under way at once, never by more (docs/SHADOW.md).
 */
export class UsdBudget {
  readonly #limitUsd: number;
  readonly #partMs: number;
  /** USD by part of time, in a ring. */
  readonly #parts = new Float64Array(KEPT);
  /** The part that now is in; -Infinity before anything was booked. */
  #part = -Infinity;
  #reservedUsd = 0;
  #reservations = 0;

  /** @param windowMs >= 1000, so that parts of it can be counted; Infinity: what is spent stays spent */
  constructor(limitUsd: number, windowMs: number) {
    this.#limitUsd = limitUsd;
    this.#partMs = windowMs / PARTS;
  }

  get reservedUsd(): number {
    return this.#reservedUsd;
  }

  /** Booked in the window that ends now. @param nowMs never lower than before */
  bookedUsd(nowMs: number): number {
    this.#advance(nowMs);
    return this.#parts.reduce((sum, usd) => sum + usd, 0);
  }

  /** Sets `usd` aside if it fits; NaN does not. */
  reserve(usd: number, nowMs: number): boolean {
    if (!(this.bookedUsd(nowMs) + this.#reservedUsd + usd <= this.#limitUsd)) return false;
    this.#reservedUsd += usd;
    this.#reservations++;
    return true;
  }

  /** Books `usd` for a call of which `reserved` was set aside. */
  settle(reserved: number, usd: number, nowMs: number): void {
    this.#reservations--;
    // Sums that go up and down keep rounding; with nothing under way there is none to keep.
    this.#reservedUsd = this.#reservations === 0 ? 0 : Math.max(0, this.#reservedUsd - reserved);
    this.book(usd, nowMs);
  }

  book(usd: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#parts[this.#place(this.#part)]! += usd;
  }

  /** Empties the parts that time has passed. */
  #advance(nowMs: number): void {
    const part = this.#partMs === Infinity ? 0 : Math.floor(nowMs / this.#partMs);
    if (!(part > this.#part)) return;
    if (part - this.#part >= KEPT) this.#parts.fill(0);
    else for (let past = this.#part + 1; past <= part; past++) this.#parts[this.#place(past)] = 0;
    this.#part = part;
  }

  #place(part: number): number {
    return ((part % KEPT) + KEPT) % KEPT;
  }
}
