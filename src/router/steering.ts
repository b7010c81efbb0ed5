import { Budget, type BudgetEvent, type BudgetStats } from '../pacing/budget';
import { DecisionClock } from '../posterior/decisionClock';
import type { Candidate, RuleChain } from '../rules/ruleChain';
import type { ExclusionReason } from '../selection/decision';
import type { Exclusion, ParsedRequest } from '../selection/request';
import type { Moment } from './liveDecisions';
import type { ParsedRouterOptions } from './options';
import type { Decided } from './decided';
import type { RouterState } from './state';

/** The parts of steering that have state; undefined = not there. */
export interface SteeringParts {
  readonly clock: DecisionClock | undefined;
  readonly budget: Budget | undefined;
  readonly rules: RuleChain | undefined;
}

type Candidates = readonly Candidate[];

/** What decisions of one moment have in common, for evidence and for the log. */
interface Stamp {
  readonly clock?: number;
  readonly atMs?: number;
}

/**
 * What steers a router's decisions from outside its evidence: rules and the time clock before the breakers narrow a request, the
 * budget after them. All that it settles stands in the decision log (eligible models, clock, weight of cost), so that a replay needs none of it.
 */
export class Steering {
  readonly #state: RouterState;
  #arms: number;
  readonly #costWeight: number;
  readonly #rules: RuleChain | undefined;
  readonly #clock: DecisionClock | undefined;
  readonly #budget: Budget | undefined;
  /** Do windows of time count what is spent? */
  readonly #readsTime: boolean;
  readonly #onHeldBack: (heldBackMs: number, nowMs: number) => void;

  /** @param onHeldBack told of milliseconds that the time clock did not step forward */
  constructor(
    options: ParsedRouterOptions,
    state: RouterState,
    onHeldBack: (heldBackMs: number, nowMs: number) => void,
  ) {
    const { arms, costWeight, rules, budget, posterior, bestOf } = options;
    this.#state = state;
    this.#arms = arms.list.length;
    this.#costWeight = costWeight;
    this.#rules = rules;
    this.#clock =
      posterior.halfLifeMs < Infinity
        ? new DecisionClock(posterior.halfLifeMs, posterior.maxClockStep)
        : undefined;
    this.#budget = budget && new Budget(state.kernel, this.#arms, budget, bestOf?.maxSamples);
    this.#readsTime = this.#budget?.ofTime === true || rules?.readsTime === true;
    this.#onHeldBack = onHeldBack;
  }

  /** There are more arms now. */
  setArms(arms: number): void {
    this.#arms = arms;
    this.#budget?.setArms(arms);
  }

