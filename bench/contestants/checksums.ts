/** What contestants show of their results: numbers that all of them must agree on. */

export function meanOf(values: Float64Array | Int32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Share of decisions for the last arm. */
export function shareOfLastArm(chosen: Int32Array, arms: number): number {
  let count = 0;
  for (const arm of chosen) if (arm === arms - 1) count++;
  return count / chosen.length;
}
