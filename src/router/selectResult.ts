import type { Arm, Arms } from '../arms/models';
import { undefinedIfNaN } from '../core/validation';
import type { CircuitState } from '../breaker/state';
import type { ExcludedModel, ExclusionReason, SelectResult } from '../selection/decision';
import type { ParsedRequest } from '../selection/request';
import { decisionIdOf } from './decisionIds';
import type { Decided } from './state';

const NONE: readonly ExcludedModel[] = Object.freeze([]);

/** The arms a request is left with. */
interface Field {
  readonly allowed: readonly Arm[];
  readonly eligible: readonly string[];
  readonly excluded: readonly ExcludedModel[];
}

/** Turns decisions into the caller's terms. Requests that exclude no model share their lists. */
export class SelectResults {
  readonly #arms: Arms;
  readonly #instanceId: string;
  readonly #costWeight: number;
  #everyArm: Field;

  /** @param costWeight of decisions that have none of their own */
  constructor(arms: Arms, instanceId: string, costWeight: number) {
    this.#costWeight = costWeight;
    this.#arms = arms;
    this.#instanceId = instanceId;
    this.#everyArm = everyArm(arms);
  }

  /** There are more arms now. */
  armsAdded(): void {
    this.#everyArm = everyArm(this.#arms);
  }

  /** @param breaker state of the chosen arm's, its call admitted */
  of(decided: Decided, breaker: CircuitState | undefined): SelectResult {
    const { request, choice, sequenceNumber } = decided;
    const { list } = this.#arms;
    const { allowed, eligible, excluded } = this.#field(request, choice.tooSlow);
    const { rule, costWeight = this.#costWeight } = request;
    if (choice.arm < 0) return { kind: 'no-eligible-model', rule, excluded };
    const { propensities, context } = choice;
    const decision: SelectResult = {
      kind: 'decision',
      decisionId: decisionIdOf(this.#instanceId, sequenceNumber),
      sequenceNumber,
      model: list[choice.arm]!.model,
      segment: request.segment,
      sampledQuality: choice.sampledQuality,
      expectedCostUsd: choice.expectedCostUsd,
      utility: choice.utility,
      runnerUp: choice.runnerUp < 0 ? undefined : list[choice.runnerUp]!.model,
      margin: choice.margin,
      rule,
      willingnessToPayUsd: 1 / costWeight,
      eligible,
      excluded,
      evidenceReports: decided.evidenceReports,
      evidenceVersion: decided.evidenceVersion,
      byFloor: choice.byFloor,
      byFallback: choice.byFallback,
      propensity: propensities?.[choice.arm],
      propensities: propensities && allowed.map((arm) => propensities[arm.index]!),
      propensityAccuracy: propensities && choice.accuracy,
      expectedLatencyMs: undefinedIfNaN(choice.expectedLatencyMs),
      probabilityWithinLimit: undefinedIfNaN(choice.probabilityWithinLimit),
      breaker,
      letThrough: request.letThrough === choice.arm,
    };
    if (!context) return decision;
    return { ...decision, context: { share: context.share, byContext: context.byContext } };
  }

  #field(request: ParsedRequest, tooSlow: readonly number[]): Field {
    if (!request.eligible && tooSlow.length === 0) return this.#everyArm;
    const allowed = eligibleArms(request, this.#arms).filter((arm) => !tooSlow.includes(arm.index));
    return {
      allowed,
      eligible: allowed.map((arm) => arm.model),
      excluded: this.#excluded(allowed, request, tooSlow),
    };
  }

  #excluded(
    allowed: readonly Arm[],
    { excluded }: ParsedRequest,
    tooSlow: readonly number[],
  ): ExcludedModel[] {
    const reasons = new Map<number, ExclusionReason>();
    for (const { arm, reason } of excluded ?? []) reasons.set(arm, reason);
    for (const arm of tooSlow) reasons.set(arm, 'latency-limit');
    const left = new Set(allowed);
    return this.#arms.list
      .filter((arm) => !left.has(arm))
      .map(({ index, model }) => ({ model, reason: reasons.get(index) ?? 'not-in-request' }));
  }
}

function everyArm(arms: Arms): Field {
  const eligible = Object.freeze(arms.list.map((arm) => arm.model));
  return { allowed: arms.list, eligible, excluded: NONE };
}

/** The arms that may serve a request, in their order, each once. */
export function eligibleArms(request: ParsedRequest, arms: Arms): readonly Arm[] {
  if (!request.eligible) return arms.list;
  const allowed = new Set(request.eligible);
  return arms.list.filter((arm) => allowed.has(arm.index));
}
