import { ParameterError } from '../core/errors';
import type { Interval } from '../core/validation';
import type { ErrorClass, ErrorEffect } from './errorClasses';
import { countCall } from './slidingWindow';
import type { ClosedPhase, HalfOpenPhase, OpenPhase } from './state';
import { isolate, openFromClosed, openFromTrials, type Machine } from './transitions';
import { endTrial, settleTrials } from './trials';

/**
 * What a report did: `'counted'`; `'ignored'`, for its class is; `'lengthened'` the wait of a breaker that had opened by
 * then; `'stale'`: the permit is of an earlier generation, expired, used or unknown, and nothing happened.
 */
export type ReportEffect = 'counted' | 'ignored' | 'lengthened' | 'stale';

const DURATION_MS: Interval = { text: '>= 0', contains: (v) => v >= 0 };
const RETRY_AFTER_MS: Interval = { text: '>= 0', contains: (v) => v >= 0 };

/** A report's numbers in the steps' terms: NaN duration = not known, 0 = no Retry-After. @throws {ParameterError} */
export function parseDuration(value: number | undefined): number {
  return value === undefined ? NaN : requireMs('durationMs', value, DURATION_MS);
}

export function parseRetryAfter(value: number | undefined): number {
  return value === undefined ? 0 : requireMs('retryAfterMs', value, RETRY_AFTER_MS);
}

/** Infinity is allowed: a call that never ended is slow, a wait without end is cut to the longest. */
function requireMs(parameter: string, value: unknown, interval: Interval): number {
  if (typeof value === 'number' && interval.contains(value)) return value;
  throw new ParameterError(parameter, interval.text, value);
}

/** A call that brought an answer. */
export function succeed(machine: Machine, permit: number, durationMs: number): ReportEffect {
  const { phase } = machine.state;
  const slow = durationMs > machine.options.slowCallMs;
  if (phase.state === 'closed' && phase.generation === permit) {
    countClosed(machine, phase, false, slow, 0);
    return 'counted';
  }
  if (phase.state === 'half-open' && endTrial(phase, permit)) {
    phase.successes++;
    if (slow) phase.slowCalls++;
    settleTrials(machine, phase, 0);
    return 'counted';
  }
  return 'stale';
}

/** A call that failed. `retryAfterMs`: 0 = the provider said nothing. */
export function fail(
  machine: Machine,
  permit: number,
  errorClass: ErrorClass,
  durationMs: number,
  retryAfterMs: number,
): ReportEffect {
  const { phase } = machine.state;
  const effect = effectOf(machine, errorClass, retryAfterMs);
  const slow = durationMs > machine.options.slowCallMs;
  switch (phase.state) {
    case 'closed':
      if (phase.generation !== permit) return 'stale';
      return failClosed(machine, phase, { effect, errorClass, slow, retryAfterMs });
    case 'half-open':
      if (!endTrial(phase, permit)) return 'stale';
      return failTrial(machine, phase, { effect, errorClass, slow, retryAfterMs });
    case 'open':
      return lengthen(machine, phase, permit, effect === 'ignored' ? 0 : retryAfterMs);
    case 'isolated':
      return 'stale';
  }
}

interface Failure {
  readonly effect: ErrorEffect;
  readonly errorClass: ErrorClass;
  readonly slow: boolean;
  readonly retryAfterMs: number;
}

function effectOf({ options }: Machine, name: ErrorClass, retryAfterMs: number): ErrorEffect {
  const effect = options.effects[name];
  if (effect !== 'openIfRetryAfter') return effect;
  return retryAfterMs > 0 ? 'open' : 'failure';
}

function failClosed(machine: Machine, phase: ClosedPhase, failure: Failure): ReportEffect {
  const { effect, errorClass, slow, retryAfterMs } = failure;
  if (effect === 'ignored') return 'ignored';
  if (effect === 'isolate') isolate(machine, 'error', errorClass);
  else if (effect === 'open')
    openFromClosed(machine, phase, { cause: 'error', errorClass, retryAfterMs });
  else countClosed(machine, phase, true, slow, retryAfterMs);
  return 'counted';
}

function failTrial(machine: Machine, phase: HalfOpenPhase, failure: Failure): ReportEffect {
  const { effect, errorClass, slow, retryAfterMs } = failure;
  // The trial call is given back: what tells nothing must not use up what decides.
  if (effect === 'ignored') return 'ignored';
  if (effect === 'isolate') {
    isolate(machine, 'error', errorClass);
    return 'counted';
  }
  phase.failures++;
  if (slow) phase.slowCalls++;
  const { nowMs } = machine.state;
  if (effect === 'open')
    openFromTrials(machine, phase, { cause: 'error', errorClass, retryAfterMs }, nowMs);
  else settleTrials(machine, phase, retryAfterMs);
  return 'counted';
}

/** Counts a call while closed, and opens where a rate has been reached. */
function countClosed(
  machine: Machine,
  phase: ClosedPhase,
  failed: boolean,
  slow: boolean,
  retryAfterMs: number,
): void {
  const { options, state } = machine;
  const { window } = phase;
  countCall(window, options.window.span, failed, slow, state.nowMs);
  const calls = window.totalCalls;
  if (calls < options.minimumCalls) return;
  // Divided, not multiplied: 7 of 100 is the number 0.07 as it is written, 0.07 · 100 is more than 7.
  if (window.totalFailures / calls >= options.failureRate)
    openFromClosed(machine, phase, { cause: 'failure-rate', retryAfterMs });
  else if (window.totalSlowCalls / calls >= options.slowCallRate)
    openFromClosed(machine, phase, { cause: 'slow-call-rate' });
}

/**
 * Of calls that were under way when the breaker opened several may say how long to wait; the longest counts, bounded from the
 * opening on, so that no stream of late errors holds the breaker open.
 */
function lengthen(
  { state, options }: Machine,
  phase: OpenPhase,
  permit: number,
  retryAfterMs: number,
): ReportEffect {
  if (permit < phase.endedGeneration || permit >= phase.generation) return 'stale';
  const latestMs = phase.sinceMs + options.maxRetryAfterMs;
  const untilMs = Math.min(state.nowMs + retryAfterMs, latestMs);
  if (!(retryAfterMs > 0 && untilMs > phase.untilMs)) return 'stale';
  phase.untilMs = untilMs;
  return 'lengthened';
}
