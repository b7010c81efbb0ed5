import type { KeptPrompt } from './contextExpert';
import { Fates, type Fate } from './fates';
import { TicketBatch, type AlikeDecisions } from './ticketBatch';
import { TicketIndex } from './ticketIndex';

/**
 * A decision that may still be learned from. What its reports bring is kept here part by part: each part is learned once, and
 * when all are known the ticket is used up.
 */
export interface Ticket {
  sequenceNumber: number;
  arm: number;
  segment: number;
  /** The decision's clock: its reports weigh by it, however late they come. */
  clock: number;
  /** Samples that were asked for; 0 = of a router without (model, n) arms. */
  n: number;
  /** With prompts only. */
  prompt: KeptPrompt | undefined;
  /** The breaker's permit for the call; 0 = none. */
  permit: number;
  /** Has a report said how the call went? */
  callKnown: boolean;
  rewardKnown: boolean;
  costKnown: boolean;
  /** … or is none learned? */
  latencyKnown: boolean;
  /** Told so far, for the parts that need several; NaN = not yet. */
  promptTokens: number;
  outputTokens: number;
  latencyMs: number;
  retries: number;
  /** When it was last used, on the router's own time. */
  usedMs: number;
  /** The batch that it is still one of; without a number of its own it stands for all of it in the order of use. */
  batch: TicketBatch | undefined;
  /** Neighbours in the order of use. */
  older: Ticket;
  newer: Ticket;
  /** The next of its slot in the index. */
  sameSlot: Ticket | undefined;
}

/** What is known of a decision. */
export type TicketState = Ticket | Fate;

/** Why a ticket was given up: its time to live was over, or there were too many. */
export type ExpiryReason = 'age' | 'evicted';

export interface PendingOptions {
  readonly maxPendingDecisions: number;
  /** Infinity = none. */
  readonly pendingTtlMs: number;
}

/** Told of each ticket that is given up, while it still stands. */
export type ExpiryListener = (ticket: Ticket, reason: ExpiryReason) => void;

/** Numbers of tickets given up. */
export interface ExpiryCounts {
  readonly aged: number;
  readonly evicted: number;
}

/**
 * Open tickets in the order of their last use, which is the decision or a report that taught the evidence. Beyond a number, and after
 * a time, the least recently used is given up. There are no timers: what time brings about happens at the next call.
 *
 * The order depends on nothing but decisions and reports that the log holds too, and age takes the oldest first. So the replay of a log, which
 * knows no time, holds every ticket that the router held.
 */
export class PendingDecisions {
  readonly #tickets = new TicketIndex();
  readonly #fates = new Fates();
  readonly #options: PendingOptions;
  /** Its `newer` is the oldest ticket, its `older` the newest. */
  readonly #ends = emptyTicket();
  #spare: Ticket | undefined;
  /** By their numbers, rising, each with a ticket that stands for it. */
  readonly #batches: TicketBatch[] = [];
  readonly #standIns: Ticket[] = [];
  #inBatches = 0;
  /** Of a decision of a batch that is given up. */
  readonly #passing = emptyTicket();
  #aged = 0;
  #evicted = 0;
  onExpiry: ExpiryListener | undefined;

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /** What became of decisions whose tickets are gone. */
  get fates(): Fates {
    return this.#fates;
  }

  /** Open tickets, the least recently used first. */
  *inOrder(): IterableIterator<Ticket> {
    for (let ticket = this.#ends.newer; ticket !== this.#ends; ticket = ticket.newer) {
      const { batch } = ticket;
      if (!batch) yield ticket;
      else for (const n of batch.numbers()) yield batch.made(n) ?? ticketOf(batch, n);
    }
  }

  /** Takes tickets back, in the order of `inOrder`; the caller fills in what it has of each. */
  reopen(sequenceNumber: number, usedMs: number): Ticket {
    const ticket = emptyTicket();
    reset(ticket, sequenceNumber);
    this.#tickets.add(ticket);
    this.#putNewest(ticket, usedMs);
    return ticket;
  }

  /** Takes counts of `expired` back. */
  recount({ aged, evicted }: ExpiryCounts): void {
    this.#aged = aged;
    this.#evicted = evicted;
  }

  /** Tickets that are open. */
  get size(): number {
    return this.#tickets.size + this.#inBatches;
  }

