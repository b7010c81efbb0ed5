/** A decision waiting for its report. */
export interface Ticket {
  readonly arm: number;
  readonly segment: number;
  /** The decision's clock: its report weighs by it, however late it comes. */
  readonly clock: number;
  readonly promptTokens: number;
}

/** What is known of a decision id. */
export type TicketState = Ticket | 'reported' | 'unknown';

/** Open tickets by sequence number, the oldest dropped beyond a bound. Closed ones in the same window are remembered. */
export class PendingDecisions {
  readonly #tickets = new Map<number, Ticket | undefined>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#tickets.size;
  }

  open(sequenceNumber: number, ticket: Ticket): void {
    this.#tickets.set(sequenceNumber, ticket);
    if (this.#tickets.size <= this.#most) return;
    // A Map iterates in order of insertion, so the first key is the oldest decision.
    this.#tickets.delete(this.#tickets.keys().next().value!);
  }

  find(sequenceNumber: number): TicketState {
    const ticket = this.#tickets.get(sequenceNumber);
    if (ticket) return ticket;
    return this.#tickets.has(sequenceNumber) ? 'reported' : 'unknown';
  }

  close(sequenceNumber: number): void {
    this.#tickets.set(sequenceNumber, undefined);
  }
}
