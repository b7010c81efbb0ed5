import type { ErrorClass } from './errorClasses';
import { requireNumber, type Interval } from '../core/validation';
import { parseBreakerOptions, type BreakerOptions, type ParsedBreakerOptions } from './options';
import { copyWindow, emptyWindow, type SlidingWindow } from './slidingWindow';

/** Raised when a state can no longer be read by an older library. */
export const BREAKER_STATE_VERSION = 1;

/** What a Date can hold: any clock in milliseconds, and sums of it exact to a millisecond. */
export const LATEST_MS = 8.64e15;
export const TIME_MS: Interval = {
  text: `in [-${LATEST_MS}, ${LATEST_MS}]`,
  contains: (v) => v >= -LATEST_MS && v <= LATEST_MS,
};

/** `'half-open'`: a few trial calls decide; `'isolated'`: taken out until `restore`. */
export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated';

/**
 * What made a breaker change: a rate of the window; an error whose class opens or isolates at once; trial calls that
 * failed, expired or were too slow, or that succeeded; the cool-down's end; being let through as the last arm left; a person.
 */
export type TransitionCause =
  | 'failure-rate'
  | 'slow-call-rate'
  | 'error'
  | 'trial-failures'
  | 'trial-expiry'
  | 'slow-trials'
  | 'trial-successes'
  | 'cooldown-over'
  | 'let-through'
  | 'manual';

/** A trial call that has neither reported nor expired. */
export interface TrialCall {
  readonly permit: number;
  readonly expiresMs: number;
}

export interface ClosedPhase {
  readonly state: 'closed';
  readonly generation: number;
  readonly sinceMs: number;
  readonly window: SlidingWindow;
}

export interface OpenPhase {
  readonly state: 'open';
  readonly generation: number;
  readonly sinceMs: number;
  /** No call before, unless it is let through. */
  untilMs: number;
  /** The generation that ended here: its late errors may still lengthen the wait, by their Retry-After. */
  readonly endedGeneration: number;
  readonly cause: TransitionCause;
  readonly errorClass: ErrorClass | null;
}

export interface HalfOpenPhase {
  readonly state: 'half-open';
  readonly generation: number;
  readonly sinceMs: number;
  /** The end of the wait before; after `sinceMs` where the first call was let through ahead of time. */
  readonly waitUntilMs: number;
  successes: number;
  failures: number;
  slowCalls: number;
  /** In the order of their admission, so of their expiry. */
  readonly trials: TrialCall[];
}

export interface IsolatedPhase {
  readonly state: 'isolated';
  readonly generation: number;
  readonly sinceMs: number;
  readonly cause: TransitionCause;
  readonly errorClass: ErrorClass | null;
}

export type Phase = ClosedPhase | OpenPhase | HalfOpenPhase | IsolatedPhase;

/** All that a breaker knows: plain JSON. Times are of its own clock, which never runs back (docs/BREAKERS.md). */
export interface BreakerState {
  readonly version: typeof BREAKER_STATE_VERSION;
  /** The caller's latest time. */
  callerMs: number;
  /** The breaker's time: the sum of the caller's steps forward. */
  nowMs: number;
  /** The latest number given to a generation or a trial call; numbers only grow. */
  serial: number;
  /** Length of the latest cool-down; 0: none since the beginning or the last `restore`. */
  cooldownMs: number;
  phase: Phase;
}

/** A change of state, for listeners. */
export interface BreakerTransition {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly cause: TransitionCause;
  /** The error that opened or isolated at once, else null. */
  readonly errorClass: ErrorClass | null;
  /** On the breaker's clock. */
  readonly atMs: number;
  /** For an opening: when trial calls may begin, on the breaker's clock; else null. */
  readonly untilMs: number | null;
  readonly generation: number;
}

/**
 * Where `reduceBreaker` starts: closed, with an empty window.
 * @throws {ParameterError}
 */
export function initialBreakerState(
  options: BreakerOptions | ParsedBreakerOptions,
  nowMs: number,
): BreakerState {
  const { window } = parseBreakerOptions(options);
  // JSON knows no -0.
  const startMs = requireNumber('nowMs', nowMs, TIME_MS) + 0;
  return {
    version: BREAKER_STATE_VERSION,
    callerMs: startMs,
    nowMs: startMs,
    serial: 1,
    cooldownMs: 0,
    phase: {
      state: 'closed',
      generation: 1,
      sinceMs: startMs,
      window: emptyWindow(window),
    },
  };
}

export function copyState(state: BreakerState): BreakerState {
  return { ...state, phase: copyPhase(state.phase) };
}

function copyPhase(phase: Phase): Phase {
  if (phase.state === 'closed') return { ...phase, window: copyWindow(phase.window) };
  if (phase.state === 'half-open') return { ...phase, trials: [...phase.trials] };
  return { ...phase };
}
