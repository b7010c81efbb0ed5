import { admit, waitMs } from './admission';
import { advance, advanceUnlessClosed } from './clock';
import type { ErrorClass } from './errorClasses';
import { parseBreakerOptions, type BreakerOptions, type ParsedBreakerOptions } from './options';
import type { ReportEffect } from './outcome';
import { parseBreakerState } from './parseState';
import { isolateByHand, reportFailure, reportSuccess, restoreByHand } from './reduce';
import { ageWindow } from './slidingWindow';
import {
  copyState,
  initialBreakerState,
  type BreakerState,
  type BreakerTransition,
  type CircuitState,
} from './state';
import type { Machine } from './transitions';

/** Takes what a breaker went through, right after it did. What it throws reaches the caller of the method, the change made. */
export type BreakerListener = (transition: BreakerTransition) => void;

/** The calls that rates are taken over; none unless closed. */
export interface BreakerCounts {
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
}

/**
 * A circuit breaker that owns its state: the same steps as `reduceBreaker`, made in place, so that an admission and a report that change
 * nothing allocate nothing. Times are milliseconds on a clock of the caller's choice.
 *
 * @example
 * ```ts
 * import { CircuitBreaker } from 'thompsonite';
 *
 * const breaker = new CircuitBreaker({ minimumCalls: 2 }, 0);
 * for (let nowMs = 1; nowMs <= 2; nowMs++) {
 *   const permit = breaker.admit(nowMs);
 *   breaker.failed(permit, nowMs, 'server');
 * }
 * console.log(breaker.state, breaker.waitMs(2)); // open 30000
 * ```
 */
export class CircuitBreaker {
  readonly #machine: Machine;
  #listener: BreakerListener | undefined;

  /**
   * @param options checked, unless they come from `parseBreakerOptions`
   * @param nowMs when it begins, closed
   * @throws {ParameterError}
   */
  constructor(options: BreakerOptions | ParsedBreakerOptions = {}, nowMs = 0) {
    const parsed = parseBreakerOptions(options);
    this.#machine = { options: parsed, state: initialBreakerState(parsed, nowMs), raised: [] };
  }

  /**
   * A breaker as `toJSON` described it; what no longer fits other options begins anew.
   * @throws {ParameterError} naming the field that no breaker could have written
   */
  static from(options: BreakerOptions | ParsedBreakerOptions, state: unknown): CircuitBreaker {
    const parsed = parseBreakerOptions(options);
    const breaker = new CircuitBreaker(parsed);
    Object.assign(breaker.#machine.state, parseBreakerState(state, parsed));
    return breaker;
  }

  /** As of the last call: whether a wait is over shows in `waitMs`. */
  get state(): CircuitState {
    return this.#machine.state.phase.state;
  }

  /** Grows with every change of state. */
  get generation(): number {
    return this.#machine.state.phase.generation;
  }

  /**
   * Milliseconds until a call could be admitted: 0 = now, Infinity = not before `restore`. May be asked as often as liked.
   * @throws {ParameterError}
   */
  waitMs(nowMs: number): number {
    advanceUnlessClosed(this.#machine, nowMs);
    this.#tell();
    return waitMs(this.#machine);
  }

  /**
   * A permit for a call, which its report must name, or 0: refused. Take it for the arm that is called, not to see whether it could be.
   * @param letThrough admit it past a wait, as the last arm left (`reachableArmsInto`); only an isolated breaker refuses then
   * @throws {ParameterError}
   */
  admit(nowMs: number, letThrough = false): number {
    advanceUnlessClosed(this.#machine, nowMs);
    const permit = admit(this.#machine, letThrough);
    this.#tell();
    return permit;
  }

  /**
   * The call brought an answer.
   * @param durationMs >= 0; without it the call is not slow
   * @throws {ParameterError} with nothing changed
   */
  succeeded(permit: number, nowMs: number, durationMs?: number): ReportEffect {
    const effect = reportSuccess(this.#machine, permit, nowMs, durationMs);
    this.#tell();
    return effect;
  }

  /**
   * The call failed.
   * @param durationMs >= 0; without it the call is not slow
   * @param retryAfterMs what the provider asks to wait, >= 0, counted up to `maxRetryAfterMs`; see `parseRetryAfterMs`
   * @throws {ParameterError} with nothing changed
   */
  failed(
    permit: number,
    nowMs: number,
    errorClass: ErrorClass,
    durationMs?: number,
    retryAfterMs?: number,
  ): ReportEffect {
    // Perf: positions, not an options object: a provider that is down makes this the hot path.
    const machine = this.#machine;
    const effect = reportFailure(machine, permit, nowMs, errorClass, durationMs, retryAfterMs);
    this.#tell();
    return effect;
  }

  /** Takes the arm out until `restore`. @throws {ParameterError} */
  isolate(nowMs: number): void {
    isolateByHand(this.#machine, nowMs);
    this.#tell();
  }

  /** Closes an isolated breaker, with an empty window and the first cool-down; does nothing to another. @throws {ParameterError} */
  restore(nowMs: number): void {
    restoreByHand(this.#machine, nowMs);
    this.#tell();
  }

  /** @throws {ParameterError} */
  counts(nowMs: number): BreakerCounts {
    const { options, state } = this.#machine;
    advance(this.#machine, nowMs);
    this.#tell();
    if (state.phase.state !== 'closed') return { calls: 0, failures: 0, slowCalls: 0 };
    const { window } = state.phase;
    ageWindow(window, options.window.span, state.nowMs);
    const { totalCalls, totalFailures, totalSlowCalls } = window;
    return { calls: totalCalls, failures: totalFailures, slowCalls: totalSlowCalls };
  }

  /** One listener, or none. */
  listen(listener: BreakerListener | undefined): void {
    this.#listener = listener;
  }

  /** A copy of all it knows, plain JSON, for `CircuitBreaker.from` and `reduceBreaker`. */
  toJSON(): BreakerState {
    return copyState(this.#machine.state);
  }

  #tell(): void {
    const { raised } = this.#machine;
    if (raised.length === 0) return;
    // Taken off first: a listener may call the breaker.
    for (const transition of raised.splice(0)) this.#listener?.(transition);
  }
}
