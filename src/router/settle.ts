import type { Arm } from '../arms/models';
import { ParameterError, show } from '../core/errors';
import { UNIT } from '../core/validation';
import type { KernelExports } from '../kernel/exports';
import type { ParsedRewardOptions } from '../reward/composite';
import type { Outcome, RewardFunction, ToldOutcome } from './outcome';
import type { Ticket } from './pending';
import type { News } from './news';
import { costOfRun, requireRewards, type LearnedRun, type ToldRun } from './runOutcome';

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
export type SettledTicket = Facts &
  Pick<Ticket, 'n' | 'rewardKnown' | 'costKnown' | 'latencyKnown'>;

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
  requireOfTicket(told, ticket);
  const facts: Facts = {
    latencyMs: firstKnown(ticket.latencyMs, answerLatency(told)),
    retries: firstKnown(ticket.retries, told.retries),
    // The request's own count of prompt tokens was an estimate: the report's stands, while the cost is open.
    promptTokens: firstKnown(told.promptTokens, ticket.promptTokens),
    outputTokens: firstKnown(ticket.outputTokens, told.outputTokens),
  };
  const ofAnswer = rewardOf(told, facts, options, kernel);
  const run = ticket.n > 0 ? runOf(told.run, ticket.n, ofAnswer, options) : undefined;
  const reward = run?.scores ? Math.max(...run.scores) : ofAnswer;
  const costUsd = firstKnown(told.costUsd, costOf(told.run, facts, arm));
  requireNews(told, reward, costUsd);
  const news: News = {
    reward: ticket.rewardKnown ? NaN : reward,
    costUsd: ticket.costKnown ? NaN : costUsd,
    latencyMs: ticket.latencyKnown || !options.learnsLatency ? NaN : facts.latencyMs,
    promptTokens: facts.promptTokens,
    firstTokenMs: told.firstTokenMs,
    outputTokens: facts.outputTokens,
  };
  // Perf: the same shape wherever nothing is said of samples.
  if (!run) return { facts, news };
  const scores = ticket.rewardKnown ? undefined : run.scores;
  return { facts, news: { ...news, run: { ...run, scores } } };
}

/** @throws {ParameterError} for samples that were not asked for, and for tokens of several */
function requireOfTicket(
  { run, costUsd, promptTokens, outputTokens }: ToldOutcome,
  { n }: SettledTicket,
): void {
  if (run && run.length > n)
    throw new ParameterError(
      'outcome.samples',
      n === 0 ? 'left out without the option bestOf' : `of at most the decision’s ${n}`,
      `${run.length} samples`,
    );
  if (run?.started === 0 && costUsd > 0)
    throw new ParameterError('outcome.costUsd', '0, as no sample was started', costUsd);
  const tokens = firstKnown(promptTokens, outputTokens);
  if (n > 1 && !Number.isNaN(tokens))
    throw new ParameterError(
      'outcome: tokens',
      'left out for a decision of several samples, whose cost is told as costUsd',
      tokens,
    );
}

/** Which n a run teaches of. A reward of the run stands before scores, and a reward function decides alone. */
function runOf(
  run: ToldRun | undefined,
  n: number,
  ofAnswer: number,
  { rewardFunction }: SettleOptions,
): LearnedRun {
  const started = run?.started ?? n;
  const came = run?.scores.length ?? n;
  const byScores = run !== undefined && came > 0 && Number.isNaN(ofAnswer) && !rewardFunction;
  const scores = byScores ? requireRewards(run.scores) : undefined;
  // A reward although nothing came is that of having asked n times.
  return { samples: came === 0 ? n : came, scores, started };
}

function costOf(run: ToldRun | undefined, facts: Facts, arm: Arm): number {
  const byTokens =
    facts.promptTokens * arm.usdPerInputToken + facts.outputTokens * arm.usdPerOutputToken;
  return run ? firstKnown(costOfRun(run), byTokens) : byTokens;
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
  const { valid, latencyMs, promptTokens, outputTokens, error, status, run } = told;
  if (error !== undefined || status) return;
  if (!(Number.isNaN(reward) && Number.isNaN(valid) && Number.isNaN(latencyMs))) return;
  const tellsCost =
    run !== undefined ||
    [told.costUsd, promptTokens, outputTokens].some((one) => !Number.isNaN(one));
  if (tellsCost && !Number.isNaN(costUsd)) return;
  throw new ParameterError(
    'outcome',
    run
      ? 'samples with a score or costUsd, or the run’s reward, costUsd, latencyMs, error or status beside them'
      : 'an object with reward or valid, with costUsd or (prompt and) outputTokens, with latencyMs, or with error or status',
    outcomeOf(told, factsOf(told)),
  );
}
