import type { ReplayResult } from '../result';

/** Policies chosen with knowledge of the whole table, which no live router has: marks to aim at, not competitors. */
const WITH_HINDSIGHT: ReadonlySet<string> = new Set([
  'oracle',
  'segment-means',
  'threshold',
  'labels',
]);

export function usesHindsight(policy: string): boolean {
  return WITH_HINDSIGHT.has(policy);
}

/** A policy that always asks one model: the plots show it as that model. */
export function isFixedModel(policy: string): boolean {
  return policy.startsWith('fixed:');
}

/** Policies that take a colour, in the order of the table, then those of `others`: one colour a policy on the whole page. */
export function policyOrder(result: ReplayResult, others: readonly string[]): string[] {
  const known = result.policies.map((one) => one.policy).filter((policy) => !isFixedModel(policy));
  return [...new Set([...known, ...others])];
}
