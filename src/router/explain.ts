import { ParameterError } from '../core/errors';
import type { Decision } from '../selection/decision';
import { Explainer } from '../selection/explain/explainer';
import type { Explanation, UnknownDecision } from '../selection/explain/explanation';
import { DecisionTraces } from '../selection/explain/traces';
import { sequenceNumberOf } from './decisionIds';
import type { ParsedRouterOptions } from './options';
import type { RouterState } from './state';

export function explainerOf(options: ParsedRouterOptions, state: RouterState): Explainer {
  const { kernel, policy } = state;
  return new Explainer(policy, new DecisionTraces(kernel, policy, options.seed, options.floor));
}

/** @throws {ParameterError} for what is neither a decision nor an id */
export function explainIn(
  explainer: Explainer,
  state: RouterState,
  options: ParsedRouterOptions,
  decision: Pick<Decision, 'decisionId'> | string,
): Explanation | UnknownDecision {
  const decisionId = decisionIdIn(decision);
  const sequenceNumber = sequenceNumberOf(options.instanceId, decisionId);
  if (Number.isNaN(sequenceNumber)) return { kind: 'unknown', decisionId, reason: 'other-router' };
  if (sequenceNumber >= state.sequenceNumber)
    return { kind: 'unknown', decisionId, reason: 'not-made' };
  const models = options.arms.list.map(({ model }) => model);
  return (
    explainer.explain(sequenceNumber, models) ?? { kind: 'unknown', decisionId, reason: 'not-kept' }
  );
}

function decisionIdIn(decision: unknown): string {
  const id =
    typeof decision === 'object' && decision !== null
      ? (decision as { decisionId?: unknown }).decisionId
      : decision;
  if (typeof id === 'string') return id;
  throw new ParameterError('decision', 'a decision of the router or its id', decision);
}
