import { bestArm, costOf, utilityOf, type PolicyContext } from './context';

/** Hindsight: for every request the arm of greatest recorded utility. No policy can do better. */
export function oraclePolicy(context: PolicyContext): Int32Array {
  const arms = context.table.arms.list.length;
  return Int32Array.from({ length: context.table.rows }, (_, row) =>
    bestArm(
      arms,
      (arm) => utilityOf(context, row, arm),
      (arm) => costOf(context, row, arm),
    ),
  );
}
