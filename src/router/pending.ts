import type { KeptPrompt } from './contextExpert';

/** A decision that may still be learned from. */
export interface Ticket {
  readonly arm: number;
  readonly segment: number;
  /** The decision's clock: its reports weigh by it, however late they come. */
  readonly clock: number;
  readonly promptTokens: number;
  /** With prompts only. */
  readonly prompt?: KeptPrompt | undefined;
  /** Has a report brought the reward? */
  readonly rewardKnown: boolean;
  /** Has a report brought the cost? */
  readonly costKnown: boolean;
  /** Has a report brought the latency, or is none learned? */
  readonly latencyKnown: boolean;
}

/** What is known of a decision. */
export type TicketState = Ticket | 'reported' | 'unknown';

/** Tickets by sequence number, the oldest dropped beyond a bound. Used up ones in the same window are remembered as such. */
export class PendingDecisions {
  readonly #tickets = new Map<number, Ticket | undefined>();
  readonly #most: number;
  /** No ticket has a lower number. */
  #oldest = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#tickets.size;
  }

  /** Sequence numbers must grow. */
  open(sequenceNumber: number, ticket: Ticket): void {
    this.#tickets.set(sequenceNumber, ticket);
    if (this.#tickets.size <= this.#most) return;
    // Perf: counted up rather than asked of the Map, whose iterator walks over all entries deleted before.
    while (!this.#tickets.delete(this.#oldest)) this.#oldest++;
  }

  find(sequenceNumber: number): TicketState {
    const ticket = this.#tickets.get(sequenceNumber);
    if (ticket) return ticket;
    return this.#tickets.has(sequenceNumber) ? 'reported' : 'unknown';
  }

  /** Keeps what a report has brought; a ticket with all parts is used up. */
  update(sequenceNumber: number, ticket: Ticket): void {
    const complete = ticket.rewardKnown && ticket.costKnown && ticket.latencyKnown;
    this.#tickets.set(sequenceNumber, complete ? undefined : ticket);
  }
}
