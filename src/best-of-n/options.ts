import { ParameterError } from '../core/errors';
import {
  optionalNumber,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { seedFrom, type Seed } from '../random/seed';

/** Most samples of one prompt. */
export const MOST_SAMPLES = 1024;

const SAMPLES = wholeBetween(1, MOST_SAMPLES);
/** What timers of every host can wait for. */
const TIMEOUT: Interval = { text: 'in [1, 2^31 - 1]', contains: (v) => v >= 1 && v <= 2 ** 31 - 1 };
const SEQUENCE = wholeBetween(0, Number.MAX_SAFE_INTEGER);
const DEFAULT_CONCURRENT = 8;

/** What `generate` is asked for. */
export interface SampleCall<Prompt, Arm> {
  readonly prompt: Prompt;
  readonly arm: Arm;
  /** Number of the sample, from 0. */
  readonly sample: number;
  /**
   * A seed for the provider's sampling, a whole number in [0, 2^31 - 1], different for every sample and the same in every run of
   * the same `random`; undefined without it.
   */
  readonly seed: number | undefined;
  /** Aborted when the caller aborts or the run times out: pass it on to the call. */
  readonly signal: AbortSignal;
}

/** One answer. */
export interface Generation<Answer> {
  readonly answer: Answer;
  /** What this sample cost, in [0, 1e9] USD; undefined where it is not known. */
  readonly costUsd?: number | undefined;
}

/** What `proxyReward` is asked for. */
export interface ScoreCall<Prompt, Answer, Arm> {
  readonly prompt: Prompt;
  readonly arm: Arm;
  readonly sample: number;
  readonly answer: Answer;
  readonly signal: AbortSignal;
}

export interface BestOfNOptions<Answer, Prompt = string, Arm = string> {
  /** Handed on as it is. */
  readonly prompt: Prompt;
  /** Whom to ask: a model's id, a decision, or whatever `generate` understands; handed on as it is. */
  readonly arm: Arm;
  /** Samples, 1 to 1024. */
  readonly n: number;
  /** Makes one answer. What it throws fails that sample only. */
  readonly generate: (
    call: SampleCall<Prompt, Arm>,
  ) => Generation<Answer> | PromiseLike<Generation<Answer>>;
  /** Scores an answer, higher is better: a proxy reward model or a verifier. What it throws, and NaN or infinity, fails that sample only. */
  readonly proxyReward: (call: ScoreCall<Prompt, Answer, Arm>) => number | PromiseLike<number>;
  /**
   * Samples under way at the same time, 1 to 1024; scoring included.
   * @defaultValue 8
   */
  readonly maxConcurrent?: number | undefined;
  /** Ends the run: what is scored by then counts, the rest has failed by 'aborted'. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Deadline of the whole run, in [1, 2^31 - 1] ms: what is scored by then counts, the rest has failed by 'timeout'.
   * @defaultValue undefined: none
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Where the samples' seeds come from: the router's seed and the decision's sequence number. They are a stream of their own, so
   * taking them moves no decision.
   * @defaultValue undefined: samples have no seeds
   */
  readonly random?: { readonly seed: number | bigint; readonly sequenceNumber: number } | undefined;
}

export interface ParsedBestOfNOptions<Answer, Prompt, Arm> {
  readonly prompt: Prompt;
  readonly arm: Arm;
  readonly n: number;
  readonly generate: BestOfNOptions<Answer, Prompt, Arm>['generate'];
  readonly proxyReward: BestOfNOptions<Answer, Prompt, Arm>['proxyReward'];
  readonly maxConcurrent: number;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly random: { readonly seed: Seed; readonly sequenceNumber: number } | undefined;
}

const KEYS = [
  'prompt',
  'arm',
  'n',
  'generate',
  'proxyReward',
  'maxConcurrent',
  'signal',
  'timeoutMs',
  'random',
] as const;

/** @throws {ParameterError} */
export function parseBestOfNOptions<Answer, Prompt, Arm>(
  value: BestOfNOptions<Answer, Prompt, Arm>,
): ParsedBestOfNOptions<Answer, Prompt, Arm> {
  const options = requireObject('options', value);
  rejectUnknownKeys('options', options, KEYS);
  const { prompt, arm, signal, timeoutMs } = value;
  requireFunction('options.generate', value.generate);
  requireFunction('options.proxyReward', value.proxyReward);
  requireSignal(signal);
  return {
    prompt,
    arm,
    signal,
    n: requireNumber('options.n', value.n, SAMPLES),
    generate: value.generate,
    proxyReward: value.proxyReward,
    maxConcurrent: optionalNumber(
      'options.maxConcurrent',
      value.maxConcurrent,
      SAMPLES,
      DEFAULT_CONCURRENT,
    ),
    timeoutMs:
      timeoutMs === undefined ? undefined : requireNumber('options.timeoutMs', timeoutMs, TIMEOUT),
    random: parseRandom(value.random),
  };
}

function parseRandom(value: unknown): ParsedBestOfNOptions<unknown, unknown, unknown>['random'] {
  if (value === undefined) return undefined;
  const random = requireObject('options.random', value);
  rejectUnknownKeys('options.random', random, ['seed', 'sequenceNumber']);
  return {
    seed: seedFrom('options.random.seed', random['seed']),
    sequenceNumber: requireNumber(
      'options.random.sequenceNumber',
      random['sequenceNumber'],
      SEQUENCE,
    ),
  };
}

function requireFunction(parameter: string, value: unknown): void {
  if (typeof value !== 'function') throw new ParameterError(parameter, 'a function', value);
}

/** By what it can do: a signal may come from another realm. */
function requireSignal(value: unknown): void {
  if (value === undefined) return;
  const signal = value as Partial<AbortSignal> | null;
  const listens = typeof signal?.addEventListener === 'function';
  if (listens && typeof signal.aborted === 'boolean') return;
  throw new ParameterError('options.signal', 'an AbortSignal', value);
}
