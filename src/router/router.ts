import { ParameterError } from '../core/errors';
import { requireId } from '../core/validation';
import { loadKernel, loadKernelSync, type CompiledKernel } from '../kernel/load';
import type { Kernel } from '../kernel/kernel';
import { Evidence, type ArmPosterior } from '../posterior/evidence';
import { seedValue } from '../random/seed';
import type { Decision, ExcludedModel, SelectResult } from '../selection/decision';
import { parseRequest, type ParsedRequest, type RouteRequest } from '../selection/request';
import { DecisionBatch, type BatchChoice } from './batch';
import { parseRouterOptions, type ParsedRouterOptions, type RouterOptions } from './options';
import { parseOutcome, type Outcome } from './outcome';
import { PendingDecisions } from './pending';
import { Segments } from './segments';

/** What a report did. A duplicate brings only what is known already; like an unknown one it changes nothing. */
export type ReportResult =
  | {
      readonly kind: 'accepted';
      /** The reward that was learned now, or undefined. */
      readonly reward: number | undefined;
      /** The cost that was learned now, or undefined. */
      readonly costUsd: number | undefined;
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
  readonly #kernel: Kernel;
  readonly #evidence: Evidence;
  readonly #segments: Segments;
  readonly #batch: DecisionBatch;
  readonly #pending: PendingDecisions;
  readonly #idPrefix: string;
  #sequenceNumber = 0;

  /** @internal Use `createRouter` or `createRouterSync`. */
  constructor(options: ParsedRouterOptions, compiled: CompiledKernel) {
    const arms = options.arms.list.length;
    this.#options = options;
    this.#kernel = compiled.instantiate();
    this.#evidence = new Evidence(this.#kernel, options.arms, options.posterior);
    this.#segments = new Segments(this.#evidence, arms);
    this.#batch = new DecisionBatch(this.#kernel, arms);
    this.#pending = new PendingDecisions(options.maxPendingDecisions);
    this.#idPrefix = `${options.instanceId}-`;
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
    return this.#segments.sharedRequests;
  }

  /** Decisions waiting for a report, and those of the same window that got theirs. */
  get pendingDecisions(): number {
    return this.#pending.size;
  }

  /**
   * Chooses a model for one request.
   * @throws {ParameterError} for a malformed request; nothing has changed then
   */
  select(request: RouteRequest = {}): SelectResult {
    const parsed = parseRequest('request', request, this.#options.arms);
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
      requests.map((request, i) => parseRequest(`requests[${i}]`, request, this.#options.arms)),
    );
  }

  /**
   * Learns from the outcome of a decision. Reward and cost may come in separate reports; each is learned once.
   * @throws {ParameterError} for a malformed outcome, or one that brings neither; the decision then stays open
   */
  report(decisionId: string, outcome: Outcome): ReportResult {
    const sequenceNumber = this.#sequenceNumberOf(requireId('decisionId', decisionId));
    const ticket = this.#pending.find(sequenceNumber);
    if (ticket === 'unknown') return { kind: 'unknown' };
    if (ticket === 'reported') return { kind: 'duplicate' };
    const { arms, reward: rewardOptions } = this.#options;
    const arm = arms.list[ticket.arm]!;
    const parsed = parseOutcome(outcome, arm, ticket.promptTokens, rewardOptions, this.#kernel.raw);
    const reward = ticket.rewardKnown ? NaN : parsed.reward;
    const costUsd = ticket.costKnown ? NaN : parsed.costUsd;
    if (Number.isNaN(reward) && Number.isNaN(costUsd)) return { kind: 'duplicate' };
    const { promptTokens } = parsed;
    this.#evidence.observe(ticket.segment, ticket.arm, {
      reward,
      costUsd,
      promptTokens,
      clock: ticket.clock,
    });
    this.#pending.update(sequenceNumber, {
      ...ticket,
      rewardKnown: ticket.rewardKnown || !Number.isNaN(reward),
      costKnown: ticket.costKnown || !Number.isNaN(costUsd),
    });
    return { kind: 'accepted', reward: undefinedIfNaN(reward), costUsd: undefinedIfNaN(costUsd) };
  }

  /**
   * What is believed of every model in a segment now; a segment never seen gives undefined.
   * @param segment as in requests; undefined for requests without one
   */
  posteriors(segment?: string): ReadonlyMap<string, ArmPosterior> | undefined {
    const row = this.#segments.find(segment);
    if (row === undefined) return undefined;
    const posteriors = this.#evidence.posteriors(row, this.#sequenceNumber, NaN);
    return new Map(this.#options.arms.list.map((arm) => [arm.model, posteriors[arm.index]!]));
  }

  #decide(requests: readonly ParsedRequest[]): SelectResult[] {
    // A second segment changes how all arms are pooled (docs/MATH.md §6): what comes before it in the batch must not know.
    const first = requests.find(isServable);
    const second = requests.findIndex(
      (request) =>
        isServable(request) && request !== first && this.#isSecondSegment(request.segment, first!),
    );
    if (second < 0) return this.#decideTogether(requests);
    return [
      ...this.#decideTogether(requests.slice(0, second)),
      ...this.#decideTogether(requests.slice(second)),
    ];
  }

  /** Would `segment` be the router's second, after the batch's first request? */
  #isSecondSegment(segment: string | undefined, first: ParsedRequest): boolean {
    const { count } = this.#segments;
    if (count > 1 || !this.#segments.isNew(segment)) return false;
    return count === 1 ? !this.#segments.isNew(first.segment) : segment !== first.segment;
  }

  #decideTogether(requests: readonly ParsedRequest[]): SelectResult[] {
    const { seed, costWeight, explorationScale } = this.#options;
    const rows = requests.map(({ segment, promptTokens, eligible }) => ({
      // A request that nothing can serve leaves no trace in the evidence.
      segment:
        eligible?.length === 0
          ? (this.#segments.find(segment) ?? 0)
          : this.#segments.rowOf(segment),
      promptTokens,
      eligible,
    }));
    const first = this.#sequenceNumber;
    const reports = this.#evidence.reports;
    const choices = this.#batch.decide(
      this.#evidence,
      seed,
      first,
      rows,
      costWeight,
      explorationScale,
    );
    this.#sequenceNumber += requests.length;
    return choices.map((choice, i) => {
      const { eligible, excluded } = this.#eligibility(requests[i]!);
      if (choice.arm < 0) return { kind: 'no-eligible-model', excluded };
      const { segment, promptTokens } = rows[i]!;
      this.#pending.open(first + i, {
        arm: choice.arm,
        segment,
        clock: first + i,
        promptTokens,
        rewardKnown: false,
        costKnown: false,
      });
      return this.#decision(first + i, requests[i]!, choice, eligible, excluded, reports);
    });
  }

  #decision(
    sequenceNumber: number,
    request: ParsedRequest,
    choice: BatchChoice,
    eligible: readonly string[],
    excluded: readonly ExcludedModel[],
    evidenceReports: number,
  ): Decision {
    const { list } = this.#options.arms;
    return {
      kind: 'decision',
      decisionId: this.#idPrefix + sequenceNumber,
      sequenceNumber,
      model: list[choice.arm]!.model,
      segment: request.segment,
      sampledQuality: choice.sampledQuality,
      expectedCostUsd: choice.expectedCostUsd,
      utility: choice.utility,
      runnerUp: list[choice.runnerUp]?.model,
      margin: choice.margin,
      eligible,
      excluded,
      evidenceReports,
    };
  }

  #eligibility(request: ParsedRequest): { eligible: string[]; excluded: ExcludedModel[] } {
    const eligible: string[] = [];
    const excluded: ExcludedModel[] = [];
    const allowed = request.eligible && new Set(request.eligible);
    for (const { index, model } of this.#options.arms.list) {
      if (!allowed || allowed.has(index)) eligible.push(model);
      else excluded.push({ model, reason: 'not-in-request' });
    }
    return { eligible, excluded };
  }

  /** NaN for an id that this router cannot have given. */
  #sequenceNumberOf(decisionId: string): number {
    const digits = decisionId.slice(this.#idPrefix.length);
    return decisionId.startsWith(this.#idPrefix) && /^(0|[1-9]\d{0,15})$/.test(digits)
      ? Number(digits)
      : NaN;
  }
}

function isServable({ eligible }: ParsedRequest): boolean {
  return eligible?.length !== 0;
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
