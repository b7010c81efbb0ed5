import type { Arm } from '../arms/models';
import { ParameterError } from '../core/errors';
import {
  NOT_NEGATIVE,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  TOKENS,
  UNIT,
  USD,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { firstTokenWithin } from '../forecast/latency/latencyOptions';
import type { KernelExports } from '../kernel/exports';
import type { ParsedRewardOptions } from '../reward/composite';

/**
 * What became of a decision: a reward, a cost, or both. The reward is `reward` if given, else the composite of validity, latency and retries if
 * `valid` is given, else nothing is learned about quality. The cost is `costUsd` if given, else list price × tokens
 * if `outputTokens` and the prompt's tokens are known, else nothing is learned about cost. A router with `latency` learns `latencyMs` too, and
 * better with `firstTokenMs` and `outputTokens`.
 */
export interface Outcome {
  /** Quality of the answer, in [0, 1]. */
  readonly reward?: number;
  /** Was the answer usable? A number in [0, 1] grades it. */
  readonly valid?: boolean | number;
  /** From the request to the last token. An answer given up after some time counts as if it had come then. */
  readonly latencyMs?: number;
  /** From the request to the first token, <= latencyMs. */
  readonly firstTokenMs?: number;
  /** Retries needed. @defaultValue 0 */
  readonly retries?: number;
  readonly costUsd?: number;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
}

/** An outcome in the kernel's terms; NaN = not known. */
export interface ParsedOutcome {
  readonly reward: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  readonly latencyMs: number;
  readonly firstTokenMs: number;
  readonly outputTokens: number;
}

const KEYS = [
  'reward',
  'valid',
  'latencyMs',
  'firstTokenMs',
  'retries',
  'costUsd',
  'promptTokens',
  'outputTokens',
] as const;

/**
 * @param learnsLatency whether a latency alone is worth a report
 * @throws {ParameterError} for a malformed outcome, or one that tells nothing to learn
 */
export function parseOutcome(
  value: unknown,
  arm: Arm,
  knownPromptTokens: number,
  options: ParsedRewardOptions,
  kernel: KernelExports,
  learnsLatency = false,
): ParsedOutcome {
  const outcome = requireObject('outcome', value);
  rejectUnknownKeys('outcome', outcome, KEYS);
  const latencyMs = numberOrNaN(outcome, 'latencyMs', NOT_NEGATIVE);
  // Without a latency no first token's time passes: NaN is nobody's upper end.
  const firstTokenMs = numberOrNaN(outcome, 'firstTokenMs', firstTokenWithin(latencyMs));
  const valid = validity(outcome);
  const retries = outcome['retries'] === undefined ? 0 : outcome['retries'];
  requireNumber('outcome.retries', retries, wholeBetween(0, 1_000_000));
  const reportedTokens = numberOrNaN(outcome, 'promptTokens', TOKENS);
  const promptTokens = Number.isNaN(reportedTokens) ? knownPromptTokens : reportedTokens;
  const composite = () => compositeReward(valid, latencyMs, retries === 0 ? 1 : 0, options, kernel);
  const reward =
    outcome['reward'] === undefined
      ? composite()
      : requireNumber('outcome.reward', outcome['reward'], UNIT);
  const costUsd = cost(outcome, arm, promptTokens);
  const nothing = Number.isNaN(reward) && Number.isNaN(costUsd);
  if (nothing && !(learnsLatency && !Number.isNaN(latencyMs))) {
    const allowed = 'an object with reward or valid, or with costUsd or (prompt and) outputTokens';
    throw new ParameterError('outcome', allowed, outcome);
  }
  const outputTokens = numberOrNaN(outcome, 'outputTokens', TOKENS);
  return { reward, costUsd, promptTokens, latencyMs, firstTokenMs, outputTokens };
}

function compositeReward(
  valid: number,
  latencyMs: number,
  noRetry: number,
  options: ParsedRewardOptions,
  kernel: KernelExports,
): number {
  if (Number.isNaN(valid)) return NaN;
  const { validityWeight, latencyWeight, retryWeight, latencyMidpointMs, latencyScaleMs } = options;
  return kernel.composite_reward(
    valid,
    latencyMs,
    noRetry,
    validityWeight,
    latencyWeight,
    retryWeight,
    latencyMidpointMs,
    latencyScaleMs,
  );
}

function validity(outcome: Record<string, unknown>): number {
  const valid = outcome['valid'];
  if (valid === undefined) return NaN;
  if (typeof valid === 'boolean') return valid ? 1 : 0;
  if (typeof valid === 'number' && UNIT.contains(valid)) return valid;
  throw new ParameterError('outcome.valid', 'a boolean or a number in [0, 1]', valid);
}

function cost(outcome: Record<string, unknown>, arm: Arm, promptTokens: number): number {
  const costUsd = numberOrNaN(outcome, 'costUsd', USD);
  const outputTokens = numberOrNaN(outcome, 'outputTokens', TOKENS);
  if (!Number.isNaN(costUsd)) return costUsd;
  return promptTokens * arm.usdPerInputToken + outputTokens * arm.usdPerOutputToken;
}

function numberOrNaN(outcome: Record<string, unknown>, key: string, interval: Interval): number {
  const value = outcome[key];
  return value === undefined ? NaN : requireNumber(`outcome.${key}`, value, interval);
}
