import { DEMO_PRICES_DATE } from '../arms/demoModels';
import type { DriftDirection } from '../posterior/drift';
import type { PropensityResult, SelectResult } from '../selection/decision';
import type { ArmBreakers } from './armBreakers';
import { decisionIdOf } from './decisionIds';
import type { Listeners } from './events';
import type { Taken } from './liveReports';
import type { ModelChange } from './modelChanges';
import type { ParsedRouterOptions } from './options';
import type { ExpiryReason, Ticket } from './pending';
import type { RouterState } from './state';
import type { Tally } from './stats';
import type { Steering } from './steering';

const PARTS = ['call', 'reward', 'cost', 'latency'] as const;

/** Puts what happens to a router into events, where somebody listens, and into its statistics. */
export class Announcer {
  readonly #options: ParsedRouterOptions;
  readonly #state: RouterState;
  readonly #listeners: Listeners;
  readonly #tally: Tally;
  readonly #breakers: ArmBreakers | undefined;
  readonly #steering: Steering;
  #segmentsShared = false;
  #demoTold = false;

  constructor(
    options: ParsedRouterOptions,
    parts: {
      readonly state: RouterState;
      readonly listeners: Listeners;
      readonly tally: Tally;
      readonly breakers: ArmBreakers | undefined;
      readonly steering: Steering;
    },
  ) {
    this.#options = options;
    this.#state = parts.state;
    this.#listeners = parts.listeners;
    this.#tally = parts.tally;
    this.#breakers = parts.breakers;
    this.#steering = parts.steering;
  }

  decided(result: SelectResult | PropensityResult): void {
    // Copies: what a listener does to them reaches neither the caller nor `explain`.
    if (result.kind === 'decision' && result.byFallback === true)
      if (this.#listeners.hears('fallback'))
        this.#listeners.raise('fallback', Object.freeze({ ...result }));
    if (this.#listeners.hears('decision'))
      this.#listeners.raise('decision', Object.freeze({ ...result }));
  }

  /** Once, with the first decision that somebody hears. */
  demo(models: readonly string[]): void {
    if (this.#demoTold || !this.#listeners.hears('demo')) return;
    this.#demoTold = true;
    this.#listeners.raise('demo', { models, pricesDate: DEMO_PRICES_DATE });
  }

  changed(change: ModelChange): void {
    if (this.#listeners.hears('model')) this.#listeners.raise('model', change);
  }

  reported(decisionId: string, { result, arm, told, effect }: Taken): void {
    if (!this.#listeners.hears('report')) return;
    const model = arm < 0 ? undefined : this.#modelOf(arm);
    const error = told?.error;
    this.#listeners.raise('report', { decisionId, model, result, error, breaker: effect });
  }

  drifted(decisionId: string, arm: number, direction: DriftDirection): void {
    if (!this.#listeners.hears('drift')) return;
    this.#listeners.raise('drift', { model: this.#modelOf(arm), direction, decisionId });
  }

  expired(ticket: Ticket, reason: ExpiryReason): void {
    if (!this.#listeners.hears('expired')) return;
    this.#listeners.raise('expired', {
      decisionId: decisionIdOf(this.#options.instanceId, ticket.sequenceNumber),
      model: this.#modelOf(ticket.arm),
      reason,
      missing: PARTS.filter((part) => !ticket[`${part}Known`]),
    });
  }

  /** Counts what happened to breakers since, raises what waits and tells it. */
  settle(): void {
    if (this.#breakers?.hasTransitions) this.#transitions(this.#breakers);
    if (!this.#segmentsShared && this.#state.segments.sharedRequests > 0) this.#segmentLimit();
    for (const event of this.#steering.takeEvents())
      if (this.#listeners.hears('budget')) this.#listeners.raise('budget', event);
    this.#listeners.flush();
  }

  #transitions(breakers: ArmBreakers): void {
    const heard = this.#listeners.hears('breaker');
    for (const { arm, transition } of breakers.takeTransitions()) {
      this.#tally.changed(arm, transition.to);
      if (heard) this.#listeners.raise('breaker', { ...transition, model: this.#modelOf(arm) });
    }
  }

  #segmentLimit(): void {
    this.#segmentsShared = true;
    if (!this.#listeners.hears('segmentLimit')) return;
    this.#listeners.raise('segmentLimit', { segments: this.#state.segments.count });
  }

  #modelOf(arm: number): string {
    return this.#options.arms.list[arm]!.model;
  }
}
