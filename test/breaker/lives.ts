/** One life led in parallel by the class, the reducer and the model. */
import { CircuitBreaker, initialBreakerState, reduceBreaker } from '../../src/index';
import type { BreakerEvent, BreakerState, BreakerTransition, Reduction } from '../../src/index';
import type { Step } from './arbitraries';
import { BreakerModel, type ModelOptions, type ModelPermit } from './model';

/** What one deed led to, in terms that all three share. */
export interface Observed {
  readonly admitted: boolean;
  readonly effect: string | null;
  readonly state: string;
  readonly waitMs: number;
}

export class Life {
  readonly options: ModelOptions;
  breaker: CircuitBreaker;
  state: BreakerState;
  readonly model: BreakerModel;
  readonly told: BreakerTransition[] = [];
  readonly reduced: BreakerTransition[] = [];
  now: number;
  readonly permits: { permit: number; token: ModelPermit }[] = [];

  constructor(options: ModelOptions, now: number) {
    this.options = options;
    this.now = now;
    this.breaker = new CircuitBreaker(options, now);
    this.breaker.listen((transition) => this.told.push(transition));
    this.state = deepFreeze(initialBreakerState(options, now));
    this.model = new BreakerModel(options, now);
  }

  lead({ elapsedMs, deed }: Step): { breaker: Observed; reducer: Observed; model: Observed } {
    this.now += elapsedMs;
    switch (deed.kind) {
      case 'admit':
      case 'letThrough':
        return this.#admit(deed.kind);
      case 'success':
      case 'failure':
        return this.#report(deed);
      default:
        return this.#other(deed.kind);
    }
  }

  #admit(kind: 'admit' | 'letThrough') {
    const permit = this.breaker.admit(this.now, kind === 'letThrough');
    const reduction = this.#reduce({ kind });
    const token = this.model.admit(this.now, kind === 'letThrough');
    if (token) this.permits.push({ permit, token });
    // The two share the numbering, so equal permits are part of being equal.
    const reducer = { ...this.#ofReducer(reduction), admitted: reduction.permit === permit };
    return {
      breaker: { ...this.#ofBreaker(null), admitted: permit > 0 },
      reducer: { ...reducer, admitted: reducer.admitted ? permit > 0 : permit === 0 },
      model: { ...this.#ofModel(null), admitted: token !== undefined },
    };
  }

  #report(deed: Extract<Step['deed'], { kind: 'success' | 'failure' }>) {
    const given = this.permits.at(-1 - deed.back);
    if (!given) return this.#other('tick');
    const { permit, token } = given;
    const { now } = this;
    const { kind, durationMs, errorClass, retryAfterMs } = deed;
    const [breakerEffect, modelEffect] =
      kind === 'success'
        ? [
            this.breaker.succeeded(permit, now, durationMs),
            this.model.succeed(token, now, durationMs),
          ]
        : [
            this.breaker.failed(permit, now, errorClass, durationMs, retryAfterMs),
            this.model.fail(token, now, errorClass, durationMs, retryAfterMs ?? 0),
          ];
    const duration = durationMs === undefined ? {} : { durationMs };
    const retryAfter = retryAfterMs === undefined ? {} : { retryAfterMs };
    const event: BreakerEvent =
      kind === 'success'
        ? { kind, permit, ...duration }
        : { kind, permit, errorClass, ...duration, ...retryAfter };
    const reduction = this.#reduce(event);
    return {
      breaker: this.#ofBreaker(breakerEffect),
      reducer: this.#ofReducer(reduction),
      model: this.#ofModel(modelEffect),
    };
  }

  #other(kind: 'tick' | 'isolate' | 'restore' | 'save') {
    const { now } = this;
    if (kind === 'isolate') this.breaker.isolate(now);
    if (kind === 'restore') this.breaker.restore(now);
    if (kind === 'save') this.#saveAndLoad();
    if (kind === 'isolate') this.model.isolate(now);
    else if (kind === 'restore') this.model.restore(now);
    else this.model.tick(now);
    this.breaker.waitMs(now);
    const reduction = this.#reduce({ kind: kind === 'save' ? 'tick' : kind });
    return {
      breaker: this.#ofBreaker(null),
      reducer: this.#ofReducer(reduction),
      model: this.#ofModel(null),
    };
  }

  #saveAndLoad(): void {
    this.breaker = CircuitBreaker.from(this.options, JSON.parse(JSON.stringify(this.breaker)));
    this.breaker.listen((transition) => this.told.push(transition));
  }

  #reduce(event: BreakerEvent): Reduction {
    const reduction = reduceBreaker(this.options, this.state, event, this.now);
    this.state = deepFreeze(reduction.state);
    this.reduced.push(...reduction.transitions);
    return reduction;
  }

  #ofBreaker(effect: string | null): Observed {
    const waitMs = this.breaker.waitMs(this.now);
    return { admitted: false, effect, state: this.breaker.state, waitMs };
  }

  #ofReducer({ effect, waitMs, state }: Reduction): Observed {
    return { admitted: false, effect, state: state.phase.state, waitMs };
  }

  #ofModel(effect: string | null): Observed {
    return { admitted: false, effect, state: this.model.state, waitMs: this.model.wait() };
  }
}

/** A reducer that wrote into what it was given would throw. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
