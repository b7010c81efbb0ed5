import { requireNumber } from '../core/validation';
import { LATEST_MS, TIME_MS } from './state';
import { expireTrials } from './trials';
import type { Machine } from './transitions';

/**
 * A hundred years. No longer step makes any difference to a breaker, and without a bound a clock that swings between its
 * ends would carry the sum to where a double no longer tells milliseconds apart.
 */
const LONGEST_STEP_MS = 3.2e12;

/**
 * Moves the breaker's clock on by the caller's step since the last call. A step back counts as none, and time goes on from
 * there: waiting for the caller's clock to catch up would hold an open breaker for as long as it once was ahead.
 * @throws {ParameterError} before anything changed
 */
export function advance(machine: Machine, callerMs: number): void {
  requireTime(callerMs);
  const { state } = machine;
  const step = callerMs - state.callerMs;
  if (step > 0) state.nowMs += step < LONGEST_STEP_MS ? step : LONGEST_STEP_MS;
  // JSON knows no -0.
  state.callerMs = callerMs + 0;
  if (state.phase.state === 'half-open') expireTrials(machine, state.phase);
}

/** As `advance`, unless closed, where time is looked at only when a call is counted. @throws {ParameterError} */
export function advanceUnlessClosed(machine: Machine, callerMs: number): void {
  // Perf: every arm is asked at every selection, and nearly all are closed.
  if (machine.state.phase.state === 'closed') requireTime(callerMs);
  else advance(machine, callerMs);
}

/** @throws {ParameterError} */
export function requireTime(callerMs: number): void {
  // Perf: the call that words the message is left to the error.
  if (!(typeof callerMs === 'number' && callerMs >= -LATEST_MS && callerMs <= LATEST_MS))
    requireNumber('nowMs', callerMs, TIME_MS);
}
