import { ParameterError } from '../core/errors';
import type { ErrorClass } from '../breaker/errorClasses';
import type { ReportEffect } from '../breaker/outcome';
import type { BreakerTransition } from '../breaker/state';
import type { BudgetEvent } from '../pacing/budget';
import type { DriftDirection } from '../posterior/drift';
import type { Decision, PropensityResult, SelectResult } from '../selection/decision';
import type { ModelChange } from './modelChanges';
import type { ShadowRecord } from '../shadow/record';
import type { ExpiryReason } from './pending';
import type { ReportResult } from './liveReports';

/** A report, and what it did. */
export interface ReportEvent {
  readonly decisionId: string;
  /** Undefined where the decision is not open. */
  readonly model: string | undefined;
  readonly result: ReportResult;
  /** How the call failed, if the report says so. */
  readonly error: ErrorClass | undefined;
  /** What the breaker made of it; undefined where the call's outcome was known before, and without breakers. */
  readonly breaker: ReportEffect | undefined;
}

/** A decision that no report can be taken for any more. */
export interface ExpiredEvent {
  readonly decisionId: string;
  readonly model: string;
  /** `'age'`: the time to live is over; `'evicted'`: more than `maxPendingDecisions` were open. */
  readonly reason: ExpiryReason;
  /** What no report brought. */
  readonly missing: readonly ('call' | 'reward' | 'cost' | 'latency')[];
}

/** A step of the clock. */
export interface ClockStepEvent {
  readonly stepMs: number;
  readonly nowMs: number;
  /** Milliseconds that the evidence's time clock did not follow (`posterior.maxClockStep`); absent where it is none of its business. */
  readonly heldBackMs?: number;
}

export interface DriftEvent {
  readonly model: string;
  /** Against what was forecast. */
  readonly direction: DriftDirection;
  /** Whose report raised the alarm. */
  readonly decisionId: string;
}

/** The names of events and what listeners are handed. */
export interface RouterEvents {
  /** Each result of `select` and `selectBatch`, as a frozen copy. */
  decision: SelectResult | PropensityResult;
  /** Each call of `report` that did not throw. */
  report: ReportEvent;
  /** A change of a breaker's state. */
  breaker: BreakerTransition & { readonly model: string };
  expired: ExpiredEvent;
  /** The clock went back by more than a second, or forward by more than a day: an idle day, or a clock that was set. */
  clockStep: ClockStepEvent;
  /** Once: segments that are new from now on share one row. */
  segmentLimit: { readonly segments: number };
  /** A decision whose chosen model, its runner-up, handed its turn to the trusted one; a frozen copy. */
  fallback: Decision;
  /** A model was added, retired or repriced. */
  model: ModelChange;
  /** A model was found to have changed: what is believed of it has been widened. */
  drift: DriftEvent;
  budget: BudgetEvent;
  /** A mirrored call that has ended. */
  shadow: ShadowRecord;
  /** Once, with the first decision that somebody listens for it: the router chooses among `DEMO_MODELS`. */
  demo: { readonly models: readonly string[]; readonly pricesDate: string };
  /**
   * A listener of another event threw, or its promise was rejected; or the `store` could not write, told once until it can again (routing goes on,
   * and `flush` rejects until then).
   */
  error: { readonly event: RouterEventName | 'store'; readonly error: unknown };
}

export type RouterEventName = keyof RouterEvents;
export type RouterListener<Name extends RouterEventName> = (event: RouterEvents[Name]) => unknown;

export const EVENT_NAMES: readonly RouterEventName[] = [
  'decision',
  'report',
  'breaker',
  'expired',
  'clockStep',
  'segmentLimit',
  'fallback',
  'model',
  'drift',
  'budget',
  'shadow',
  'demo',
  'error',
];

type AnyListener = (event: unknown) => unknown;

/**
 * Listeners by event. Ask `hears` before an event's object is built; `raise` keeps it until `flush`, when the router is done with what
 * it was at, so that a listener may call the router. What a listener throws becomes an `'error'` event and never reaches who
 * raised the event; what a listener of `'error'` throws is counted.
 */
export class Listeners {
  /** Copied on write, so that a listener may come and go while an event is told. */
  readonly #lists = new Map<RouterEventName, readonly AnyListener[]>();
  readonly #waiting: (readonly [RouterEventName, unknown])[] = [];
  #telling = false;
  #dropped = 0;

  /** Errors of listeners that no listener of `'error'` took. */
  get droppedErrors(): number {
    return this.#dropped;
  }

  hears(name: RouterEventName): boolean {
    return this.#lists.size > 0 && this.#lists.has(name);
  }

  /** @returns a function that takes the listener away again @throws {ParameterError} */
  add<Name extends RouterEventName>(name: Name, listener: RouterListener<Name>): () => void {
    if (!EVENT_NAMES.includes(name))
      throw new ParameterError('event', `one of ${EVENT_NAMES.join(', ')}`, name);
    if (typeof listener !== 'function')
      throw new ParameterError('listener', 'a function', listener);
    // A function of its own, so that one listener may be added twice and each taken away alone.
    const entry: AnyListener = (event) => listener(event as RouterEvents[Name]);
    this.#lists.set(name, [...(this.#lists.get(name) ?? []), entry]);
    return () => {
      const left = (this.#lists.get(name) ?? []).filter((other) => other !== entry);
      if (left.length > 0) this.#lists.set(name, left);
      else this.#lists.delete(name);
    };
  }

  raise<Name extends RouterEventName>(name: Name, event: RouterEvents[Name]): void {
    this.#waiting.push([name, event]);
  }

  /** Tells what was raised, in order; what listeners raise in turn comes after. */
  flush(): void {
    if (this.#waiting.length === 0 || this.#telling) return;
    this.#telling = true;
    // The list may grow under way.
    for (const [name, event] of this.#waiting) this.#tell(name, event);
    this.#waiting.length = 0;
    this.#telling = false;
  }

  #tell(name: RouterEventName, event: unknown): void {
    for (const listener of this.#lists.get(name) ?? []) {
      try {
        const result = listener(event);
        if (result instanceof Promise)
          result.catch((error: unknown) => {
            this.#failed(name, error);
            this.flush();
          });
      } catch (error) {
        this.#failed(name, error);
      }
    }
  }

  #failed(event: RouterEventName, error: unknown): void {
    if (event === 'error' || !this.hears('error')) this.#dropped++;
    else this.raise('error', { event, error });
  }
}
