/**
 * The floor: the executed policy is p′ = (1 - ε) p + ε b, and it is really drawn so (docs/MATH.md §17). With
 * probability ε the choice is replaced by an arm drawn from the baseline b over the eligible arms, from a stream of
 * its own, so a floor never changes what Thompson sampling draws.
 *
 * b is uniform, or proportional to 1/E[cost]. Where eligible arms are expected to cost nothing, b is uniform over
 * these: the limit of 1/cost.
 */
import { nextUnit, seedStream } from '../rng/stream';
import { NO_ARM } from './argmax';

/** Values of `baseline`: part of the ABI. */
export namespace Baseline {
  export const UNIFORM: i32 = 0;
  export const INVERSE_COST: i32 = 1;
}

/**
 * Writes the baseline's weights, in [0, 1], 0 for arms whose utility is NaN (not eligible), and returns their sum. For
 * 1/E[cost] they are relative to `cheapest`, the least cost of an eligible arm, so that no reciprocal overflows.
 * `bytes` is the size of one array.
 */
export function baselineInto(
  utility: usize,
  costs: usize,
  bytes: usize,
  baseline: i32,
  cheapest: f64,
  out: usize,
): f64 {
  const least = baseline == Baseline.INVERSE_COST ? cheapest : Infinity;
  let total: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const u = load<f64>(utility + i);
    const cost = load<f64>(costs + i);
    const weight = u != u ? 0 : cost > least ? least / cost : 1;
    store<f64>(out + i, weight);
    total += weight;
  }
  return total;
}

/** The arm that the floor executes instead, or NO_ARM where (probability 1 - ε) it does not act. */
export function drawFloor(
  stream: usize,
  base: u64,
  sequence: u64,
  epsilon: f64,
  weights: usize,
  total: f64,
  bytes: usize,
): i32 {
  seedStream(stream, base, sequence);
  if (!(nextUnit(stream) < epsilon)) return NO_ARM;
  let rest = nextUnit(stream) * total;
  let drawn: usize = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const weight = load<f64>(weights + i);
    if (!(weight > 0)) continue;
    // Rounding may leave a remainder beyond the last weight: it belongs to the last arm.
    drawn = i;
    if (rest < weight) break;
    rest -= weight;
  }
  return <i32>(drawn >> 3);
}

/** p′ = (1 - ε) p + ε b in place. */
export function mixFloor(p: usize, bytes: usize, epsilon: f64, weights: usize, total: f64): void {
  for (let i: usize = 0; i < bytes; i += 8) {
    store<f64>(p + i, (1 - epsilon) * load<f64>(p + i) + epsilon * (load<f64>(weights + i) / total));
  }
}
