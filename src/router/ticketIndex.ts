import type { Ticket } from './pending';

const FIRST_SLOTS = 1024;

/**
 * Tickets by sequence number: slots by its low bits, tickets of one slot in a chain. Perf: numbers come one after the other, so that
 * neighbours in time are neighbours here; a Map of 100,000 takes three times as long, and pauses to rehash.
 */
export class TicketIndex {
  #slots: (Ticket | undefined)[] = slots(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(sequenceNumber: number): Ticket | undefined {
    let ticket = this.#slots[sequenceNumber % this.#slots.length];
    while (ticket && ticket.sequenceNumber !== sequenceNumber) ticket = ticket.sameSlot;
    return ticket;
  }

  /** A ticket whose number is not here. */
  add(ticket: Ticket): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#put(ticket);
    this.#size++;
  }

  /** A ticket that is here. */
  remove(ticket: Ticket): void {
    const slot = ticket.sequenceNumber % this.#slots.length;
    const first = this.#slots[slot]!;
    if (first === ticket) this.#slots[slot] = ticket.sameSlot;
    else {
      let before = first;
      while (before.sameSlot !== ticket) before = before.sameSlot!;
      before.sameSlot = ticket.sameSlot;
    }
    ticket.sameSlot = undefined;
    this.#size--;
  }

  #put(ticket: Ticket): void {
    const slot = ticket.sequenceNumber % this.#slots.length;
    ticket.sameSlot = this.#slots[slot];
    this.#slots[slot] = ticket;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = slots(2 * before.length);
    for (const first of before) {
      for (let ticket = first; ticket;) {
        const next: Ticket | undefined = ticket.sameSlot;
        this.#put(ticket);
        ticket = next;
      }
    }
  }
}

function slots(length: number): (Ticket | undefined)[] {
  return new Array<Ticket | undefined>(length).fill(undefined);
}
