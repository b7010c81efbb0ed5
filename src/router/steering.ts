import { Budget, type BudgetEvent } from '../pacing/budget';
import { DecisionClock } from '../posterior/decisionClock';
import type { RuleChain } from '../rules/ruleChain';
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

  /** Books a decision and its cost that a log tells of. NaN = none. */
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
    return this.#budget !== undefined;
  }

  get spentUsd(): number | undefined {
    return this.#budget?.spentUsd;
  }

  takeEvents(): readonly BudgetEvent[] {
    return this.#budget?.takeEvents() ?? NONE;
  }

  /**
   * The requests as rules leave them, at their clock; the first has the next sequence number. Budget rules see what was spent before.
   * @throws what a function rule throws; nothing has changed then
   */
  steer(requests: readonly ParsedRequest[], { nowMs }: Moment): readonly ParsedRequest[] {
    const first = this.#state.sequenceNumber;
    const ruled = this.#rules
      ? requests.map((request, i) => this.#rule(this.#rules!, request, first + i, nowMs))
      : requests;
    if (!this.#clock) return ruled;
    const { clock, heldBackMs } = this.#clock.next(nowMs);
    if (heldBackMs > 0) this.#onHeldBack(heldBackMs, nowMs);
    let last: ParsedRequest | undefined;
    // Perf: requests that are one object stay one.
    return ruled.map((request, i) => {
      if (!last || request !== ruled[i - 1]) last = { ...request, clock };
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

  #rule(rules: RuleChain, request: ParsedRequest, sequenceNumber: number, nowMs: number) {
    const ruling = rules.rule(request, { sequenceNumber, nowMs });
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