  get expired(): ExpiryCounts {
    return { aged: this.#aged, evicted: this.#evicted };
  }

  /**
   * A ticket with nothing known but its number; the caller fills in the rest. Sequence numbers must grow.
   * @param nowMs on a time that never runs back
   */
  open(sequenceNumber: number, nowMs: number): Ticket {
    this.expire(nowMs);
    // More than one where a restored router may hold fewer than before.
    this.#evictDownTo(this.#options.maxPendingDecisions - 1);
    this.#fates.begin(sequenceNumber);
    // Perf: used ones are taken again, so that a router's heap stands still.
    const ticket = this.#spare ?? emptyTicket();
    this.#spare = ticket === this.#spare ? nextSpare(ticket) : undefined;
    reset(ticket, sequenceNumber);
    this.#tickets.add(ticket);
    this.#putNewest(ticket, nowMs);
    return ticket;
  }

  /** The same as `open` of each of them, with all that they know filled in. */
  openAlike(alike: AlikeDecisions, nowMs: number): void {
    this.expire(nowMs);
    const { first, arms } = alike;
    this.#fates.begin(first);
    this.#fates.begin(first + arms.length - 1);
    const standIn = emptyTicket();
    standIn.batch = new TicketBatch(alike, nowMs);
    this.#batches.push(standIn.batch);
    this.#standIns.push(standIn);
    this.#inBatches += arms.length;
    this.#putNewest(standIn, nowMs);
    this.#evictDownTo(this.#options.maxPendingDecisions);
  }

  /** Call `expire` first. */
  find(sequenceNumber: number): TicketState {
    return (
      this.#tickets.get(sequenceNumber) ??
      this.#findInBatch(sequenceNumber) ??
      this.#fates.of(sequenceNumber)
    );
  }

  /** A report taught the evidence: a ticket with all parts is used up, another is used anew. */
  used(ticket: Ticket, nowMs: number): void {
    if (ticket.batch) this.#takeOut(ticket, ticket.batch);
    else this.#unlink(ticket);
    this.#putNewest(ticket, nowMs);
    if (!(ticket.rewardKnown && ticket.costKnown && ticket.latencyKnown)) return;
    this.#fates.reported(ticket.sequenceNumber);
    this.#remove(ticket);
  }

  /** Gives up what has become too old. */
  expire(nowMs: number): void {
    const oldestMs = nowMs - this.#options.pendingTtlMs;
    while (this.#ends.newer.usedMs <= oldestMs) {
      this.#aged++;
      this.#giveUpOldest('age');
    }
  }

  #evictDownTo(most: number): void {
    while (this.size > most) {
      this.#evicted++;
      this.#giveUpOldest('evicted');
    }
  }

  #giveUpOldest(reason: ExpiryReason): void {
    const oldest = this.#ends.newer;
    const { batch } = oldest;
    if (batch) {
      this.#giveUpIn(batch, reason);
      return;
    }
    this.#fates.expired(oldest.sequenceNumber);
    this.onExpiry?.(oldest, reason);
    this.#remove(oldest);
  }

  #giveUpIn(batch: TicketBatch, reason: ExpiryReason): void {
    const { oldest } = batch;
    this.#fates.expired(oldest);
    const made = batch.made(oldest);
    if (!made) batch.fill(this.#passing, oldest);
    this.onExpiry?.(made ?? this.#passing, reason);
    this.#removeFrom(batch, oldest);
  }

  #findInBatch(sequenceNumber: number): Ticket | undefined {
    const batch = this.#batches[this.#batchAt(sequenceNumber)];
    if (!batch?.has(sequenceNumber)) return undefined;
    const made = batch.made(sequenceNumber);
    if (made) return made;
    const ticket = ticketOf(batch, sequenceNumber);
    ticket.batch = batch;
    batch.keep(ticket);
    return ticket;
  }

  /** Where the last batch is that begins at a number or before; -1 = nowhere. */
  #batchAt(sequenceNumber: number): number {
    const batches = this.#batches;
    let low = 0;
    let high = batches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (batches[middle]!.first <= sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** A ticket goes its own way. */
  #takeOut(ticket: Ticket, batch: TicketBatch): void {
    this.#removeFrom(batch, ticket.sequenceNumber);
    ticket.batch = undefined;
    this.#tickets.add(ticket);
  }

  #removeFrom(batch: TicketBatch, sequenceNumber: number): void {
    batch.remove(sequenceNumber);
    this.#inBatches--;
    if (batch.left > 0) return;
    const at = this.#batchAt(batch.first);
    this.#batches.splice(at, 1);
    this.#unlink(this.#standIns.splice(at, 1)[0]!);
  }

  #remove(ticket: Ticket): void {
    this.#tickets.remove(ticket);
    this.#unlink(ticket);
    ticket.prompt = undefined;
    ticket.newer = this.#spare ?? ticket;
    this.#spare = ticket;
  }

  #unlink(ticket: Ticket): void {
    ticket.older.newer = ticket.newer;
    ticket.newer.older = ticket.older;
  }

  #putNewest(ticket: Ticket, nowMs: number): void {
    ticket.usedMs = nowMs;
    ticket.older = this.#ends.older;
    ticket.newer = this.#ends;
    ticket.older.newer = ticket;
    this.#ends.older = ticket;
  }
}

/** The last spare ticket points to itself. */
function nextSpare(ticket: Ticket): Ticket | undefined {
  return ticket.newer === ticket ? undefined : ticket.newer;
}

/** As the end of the list it is never too old. */
function emptyTicket(): Ticket {
  const ticket = {
    sequenceNumber: -1,
    arm: -1,
    segment: 0,
    clock: 0.5,
    n: 0,
    prompt: undefined,
    permit: 0,
    callKnown: false,
    rewardKnown: false,
    costKnown: false,
    latencyKnown: false,
    promptTokens: NaN,
    outputTokens: NaN,
    latencyMs: NaN,
    retries: NaN,
    usedMs: Infinity,
    batch: undefined,
    sameSlot: undefined,
  } as Omit<Ticket, 'older' | 'newer'> as Ticket;
  ticket.older = ticket;
  ticket.newer = ticket;
  return ticket;
}

function ticketOf(batch: TicketBatch, sequenceNumber: number): Ticket {
  const ticket = emptyTicket();
  batch.fill(ticket, sequenceNumber);
  return ticket;
}

function reset(ticket: Ticket, sequenceNumber: number): void {
  ticket.sequenceNumber = sequenceNumber;
  ticket.n = 0;
  ticket.prompt = undefined;
  ticket.permit = 0;
  ticket.callKnown = false;
  ticket.rewardKnown = false;
  ticket.costKnown = false;
  ticket.latencyKnown = false;
  ticket.promptTokens = NaN;
  ticket.outputTokens = NaN;
  ticket.latencyMs = NaN;
  ticket.retries = NaN;
}
