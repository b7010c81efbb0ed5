import { ParameterError } from '../core/errors';
import {
  optionalNumber,
  requireObject,
  requireOptions,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { parseEffects, type ErrorClass, type ErrorEffect, type ErrorEffects } from './errorClasses';

/**
 * The calls that rates are taken over. `'calls'`: the last `calls` of them, as far as they are no older than
 * `maxAgeMs`. `'time'`: all calls of the last `durationMs`, counted in `buckets` equal parts of it, of which the
 * oldest leaves as a whole. Either way calls leave with time alone: after an idle hour nothing of before counts.
 */
export type BreakerWindow =
  | {
      readonly kind: 'calls';
      /** Whole number in [1, 10000]. @defaultValue 100 */
      readonly calls?: number;
      /** Milliseconds, in [1, 604800000]; Infinity: calls leave only by number. @defaultValue 120000 */
      readonly maxAgeMs?: number;
    }
  | {
      readonly kind: 'time';
      /** Milliseconds, in [1, 604800000]. @defaultValue 120000 */
      readonly durationMs?: number;
      /** Whole number in [1, 1000]. @defaultValue 12 */
      readonly buckets?: number;
    };

/** How a circuit breaker is set up. Defaults and where they come from: docs/BREAKERS.md. */
export interface BreakerOptions {
  /** @defaultValue \{ kind: 'calls' \} */
  readonly window?: BreakerWindow;
  /** Calls in the window below which no rate opens the breaker. Whole number in [1, 10000]. @defaultValue 10 */
  readonly minimumCalls?: number;
  /** Share of failed calls in the window from which on the breaker opens, in (0, 1]. @defaultValue 0.5 */
  readonly failureRate?: number;
  /** Share of slow calls in the window from which on the breaker opens, in (0, 1]. @defaultValue 1 */
  readonly slowCallRate?: number;
  /** A call that took longer is slow. Milliseconds > 0; Infinity: none is. @defaultValue 120000 */
  readonly slowCallMs?: number;
  /** Length of the first cool-down. Milliseconds, in [1, 86400000]. @defaultValue 30000 */
  readonly cooldownMs?: number;
  /** Factor from one cool-down to the next where nothing recovered in between, in [1, 100]. @defaultValue 2 */
  readonly cooldownFactor?: number;
  /** Longest cool-down. Milliseconds, in [cooldownMs, 86400000]. @defaultValue 300000, or cooldownMs if longer */
  readonly maxCooldownMs?: number;
  /** Longest wait that a provider's Retry-After can ask for. Milliseconds, in [0, 86400000]. @defaultValue 900000 */
  readonly maxRetryAfterMs?: number;
  /** Calls let through while half-open, n. Whole number in [1, 100]. @defaultValue 3 */
  readonly trialCalls?: number;
  /** Successes among them that close the breaker, k. Whole number in [1, trialCalls]. @defaultValue 2, or trialCalls if fewer */
  readonly trialSuccesses?: number;
  /**
   * A trial call that has not reported by then counts as failed, and its report as stale: keep it above the
   * client's own timeout. Milliseconds, in [1, 86400000].
   * @defaultValue 120000
   */
  readonly trialTimeoutMs?: number;
  /**
   * What each class of errors does.
   * @defaultValue rateLimited: 'openIfRetryAfter', quota and auth: 'open', contentFilter and badRequest: 'ignored', the others: 'failure'
   */
  readonly effects?: Readonly<Partial<Record<ErrorClass, ErrorEffect>>>;
}

/** A window in the terms of its ring: slots of a width in ms (0: one call each), and the ages they leave at. */
export interface ParsedWindow {
  readonly kind: 'calls' | 'time';
  readonly slots: number;
  readonly bucketMs: number;
  /** A slot leaves when its tick (ms, or number of the bucket) lies this far back. */
  readonly span: number;
}

/** Checked options; made by `parseBreakerOptions`. */
export interface ParsedBreakerOptions {
  readonly window: ParsedWindow;
  readonly minimumCalls: number;
  readonly failureRate: number;
  readonly slowCallRate: number;
  readonly slowCallMs: number;
  readonly cooldownMs: number;
  readonly cooldownFactor: number;
  readonly maxCooldownMs: number;
  readonly maxRetryAfterMs: number;
  readonly trialCalls: number;
  readonly trialSuccesses: number;
  readonly trialTimeoutMs: number;
  readonly effects: ErrorEffects;
}

const KEYS = [
  'window',
  'minimumCalls',
  'failureRate',
  'slowCallRate',
  'slowCallMs',
  'cooldownMs',
  'cooldownFactor',
  'maxCooldownMs',
  'maxRetryAfterMs',
  'trialCalls',
  'trialSuccesses',
  'trialTimeoutMs',
  'effects',
] as const;

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const RATE: Interval = { text: 'in (0, 1]', contains: (v) => v > 0 && v <= 1 };
const SLOW_MS: Interval = { text: '> 0 (Infinity allowed)', contains: (v) => v > 0 };
const FACTOR: Interval = { text: 'in [1, 100]', contains: (v) => v >= 1 && v <= 100 };
const WINDOW_MS: Interval = msBetween(1, WEEK_MS);
const AGE_MS: Interval = {
  text: `in [1, ${WEEK_MS}] or Infinity`,
  contains: (v) => (v >= 1 && v <= WEEK_MS) || v === Infinity,
};

function msBetween(low: number, high: number): Interval {
  return { text: `in [${low}, ${high}]`, contains: (v) => v >= low && v <= high };
}

/** Those that were made here, and need no second look. */
const parsedOptions = new WeakSet();

/**
 * Checks options once, for any number of breakers; what is parsed already is handed back.
 * @param parameter what to call them in messages
 * @throws {ParameterError} naming the option, what is allowed and what came
 */
export function parseBreakerOptions(
  value: unknown = {},
  parameter = 'breaker',
): ParsedBreakerOptions {
  if (parsedOptions.has(value as object)) return value as ParsedBreakerOptions;
  const options = Object.freeze(parse(value, parameter));
  parsedOptions.add(options);
  return options;
}

function parse(value: unknown, parameter: string): ParsedBreakerOptions {
  const options = requireOptions(parameter, value, KEYS);
  const number = (key: (typeof KEYS)[number], interval: Interval, otherwise: number) =>
    optionalNumber(`${parameter}.${key}`, options[key], interval, otherwise);
  const window = parseWindow(`${parameter}.window`, options['window']);
  // More than a window of calls can hold would never be reached, and the breaker never open.
  const mostCalls = window.kind === 'calls' ? window.slots : 10_000;
  const cooldownMs = number('cooldownMs', msBetween(1, DAY_MS), 30_000);
  const trialCalls = number('trialCalls', wholeBetween(1, 100), 3);
  return {
    window,
    minimumCalls: number('minimumCalls', wholeBetween(1, mostCalls), Math.min(10, mostCalls)),
    failureRate: number('failureRate', RATE, 0.5),
    slowCallRate: number('slowCallRate', RATE, 1),
    slowCallMs: number('slowCallMs', SLOW_MS, 120_000),
    cooldownMs,
    cooldownFactor: number('cooldownFactor', FACTOR, 2),
    maxCooldownMs: number(
      'maxCooldownMs',
      msBetween(cooldownMs, DAY_MS),
      Math.max(300_000, cooldownMs),
    ),
    maxRetryAfterMs: number('maxRetryAfterMs', msBetween(0, DAY_MS), 900_000),
    trialCalls,
    trialSuccesses: number('trialSuccesses', wholeBetween(1, trialCalls), Math.min(2, trialCalls)),
    trialTimeoutMs: number('trialTimeoutMs', msBetween(1, DAY_MS), 120_000),
    effects: parseEffects(`${parameter}.effects`, options['effects']),
  };
}

function parseWindow(parameter: string, value: unknown = { kind: 'calls' }): ParsedWindow {
  const { kind } = requireObject(parameter, value) as { kind?: unknown };
  if (kind === 'calls') return windowOfCalls(parameter, value);
  if (kind === 'time') return windowOfTime(parameter, value);
  throw new ParameterError(`${parameter}.kind`, '"calls" or "time"', kind);
}

function windowOfCalls(parameter: string, value: unknown): ParsedWindow {
  const { calls, maxAgeMs } = requireOptions(parameter, value, ['kind', 'calls', 'maxAgeMs']) as {
    calls?: unknown;
    maxAgeMs?: unknown;
  };
  return {
    kind: 'calls',
    slots: optionalNumber(`${parameter}.calls`, calls, wholeBetween(1, 10_000), 100),
    bucketMs: 0,
    span: optionalNumber(`${parameter}.maxAgeMs`, maxAgeMs, AGE_MS, 120_000),
  };
}

function windowOfTime(parameter: string, value: unknown): ParsedWindow {
  const { durationMs, buckets } = requireOptions(parameter, value, [
    'kind',
    'durationMs',
    'buckets',
  ]) as { durationMs?: unknown; buckets?: unknown };
  const duration = optionalNumber(`${parameter}.durationMs`, durationMs, WINDOW_MS, 120_000);
  const slots = optionalNumber(`${parameter}.buckets`, buckets, wholeBetween(1, 1_000), 12);
  return { kind: 'time', slots, bucketMs: duration / slots, span: slots };
}
