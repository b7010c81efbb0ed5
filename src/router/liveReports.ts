import { ParameterError } from '../core/errors';
import type { DriftDirection } from '../posterior/drift';
import { undefinedIfNaN } from '../core/validation';
import type { ReportEffect } from '../breaker/outcome';
import type { ArmBreakers } from './armBreakers';
import { sequenceNumberOf } from './decisionIds';
import type { Moment } from './liveDecisions';
import type { ParsedRouterOptions } from './options';
import { parseOutcome, type Outcome, type ToldOutcome } from './outcome';
import type { Ticket } from './pending';
import { settle, teaches, type Facts, type Settled, type SettleOptions } from './settle';
import type { Steering } from './steering';
import type { News } from './news';
import type { RouterState } from './state';
import type { Tally } from './stats';

/**
 * What a report did (docs/REPORTS.md). A duplicate brings only what is known already; a decision is expired if its ticket was given up, and
 * unknown if it never was this router's. None of these three changes anything.
 */
export type ReportResult =
  | {
      readonly kind: 'accepted';
      /** The reward that was learned now, or undefined. */
      readonly reward: number | undefined;
      /** The cost that was learned now, or undefined. */
      readonly costUsd: number | undefined;
      /** The latency that was learned now, or undefined: without the option `latency` always. */
      readonly latencyMs: number | undefined;
    }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' };

/** A report taken in: what the router tells of it. */
export interface Taken {
  readonly result: ReportResult;
  /** -1 where the decision is not open. */
  readonly arm: number;
  readonly told: ToldOutcome | undefined;
  /** undefined where the breaker was not asked. */
  readonly effect: ReportEffect | undefined;
  /** What the evidence learned; undefined = nothing. */
  readonly news: News | undefined;
  /** How the model was found to have changed; undefined = it was not. */
  readonly drift: DriftDirection | undefined;
}

const DUPLICATE: Taken = closed({ kind: 'duplicate' });
const CLOSED: Readonly<Record<'reported' | 'unknown' | 'expired', Taken>> = {
  reported: DUPLICATE,
  unknown: closed({ kind: 'unknown' }),
  expired: closed({ kind: 'expired' }),
};

/** Takes reports: which ticket, what is new, and who learns it. */
export class LiveReports {
  readonly #options: ParsedRouterOptions;
  readonly #settling: SettleOptions;
  readonly #state: RouterState;
  readonly #breakers: ArmBreakers | undefined;
  readonly #tally: Tally;
  readonly #steering: Steering;
  #settlingNow = false;

  constructor(
    options: ParsedRouterOptions,
    state: RouterState,
    breakers: ArmBreakers | undefined,
    tally: Tally,
    steering: Steering,
  ) {
    this.#steering = steering;
    this.#options = options;
    const { reward, rewardFunction, latency } = options;
    this.#settling = { reward, rewardFunction, learnsLatency: latency !== undefined };
    this.#state = state;
    this.#breakers = breakers;
    this.#tally = tally;
  }

  /** @throws {ParameterError} for a malformed outcome; nothing has changed then */
  take(decisionId: string, outcome: Outcome, moment: Moment): Taken {
    if (this.#settlingNow)
      throw new ParameterError('options.reward', 'a function that does not report', decisionId);
    const sequenceNumber = sequenceNumberOf(this.#options.instanceId, decisionId);
    this.#state.pending.expire(moment.elapsedMs);
    const ticket = this.#state.ticket(sequenceNumber);
    const taken =
      typeof ticket === 'string' ? CLOSED[ticket] : this.#takeOpen(ticket, outcome, moment);
    this.#tally.reports[taken.result.kind]++;
    return taken;
  }

  #takeOpen(ticket: Ticket, outcome: Outcome, moment: Moment): Taken {
    const { sequenceNumber } = ticket;
    const told = parseOutcome(outcome);
    const settled = this.#settle(ticket, told);
    // A reward function that selects may have driven the ticket out.
    if (this.#state.ticket(sequenceNumber) !== ticket) return CLOSED.expired;
    return this.#learn(ticket, told, settled, moment);
  }

  #settle(ticket: Ticket, told: ToldOutcome): Settled {
    const arm = this.#options.arms.list[ticket.arm]!;
    this.#settlingNow = true;
    try {
      return settle(told, ticket, arm, this.#settling, this.#state.kernel.raw);
    } finally {
      this.#settlingNow = false;
    }
  }

  /** From here on nothing throws. */
  #learn(ticket: Ticket, told: ToldOutcome, { facts, news }: Settled, moment: Moment): Taken {
    const { arm, callKnown } = ticket;
    const learns = teaches(news);
    if (callKnown && !learns && !isMore(ticket, facts)) return DUPLICATE;
    keep(ticket, facts);
    const effect = callKnown ? undefined : this.#called(ticket, told, moment.nowMs);
    let drift: DriftDirection | undefined;
    if (learns) {
      this.#tally.learned(arm, news.reward, news.costUsd);
      this.#steering.settle(ticket.sequenceNumber, news.costUsd);
      drift = this.#state.learn(ticket, news, moment.elapsedMs);
    }
    const result: ReportResult = {
      kind: 'accepted',
      reward: undefinedIfNaN(news.reward),
      costUsd: undefinedIfNaN(news.costUsd),
      latencyMs: undefinedIfNaN(news.latencyMs),
    };
    return { result, arm, told, effect, news: learns ? news : undefined, drift };
  }

  /** The first report says how the call went. */
  #called(ticket: Ticket, told: ToldOutcome, nowMs: number): ReportEffect | undefined {
    const { arm, permit } = ticket;
    const { error, latencyMs, retryAfterMs } = told;
    ticket.callKnown = true;
    // A run of which nothing was started is no call.
    if (error === undefined && told.run?.started === 0) return undefined;
    this.#tally.called(arm, error);
    if (!this.#breakers) return undefined;
    return error === undefined
      ? this.#breakers.succeeded(arm, permit, nowMs, latencyMs)
      : this.#breakers.failed(arm, permit, nowMs, error, latencyMs, retryAfterMs);
  }
}

function closed(result: ReportResult): Taken {
  return Object.freeze({
    result: Object.freeze(result),
    arm: -1,
    told: undefined,
    effect: undefined,
    news: undefined,
    drift: undefined,
  });
}

/** Do the facts tell what the ticket does not know and a part still waits for? */
function isMore(ticket: Ticket, facts: Facts): boolean {
  const { rewardKnown, costKnown } = ticket;
  const forReward =
    !same(ticket.latencyMs, facts.latencyMs) || !same(ticket.retries, facts.retries);
  const forCost =
    !same(ticket.promptTokens, facts.promptTokens) ||
    !same(ticket.outputTokens, facts.outputTokens);
  return (!rewardKnown && forReward) || (!costKnown && forCost);
}

function same(a: number, b: number): boolean {
  return Object.is(a, b) || a === b;
}

function keep(ticket: Ticket, facts: Facts): void {
  ticket.latencyMs = facts.latencyMs;
  ticket.retries = facts.retries;
  ticket.promptTokens = facts.promptTokens;
  ticket.outputTokens = facts.outputTokens;
}
