import { ParameterError } from '../core/errors';
import { requireObject } from '../core/validation';
import { StreamPurpose, streamUnit } from '../random/streams';
import type {
  AnyDecision,
  ExcludedModel,
  PropensityResult,
  SelectResult,
} from '../selection/decision';
import { PairedOutcomes, type ShadowComparison, type Side } from './comparison';
import type { MirroredDecision, ShadowHost } from './host';
import { MirroredCall, type CallEnd } from './mirroredCall';
import { OfferedDecisions } from './offeredDecisions';
import type { ParsedShadowOptions, ShadowCall } from './options';
import { lateLine, servedLine, toLine, type CallFacts } from './record';
import { Settlement } from './settlement';
import { ShareBudget } from './shareBudget';
import { SHADOW_ANSWERS, type ShadowAnswer, type ShadowStats } from './stats';
import { UsdBudget } from './usdBudget';

/** ECMAScript's dates end here, on both sides of 1970. */
const LAST_MOMENT_MS = 8.64e15;

/** Where lines of the shadow's own log go. */
export interface LineWriter {
  write(lines: readonly string[]): void;
}

interface CallUnderWay extends CallFacts {
  readonly call: MirroredCall;
}

/**
 * Mirrors a share of the routed requests to candidates, beside the reply: it is never waited for, and nothing that a call does
 * reaches the one who asked. What it guarantees stands in docs/SHADOW.md. Made by `router.shadow(options)`.
 *
 * @example
 * ```ts
 * const price = (usd: number) => ({ family: 'a', usdPerMillionInputTokens: usd, usdPerMillionOutputTokens: 4 * usd });
 * const router = await createRouter({ models: { small: price(0.1), large: price(3) }, willingnessToPayUsd: 0.01 });
 * const shadow = router.shadow({
 *   candidates: ['large'],
 *   // The client of your choice; it gets the signal.
 *   call: async ({ model, payload, signal }) => ({ reward: payload === model || signal.aborted ? 0 : 1, costUsd: 0.002 }),
 *   share: 1,
 *   budget: { usd: 1, windowMs: 3_600_000 },
 * });
 * const decision = router.select({ segment: 'support' });
 * console.log(shadow.offer(decision, 'the prompt')); // at once, whatever becomes of it
 * await shadow.drain();
 * console.log(shadow.stats, shadow.comparison());
 * ```
 */
export class Shadow<Payload = unknown> {
  readonly #options: ParsedShadowOptions;
  readonly #host: ShadowHost;
  readonly #log: LineWriter | undefined;
  readonly #share: ShareBudget;
  readonly #budget: UsdBudget;
  readonly #offered = new OfferedDecisions();
  readonly #pairs: PairedOutcomes;
  readonly #settlement: Settlement;
  readonly #underWay = new Map<number, CallUnderWay>();
  readonly #answers = new Map<ShadowAnswer, number>(SHADOW_ANSWERS.map((answer) => [answer, 0]));
  readonly #drained: (() => void)[] = [];
  #nowMs = -LAST_MOMENT_MS;
  #closed = false;

  /** @internal Use `router.shadow`. */
  constructor(options: ParsedShadowOptions, host: ShadowHost, log: LineWriter | undefined) {
    this.#options = options;
    this.#host = host;
    this.#log = log;
    this.#share = new ShareBudget(options.share);
    this.#budget = new UsdBudget(options.budget.usd, options.budget.windowMs);
    this.#pairs = new PairedOutcomes(options.candidates);
    this.#settlement = new Settlement(options, host, this.#budget, this.#pairs);
  }

  /**
   * Offers a decision for mirroring, before it is reported, and says at once what became of the offer. Operating trouble is an answer, never an
   * error.
   * @param result what `select` gave
   * @param payload handed to the call as it is
   * @throws {ParameterError} for what is no result of `select`
   */
  offer(result: SelectResult | PropensityResult, payload?: Payload): ShadowAnswer {
    const answer = this.#offer(result, payload);
    this.#answers.set(answer, this.#answers.get(answer)! + 1);
    return answer;
  }

