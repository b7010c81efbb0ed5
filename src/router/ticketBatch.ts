import type { Ticket } from './pending';

/** So many decisions are worth a batch. */
export const LEAST_ALIKE = 32;

/** What the decisions of a batch for requests that are all alike know, beside their arms. */
export interface AlikeDecisions {
  /** Sequence number of the first. */
  readonly first: number;
  /** Arm of each. */
  readonly arms: Uint16Array;
  readonly segment: number;
  /** undefined = each one's sequence number. */
  readonly clock: number | undefined;
  readonly promptTokens: number;
  readonly latencyKnown: boolean;
  /** The permit of a call by arm; 0 where there is none. */
  readonly permits: readonly number[];
}

/**
 * Open decisions that were opened together and know the same but for their arms, in the order of their numbers. Perf: they need no tickets until somebody
 * asks for one; making them is half of the time of a batch drawn from propensities.
 */
export class TicketBatch {
  readonly #alike: AlikeDecisions;
  readonly #usedMs: number;
  /** Of the oldest that is left. */
  #next = 0;
  #left: number;
  /** Bytes of those that have gone out of turn; none yet in most batches. */
  #gone: Uint8Array | undefined;
  /** Tickets that were asked for, by number. */
  readonly #made = new Map<number, Ticket>();

  /** @param usedMs when they were opened */
  constructor(alike: AlikeDecisions, usedMs: number) {
    this.#alike = alike;
    this.#usedMs = usedMs;
    this.#left = alike.arms.length;
  }

  get first(): number {
    return this.#alike.first;
  }

  /** Decisions that are left. */
  get left(): number {
    return this.#left;
  }

  /** Number of the oldest that is left. */
  get oldest(): number {
    return this.#alike.first + this.#next;
  }

  has(sequenceNumber: number): boolean {
    const at = sequenceNumber - this.#alike.first;
    return at >= this.#next && at < this.#alike.arms.length && this.#gone?.[at] !== 1;
  }

  /** The ticket that was made of a decision. */
  made(sequenceNumber: number): Ticket | undefined {
    return this.#made.size === 0 ? undefined : this.#made.get(sequenceNumber);
  }

  /** Keeps the ticket of a decision as long as it is here. */
  keep(ticket: Ticket): void {
    this.#made.set(ticket.sequenceNumber, ticket);
  }

  /** Numbers of those that are left. */
  *numbers(): IterableIterator<number> {
    const { first, arms } = this.#alike;
    for (let n = this.oldest; n < first + arms.length; n++) if (this.has(n)) yield n;
  }

  /** Writes what a decision knew when it was opened into an empty ticket. */
  fill(ticket: Ticket, sequenceNumber: number): void {
    const { first, arms, segment, clock, promptTokens, latencyKnown, permits } = this.#alike;
    const arm = arms[sequenceNumber - first]!;
    ticket.sequenceNumber = sequenceNumber;
    ticket.arm = arm;
    ticket.segment = segment;
    ticket.clock = clock ?? sequenceNumber;
    ticket.promptTokens = promptTokens;
    ticket.latencyKnown = latencyKnown;
    ticket.permit = permits[arm] ?? 0;
    ticket.usedMs = this.#usedMs;
  }

  /** Lets one go that is here. */
  remove(sequenceNumber: number): void {
    const { first, arms } = this.#alike;
    const at = sequenceNumber - first;
    this.#left--;
    if (this.#made.size > 0) this.#made.delete(sequenceNumber);
    if (at > this.#next) {
      this.#gone ??= new Uint8Array(arms.length);
      this.#gone[at] = 1;
      return;
    }
    do this.#next++;
    while (this.#gone?.[this.#next] === 1);
  }
}
