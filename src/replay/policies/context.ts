import type { OutcomeTable } from '../table';

/** What a policy decides by. */
export interface PolicyContext {
  readonly table: OutcomeTable;
  /** 1 / willingness to pay. */
  readonly costWeight: number;
  /** In a sweep, what each call of an arm costs; undefined = the recorded costs. */
  readonly knownCostUsd: Float64Array | undefined;
  /** What a ms of waiting takes from utility. @defaultValue 0 */
  readonly utilityPerMs?: number;
}

/** A policy without memory: the arm of every row. `seed` matters to `random` only. */
export type StaticPolicy = (context: PolicyContext, seed: number) => Int32Array;

/** Cost of an arm's answer to a row. */
export function costOf({ table, knownCostUsd }: PolicyContext, row: number, arm: number): number {
  return knownCostUsd?.[arm] ?? table.costUsd[row * table.arms.list.length + arm]!;
}

/** Utility of an arm's recorded answer to a row. */
export function utilityOf(context: PolicyContext, row: number, arm: number): number {
  const { table, costWeight, utilityPerMs = 0 } = context;
  const cell = row * table.arms.list.length + arm;
  const waiting = utilityPerMs > 0 ? utilityPerMs * table.latencyMs![cell]! : 0;
  return table.quality[cell]! - costWeight * costOf(context, row, arm) - waiting;
}

/** The arm of greatest utility; ties go to the cheaper, then to the lower index. */
export function bestArm(
  arms: number,
  utility: (arm: number) => number,
  cost: (arm: number) => number,
): number {
  let best = 0;
  for (let arm = 1; arm < arms; arm++) {
    const difference = utility(arm) - utility(best);
    if (difference > 0 || (difference === 0 && cost(arm) < cost(best))) best = arm;
  }
  return best;
}
