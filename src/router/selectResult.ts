import type { Arm, Arms } from '../arms/models';
import type { ExcludedModel, SelectResult } from '../selection/decision';
import type { ParsedRequest } from '../selection/request';
import { decisionIdOf } from './decisionIds';
import type { Decided } from './state';

/** What was decided, in the caller's terms. */
export function selectResult(decided: Decided, arms: Arms, instanceId: string): SelectResult {
  const { request, choice, sequenceNumber } = decided;
  const { list } = arms;
  const inRequest = eligibleArms(request, arms);
  const excluded = excludedModels(request, inRequest, choice.tooSlow, arms);
  const allowed = inRequest.filter((arm) => !choice.tooSlow.includes(arm.index));
  if (choice.arm < 0) return { kind: 'no-eligible-model', excluded };
  const { propensities } = choice;
  return {
    kind: 'decision',
    decisionId: decisionIdOf(instanceId, sequenceNumber),
    sequenceNumber,
    model: list[choice.arm]!.model,
    segment: request.segment,
    sampledQuality: choice.sampledQuality,
    expectedCostUsd: choice.expectedCostUsd,
    utility: choice.utility,
    runnerUp: choice.runnerUp < 0 ? undefined : list[choice.runnerUp]!.model,
    margin: choice.margin,
    eligible: allowed.map((arm) => arm.model),
    excluded,
    evidenceReports: decided.evidenceReports,
    evidenceVersion: decided.evidenceVersion,
    ...(choice.context && {
      context: { share: choice.context.share, byContext: choice.context.byContext },
    }),
    byFloor: choice.byFloor,
    propensity: propensities?.[choice.arm],
    propensities: propensities && allowed.map((arm) => propensities[arm.index]!),
    propensityAccuracy: propensities && choice.accuracy,
    expectedLatencyMs: undefinedIfNaN(choice.expectedLatencyMs),
    probabilityWithinLimit: undefinedIfNaN(choice.probabilityWithinLimit),
  };
}

/** The arms that may serve a request, in their order, each once. */
export function eligibleArms(request: ParsedRequest, arms: Arms): readonly Arm[] {
  if (!request.eligible) return arms.list;
  const allowed = new Set(request.eligible);
  return arms.list.filter((arm) => allowed.has(arm.index));
}

function excludedModels(
  request: ParsedRequest,
  inRequest: readonly Arm[],
  tooSlow: readonly number[],
  arms: Arms,
): ExcludedModel[] {
  if (inRequest.length === arms.list.length && tooSlow.length === 0) return [];
  const allowed = new Set(inRequest);
  const reasons = new Map(request.excluded?.map(({ arm, reason }) => [arm, reason]));
  return arms.list.flatMap((arm): ExcludedModel[] => {
    if (!allowed.has(arm))
      return [{ model: arm.model, reason: reasons.get(arm.index) ?? 'not-in-request' }];
    if (tooSlow.includes(arm.index)) return [{ model: arm.model, reason: 'latency-limit' }];
    return [];
  });
}

function undefinedIfNaN(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
