import type { OutcomeTable } from './table';

/** All seeds of one policy: the arm of every row, by row of the table (not by position). */
export interface PolicyRuns {
  readonly policy: string;
  /** One array a seed. */
  readonly chosenByRow: readonly Int32Array[];
}

/** One seed, shared by all policies. */
export interface SeedRun {
  readonly seed: number;
  /** Rows in the order of their arrival. */
  readonly order: Uint32Array;
  /** 1 for rows of the last half of the order. */
  readonly late: Uint8Array;
}

/** Where the last half begins. */
export function seedRun(seed: number, order: Uint32Array): SeedRun {
  const late = new Uint8Array(order.length);
  for (let position = order.length >> 1; position < order.length; position++)
    late[order[position]!] = 1;
  return { seed, order, late };
}

/** Turns choices by position into choices by row. */
export function byRow(chosen: Int32Array, order: Uint32Array): Int32Array {
  const out = new Int32Array(chosen.length);
  order.forEach((row, position) => (out[row] = chosen[position]!));
  return out;
}

/** Share of the requests that each arm got, over all seeds. */
export function armShares(runs: PolicyRuns, table: OutcomeTable): Record<string, number> {
  const counts = new Float64Array(table.arms.list.length);
  for (const chosen of runs.chosenByRow) for (const arm of chosen) counts[arm]!++;
  const total = table.rows * runs.chosenByRow.length;
  return Object.fromEntries(table.arms.list.map((arm) => [arm.model, counts[arm.index]! / total]));
}
