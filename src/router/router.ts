import { ParameterError } from '../core/errors';
import { requireId } from '../core/validation';
import type { ModelOptions, ModelPrices } from '../arms/models';
import { loadKernel, loadKernelSync, type CompiledKernel } from '../kernel/load';
import type { ArmPosterior } from '../posterior/evidence';
import { seedValue } from '../random/seed';
import type { SelectResult } from '../selection/decision';
import { parseRequest, type ParsedRequest, type RouteRequest } from '../selection/request';
import { sequenceNumberOf } from './decisionIds';
import { decisionLine, modelLine, reportLine, routerLine } from './log/lines';
import { LogWriter, type LogHealth } from './log/sink';
import { addition, repricing, retirement, type ModelChange } from './modelChanges';
import {
  parseRouterOptions,
  type DemoRouterOptions,
  type ParsedRouterOptions,
  type RouterOptions,
} from './options';
import { parseOutcome, type Outcome } from './outcome';
import { selectResult } from './selectResult';
import { RouterState } from './state';

/** What a report did. A duplicate brings only what is known already; like an unknown one it changes nothing. */
export type ReportResult =
  | {
      readonly kind: 'accepted';
      /** The reward that was learned now, or undefined. */
      readonly reward: number | undefined;
      /** The cost that was learned now, or undefined. */
      readonly costUsd: number | undefined;
      /** The latency that was learned now, or undefined: without the option `latency` always. */
      readonly latencyMs: number | undefined;
    }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'unknown' };

