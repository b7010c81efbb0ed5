/** Decisions whose fate is remembered after their ticket is gone: the latest 2^20. */
export const MOST_FATES = 2 ** 20;

/** What became of a ticket that is no longer open. */
export type Fate = 'reported' | 'expired' | 'unknown';

const NO_TICKET = 0;
const REPORTED = 1;
const EXPIRED = 2;
const FIRST_SLOTS = 1024;

/**
 * A byte for each of the latest 2^20 decisions, so that a second report is told from one that nobody asked for. Of a decision
 * further back it is only known that its ticket is gone.
 */
export class Fates {
  #slots = new Uint8Array(FIRST_SLOTS);
  /** The first number begun here. */
  #first = -1;
  #next = 0;

  /** All of it: numbers in [first, next) were begun, and the latest `slots.length` of them are remembered, at their number modulo that. */
  export(): { readonly first: number; readonly next: number; readonly slots: Uint8Array } {
    return { first: this.#first, next: this.#next, slots: this.#slots.slice() };
  }

  /** Takes over what `export` gave. */
  restore(first: number, next: number, slots: Uint8Array): void {
    this.#first = first;
    this.#next = next;
    this.#slots = slots.slice();
  }

  /** Numbers must grow; those left out had no ticket. */
  begin(sequenceNumber: number): void {
    if (this.#first < 0) {
      this.#first = sequenceNumber;
      this.#next = sequenceNumber;
    }
    while (sequenceNumber - this.#first >= this.#slots.length && this.#slots.length < MOST_FATES)
      this.#grow();
    const { length } = this.#slots;
    // Perf: nearly always one number.
    for (let n = Math.max(this.#next, sequenceNumber - length + 1); n <= sequenceNumber; n++)
      this.#slots[n % length] = NO_TICKET;
    this.#next = sequenceNumber + 1;
  }

  reported(sequenceNumber: number): void {
    if (this.#remembers(sequenceNumber))
      this.#slots[sequenceNumber % this.#slots.length] = REPORTED;
  }

  expired(sequenceNumber: number): void {
    if (this.#remembers(sequenceNumber)) this.#slots[sequenceNumber % this.#slots.length] = EXPIRED;
  }

  /** Of a decision without an open ticket. */
  of(sequenceNumber: number): Fate {
    if (!(sequenceNumber >= this.#first && sequenceNumber < this.#next)) return 'unknown';
    if (!this.#remembers(sequenceNumber)) return 'expired';
    switch (this.#slots[sequenceNumber % this.#slots.length]) {
      case REPORTED:
        return 'reported';
      case EXPIRED:
        return 'expired';
      default:
        return 'unknown';
    }
  }

  #remembers(sequenceNumber: number): boolean {
    return sequenceNumber >= this.#next - this.#slots.length;
  }

  #grow(): void {
    const before = this.#slots;
    const slots = new Uint8Array(2 * before.length);
    for (let n = Math.max(this.#first, this.#next - before.length); n < this.#next; n++)
      slots[n % slots.length] = before[n % before.length]!;
    this.#slots = slots;
  }
}
