import { CircuitBreaker } from '../breaker/circuitBreaker';
import type { ErrorClass } from '../breaker/errorClasses';
import type { ParsedBreakerOptions } from '../breaker/options';
import type { ReportEffect } from '../breaker/outcome';
import { reachableArmsInto } from '../breaker/reachable';
import type { BreakerState, BreakerTransition, CircuitState } from '../breaker/state';
import type { Exclusion, ParsedRequest } from '../selection/request';

/** What happened to the breaker of an arm. */
export interface ArmTransition {
  readonly arm: number;
  readonly transition: BreakerTransition;
}

/** The breakers of all arms: who can be called, and what became of the calls. */
export class ArmBreakers {
  readonly #options: ParsedBreakerOptions;
  readonly #breakers: CircuitBreaker[] = [];
  /** `states` where all are closed. */
  #closed: readonly CircuitState[] = [];
  /** Transitions that nobody has taken yet. */
  #raised: ArmTransition[] = [];
  #notClosed = 0;
  #mask = new Uint8Array(0);

  constructor(arms: number, options: ParsedBreakerOptions, nowMs: number) {
    this.#options = options;
    for (let arm = 0; arm < arms; arm++) this.add(nowMs);
  }

  /** A breaker for the next arm. */
  add(nowMs: number): void {
    this.#put(this.#breakers.length, new CircuitBreaker(this.#options, nowMs));
  }

  /** The state of an arm's breaker, plain JSON. */
  stateAt(arm: number): BreakerState {
    return this.#breakers[arm]!.toJSON();
  }

  /** Takes over what `stateAt` gave. @throws {ParameterError} for what no breaker can have been; nothing has changed then */
  restoreAt(arm: number, state: unknown): void {
    const before = this.#breakers[arm]!;
    const breaker = CircuitBreaker.from(this.#options, state);
    this.#notClosed += Number(breaker.state !== 'closed') - Number(before.state !== 'closed');
    before.listen(undefined);
    this.#put(arm, breaker);
  }

  #put(arm: number, breaker: CircuitBreaker): void {
    breaker.listen((transition) => {
      this.#notClosed += Number(transition.to !== 'closed') - Number(transition.from !== 'closed');
      this.#raised.push({ arm, transition });
    });
    this.#breakers[arm] = breaker;
  }

  /** Perf: nearly always so, and then nothing is narrowed. */
  get allClosed(): boolean {
    return this.#notClosed === 0;
  }

  get hasTransitions(): boolean {
    return this.#raised.length > 0;
  }

  takeTransitions(): readonly ArmTransition[] {
    const raised = this.#raised;
    this.#raised = [];
    return raised;
  }

  of(arm: number): CircuitBreaker {
    return this.#breakers[arm]!;
  }

  stateOf(arm: number): CircuitState {
    return this.#breakers[arm]!.state;
  }

  /** Of all arms. Perf: the same array as long as all are closed. */
  get states(): readonly CircuitState[] {
    if (!this.allClosed) return this.#breakers.map(({ state }) => state);
    if (this.#closed.length !== this.#breakers.length)
      this.#closed = this.#breakers.map(() => 'closed');
    return this.#closed;
  }

  /** Would no admission change which arms the next row may have? So where every arm that can be called is closed. */
  isSteady(nowMs: number): boolean {
    return this.#breakers.every(
      (breaker) => breaker.state === 'closed' || breaker.waitMs(nowMs) > 0,
    );
  }

  /** The request with the arms that can be called; the same one where that is all of them. */
  narrow(request: ParsedRequest, nowMs: number): ParsedRequest {
    if (this.allClosed) return request;
    const arms = this.#breakers.length;
    if (this.#mask.length !== arms) this.#mask = new Uint8Array(arms);
    const mask = this.#mask.fill(request.eligible ? 0 : 1);
    for (const arm of request.eligible ?? []) mask[arm] = 1;
    const letThrough = reachableArmsInto(this.#breakers, nowMs, mask);
    const asked = request.eligible ?? Array.from(mask.keys());
    const eligible = asked.filter((arm) => mask[arm] === 1);
    if (eligible.length === asked.length && letThrough < 0) return request;
    const excluded = asked
      .filter((arm) => mask[arm] === 0)
      .map((arm): Exclusion => ({ arm, reason: this.#reason(arm) }));
    return {
      ...request,
      eligible,
      excluded: [...(request.excluded ?? []), ...excluded],
      letThrough,
    };
  }

  /** The permit of a call that has been decided. */
  admit(arm: number, nowMs: number, letThrough: boolean): number {
    return this.#breakers[arm]!.admit(nowMs, letThrough);
  }

  /** The permits that `admit` would give, by arm; all breakers must be closed. */
  closedPermits(nowMs: number): number[] {
    return this.#breakers.map((breaker) => breaker.admit(nowMs));
  }

  succeeded(arm: number, permit: number, nowMs: number, latencyMs: number): ReportEffect {
    const duration = Number.isNaN(latencyMs) ? undefined : latencyMs;
    return this.#breakers[arm]!.succeeded(permit, nowMs, duration);
  }

  failed(
    arm: number,
    permit: number,
    nowMs: number,
    error: ErrorClass,
    latencyMs: number,
    retryAfterMs: number | undefined,
  ): ReportEffect {
    const duration = Number.isNaN(latencyMs) ? undefined : latencyMs;
    return this.#breakers[arm]!.failed(permit, nowMs, error, duration, retryAfterMs);
  }

  #reason(arm: number): Exclusion['reason'] {
    return this.#breakers[arm]!.state === 'isolated' ? 'isolated' : 'circuit-open';
  }
}
