import type { Arm, Arms } from '../arms/models';
import type { ExcludedModel, SelectResult } from '../selection/decision';
import type { ParsedRequest } from '../selection/request';
import { decisionIdOf } from './decisionIds';
import type { Decided } from './state';

/** What was decided, in the caller's terms. */
export function selectResult(decided: Decided, arms: Arms, instanceId: string): SelectResult {
  const { request, choice, sequenceNumber } = decided;
  const { list } = arms;
  const allowed = eligibleArms(request, arms);
  const excluded = excludedModels(allowed, arms);
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
    byFloor: choice.byFloor,
    propensity: propensities?.[choice.arm],
    propensities: propensities && allowed.map((arm) => propensities[arm.index]!),
    propensityAccuracy: propensities && choice.accuracy,
  };
}

/** The arms that may serve a request, in their order, each once. */
export function eligibleArms(request: ParsedRequest, arms: Arms): readonly Arm[] {
  if (!request.eligible) return arms.list;
  const allowed = new Set(request.eligible);
  return arms.list.filter((arm) => allowed.has(arm.index));
}

function excludedModels(eligible: readonly Arm[], arms: Arms): ExcludedModel[] {
  if (eligible.length === arms.list.length) return [];
  const allowed = new Set(eligible);
  return arms.list
    .filter((arm) => !allowed.has(arm))
    .map(({ model }) => ({ model, reason: 'not-in-request' }));
}
