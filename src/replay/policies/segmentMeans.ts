import { bestArm, costOf, utilityOf, type PolicyContext } from './context';

/** Hindsight: for every segment the arm of greatest mean utility. No policy that sees segments alone can do better. */
export function segmentMeansPolicy(context: PolicyContext): Int32Array {
  const { table } = context;
  const arms = table.arms.list.length;
  const utilities = new Float64Array(table.segmentNames.length * arms);
  const costs = new Float64Array(utilities.length);
  for (let row = 0; row < table.rows; row++) {
    for (let arm = 0; arm < arms; arm++) {
      const cell = table.segments[row]! * arms + arm;
      utilities[cell]! += utilityOf(context, row, arm);
      costs[cell]! += costOf(context, row, arm);
    }
  }
  const choice = table.segmentNames.map((_, segment) =>
    bestArm(
      arms,
      (arm) => utilities[segment * arms + arm]!,
      (arm) => costs[segment * arms + arm]!,
    ),
  );
  return Int32Array.from(table.segments, (segment) => choice[segment]!);
}
