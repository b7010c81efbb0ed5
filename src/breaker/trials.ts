import type { HalfOpenPhase } from './state';
import { close, openFromTrials, type Machine } from './transitions';

/** Whether a trial call is left to give. Those that reported without effect gave theirs back. */
export function hasFreeTrial({ options }: Machine, phase: HalfOpenPhase): boolean {
  return phase.successes + phase.failures + phase.trials.length < options.trialCalls;
}

/** A permit of its own for every trial call, so that one that reports twice is known. */
export function beginTrial({ state, options }: Machine, phase: HalfOpenPhase): number {
  const permit = ++state.serial;
  phase.trials.push({ permit, expiresMs: state.nowMs + options.trialTimeoutMs });
  return permit;
}

/** Takes a trial call off the list; false where it is not on it: stale, expired, a duplicate, or made up. */
export function endTrial(phase: HalfOpenPhase, permit: number): boolean {
  const index = phase.trials.findIndex((trial) => trial.permit === permit);
  if (index >= 0) phase.trials.splice(index, 1);
  return index >= 0;
}

/** Counts trial calls without a report in time as failed, each at the moment it expired. */
export function expireTrials(machine: Machine, phase: HalfOpenPhase): void {
  while (phase.trials.length > 0 && phase.trials[0]!.expiresMs <= machine.state.nowMs) {
    const { expiresMs } = phase.trials.shift()!;
    phase.failures++;
    if (!failsRound(machine, phase)) continue;
    openFromTrials(machine, phase, { cause: 'trial-expiry' }, expiresMs);
    return;
  }
}

/**
 * Closes or opens once the outcome is settled: opens when too many failed for `trialSuccesses` to be reached, closes when
 * it is reached, unless the trial calls were too slow. After `trialCalls` of them one of the two holds.
 */
export function settleTrials(machine: Machine, phase: HalfOpenPhase, retryAfterMs: number): void {
  const { state, options } = machine;
  const { successes, failures, slowCalls } = phase;
  if (failsRound(machine, phase)) {
    openFromTrials(machine, phase, { cause: 'trial-failures', retryAfterMs }, state.nowMs);
  } else if (successes >= options.trialSuccesses) {
    const slow = slowCalls / (successes + failures) >= options.slowCallRate;
    if (slow) openFromTrials(machine, phase, { cause: 'slow-trials' }, state.nowMs);
    else close(machine, 'trial-successes');
  }
}

function failsRound({ options }: Machine, phase: HalfOpenPhase): boolean {
  return phase.failures > options.trialCalls - options.trialSuccesses;
}
