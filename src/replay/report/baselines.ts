/** Policies chosen with knowledge of the whole table, which no live router has: marks to aim at, not competitors. */
const WITH_HINDSIGHT: ReadonlySet<string> = new Set(['oracle', 'segment-means', 'threshold']);

export function usesHindsight(policy: string): boolean {
  return WITH_HINDSIGHT.has(policy);
}