/** Most requests of one `selectBatch`. */
const LARGEST_BATCH = 2 ** 16;

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
  readonly #log: LogWriter | undefined;

  /** @internal Use `createRouter` or `createRouterSync`. */
  constructor(options: ParsedRouterOptions, compiled: CompiledKernel) {
    this.#options = options;
    this.#state = new RouterState(options, compiled);
    this.#log = options.log && new LogWriter(options.log);
    this.#log?.write([routerLine(options)]);
  }

  /** Ids of the models that can be chosen: those of the start in code-unit order, then those added since. */
  get models(): readonly string[] {
    const { list, retired } = this.#options.arms;
    return list.filter((arm) => !retired.has(arm.index)).map((arm) => arm.model);
  }

  /** The seed of all decisions, given or drawn. */
  get seed(): bigint {
    return seedValue(this.#options.seed);
  }

  /** Requests whose segment came after the limit of 2^20 cells and shares the row of all such segments. */
  get sharedSegmentRequests(): number {
    return this.#state.sharedSegmentRequests;
  }

  /** Decisions waiting for a report, and those of the same window that got theirs. */
  get pendingDecisions(): number {
    return this.#state.pendingDecisions;
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
    const parsed = parseRequest('request', request, this.#options.arms, this.#readsPrompts);
    return this.#decide([parsed])[0]!;
  }

  /**
   * Chooses for many requests against the evidence as it stands: the same decisions as that many `select` in a row
   * without reports between them, in one call of the kernel.
   * @param requests at most 65,536
   * @throws {ParameterError} for a malformed request; nothing has changed then
   */
  selectBatch(requests: readonly RouteRequest[]): SelectResult[] {
    if (!Array.isArray(requests) || requests.length > LARGEST_BATCH) {
      throw new ParameterError(
        'requests',
        `an array of at most ${LARGEST_BATCH} requests`,
        requests,
      );
    }
    return this.#decide(
      requests.map((request, i) =>
        parseRequest(`requests[${i}]`, request, this.#options.arms, this.#readsPrompts),
      ),
    );
  }

  /**
   * Learns from the outcome of a decision. Reward, cost and latency may come in separate reports; each is learned once.
   * @throws {ParameterError} for a malformed outcome, or one that brings none of them; the decision then stays open
   */
  report(decisionId: string, outcome: Outcome): ReportResult {
    const { arms, instanceId, reward: rewardOptions, latency } = this.#options;
    const sequenceNumber = sequenceNumberOf(instanceId, requireId('decisionId', decisionId));
    const ticket = this.#state.ticket(sequenceNumber);
    if (ticket === 'unknown') return { kind: 'unknown' };
    if (ticket === 'reported') return { kind: 'duplicate' };
    const arm = arms.list[ticket.arm]!;
    const { raw } = this.#state.kernel;
    const learnsLatency = latency !== undefined;
    const parsed = parseOutcome(
      outcome,
      arm,
      ticket.promptTokens,
      rewardOptions,
      raw,
      learnsLatency,
    );
    const reward = ticket.rewardKnown ? NaN : parsed.reward;
    const costUsd = ticket.costKnown ? NaN : parsed.costUsd;
    const latencyMs = ticket.latencyKnown ? NaN : parsed.latencyMs;
    const news = { ...parsed, reward, costUsd, latencyMs };
    if ([reward, costUsd, latencyMs].every(Number.isNaN)) return { kind: 'duplicate' };
    this.#state.learn(sequenceNumber, ticket, news);
    this.#log?.write([reportLine(decisionId, this.#state.evidenceVersion, news)]);
    return {
      kind: 'accepted',
      reward: undefinedIfNaN(reward),
      costUsd: undefinedIfNaN(costUsd),
      latencyMs: undefinedIfNaN(latencyMs),
    };
  }

  /**
   * Adds a model, or brings a retired one back with its evidence and these prices (and this prior, if one comes with it). A new one starts
   * from its prior, or from what is known of its family; decisions from now on may choose it.
   * @param options of a retired model: its family and provider as before
   * @throws {ParameterError} for a model that the router has, a bad option, or no room: 4,096 models, 2^20 models × segments, 512 models
   * with the option `context`; nothing has changed then
   */
  addModel(id: string, options: ModelOptions): void {
    this.#change(addition(id, options, this.#options, this.#state.rowsNeeded));
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
   * What is believed of every model in a segment as of the latest decision; a segment never seen gives undefined.
   * @param segment as in requests; undefined for requests without one
   */
  posteriors(segment?: string): ReadonlyMap<string, ArmPosterior> | undefined {
    const posteriors = this.#state.posteriors(segment);
    return (
      posteriors &&
      new Map(this.#options.arms.list.map((arm) => [arm.model, posteriors[arm.index]!]))
    );
  }

  /** A decision among models that nobody has asked for says so. */
  #marked(result: SelectResult): SelectResult {
    return this.#options.demo && result.kind === 'decision' ? { ...result, demo: true } : result;
  }

  #change(change: ModelChange): void {
    this.#state.change(change);
    this.#log?.write([modelLine(this.#options.instanceId, this.#state.evidenceVersion, change)]);
  }

  get #readsPrompts(): boolean {
    return this.#options.context !== undefined;
  }

  #decide(requests: readonly ParsedRequest[]): SelectResult[] {
    const { arms, instanceId } = this.#options;
    const decided = this.#state.decide(requests);
    const results = decided.map((one) => this.#marked(selectResult(one, arms, instanceId)));
    this.#log?.write(decided.map((one) => decisionLine(one, this.#options)));
    return results;
  }
}

function undefinedIfNaN(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/**
 * Makes a router. Compiles the kernel without blocking on the first call. Without models it chooses among a dated list, `DEMO_MODELS`, to try things out, and each of
 * its decisions says `demo: true`.
 * @throws {ParameterError} for an option out of range
 * @throws {KernelError} where WebAssembly with SIMD is not available
 */
export async function createRouter(
  options: RouterOptions | DemoRouterOptions = {},
): Promise<Router> {
  return new Router(parseRouterOptions(options), await loadKernel());
}

/**
 * As `createRouter`, at once: for hosts that allow synchronous compilation.
 * @throws {ParameterError} for an option out of range
 * @throws {KernelError} where WebAssembly with SIMD is not available
 */
export function createRouterSync(options: RouterOptions | DemoRouterOptions = {}): Router {
  return new Router(parseRouterOptions(options), loadKernelSync());
}