  /** Resolves when no call is under way, at once or later; never rejects. */
  drain(): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    for (const { call } of this.#underWay.values()) call.keepAlive();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Aborts the calls under way and takes no more offers. What a call gives after that is learned by nobody; its cost is booked. */
  close(): void {
    this.#closed = true;
    for (const { call } of [...this.#underWay.values()]) call.abort();
  }

  /** Plain JSON. */
  get stats(): ShadowStats {
    const nowMs = this.#now();
    const bookedUsd = this.#budget.bookedUsd(nowMs);
    return {
      answers: Object.fromEntries(this.#answers) as Record<ShadowAnswer, number>,
      underWay: this.#underWay.size,
      ...this.#settlement.counts,
      windowUsd: bookedUsd,
      reservedUsd: this.#budget.reservedUsd,
    };
  }

  /** Each candidate beside what served the same requests, in the order of the option. */
  comparison(): ShadowComparison[] {
    return this.#pairs.comparisons;
  }

  /** @internal Closed, and no report of a mirrored decision is of use any more. */
  get isDone(): boolean {
    return this.#closed && this.#pairs.waiting === 0;
  }

  /** @internal What a report of a decision brought; NaN = nothing. */
  served(decisionId: string, sequenceNumber: number, news: Side): void {
    const candidate = this.#pairs.served(sequenceNumber, news);
    if (candidate !== undefined) this.#log?.write([servedLine(decisionId, candidate, news)]);
  }

  #offer(result: SelectResult | PropensityResult, payload: Payload | undefined): ShadowAnswer {
    if (requireObject('result', result)['kind'] === 'no-eligible-model') return 'not-decided';
    requireDecision(result);
    if (this.#closed) return 'closed';
    const decision = this.#host.find(result.decisionId, result.segment);
    if (!decision) return 'not-open';
    if (!this.#offered.note(decision.sequenceNumber)) return 'repeated';
    this.#share.earn();
    const draw = this.#draw(decision.sequenceNumber);
    if (!(draw < this.#options.share)) return 'not-sampled';
    if (!this.#share.suffices) return 'share';
    // Given that it is below the share, the draw in units of it is a uniform again.
    const candidate = this.#candidate(draw / this.#options.share, decision, result.excluded);
    if (candidate === undefined) return 'no-candidate';
    if (this.#underWay.size >= this.#options.maxConcurrent) return 'busy';
    return this.#start(decision, candidate, payload) ? 'started' : 'budget';
  }

  #draw(sequenceNumber: number): number {
    return streamUnit(this.#host.raw, this.#options.seed, StreamPurpose.SHADOW, sequenceNumber);
  }

  #candidate(
    unit: number,
    { served }: MirroredDecision,
    excluded: readonly ExcludedModel[],
  ): string | undefined {
    const { candidates, ignoreEligibility } = this.#options;
    const forbidden = new Set(
      excluded
        .filter(({ reason }) => !ignoreEligibility && NOT_ALLOWED.has(reason))
        .map(({ model }) => model),
    );
    const callable = candidates.filter(
      (model) => model !== served && !forbidden.has(model) && this.#host.isCallable(model),
    );
    return callable[Math.floor(unit * callable.length)];
  }

  #start(decision: MirroredDecision, candidate: string, payload: Payload | undefined): boolean {
    const nowMs = this.#now();
    const expectedCostUsd = this.#host.expectedCostUsd(candidate, decision);
    if (!this.#budget.reserve(expectedCostUsd, nowMs)) return false;
    this.#share.spend();
    const { sequenceNumber } = decision;
    const facts = { decision, candidate, expectedCostUsd, startedMs: nowMs };
    const call = new MirroredCall(
      (signal) => this.#options.call(shadowCall(facts, payload, signal) as ShadowCall<never>),
      this.#options.timeoutMs,
      {
        ended: (end) => this.#ended(facts, end),
        answeredLate: (value) => this.#answeredLate(facts, value),
      },
    );
    this.#pairs.open(sequenceNumber, candidate);
    this.#underWay.set(sequenceNumber, { ...facts, call });
    if (this.#drained.length > 0) call.keepAlive();
    return true;
  }

  #ended(facts: CallFacts, end: CallEnd): void {
    // First, so that a listener or log that comes back here finds the place free.
    this.#underWay.delete(facts.decision.sequenceNumber);
    this.#guarded(() => {
      const wanted = this.#log !== undefined || this.#host.listens;
      const record = this.#settlement.settle(facts, end, this.#now(), wanted);
      if (!record) return;
      this.#log?.write([toLine(record)]);
      if (this.#host.listens) this.#host.tell(record);
    });
    if (this.#underWay.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #answeredLate(facts: CallFacts, value: unknown): void {
    this.#guarded(() => {
      const late = this.#settlement.late(facts, value, this.#now());
      if (late) this.#log?.write([lateLine(facts, late.costUsd, late.bookedUsd)]);
    });
  }

  /** Whatever goes wrong behind the reply is told, not thrown: nobody would catch it. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#host.tellError(error);
    }
  }

  /** The router's clock, never back; what is no moment of any calendar is passed over, as is a clock that throws. */
  #now(): number {
    try {
      const nowMs = this.#host.nowMs();
      if (nowMs > this.#nowMs && nowMs <= LAST_MOMENT_MS) this.#nowMs = nowMs;
    } catch (error) {
      this.#host.tellError(error);
    }
    return this.#nowMs;
  }
}

/** Reasons that say who may see a request; the others say who should not serve it. */
const NOT_ALLOWED: ReadonlySet<string> = new Set(['not-in-request', 'rule']);

/** The few members that are read: the rest may be left out. @throws {ParameterError} */
function requireDecision(result: SelectResult | PropensityResult): asserts result is AnyDecision {
  const { kind, decisionId, segment, excluded } = result as Partial<AnyDecision>;
  const right =
    kind === 'decision' &&
    typeof decisionId === 'string' &&
    (segment === undefined || typeof segment === 'string') &&
    Array.isArray(excluded);
  if (!right) throw new ParameterError('result', 'a result of select', result);
}

function shadowCall(facts: CallFacts, payload: unknown, signal: AbortSignal): ShadowCall {
  const { decision, candidate } = facts;
  const { decisionId, segment, promptTokens, served } = decision;
  const request = {
    ...(segment !== undefined && { segment }),
    ...(!Number.isNaN(promptTokens) && { promptTokens }),
  };
  return { model: candidate, decisionId, served, request, payload, signal };
}
