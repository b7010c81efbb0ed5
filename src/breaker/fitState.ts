import type { ParsedBreakerOptions } from './options';
import { emptyWindow } from './slidingWindow';
import type { BreakerState, ClosedPhase, HalfOpenPhase, OpenPhase, Phase } from './state';

/**
 * A state that other options may have led to, made one that these options can go on from: a window of another shape and a
 * half-open round that would already have been settled begin anew, waits are cut to the longest. Without this, a restart with
 * fewer trial calls could find a round in which none is left and none decides.
 */
export function fitState(state: BreakerState, options: ParsedBreakerOptions): BreakerState {
  const cooldownMs = Math.min(state.cooldownMs, options.maxCooldownMs);
  const { phase, serial } = fitPhase(state, options);
  return { ...state, serial, cooldownMs, phase };
}

function fitPhase(
  { phase, nowMs, serial }: BreakerState,
  options: ParsedBreakerOptions,
): { phase: Phase; serial: number } {
  switch (phase.state) {
    case 'closed':
      return { phase: fitClosed(phase, options), serial };
    case 'open':
      return { phase: fitOpen(phase, nowMs, options), serial };
    case 'half-open':
      return fitHalfOpen(phase, nowMs, serial, options);
    case 'isolated':
      return { phase, serial };
  }
}

function fitClosed(phase: ClosedPhase, { window }: ParsedBreakerOptions): ClosedPhase {
  const fits =
    phase.window.bucketMs === window.bucketMs && phase.window.ticks.length === window.slots;
  return fits ? phase : { ...phase, window: emptyWindow(window) };
}

function fitOpen(phase: OpenPhase, nowMs: number, options: ParsedBreakerOptions): OpenPhase {
  return { ...phase, untilMs: Math.min(phase.untilMs, nowMs + longestWaitMs(options)) };
}

function fitHalfOpen(
  phase: HalfOpenPhase,
  nowMs: number,
  serial: number,
  options: ParsedBreakerOptions,
): { phase: HalfOpenPhase; serial: number } {
  const { trialCalls, trialSuccesses, trialTimeoutMs } = options;
  const { successes, failures } = phase;
  const waitUntilMs = Math.min(phase.waitUntilMs, nowMs + longestWaitMs(options));
  const settled =
    successes >= trialSuccesses ||
    failures > trialCalls - trialSuccesses ||
    successes + failures + phase.trials.length > trialCalls;
  if (settled) {
    const fresh = { successes: 0, failures: 0, slowCalls: 0, trials: [] };
    return {
      phase: { ...phase, ...fresh, waitUntilMs, generation: serial + 1 },
      serial: serial + 1,
    };
  }
  const trials = phase.trials.map(({ permit, expiresMs }) => ({
    permit,
    expiresMs: Math.min(expiresMs, nowMs + trialTimeoutMs),
  }));
  return { phase: { ...phase, waitUntilMs, trials }, serial };
}

/** No wait of a breaker lasts longer. */
function longestWaitMs({ maxCooldownMs, maxRetryAfterMs }: ParsedBreakerOptions): number {
  return Math.max(maxCooldownMs, maxRetryAfterMs);
}
