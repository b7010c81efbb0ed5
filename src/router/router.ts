import { ParameterError } from '../core/errors';
import { requireId } from '../core/validation';
import { loadKernel, loadKernelSync, type CompiledKernel } from '../kernel/load';
import type { ArmPosterior } from '../posterior/evidence';
import { seedValue } from '../random/seed';
import type { SelectResult } from '../selection/decision';
import { parseRequest, type ParsedRequest, type RouteRequest } from '../selection/request';
import { sequenceNumberOf } from './decisionIds';
import { decisionLine, reportLine, routerLine } from './log/lines';
import { LogWriter, type LogHealth } from './log/sink';
import { parseRouterOptions, type ParsedRouterOptions, type RouterOptions } from './options';
import { parseOutcome, type Outcome } from './outcome';
import type { ShadowOptions } from '../shadow/options';
import type { Shadow } from '../shadow/shadow';
import { nowMs } from '../core/clock';
import { selectResult } from './selectResult';
import { Shadows } from './shadows';
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
  readonly #shadows: Shadows;

  /** @internal Use `createRouter` or `createRouterSync`. */
  constructor(options: ParsedRouterOptions, compiled: CompiledKernel) {
    this.#options = options;
    this.#state = new RouterState(options, compiled);
    this.#log = options.log && new LogWriter(options.log);
    this.#log?.write([routerLine(options)]);
    this.#shadows = new Shadows(options, this.#state, {
      log: this.#log,
      nowMs,
      isCallable: () => true,
      listens: false,
      tell: () => undefined,
      tellError: () => undefined,
    });
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
    this.#shadows.served(decisionId, sequenceNumber, news);
    return {
      kind: 'accepted',
      reward: undefinedIfNaN(reward),
      costUsd: undefinedIfNaN(costUsd),
      latencyMs: undefinedIfNaN(latencyMs),
    };
  }

  /**
   * Mirrors a share of the requests to candidates, beside the replies (docs/SHADOW.md).
   * @throws {ParameterError} for an option out of range, and for a candidate that is no model of this router or has no list prices
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
    return this.#shadows.add<Payload>(options);
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

  get #readsPrompts(): boolean {
    return this.#options.context !== undefined;
  }

  #decide(requests: readonly ParsedRequest[]): SelectResult[] {
    const { arms, instanceId } = this.#options;
    const decided = this.#state.decide(requests);
    const results = decided.map((one) => selectResult(one, arms, instanceId));
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
