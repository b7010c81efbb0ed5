/** Decisions looked back on. */
export const OFFER_WINDOW = 2 ** 16;

/** Which of the last 65,536 decisions have been offered: a bit each, in a ring. */
export class OfferedDecisions {
  readonly #bits = new Uint32Array(OFFER_WINDOW / 32);
  #newest = -1;

  /** Notes a decision; false where it was noted before, or is too old to tell. */
  note(sequenceNumber: number): boolean {
    if (sequenceNumber <= this.#newest - OFFER_WINDOW) return false;
    this.#forget(sequenceNumber);
    const place = sequenceNumber % OFFER_WINDOW;
    const bit = 1 << (place & 31);
    if (this.#bits[place >>> 5]! & bit) return false;
    this.#bits[place >>> 5]! |= bit;
    return true;
  }

  /** Clears the bits that newer decisions take over. */
  #forget(sequenceNumber: number): void {
    if (sequenceNumber - this.#newest >= OFFER_WINDOW) this.#bits.fill(0);
    else
      for (let number = this.#newest + 1; number <= sequenceNumber; number++) {
        const place = number % OFFER_WINDOW;
        this.#bits[place >>> 5]! &= ~(1 << (place & 31));
      }
    this.#newest = Math.max(this.#newest, sequenceNumber);
  }
}
