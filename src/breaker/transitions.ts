import type { ErrorClass } from './errorClasses';
import type { ParsedBreakerOptions } from './options';
import { emptyWindow } from './slidingWindow';
import type {
  BreakerState,
  BreakerTransition,
  ClosedPhase,
  HalfOpenPhase,
  OpenPhase,
  Phase,
  TransitionCause,
} from './state';

/** A state that changes in place, with what its changes need. The transitions raised are taken away by the caller. */
export interface Machine {
  readonly options: ParsedBreakerOptions;
  readonly state: BreakerState;
  readonly raised: BreakerTransition[];
}

/** Why a breaker opens, and how long the provider asked to be left alone. */
export interface Opening {
  readonly cause: TransitionCause;
  readonly errorClass?: ErrorClass;
  readonly retryAfterMs?: number;
}

/**
 * From closed. The cool-down grows on where the breaker was closed for less than the last one: a provider that comes and
 * goes is no recovered one.
 */
export function openFromClosed(machine: Machine, phase: ClosedPhase, opening: Opening): void {
  const { state, options } = machine;
  const relapsed = state.nowMs - phase.sinceMs < state.cooldownMs;
  state.cooldownMs = relapsed ? grown(machine) : options.cooldownMs;
  open(machine, opening, state.nowMs, state.nowMs + wait(machine, opening));
}

/**
 * From half-open, at `atMs`. A round that began ahead of time, because no other arm was left, lengthens no cool-down: in an
 * outage of everything each request would, until all arms stood at the cap.
 */
export function openFromTrials(
  machine: Machine,
  phase: HalfOpenPhase,
  opening: Opening,
  atMs: number,
): void {
  const ahead = phase.waitUntilMs > phase.sinceMs;
  if (!ahead) machine.state.cooldownMs = grown(machine);
  const untilMs = atMs + wait(machine, opening);
  open(machine, opening, atMs, ahead ? Math.max(phase.waitUntilMs, untilMs) : untilMs);
}

export function halfOpen(machine: Machine, phase: OpenPhase): HalfOpenPhase {
  const { state } = machine;
  const waitUntilMs = phase.untilMs;
  const cause = waitUntilMs > state.nowMs ? 'let-through' : 'cooldown-over';
  const next: HalfOpenPhase = {
    state: 'half-open',
    generation: ++state.serial,
    sinceMs: state.nowMs,
    waitUntilMs,
    successes: 0,
    failures: 0,
    slowCalls: 0,
    trials: [],
  };
  enter(machine, next, { cause }, null);
  return next;
}

export function close(machine: Machine, cause: TransitionCause): void {
  const { state, options } = machine;
  const window = emptyWindow(options.window);
  const generation = ++state.serial;
  enter(machine, { state: 'closed', generation, sinceMs: state.nowMs, window }, { cause }, null);
}

export function isolate(machine: Machine, cause: TransitionCause, errorClass?: ErrorClass): void {
  const { state } = machine;
  const generation = ++state.serial;
  const reason = { cause, errorClass: errorClass ?? null };
  enter(
    machine,
    { state: 'isolated', generation, sinceMs: state.nowMs, ...reason },
    { cause, ...(errorClass && { errorClass }) },
    null,
  );
}

function open(machine: Machine, opening: Opening, atMs: number, untilMs: number): void {
  const { state } = machine;
  const next: OpenPhase = {
    state: 'open',
    generation: ++state.serial,
    sinceMs: atMs,
    untilMs,
    endedGeneration: state.phase.generation,
    cause: opening.cause,
    errorClass: opening.errorClass ?? null,
  };
  enter(machine, next, opening, untilMs);
}

function enter(machine: Machine, next: Phase, opening: Opening, untilMs: number | null): void {
  machine.raised.push({
    from: machine.state.phase.state,
    to: next.state,
    cause: opening.cause,
    errorClass: opening.errorClass ?? null,
    atMs: next.sinceMs,
    untilMs,
    generation: next.generation,
  });
  machine.state.phase = next;
}

function grown({ state, options }: Machine): number {
  const next = state.cooldownMs * options.cooldownFactor;
  return Math.min(options.maxCooldownMs, Math.max(options.cooldownMs, next));
}

/** The provider's word can lengthen the cool-down, within bounds, and never shortens it. */
function wait({ state, options }: Machine, { retryAfterMs = 0 }: Opening): number {
  return Math.max(state.cooldownMs, Math.min(retryAfterMs, options.maxRetryAfterMs));
}
