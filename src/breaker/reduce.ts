import { ParameterError } from '../core/errors';
import { requireObject } from '../core/validation';
import { admit, isPermit, REFUSED, waitMs } from './admission';
import { advance, advanceUnlessClosed } from './clock';
import { requireErrorClass, type ErrorClass } from './errorClasses';
import { parseBreakerOptions, type BreakerOptions, type ParsedBreakerOptions } from './options';
import { fail, parseDuration, parseRetryAfter, succeed, type ReportEffect } from './outcome';
import { copyState, type BreakerState, type BreakerTransition } from './state';
import { close, isolate, type Machine } from './transitions';

/** What can happen to a breaker. `tick`: only time passes. */
export type BreakerEvent =
  | { readonly kind: 'tick' | 'admit' | 'letThrough' | 'isolate' | 'restore' }
  | { readonly kind: 'success'; readonly permit: number; readonly durationMs?: number }
  | {
      readonly kind: 'failure';
      readonly permit: number;
      readonly errorClass: ErrorClass;
      readonly durationMs?: number;
      readonly retryAfterMs?: number;
    };

/** What an event led to. */
export interface Reduction {
  readonly state: BreakerState;
  /** Of `admit` and `letThrough`: the permit, 0 where refused; else 0. */
  readonly permit: number;
  /** Of `success` and `failure`, else null. */
  readonly effect: ReportEffect | null;
  /** Milliseconds until a call could be admitted after the event: 0 = now, Infinity = not before `restore`. */
  readonly waitMs: number;
  /** In the order in which they happened, mostly none. */
  readonly transitions: readonly BreakerTransition[];
}

/**
 * The circuit breaker as a function: the state after `event` at `nowMs`. The state given is left as it is, and so is
 * everything if the call throws.
 * @param nowMs time in ms on a clock of the caller's choice; steps back count as none
 * @throws {ParameterError} for a malformed event or time
 */
export function reduceBreaker(
  options: BreakerOptions | ParsedBreakerOptions,
  state: BreakerState,
  event: BreakerEvent,
  nowMs: number,
): Reduction {
  const machine: Machine = {
    options: parseBreakerOptions(options),
    state: copyState(state),
    raised: [],
  };
  const { permit, effect } = step(machine, event, nowMs);
  return {
    state: machine.state,
    permit,
    effect,
    waitMs: waitMs(machine),
    transitions: machine.raised,
  };
}

function step(
  machine: Machine,
  event: BreakerEvent,
  nowMs: number,
): { permit: number; effect: ReportEffect | null } {
  requireObject('event', event);
  let permit = REFUSED;
  let effect: ReportEffect | null = null;
  switch (event.kind) {
    case 'tick':
      advanceUnlessClosed(machine, nowMs);
      break;
    case 'admit':
    case 'letThrough':
      advanceUnlessClosed(machine, nowMs);
      permit = admit(machine, event.kind === 'letThrough');
      break;
    case 'success':
      effect = reportSuccess(machine, event.permit, nowMs, event.durationMs);
      break;
    case 'failure': {
      const { errorClass, durationMs, retryAfterMs } = event;
      effect = reportFailure(machine, event.permit, nowMs, errorClass, durationMs, retryAfterMs);
      break;
    }
    case 'isolate':
      isolateByHand(machine, nowMs);
      break;
    case 'restore':
      restoreByHand(machine, nowMs);
      break;
    default:
      throw new ParameterError('event.kind', 'a kind of event', (event as { kind: unknown }).kind);
  }
  return { permit, effect };
}

/** Everything is checked before the clock moves. */
export function reportSuccess(
  machine: Machine,
  permit: number,
  nowMs: number,
  durationMs: number | undefined,
): ReportEffect {
  requirePermit(permit);
  const duration = parseDuration(durationMs);
  advance(machine, nowMs);
  return succeed(machine, permit, duration);
}

export function reportFailure(
  machine: Machine,
  permit: number,
  nowMs: number,
  errorClass: ErrorClass,
  durationMs: number | undefined,
  retryAfterMs: number | undefined,
): ReportEffect {
  requirePermit(permit);
  requireErrorClass('errorClass', errorClass);
  const duration = parseDuration(durationMs);
  const retryAfter = parseRetryAfter(retryAfterMs);
  advance(machine, nowMs);
  return fail(machine, permit, errorClass, duration, retryAfter);
}

/** Whatever the state, but an isolated breaker keeps the cause it has. */
export function isolateByHand(machine: Machine, nowMs: number): void {
  advance(machine, nowMs);
  if (machine.state.phase.state !== 'isolated') isolate(machine, 'manual');
}

/** From isolated to closed with an empty window and without a past; nothing in any other state. */
export function restoreByHand(machine: Machine, nowMs: number): void {
  advance(machine, nowMs);
  if (machine.state.phase.state !== 'isolated') return;
  machine.state.cooldownMs = 0;
  close(machine, 'manual');
}

function requirePermit(permit: unknown): void {
  if (!isPermit(permit)) throw new ParameterError('permit', 'a whole number >= 0', permit);
}
