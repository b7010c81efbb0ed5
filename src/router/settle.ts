import type { Arm } from '../arms/models';
import { ParameterError, show } from '../core/errors';
import { UNIT } from '../core/validation';
import type { KernelExports } from '../kernel/exports';
import type { ParsedRewardOptions } from '../reward/composite';
import type { Outcome, RewardFunction, ToldOutcome } from './outcome';
import type { Ticket } from './pending';
import type { News } from './news';

/** How a router turns outcomes into rewards, and whether it learns latencies. */
export interface SettleOptions {
  readonly reward: ParsedRewardOptions;
  readonly rewardFunction: RewardFunction | undefined;
  readonly learnsLatency: boolean;
}

/** What has been told of a decision so far, the new report included; what was told first stands. NaN = not told. */
export interface Facts {
  readonly latencyMs: number;
  readonly retries: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** What a ticket knows. */
export type SettledTicket = Facts & Pick<Ticket, 'rewardKnown' | 'costKnown' | 'latencyKnown'>;

/** What a report says, held against what its ticket knows. */
export interface Settled {
  readonly facts: Facts;
  /** For the evidence: only what was not known. */
  readonly news: News;
}

/**
 * Holds a report against its ticket, which is left as it is.
 * @throws {ParameterError} for a report that tells nothing, and for a reward function that fails
 */
export function settle(
  told: ToldOutcome,
  ticket: SettledTicket,
  arm: Arm,
  options: SettleOptions,
  kernel: KernelExports,
): Settled {
  const facts: Facts = {
    latencyMs: firstKnown(ticket.latencyMs, answerLatency(told)),
    retries: firstKnown(ticket.retries, told.retries),
    // The request's own count of prompt tokens was an estimate: the report's stands, while the cost is open.
    promptTokens: firstKnown(told.promptTokens, ticket.promptTokens),
    outputTokens: firstKnown(ticket.outputTokens, told.outputTokens),
  };
  const reward = rewardOf(told, facts, options, kernel);
  const costUsd = firstKnown(
    told.costUsd,
    facts.promptTokens * arm.usdPerInputToken + facts.outputTokens * arm.usdPerOutputToken,
  );
  requireNews(told, reward, costUsd);
  return {
    facts,
    news: {
      reward: ticket.rewardKnown ? NaN : reward,
      costUsd: ticket.costKnown ? NaN : costUsd,
      latencyMs: ticket.latencyKnown || !options.learnsLatency ? NaN : facts.latencyMs,
      promptTokens: facts.promptTokens,
      firstTokenMs: told.firstTokenMs,
      outputTokens: facts.outputTokens,
    },
  };
}

/** Does a report bring anything to the evidence? */
export function teaches({ reward, costUsd, latencyMs }: News): boolean {
  return reward === reward || costUsd === costUsd || latencyMs === latencyMs;
}

/** A refusal is quick and no answer: of failed calls only a timeout says how long answers take. */
function answerLatency({ error, latencyMs }: ToldOutcome): number {
  return error === undefined || error === 'timeout' ? latencyMs : NaN;
}

function firstKnown(first: number, second: number): number {
  return Number.isNaN(first) ? second : first;
}

function rewardOf(
  told: ToldOutcome,
  facts: Facts,
  options: SettleOptions,
  kernel: KernelExports,
): number {
  if (!Number.isNaN(told.reward)) return told.reward;
  if (options.rewardFunction) return ownReward(told, facts, options.rewardFunction);
  if (!Number.isNaN(told.valid)) return compositeReward(told.valid, facts, options.reward, kernel);
  return told.error === undefined ? NaN : (options.reward.errorRewards[told.error] ?? NaN);
}

function compositeReward(
  valid: number,
  { latencyMs, retries }: Facts,
  options: ParsedRewardOptions,
  kernel: KernelExports,
): number {
  return kernel.composite_reward(
    valid,
    latencyMs,
    // Not told is none.
    retries > 0 ? 0 : 1,
    options.validityWeight,
    options.latencyWeight,
    options.retryWeight,
    options.latencyMidpointMs,
    options.latencyScaleMs,
  );
}

function ownReward(told: ToldOutcome, facts: Facts, rewardFunction: RewardFunction): number {
  const outcome = Object.freeze(outcomeOf(told, facts));
  let reward: unknown;
  try {
    reward = rewardFunction(outcome);
  } catch (error) {
    if (error instanceof ParameterError) throw error;
    const failure = new ParameterError(
      'options.reward(outcome)',
      'a number in [0, 1] or undefined',
      `an error: ${show(error instanceof Error ? error.message : error)}`,
    );
    failure.cause = error;
    throw failure;
  }
  if (reward === undefined) return NaN;
  if (typeof reward === 'number' && UNIT.contains(reward)) return reward;
  throw new ParameterError('options.reward(outcome)', 'a number in [0, 1] or undefined', reward);
}

function factsOf({ latencyMs, retries, promptTokens, outputTokens }: ToldOutcome): Facts {
  return { latencyMs, retries, promptTokens, outputTokens };
}

function outcomeOf(told: ToldOutcome, facts: Facts): Outcome {
  const numbers = {
    ...facts,
    valid: told.valid,
    firstTokenMs: told.firstTokenMs,
    costUsd: told.costUsd,
  };
  const known = Object.entries(numbers).filter(([, value]) => !Number.isNaN(value));
  return {
    ...Object.fromEntries(known),
    ...(told.error !== undefined && { error: told.error }),
    ...(told.retryAfterMs !== undefined && { retryAfterMs: told.retryAfterMs }),
  };
}

/** Would the report be passed over in silence? @throws {ParameterError} */
function requireNews(told: ToldOutcome, reward: number, costUsd: number): void {
  const { valid, latencyMs, promptTokens, outputTokens, error, status } = told;
  if (error !== undefined || status) return;
  if (!(Number.isNaN(reward) && Number.isNaN(valid) && Number.isNaN(latencyMs))) return;
  const tellsCost = [told.costUsd, promptTokens, outputTokens].some((one) => !Number.isNaN(one));
  if (tellsCost && !Number.isNaN(costUsd)) return;
  throw new ParameterError(
    'outcome',
    'an object with reward or valid, with costUsd or (prompt and) outputTokens, with latencyMs, or with error or status',
    outcomeOf(told, factsOf(told)),
  );
}
