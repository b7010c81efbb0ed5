import type { Arms } from '../arms/models';
import type { ExcludedModel, SelectResult } from '../selection/decision';
import type { ParsedRequest } from '../selection/request';
import { decisionIdOf } from './decisionIds';
import type { Decided } from './state';

/** What was decided, in the caller's terms. */
export function selectResult(decided: Decided, arms: Arms, instanceId: string): SelectResult {
  const { request, choice, sequenceNumber } = decided;
  const { list } = arms;
  const allowed = eligibleArms(request, arms);
  const excluded = excludedModels(new Set(allowed), arms);
  if (choice.arm < 0) return { kind: 'no-eligible-model', excluded };
  return {
    kind: 'decision',
    decisionId: decisionIdOf(instanceId, sequenceNumber),
    sequenceNumber,
    model: list[choice.arm]!.model,
    segment: request.segment,
    sampledQuality: choice.sampledQuality,
    expectedCostUsd: choice.expectedCostUsd,
    utility: choice.utility,
    runnerUp: list[choice.runnerUp]?.model,
    margin: choice.margin,
    eligible: allowed.map((arm) => list[arm]!.model),
    excluded,
    evidenceReports: decided.evidenceReports,
    evidenceVersion: decided.evidenceVersion,
    byFloor: choice.byFloor,
    propensity: choice.propensities?.[choice.arm],
    propensities: choice.propensities && allowed.map((arm) => choice.propensities![arm]!),
    roughPropensity: choice.propensities && choice.rough,
  };
}

/** Indices of the arms that may serve a request, ascending, each once. */
export function eligibleArms(request: ParsedRequest, arms: Arms): number[] {
  if (request.eligible) return [...new Set(request.eligible)].sort((a, b) => a - b);
  return arms.list.map((arm) => arm.index);
}

function excludedModels(eligible: ReadonlySet<number>, arms: Arms): ExcludedModel[] {
  return arms.list
    .filter((arm) => !eligible.has(arm.index))
    .map(({ model }) => ({ model, reason: 'not-in-request' }));
}
