import { ParameterError } from '../core/errors';
import { requireId } from '../core/validation';
import type { ModelOptions, ModelPrices } from '../arms/models';
import { loadKernel, type CompiledKernel } from '../kernel/load';
import type { ArmPosterior } from '../posterior/evidence';
import { seedValue } from '../random/seed';
import type { AnyDecision, PropensityResult, SelectResult } from '../selection/decision';
import {
  parseRequest,
  type ParsedRequest,
  type PromptReaders,
  type RouteRequest,
} from '../selection/request';
import type { Explainer } from '../selection/explain/explainer';
import type { Explanation, UnknownDecision } from '../selection/explain/explanation';
import { explainerOf, explainIn } from './explain';
import { Announcer } from './announcer';
import { ArmBreakers } from './armBreakers';
import type { KeptSections } from '../memory/sections';
import {
  parseBatch,
  parseBatchMethod,
  type BatchOptions,
  type EqualRequests,
} from './batchRequests';
import { presentId } from './decisionIds';
import { Listeners, type RouterEventName, type RouterListener } from './events';
import { NO_VECTORS, type Decided } from './decided';
import { LiveDecisions, type Moment } from './liveDecisions';
import { LiveReports, type ReportResult } from './liveReports';
import { decisionLine, modelLine, reportLine, restartLine, routerLine } from './log/lines';
import { Journal } from './log/journal';
import type { LoggedRestart } from './log/parseLine';
import type { LogHealth } from './log/sink';
import { addition, repricing, retirement, withoutRetired, type ModelChange } from './modelChanges';
import type { ParsedRouterOptions, RouterOptions } from './options';
import type { Outcome } from './outcome';
import { readPosteriors, type RouterPosteriors } from './posteriors';
import type { ShadowOptions } from '../shadow/options';
import type { Shadow } from '../shadow/shadow';
import { SelectResults } from './selectResult';
import { Shadows } from './shadows';
import { restoredRouter, type RouterOrigin } from './snapshot/openRouter';
import type { RouterParts } from './snapshot/parts';
import { Recovery, type RecoveryCounts, type RouterRecovery } from './snapshot/recovery';
import type { RestoreOptions } from './snapshot/restoreOptions';
import { fillFrom, takeReplicaState, takeSnapshot } from './snapshot/routerSnapshot';
import { RouterState } from './state';
import { readStats, Tally, type RouterStats } from './stats';
import { Steering } from './steering';
import { RouterTime } from './time';

export type { ReportResult } from './liveReports';

/**
 * Chooses a model for every request by Thompson sampling and learns from the outcomes. The caller makes the calls.
 *
 * @example
 * ```ts
 * const router = await createRouter({
 *   models: {
 *     small: { family: 'a', usdPerMillionInputTokens: 0.1, usdPerMillionOutputTokens: 0.4 },
 *     large: { family: 'a', usdPerMillionInputTokens: 3, usdPerMillionOutputTokens: 15 },
 *   },
 *   willingnessToPayUsd: 0.01,
 *   seed: 1,
 * });
 * const decision = router.select({ segment: 'support', promptTokens: 420 });
 * if (decision.kind === 'decision') {
 *   router.report(decision.decisionId, { reward: 0.8, costUsd: 0.0004 });
 * }
 * ```
 */
export class Router {
  readonly #options: ParsedRouterOptions;
  readonly #state: RouterState;
  readonly #explainer: Explainer;
  readonly #breakers: ArmBreakers | undefined;
  readonly #steering: Steering;
  readonly #decisions: LiveDecisions;
  readonly #reports: LiveReports;
  readonly #results: SelectResults;
  readonly #log: Journal | undefined;
  readonly #shadows: Shadows;
  readonly #listeners = new Listeners();
  readonly #announcer: Announcer;
  readonly #tally = new Tally();
  readonly #time: RouterTime;
  readonly #keptSections: KeptSections;
  #recovery: RouterRecovery | undefined;

