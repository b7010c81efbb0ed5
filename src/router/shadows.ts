import { ParameterError } from '../core/errors';
import type { Side } from '../shadow/comparison';
import type { MirroredDecision, MirroredOutcome, ShadowHost } from '../shadow/host';
import { parseShadowOptions } from '../shadow/options';
import { shadowHeaderLine } from '../shadow/record';
import { Shadow } from '../shadow/shadow';
import type { ArmBreakers } from './armBreakers';
import { sequenceNumberOf } from './decisionIds';
import type { Listeners } from './events';
import { shadowLine } from './log/lines';
import { LogWriter, parseSink } from './log/sink';
import type { ParsedRouterOptions } from './options';
import { parseOutcome } from './outcome';
import { settle } from './settle';
import type { RouterState } from './state';

/** A call of its own: its outcome is the first and only report. */
const NOTHING_KNOWN = {
  n: 0,
  latencyMs: NaN,
  retries: NaN,
  outputTokens: NaN,
  rewardKnown: false,
  costKnown: false,
  latencyKnown: true,
} as const;

/** What the router lends its shadows beside its state. */
export interface ShadowSurroundings {
  /** The decision log. */
  readonly log: Pick<LogWriter, 'write'> | undefined;
  readonly listeners: Listeners;
  readonly breakers: ArmBreakers | undefined;
  /** The router's own time, which never runs back. */
  elapsedMs(): number;
}

/** The shadows of a router: it makes them and tells them of reports. */
export class Shadows {
  readonly #options: ParsedRouterOptions;
  readonly #state: RouterState;
  readonly #around: ShadowSurroundings;
  #shadows: readonly Shadow<never>[] = [];

  constructor(options: ParsedRouterOptions, state: RouterState, around: ShadowSurroundings) {
    this.#options = options;
    this.#state = state;
    this.#around = around;
  }

  /** @throws {ParameterError} */
  add<Payload>(value: unknown): Shadow<Payload> {
    const options = parseShadowOptions(value, this.#options.seed);
    const sink = parseSink('shadow.log', (value as { log?: unknown }).log);
    options.candidates.forEach((model, i) => this.#requirePriced(model, i));
    const writer = sink && new LogWriter(sink);
    writer?.write([shadowHeaderLine(options, this.#options.instanceId)]);
    const shadow = new Shadow<Payload>(options, this.#host(), writer);
    this.#shadows = [...this.#shadows.filter(({ isDone }) => !isDone), shadow];
    return shadow;
  }

  /** A report brought news; NaN = none. */
  served(decisionId: string, news: Side): void {
    if (this.#shadows.length === 0) return;
    const sequenceNumber = sequenceNumberOf(this.#options.instanceId, decisionId);
    for (const shadow of this.#shadows) shadow.served(decisionId, sequenceNumber, news);
  }

  /** What calls of a model without a price may cost is not bounded by what is expected of them. */
  #requirePriced(model: string, i: number): void {
    const { list, indexOf } = this.#options.arms;
    const arm = list[indexOf.get(model) ?? -1];
    if (!arm)
      throw new ParameterError(`shadow.candidates[${i}]`, 'one of the router’s models', model);
    if (!(arm.usdPerInputToken < Infinity && arm.usdPerOutputToken < Infinity))
      throw new ParameterError(`shadow.candidates[${i}]`, 'a model with list prices', model);
  }

  #host(): ShadowHost {
    const { listeners, elapsedMs } = this.#around;
    const state = this.#state;
    return {
      raw: state.kernel.raw,
      nowMs: elapsedMs,
      find: (decisionId, segment) => this.#find(decisionId, segment),
      isCallable: (model) => this.#isCallable(this.#indexOf(model)),
      expectedCostUsd: (model, { segment, promptTokens }) =>
        state.expectedCostUsd(segment, this.#indexOf(model), promptTokens),
      parse: (outcome, model, decision) => this.#parse(outcome, model, decision),
      learn: (model, decision, outcome, weight) => this.#learn(model, decision, outcome, weight),
      get listens() {
        return listeners.hears('shadow');
      },
      tell: (record) => {
        listeners.raise('shadow', record);
        listeners.flush();
      },
      tellError: (error) => {
        if (listeners.hears('error')) listeners.raise('error', { event: 'shadow', error });
        listeners.flush();
      },
    };
  }

  /** A half-open breaker has trial calls of its own. */
  #isCallable(arm: number): boolean {
    const { breakers } = this.#around;
    // It may have been retired since the decision.
    if (this.#options.arms.retired.has(arm)) return false;
    return !breakers || breakers.stateOf(arm) === 'closed';
  }

  #find(decisionId: string, segment: string | undefined): MirroredDecision | undefined {
    const { arms, instanceId } = this.#options;
    const sequenceNumber = sequenceNumberOf(instanceId, decisionId);
    const ticket = this.#state.ticket(sequenceNumber);
    // The segment comes from the caller's copy of the decision, so it is held against the ticket.
    if (typeof ticket === 'string' || this.#state.rowOf(segment) !== ticket.segment)
      return undefined;
    return {
      decisionId,
      sequenceNumber,
      segment,
      promptTokens: ticket.promptTokens,
      served: arms.list[ticket.arm]!.model,
    };
  }

  #parse(outcome: unknown, model: string, { promptTokens }: MirroredDecision): MirroredOutcome {
    const { arms, reward, rewardFunction } = this.#options;
    const told = parseOutcome(outcome);
    const { news } = settle(
      told,
      { ...NOTHING_KNOWN, promptTokens },
      arms.list[this.#indexOf(model)]!,
      { reward, rewardFunction, learnsLatency: false },
      this.#state.kernel.raw,
    );
    return { ...news, error: told.error };
  }

  #learn(
    model: string,
    { decisionId, sequenceNumber, segment }: MirroredDecision,
    outcome: MirroredOutcome,
    weight: number,
  ): void {
    const { reward, costUsd, promptTokens } = outcome;
    const arm = this.#indexOf(model);
    const report = { sequenceNumber, segment, arm, reward, costUsd, promptTokens, weight };
    this.#state.learnMirrored(report);
    const line = shadowLine(decisionId, this.#state.evidenceVersion, model, report);
    this.#around.log?.write([line]);
  }

  #indexOf(model: string): number {
    return this.#options.arms.indexOf.get(model)!;
  }
}
