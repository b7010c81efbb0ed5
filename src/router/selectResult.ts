import type { Arm, Arms } from '../arms/models';
import { undefinedIfNaN } from '../core/validation';
import type { CircuitState } from '../breaker/state';
import type {
  Decision,
  ExcludedModel,
  ExclusionReason,
  GroupFields,
  PropensityResult,
  SelectResult,
} from '../selection/decision';
import type { ParsedRequest } from '../selection/request';
import { DecisionIds } from './decisionIds';
import type { LevelChoice } from './levelDecisions';
import type { PropensityGroup } from './propensityGroups';
import { PropensityRecord } from './propensityRecord';
import type { Decided } from './decided';

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
  readonly #ids: DecisionIds;
  readonly #costWeight: number;
  #everyArm: Field;

  /** @param costWeight of decisions that have none of their own */
  constructor(arms: Arms, instanceId: string, costWeight: number) {
    this.#costWeight = costWeight;
    this.#arms = arms;
    this.#ids = new DecisionIds(instanceId);
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
    const { propensities, context, levels } = choice;
    const decision: Decision = {
      kind: 'decision',
      decisionId: this.#ids.of(sequenceNumber),
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
    if (levels) return withSamples(decision, levels, choice.arm, allowed, list.length);
    if (!context) return decision;
    return { ...decision, context: { share: context.share, byContext: context.byContext } };
  }

  /** As `of`, of a decision drawn from the propensities of a group. */
  ofGroup(decided: Decided, breaker: CircuitState | undefined): PropensityResult {
    const { choice, sequenceNumber } = decided;
    if (choice.arm < 0)
      return {
        kind: 'no-eligible-model',
        rule: decided.request.rule,
        excluded: this.#field(decided.request, choice.tooSlow).excluded,
      };
    const group = choice.group!;
    const fields = (group.fields[choice.arm] ??= new PropensityRecord(
      decided,
      this.#fieldsOf(decided, group),
      '',
      breaker,
    ));
    return new PropensityRecord(decided, fields, this.#ids.of(sequenceNumber), breaker);
  }

  /** All models of a group share their lists. */
  #fieldsOf({ request, choice }: Decided, { fields, propensities }: PropensityGroup): GroupFields {
    const { arm } = choice;
    const shared =
      fields.find((one) => one) ?? this.#listsOf(request, choice.tooSlow, propensities);
    return {
      model: this.#arms.list[arm]!.model,
      segment: request.segment,
      expectedCostUsd: choice.expectedCostUsd,
      eligible: shared.eligible,
      excluded: shared.excluded,
      propensity: propensities[arm]!,
      propensities: shared.propensities,
      propensityAccuracy: choice.accuracy,
      expectedLatencyMs: undefinedIfNaN(choice.expectedLatencyMs),
      probabilityWithinLimit: undefinedIfNaN(choice.probabilityWithinLimit),
      letThrough: request.letThrough === arm,
      rule: request.rule,
      willingnessToPayUsd: 1 / this.#costWeight,
    };
  }

  #listsOf(request: ParsedRequest, tooSlow: readonly number[], propensities: Float64Array) {
    const { allowed, eligible, excluded } = this.#field(request, tooSlow);
    return {
      eligible: Object.freeze(eligible),
      excluded: Object.freeze(excluded),
      propensities: Object.freeze(allowed.map(({ index }) => propensities[index]!)),
    };
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

/** What a decision says of samples. */
function withSamples(
  decision: Decision,
  { n, propensities }: LevelChoice,
  arm: number,
  allowed: readonly Arm[],
  arms: number,
): Decision {
  if (!propensities) return { ...decision, n };
  const rows = rowsOf(propensities, arms);
  return {
    ...decision,
    n,
    propensity: rows[arm]![n - 1],
    samplePropensities: allowed.map(({ index }) => rows[index]!),
  };
}

/** Of each arm those of n = 1, 2, …. */
export function rowsOf(propensities: Float64Array, arms: number): number[][] {
  const most = propensities.length / arms;
  return Array.from({ length: arms }, (_, arm) =>
    Array.from(propensities.subarray(arm * most, (arm + 1) * most)),
  );
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
