/**
 * Exact Thompson propensities: p_i = P(arm i has the greatest utility), U_i = θ_i - offset_i, θ_i ~ Beta(a_i, b_i)
 * independent (docs/MATH.md §15).
 *
 * With u the utility above the lowest that the cheapest arm can have, p_i = ∫ f_i ∏_{j≠i} F_j du over u in [0, 1]:
 * below 0 the cheapest arm wins for certain. The integral runs from the right, where every F_j is 1, to the left, in
 * panels of eight Gauss points; F_j comes from integrating f_j along, so only densities are evaluated.
 * Arms that cannot win but with a probability < 2e-14 are left out beforehand.
 */
import { Arm, ARM_BYTES, prepareArm } from './propensityArm';
import { integrate } from './propensityIntegral';
import { NODE_BYTES } from './propensityPanel';

export namespace PropensityStatus {
  /** Within the stated error. */
  export const ACCURATE: i32 = 0;
  /** A shape is outside [0.05, 1e6], or there were too many panels: probabilities, but with an error not stated. */
  export const ROUGH: i32 = 1;
  /** No arm was eligible: all zero. */
  export const NO_ARM: i32 = 2;
}

const SMALLEST_SHAPE: f64 = 0.05;
const LARGEST_SHAPE: f64 = 1e6;

/** Bytes of the scratch of `propensities`: the points of a panel with their Jacobians, an index and a record an arm. */
export function propensityScratchBytes(arms: u32): usize {
  return NODE_BYTES + <usize>arms * (ARM_BYTES + sizeof<usize>());
}

export function propensities(
  arms: u32,
  shapes: usize,
  offsets: usize,
  mask: usize,
  floor: f64,
  baseline: usize,
  scratch: usize,
  out: usize,
): i32 {
  const bytes = (<usize>arms) << 3;
  memory.fill(out, 0, bytes);
  let lowest = Infinity;
  let eligible: u32 = 0;
  for (let arm: u32 = 0; arm < arms; arm++) {
    if (!isEligible(mask, arm)) continue;
    eligible++;
    lowest = min(lowest, load<f64>(offsets + ((<usize>arm) << 3)));
  }
  if (eligible == 0) return PropensityStatus.NO_ARM;

  const records = scratch + NODE_BYTES;
  let status = PropensityStatus.ACCURATE;
  let count: u32 = 0;
  let left: f64 = 0;
  for (let arm: u32 = 0; arm < arms; arm++) {
    if (!isEligible(mask, arm)) continue;
    const a = load<f64>(shapes + ((<usize>arm) << 4));
    const b = load<f64>(shapes + ((<usize>arm) << 4), 8);
    const distance = load<f64>(offsets + ((<usize>arm) << 3)) - lowest;
    if (!(distance < 1)) continue;
    if (!(min(a, b) >= SMALLEST_SHAPE && max(a, b) <= LARGEST_SHAPE)) status = PropensityStatus.ROUGH;
    const record = records + <usize>count * ARM_BYTES;
    prepareArm(record, arm, a, b, distance);
    left = max(left, load<f64>(record, Arm.LOW) - distance);
    count++;
  }
  const order = records + <usize>arms * ARM_BYTES;
  count = sortByEntry(records, count, 1 - left, order);
  if (count > 1) {
    if (!integrate(order, order + ((<usize>count) << 2), left, scratch)) status = PropensityStatus.ROUGH;
  } else {
    store<f64>(load<usize>(order), 1, Arm.P);
  }
  writeInto(arms, order, count, mask, eligible, floor, baseline, out);
  return status;
}

// @ts-ignore: decorator
@inline
function isEligible(mask: usize, arm: u32): bool {
  return mask == 0 || load<u8>(mask + arm) != 0;
}

/**
 * Addresses of the records that enter before `limit`, in the order in which the integral meets their right ends; of
 * those with one end, the singular ones last.
 */
function sortByEntry(records: usize, count: u32, limit: f64, order: usize): u32 {
  let end = order;
  for (let i: u32 = 0; i < count; i++) {
    const record = records + <usize>i * ARM_BYTES;
    if (load<f64>(record, Arm.ENTRY) >= limit) continue;
    let at = end;
    for (; at > order && entersBefore(record, load<usize>(at - sizeof<usize>())); at -= sizeof<usize>()) {
      store<usize>(at, load<usize>(at - sizeof<usize>()));
    }
    store<usize>(at, record);
    end += sizeof<usize>();
  }
  return <u32>((end - order) / sizeof<usize>());
}

// @ts-ignore: decorator
@inline
function entersBefore(record: usize, other: usize): bool {
  const entry = load<f64>(record, Arm.ENTRY);
  const otherEntry = load<f64>(other, Arm.ENTRY);
  if (entry != otherEntry) return entry < otherEntry;
  return load<f64>(record, Arm.RIGHT_POWER) == 0 && load<f64>(other, Arm.RIGHT_POWER) > 0;
}

/** Writes (1 - ε) p + ε baseline, both normalised over the eligible arms. */
function writeInto(
  arms: u32,
  order: usize,
  count: u32,
  mask: usize,
  eligible: u32,
  floor: f64,
  baseline: usize,
  out: usize,
): void {
  let sum: f64 = 0;
  const end = order + ((<usize>count) << 2);
  for (let at = order; at < end; at += 4) sum += load<f64>(load<usize>(at), Arm.P);
  for (let at = order; at < end; at += 4) {
    const record = load<usize>(at);
    store<f64>(out + ((<usize>load<u32>(record, Arm.INDEX)) << 3), (load<f64>(record, Arm.P) / sum) * (1 - floor));
  }
  if (floor == 0) return;
  let weights: f64 = 0;
  if (baseline != 0) {
    for (let arm: u32 = 0; arm < arms; arm++) {
      if (isEligible(mask, arm)) weights += load<f64>(baseline + ((<usize>arm) << 3));
    }
  }
  for (let arm: u32 = 0; arm < arms; arm++) {
    if (!isEligible(mask, arm)) continue;
    const at = (<usize>arm) << 3;
    const part = weights > 0 ? load<f64>(baseline + at) / weights : 1 / <f64>eligible;
    store<f64>(out + at, load<f64>(out + at) + floor * part);
  }
}
