import { ERROR_CLASSES, type ErrorClass } from '../core/errorClass';
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
import { errorClassOfStatus } from '../breaker/errorClasses';
import { firstTokenWithin, LATENCY_MS } from '../forecast/latency/latencyOptions';
import { parseSamples, type SampleOutcome, type ToldRun } from './runOutcome';

/**
 * What became of a decision, or of a part of it: reports add up (docs/REPORTS.md). How the call went is for the circuit breaker: it failed if the
 * report has an `error` or a `status` of 400 or more, else it brought an answer. The reward is `reward` if given, else what the router's reward
 * function says, else the composite of validity, latency and retries if `valid` is given, else what the reward's options say of
 * the error, else nothing is learned about quality. The cost is `costUsd` if given, else list price × tokens if `outputTokens` and the
 * prompt's tokens are known, else nothing is learned about cost. A router with `latency` learns `latencyMs` too, and
 * better with `firstTokenMs` and `outputTokens`.
 */
export interface Outcome {
  /** Quality of the answer, in [0, 1]. */
  readonly reward?: number;
  /** Was the answer usable? A number in [0, 1] grades it. */
  readonly valid?: boolean | number;
  /** From the request to the last token, in [0, 3e9]. An answer given up after some time counts as if it had come then. */
  readonly latencyMs?: number;
  /** From the request to the first token, <= latencyMs. */
  readonly firstTokenMs?: number;
  /** Retries needed. @defaultValue 0 */
  readonly retries?: number;
  readonly costUsd?: number;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  /** Why the call failed. Its answer's quality is not judged by that: add `valid: false` or a `reward` if it is to be. */
  readonly error?: ErrorClass;
  /** HTTP status, a whole number in [100, 599]; `errorClassOfStatus` gives its class where `error` does not. */
  readonly status?: number;
  /** What the provider asks to wait, >= 0 and finite, with a failed call only; counted up to `breakers.maxRetryAfterMs`. See `parseRetryAfterMs`. */
  readonly retryAfterMs?: number;
  /**
   * What became of each sample, for a router with `bestOf`: `samples` of what `bestOfN` gives, at most as many as the decision says. Where the report brings no reward
   * otherwise, their scores are rewards and teach of every smaller n too; beside a reward, which is that of the answer chosen, they tell how many came.
   * Costs are added up.
   */
  readonly samples?: readonly SampleOutcome[];
}

/**
 * A reward in [0, 1] of one's own for an outcome, earlier reports of the decision included; undefined: not to be told from this yet. It is
 * asked where a report brings no `reward`, and must not report itself.
 */
export type RewardFunction = (outcome: Outcome) => number | undefined;

/** An outcome's fields, checked; NaN = not told. */
export interface ToldOutcome {
  readonly reward: number;
  readonly valid: number;
  readonly latencyMs: number;
  readonly firstTokenMs: number;
  readonly retries: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly error: ErrorClass | undefined;
  readonly retryAfterMs: number | undefined;
  /** Was a status told, of whatever kind? */
  readonly status: boolean;
  readonly run: ToldRun | undefined;
}

const KEYS: readonly string[] = [
  'reward',
  'valid',
  'latencyMs',
  'firstTokenMs',
  'retries',
  'costUsd',
  'promptTokens',
  'outputTokens',
  'error',
  'status',
  'retryAfterMs',
  'samples',
];

const RETRIES = wholeBetween(0, 1_000_000);
const STATUS = wholeBetween(100, 599);

/** Each field is read once. @throws {ParameterError} for a malformed outcome */
export function parseOutcome(value: unknown): ToldOutcome {
  const outcome = requireObject('outcome', value);
  rejectUnknownKeys('outcome', outcome, KEYS);
  const latencyMs = numberOrNaN('outcome.latencyMs', outcome['latencyMs'], LATENCY_MS);
  const status = outcome['status'];
  if (status !== undefined) requireNumber('outcome.status', status, STATUS);
  const error = errorOf(outcome['error'], status as number | undefined);
  return {
    reward: numberOrNaN('outcome.reward', outcome['reward'], UNIT),
    valid: validity(outcome['valid']),
    latencyMs,
    firstTokenMs: firstToken(outcome['firstTokenMs'], latencyMs),
    retries: numberOrNaN('outcome.retries', outcome['retries'], RETRIES),
    costUsd: numberOrNaN('outcome.costUsd', outcome['costUsd'], USD),
    promptTokens: numberOrNaN('outcome.promptTokens', outcome['promptTokens'], TOKENS),
    outputTokens: numberOrNaN('outcome.outputTokens', outcome['outputTokens'], TOKENS),
    error,
    retryAfterMs: retryAfter(outcome['retryAfterMs'], error),
    status: status !== undefined,
    run: parseSamples('outcome.samples', outcome['samples']),
  };
}

function numberOrNaN(parameter: string, value: unknown, interval: Interval): number {
  return value === undefined ? NaN : requireNumber(parameter, value, interval);
}

function validity(valid: unknown): number {
  if (valid === undefined) return NaN;
  if (typeof valid === 'boolean') return valid ? 1 : 0;
  if (typeof valid === 'number' && UNIT.contains(valid)) return valid;
  throw new ParameterError('outcome.valid', 'a boolean or a number in [0, 1]', valid);
}

/** Without a latency no first token's time passes: NaN is nobody's upper end. */
function firstToken(value: unknown, latencyMs: number): number {
  // Perf: the interval words its message, so it is made only for a value.
  if (value === undefined) return NaN;
  return requireNumber('outcome.firstTokenMs', value, firstTokenWithin(latencyMs));
}

function errorOf(error: unknown, status: number | undefined): ErrorClass | undefined {
  if (error === undefined) return status === undefined ? undefined : errorClassOfStatus(status);
  if (ERROR_CLASSES.includes(error as ErrorClass)) return error as ErrorClass;
  throw new ParameterError('outcome.error', `one of ${ERROR_CLASSES.join(', ')}`, error);
}

function retryAfter(value: unknown, error: ErrorClass | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (error !== undefined) return requireNumber('outcome.retryAfterMs', value, NOT_NEGATIVE);
  throw new ParameterError(
    'outcome.retryAfterMs',
    'given with an error, or a status that is one, only',
    value,
  );
}
