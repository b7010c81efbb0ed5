import { ParameterError } from '../core/errors';
import { requireId } from '../core/validation';
import { loadKernel, loadKernelSync, type CompiledKernel } from '../kernel/load';
import type { ArmPosterior } from '../posterior/evidence';
import { seedValue } from '../random/seed';
import type { Decision, SelectResult } from '../selection/decision';
import { parseRequest, type ParsedRequest, type RouteRequest } from '../selection/request';
import type { Explainer } from '../selection/explain/explainer';
import type { Explanation, UnknownDecision } from '../selection/explain/explanation';
import { explainerOf, explainIn } from './explain';
import { sequenceNumberOf } from './decisionIds';
import { decisionLine, reportLine, routerLine } from './log/lines';
import { LogWriter, type LogHealth } from './log/sink';
import { parseRouterOptions, type ParsedRouterOptions, type RouterOptions } from './options';
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
  readonly #explainer: Explainer;
  readonly #log: LogWriter | undefined;

  /** @internal Use `createRouter` or `createRouterSync`. */
  constructor(options: ParsedRouterOptions, compiled: CompiledKernel) {
    this.#options = options;
    this.#state = new RouterState(options, compiled);
    this.#explainer = explainerOf(options, this.#state);
    this.#log = options.log && new LogWriter(options.log);
    this.#log?.write([routerLine(options)]);
  }

  /** Ids of the models, in code-unit order. */
  get models(): readonly string[] {
    return this.#options.arms.list.map((arm) => arm.model);
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

  /**
   * Why a decision was made, as of when it was made: what it saw of every model, and the least changes that would have flipped it. Reports since do not matter, but only
   * the latest decisions are kept (option `explainableDecisions`). Changes nothing.
   * @param decision the decision or its id
   * @throws {ParameterError} for what is neither
   */
  explain(decision: Pick<Decision, 'decisionId'> | string): Explanation | UnknownDecision {
    return explainIn(this.#explainer, this.#state, this.#options, decision);
  }

  /** Latest decisions that `explain` can explain. */
  get explainableDecisions(): number {
    return this.#state.policy.slots;
  }

  get #readsPrompts(): boolean {
    return this.#options.context !== undefined;
  }

  #decide(requests: readonly ParsedRequest[]): SelectResult[] {
    const { arms, instanceId } = this.#options;
    const decided = this.#state.decide(requests);
    const results = decided.map((one) => selectResult(one, arms, instanceId));
    for (const result of results) if (result.kind === 'decision') this.#explainer.note(result);
    this.#log?.write(decided.map((one) => decisionLine(one, this.#options)));
    return results;
  }
}

function undefinedIfNaN(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/**
 * Makes a router. Compiles the kernel without blocking on the first call.
 * @throws {ParameterError} for an option out of range
 * @throws {KernelError} where WebAssembly with SIMD is not available
 */
export async function createRouter(options: RouterOptions): Promise<Router> {
  return new Router(parseRouterOptions(options), await loadKernel());
}

/**
 * As `createRouter`, at once: for hosts that allow synchronous compilation.
 * @throws {ParameterError} for an option out of range
 * @throws {KernelError} where WebAssembly with SIMD is not available
 */
export function createRouterSync(options: RouterOptions): Router {
  return new Router(parseRouterOptions(options), loadKernelSync());
}