  /** What it knows, for a snapshot: of each part that is there. */
  get parts(): SteeringParts {
    return { clock: this.#clock, budget: this.#budget, rules: this.#rules };
  }

  /** Books a decision and its cost that a log tells of. NaN = nobody could serve it. */
  book(sequenceNumber: number, nowMs: number, expectedUsd: number): void {
    this.#budget?.book(sequenceNumber, nowMs, expectedUsd);
    this.#rules?.book(sequenceNumber, nowMs, expectedUsd);
  }

  /** Perf: a router that nothing steers asks no further. */
  get steers(): boolean {
    return (this.#rules ?? this.#clock ?? this.#budget) !== undefined;
  }

  /** Must each decision of a batch know what the one before it spent? */
  get oneByOne(): boolean {
    return this.#budget !== undefined || this.#rules?.countsSpend === true;
  }

  /** Of the budget's current window; undefined without one. */
  get budgetStats(): BudgetStats | undefined {
    return this.#budget?.stats;
  }

  takeEvents(): readonly BudgetEvent[] {
    return this.#budget?.takeEvents() ?? NONE;
  }

  /**
   * What the rules may say of requests.
   * @throws what a function rule throws; nothing has changed then
   */
  ask(requests: readonly ParsedRequest[]): readonly Candidates[] {
    const rules = this.#rules;
    return rules ? requests.map((request) => rules.candidates(request)) : [];
  }

  /** The clock of decisions made now. One moment is one step of it, whatever the number of decisions. */
  stampOf({ nowMs }: Moment): Stamp | undefined {
    if (!this.#clock) return this.#readsTime ? { atMs: nowMs } : undefined;
    const { clock, heldBackMs } = this.#clock.next(nowMs);
    if (heldBackMs > 0) this.#onHeldBack(heldBackMs, nowMs);
    return this.#readsTime ? { clock, atMs: nowMs } : { clock };
  }

  /** The request that is decided next, as rules leave it. Budget rules see what is spent by now. */
  steer(
    request: ParsedRequest,
    candidates: Candidates | undefined,
    stamp: Stamp | undefined,
    { nowMs }: Moment,
  ): ParsedRequest {
    const ruled = candidates ? this.#rule(request, candidates, nowMs) : request;
    return stamp ? { ...ruled, ...stamp } : ruled;
  }

  /** As `steer` of many requests, of a router whose decisions need not be made one by one. */
  steerTogether(requests: readonly ParsedRequest[], moment: Moment): readonly ParsedRequest[] {
    const asked = this.ask(requests);
    const stamp = this.stampOf(moment);
    let last: ParsedRequest | undefined;
    // Perf: requests that are one object, and that no rule rules on, stay one.
    return requests.map((request, i) => {
      const ruled = (asked[i]?.length ?? 0) > 0;
      if (ruled || !last || request !== requests[i - 1] || asked[i - 1]?.length)
        last = this.steer(request, asked[i], stamp, moment);
      return last;
    });
  }

  /** The request at the price of now, with the models that the budget can pay. */
  afford(request: ParsedRequest, { nowMs }: Moment): ParsedRequest {
    if (!this.#budget) return request;
    const { sequenceNumber, evidence } = this.#state;
    const costWeight = this.#budget.weight({ sequenceNumber, nowMs }, this.#costWeight);
    this.#state.forecastCosts(request);
    const eligible = this.#budget.afford(evidence.scratch, request.eligible);
    const narrowed = eligible ? this.#without(request, eligible, 'budget') : request;
    if (!this.#state.levels) return { ...narrowed, costWeight };
    return { ...narrowed, costWeight, caps: this.#budget.caps(evidence.scratch) };
  }

  /** Books what was decided. */
  decided({ choice, sequenceNumber }: Decided): void {
    if (choice.arm < 0) return;
    const { evidence, levels } = this.#state;
    this.#budget?.decided(evidence.scratch, choice.expectedCostUsd, levels?.room);
    this.#rules?.expect(sequenceNumber, choice.expectedCostUsd);
  }

  /** Books a reported cost; NaN = none. */
  settle(sequenceNumber: number, costUsd: number): void {
    if (Number.isNaN(costUsd)) return;
    this.#budget?.settle(sequenceNumber, costUsd);
    this.#rules?.settle(sequenceNumber, costUsd);
  }

  /** No report will come: what was expected counts as spent. */
  giveUp(sequenceNumber: number): void {
    this.#budget?.giveUp(sequenceNumber);
    this.#rules?.giveUp(sequenceNumber);
  }

  #rule(request: ParsedRequest, candidates: Candidates, nowMs: number): ParsedRequest {
    const { sequenceNumber } = this.#state;
    const ruling = this.#rules?.rule(request, candidates, { sequenceNumber, nowMs });
    if (!ruling) return request;
    return { ...this.#without(request, ruling.eligible, 'rule'), rule: ruling.rule };
  }

  #without(
    request: ParsedRequest,
    eligible: readonly number[],
    reason: ExclusionReason,
  ): ParsedRequest {
    const left = new Set(eligible);
    const asked = request.eligible ?? Array.from({ length: this.#arms }, (_, arm) => arm);
    const excluded = asked
      .filter((arm) => !left.has(arm))
      .map((arm): Exclusion => ({ arm, reason }));
    if (excluded.length === 0 && !request.eligible) return request;
    return { ...request, eligible, excluded: [...(request.excluded ?? []), ...excluded] };
  }
}

const NONE: readonly BudgetEvent[] = [];