  /** @internal Use `createRouter`, `createRouterSync`, `restoreRouter` or `restoreRouterSync`. */
  constructor(options: ParsedRouterOptions, compiled: CompiledKernel, from?: RouterOrigin) {
    this.#options = options;
    const { arms, breakers, instanceId } = options;
    this.#time = new RouterTime(options.clock, (stepMs, nowMs) => {
      if (this.#listeners.hears('clockStep')) this.#listeners.raise('clockStep', { stepMs, nowMs });
    });
    this.#state = new RouterState(options, compiled);
    this.#explainer = explainerOf(options, this.#state);
    // A restored one's time goes on from the snapshot's.
    const nowMs = from ? 0 : this.#time.read();
    this.#breakers = breakers && new ArmBreakers(arms.list.length, breakers, nowMs);
    this.#state.pending.onExpiry = (ticket, reason) => {
      if (!ticket.costKnown) this.#steering.giveUp(ticket.sequenceNumber);
      this.#announcer.expired(ticket, reason);
    };
    this.#steering = new Steering(options, this.#state, (heldBackMs, nowMs) => {
      if (this.#listeners.hears('clockStep'))
        this.#listeners.raise('clockStep', { stepMs: heldBackMs, nowMs, heldBackMs });
    });
    this.#keptSections = from ? this.#fill(from) : [];
    this.#announcer = new Announcer(options, {
      state: this.#state,
      listeners: this.#listeners,
      tally: this.#tally,
      breakers: this.#breakers,
      steering: this.#steering,
    });
    this.#decisions = new LiveDecisions(this.#state, this.#breakers, this.#steering);
    this.#reports = new LiveReports(
      options,
      this.#state,
      this.#breakers,
      this.#tally,
      this.#steering,
    );
    this.#results = new SelectResults(arms, instanceId, options.costWeight);
    const underWay = from && !from.restart;
    this.#log = underWay ? undefined : this.#journal();
    this.#shadows = new Shadows(options, this.#state, {
      log: this.#log,
      listeners: this.#listeners,
      breakers: this.#breakers,
      elapsedMs: () => this.#now().elapsedMs,
    });
    if (underWay) return;
    // The store's log goes on from a snapshot.
    this.#log?.keep();
    const restart = from?.restart;
    this.#log?.write([restart ? restartLine(instanceId, restart) : routerLine(options)]);
  }

  #journal(): Journal | undefined {
    return Journal.of(this.#options, {
      snapshot: () => this.snapshot(),
      failed: (error) => {
        if (!this.#listeners.hears('error')) return;
        this.#listeners.raise('error', { event: 'store', error });
        this.#listeners.flush();
      },
    });
  }

  #fill({ container, onLoss }: RouterOrigin): KeptSections {
    const { kept, losses } = fillFrom(container, this.#parts);
    for (const loss of losses) onLoss(loss);
    this.#time.read();
    return kept;
  }

  /**
   * A router from what `snapshot` gave: `restoreRouter`.
   * @throws {SnapshotError | ParameterError | KernelError}
   */
  static async restore(snapshot: Uint8Array, options: RestoreOptions = {}): Promise<Router> {
    return restoredRouter(snapshot, options, makerWith(await loadKernel()));
  }

  /** Ids of the models that can be chosen: those of the start in code-unit order, then those added since. */
  get models(): readonly string[] {
    const { list, retired } = this.#options.arms;
    return list.filter((arm) => !retired.has(arm.index)).map((arm) => arm.model);
  }

  /** What the ids of decisions begin with. */
  get instanceId(): string {
    return this.#options.instanceId;
  }

  /** Name of the router's evidence among replicas: it stays when the router is restored. */
  get replicaId(): string {
    return this.#options.replicaId;
  }

  /** The seed of all decisions, given or drawn. */
  get seed(): bigint {
    return seedValue(this.#options.seed);
  }

  /** Requests whose segment came after the limit of 2^20 cells and shares the row of all such segments. */
  get sharedSegmentRequests(): number {
    return this.#state.segments.sharedRequests;
  }

  /** Decisions that reports are taken for. */
  get pendingDecisions(): number {
    return this.#state.pending.size;
  }

  /** How the sink of the decision log does; undefined without a log. */
  get logHealth(): LogHealth | undefined {
    return this.#log?.health;
  }

  /**
   * Chooses a model for one request.
   * @throws {ParameterError} for a malformed request; nothing has changed then
   */
  select(request: RouteRequest = {}): SelectResult {
    const parsed = this.#parse('request', request);
    const vectors = this.#readsPrompts ? this.#state.vectors([parsed]) : NO_VECTORS;
    const decided = this.#decisions.decideOne(parsed, vectors, this.#now());
    const result = this.#resultOf(decided) as SelectResult;
    this.#log?.write([decisionLine(decided, this.#options)]);
    this.#announcer.settle();
    return result;
  }

  /**
   * Chooses for many requests against the evidence as it stands: the same decisions as that many `select` in a row, at one time and
   * without reports between them, in one call of the kernel.
   *
   * With `method: 'fromPropensity'` they are drawn from their propensities, computed once for all requests that are alike: the same distribution, many
   * times faster where most are, but other decisions than those of `select`. Each of them hangs on its sequence number, not on how batches are cut. A group of alike
   * requests takes some 20 µs at 8 models; with a finite half-life beliefs are looked at in steps (docs/MATH.md §17), with one and `latency` for each request anew.
   * @param requests at most 65,536, or one request with their `count`
   * @throws {ParameterError} for a malformed request, and for `'fromPropensity'` of a router that reads prompts, has a budget or takes several samples; nothing has changed then
   */
  selectBatch(
    requests: readonly RouteRequest[] | EqualRequests,
    options?: BatchOptions<'draw'>,
  ): SelectResult[];
  selectBatch(
    requests: readonly RouteRequest[] | EqualRequests,
    options: Required<BatchOptions<'fromPropensity'>>,
  ): PropensityResult[];
  selectBatch(
    requests: readonly RouteRequest[] | EqualRequests,
    options?: BatchOptions,
  ): (SelectResult | PropensityResult)[];
  selectBatch(
    requests: readonly RouteRequest[] | EqualRequests,
    options?: BatchOptions,
  ): (SelectResult | PropensityResult)[] {
    const { arms } = this.#options;
    const method = parseBatchMethod(options, this.#options);
    const parsed = parseBatch(
      requests,
      (parameter, request) => parseRequest(parameter, request, arms, this.#readers),
      (request) => withoutRetired(request, arms),
    );
    return method === 'draw' ? this.#drawBatch(parsed) : this.#batchFromPropensities(parsed);
  }

  /**
   * Learns from the outcome of a decision (docs/REPORTS.md). How the call went, reward, cost and latency may come in separate reports; each is
   * learned once.
   * @throws {ParameterError} for a malformed outcome, or one that tells nothing; the decision then stays open
   */
  report(decisionId: string, outcome: Outcome): ReportResult {
    const { instanceId, earlier } = this.#options;
    const id = presentId(instanceId, earlier, requireId('decisionId', decisionId));
    const taken = this.#reports.take(id, outcome, this.#now());
    if (taken.news && this.#log)
      this.#log.write([reportLine(id, this.#state.evidenceVersion, taken.news, taken.drift)]);
    if (taken.news) this.#shadows.served(id, taken.news);
    if (taken.drift) this.#announcer.drifted(id, taken.arm, taken.drift);
    this.#announcer.reported(id, taken);
    this.#announcer.settle();
    return taken.result;
  }

  /**
   * Takes a model out until `restore`, whatever its breaker says; with all of them out, no model is eligible.
   * @throws {ParameterError} for a model that is none of the router's, and without breakers
   */
  isolate(model: string): void {
    this.#breakerOf(model).isolate(this.#now().nowMs);
    this.#announcer.settle();
  }

  /**
   * Lets an isolated model be called again, its breaker closed and without a past; does nothing to another.
   * @throws {ParameterError} for a model that is none of the router's, and without breakers
   */
  restore(model: string): void {
    this.#breakerOf(model).restore(this.#now().nowMs);
    this.#announcer.settle();
  }

  /**
   * Calls `listener` with every event of a name from now on, in order, after the router is done with what raised it. What it throws, or its promise is
   * rejected with, is raised as `'error'` and never reaches the caller of `select` or `report`.
   * @returns a function that takes the listener away again
   * @throws {ParameterError}
   */
  on<Name extends RouterEventName>(event: Name, listener: RouterListener<Name>): () => void {
    return this.#listeners.add(event, listener);
  }

  /** What the router did and holds; plain JSON. */
  getStats(): RouterStats {
    const { nowMs, elapsedMs } = this.#now();
    this.#state.pending.expire(elapsedMs);
    const { arms, propensity } = this.#options;
    const models = this.#tally.models(arms, this.#breakers, nowMs);
    const { droppedErrors } = this.#listeners;
    const budget = this.#steering.budgetStats ?? null;
    const rest = { models, propensity, droppedErrors, budget };
    const stats = readStats(this.#tally, this.#state, rest);
    this.#announcer.settle();
    return stats;
  }

  /**
   * Adds a model, or brings a retired one back with its evidence and these prices (and this prior, if one comes with it). A new one starts
   * from its prior, or from what is known of its family; decisions from now on may choose it.
   * @param options of a retired model: its family and provider as before
   * @throws {ParameterError} for a model that the router has, a bad option, or no room: 4,096 models, 2^20 models × segments, 512 models
   * with the option `context`; nothing has changed then
   */
  addModel(id: string, options: ModelOptions): void {
    this.#change(addition(id, options, this.#options, this.#state.segments.rowsNeeded));
  }

  /**
   * Retires a model: it is not chosen again until it is added again. Its evidence stays and goes on informing its family, and reports for its open
   * decisions count. Without any model left, `select` gives `'no-eligible-model'`.
   * @throws {ParameterError} for a model that the router does not have, or has retired
   */
  retireModel(id: string): void {
    this.#change(retirement(id, this.#options));
  }

  /**
   * Gives a model new list prices. What is known of its quality stays; what its calls cost is translated to the new prices at its own mix of
   * input and output tokens (docs/MATH.md §24). A report that names tokens is paid at the prices of the time of the report; one that names its cost is
   * taken at its word.
   * @throws {ParameterError} for a model that the router does not have, or a bad price; nothing has changed then
   */
  repriceModel(id: string, prices: ModelPrices): void {
    this.#change(repricing(id, prices, this.#options));
  }

  /**
   * Mirrors a share of the requests to candidates, beside the replies (docs/SHADOW.md).
   * @throws {ParameterError} for an option out of range, for a candidate that is no model of this router or has no list prices, and with the option `bestOf`
   */
  shadow<Payload = unknown>(
    options: ShadowOptions<Outcome, Payload> & {
      /**
       * Takes the shadow's own log: one JSON line a mirrored call, its newline included; as the router's `log`.
       * @defaultValue none
       */
      readonly log?: RouterOptions['log'];
    },
  ): Shadow<Payload> {
    this.#requireOneCall('shadow');
    return this.#shadows.add<Payload>(options);
  }

  /**
   * What is believed of every model in a segment as of the latest decision; a segment never seen gives undefined.
   * @param segment as in requests; undefined for requests without one
   * @throws {ParameterError} for what is no segment
   */
  posteriors(segment?: string): ReadonlyMap<string, ArmPosterior> | undefined {
    if (segment !== undefined) requireId('segment', segment);
    const posteriors = this.#state.posteriors(segment);
    return (
      posteriors &&
      new Map(this.#options.arms.list.map((arm) => [arm.model, posteriors[arm.index]!]))
    );
  }

  /**
   * Why a decision was made, as of when it was made: what it saw of every model, and the least changes that would have flipped it. Reports since do not matter, but only
   * the latest decisions are kept (option `explainableDecisions`), and none from before `addModel` brought a new id. Changes nothing.
   * @param decision the decision or its id
   * @throws {ParameterError} for what is neither
   */
  explain(decision: Pick<AnyDecision, 'decisionId'> | string): Explanation | UnknownDecision {
    return explainIn(this.#explainer, this.#state, this.#options, decision);
  }

  /** Latest decisions that `explain` can explain. */
  get explainableDecisions(): number {
    return this.#state.policy.slots;
  }

  /**
   * What is believed of every model, as plain JSON.
   * @param segment one segment, null for that of requests without one; a segment never seen gives none. @defaultValue all segments
   * @throws {ParameterError}
   */
  getPosteriors(segment?: string | null): RouterPosteriors {
    return readPosteriors(this.#state, this.#options.arms, segment);
  }

  /**
   * All that the router is, as bytes for `restoreRouter` (docs/SNAPSHOTS.md): models and prices, evidence, segments, open decisions, breakers,
   * clock, sequence number. A router restored from it decides and learns as this one would, to the last bit. Changes nothing.
   */
  snapshot(): Uint8Array {
    return takeSnapshot(this.#parts, this.#keptSections);
  }

  /**
   * The router's own evidence, for a `ReplicaRegister` of several routers. Its id is the router's `replicaId`.
   * @throws {ParameterError} with the option `bestOf`: what several samples taught does not merge
   */
  replicaState(): Uint8Array {
    this.#requireOneCall('replicaState');
    return takeReplicaState(this.#parts);
  }

  /**
   * Resolves when all decisions and reports so far are kept by the store, whatever becomes of the process; at once without a store.
   * @throws {Error} what the store says where it could not keep them: routing goes on, and the next `flush` tries again
   */
  async flush(): Promise<void> {
    // What prompts taught stands in no log.
    await this.#log?.flush(this.#readsPrompts);
  }

  /** What was found when the router was recovered from its store; undefined for one that is new or has none. */
  get recovery(): RouterRecovery | undefined {
    return this.#recovery;
  }

  /** @internal Takes lines of its log, up to a restart, which it returns. */
  recover(lines: Iterator<string>, counts: RecoveryCounts): LoggedRestart | undefined {
    const { nowMs, elapsedMs } = this.#now();
    const target = {
      options: this.#options,
      state: this.#state,
      tally: this.#tally,
      elapsedMs,
      steering: this.#steering,
      nowMs,
      armAdded: () => {
        this.#breakers?.add(nowMs);
        this.#steering.setArms(this.#options.arms.list.length);
      },
    };
    return new Recovery(target, counts).take(lines);
  }

  /** @internal */
  recovered(recovery: RouterRecovery): this {
    this.#recovery = recovery;
    return this;
  }

  get #parts(): RouterParts {
    return {
      options: this.#options,
      state: this.#state,
      breakers: this.#breakers,
      time: this.#time,
      tally: this.#tally,
      steering: this.#steering,
      more: [],
    };
  }

  #change(change: ModelChange): void {
    const { arms, instanceId } = this.#options;
    const before = arms.list.length;
    const { nowMs } = this.#now();
    this.#state.change(change);
    if (arms.list.length > before) {
      this.#breakers?.add(nowMs);
      this.#results.armsAdded();
      this.#steering.setArms(arms.list.length);
    }
    this.#log?.write([modelLine(instanceId, this.#state.evidenceVersion, change)]);
    this.#announcer.changed(change);
    this.#announcer.settle();
  }

  /** @throws {ParameterError} for what knows one call a decision only */
  #requireOneCall(what: string): void {
    const { bestOf } = this.#options;
    if (bestOf) throw new ParameterError('options.bestOf', `left out, for ${what}`, bestOf);
  }

  get #readsPrompts(): boolean {
    return this.#options.context !== undefined;
  }

  get #readers(): PromptReaders {
    const { rules, bestOf } = this.#options;
    return {
      context: this.#readsPrompts,
      rules: rules !== undefined,
      samples: bestOf !== undefined,
    };
  }

  #now(): Moment {
    const nowMs = this.#time.read();
    return { nowMs, elapsedMs: this.#time.elapsedMs };
  }

  /** What is asked, of models that are not retired. */
  #parse(parameter: string, request: RouteRequest): ParsedRequest {
    const { arms } = this.#options;
    return withoutRetired(parseRequest(parameter, request, arms, this.#readers), arms);
  }

  #drawBatch(requests: readonly ParsedRequest[]): SelectResult[] {
    const decided = this.#decisions.decide(requests, this.#now());
    const results = decided.map((one) => this.#resultOf(one) as SelectResult);
    this.#log?.write(decided.map((one) => decisionLine(one, this.#options)));
    this.#announcer.settle();
    return results;
  }

  #batchFromPropensities(requests: readonly ParsedRequest[]): PropensityResult[] {
    const results = new Array<PropensityResult>(requests.length);
    const lines: string[] = [];
    const first = this.#state.sequenceNumber;
    const overwritten = first + requests.length - this.explainableDecisions;
    this.#decisions.decideFromPropensities(requests, this.#now(), (decided) => {
      const { sequenceNumber } = decided;
      // Perf: only those that the batch itself does not drive out are kept to be explained.
      const result = this.#resultOf(decided, sequenceNumber >= overwritten);
      results[sequenceNumber - first] = result as PropensityResult;
      if (this.#log) lines.push(decisionLine(decided, this.#options));
    });
    this.#log?.write(lines);
    this.#announcer.settle();
    return results;
  }

  #resultOf(decided: Decided, kept = true): SelectResult | PropensityResult {
    const breaker = this.#decisions.breakerOf(decided);
    const { choice } = decided;
    const told = choice.group
      ? this.#results.ofGroup(decided, breaker)
      : this.#results.of(decided, breaker);
    const result = this.#options.demo ? this.#marked(told) : told;
    this.#tally.decided(choice.arm);
    if (kept && result.kind === 'decision')
      this.#explainer.note(result, this.#breakers?.states, choice.group?.trace);
    this.#announcer.decided(result);
    return result;
  }

  /** A decision among models that nobody has asked for says so, and the first one that somebody hears warns. */
  #marked(result: SelectResult | PropensityResult): SelectResult | PropensityResult {
    this.#announcer.demo(this.models);
    return result.kind === 'decision' ? { ...result, demo: true } : result;
  }

  #breakerOf(model: string) {
    const index = this.#options.arms.indexOf.get(model);
    if (index === undefined)
      throw new ParameterError('model', 'an id of the router’s models', model);
    if (this.#breakers) return this.#breakers.of(index);
    throw new ParameterError('breakers', 'on, for models to be isolated and restored', false);
  }
}

/** @internal */
export function makerWith(
  compiled: CompiledKernel,
): (options: ParsedRouterOptions, from?: RouterOrigin) => Router {
  return (options, from) => new Router(options, compiled, from);
}
