import { choiceScratchBytes, choicesFromPropensities } from '../decision/fromPropensity';
import { propensities as propensitiesInto, propensityScratchBytes } from '../decision/propensity';
import { u64Of } from './halves';

export function propensity_scratch_bytes(arms: u32): usize {
  return propensityScratchBytes(arms);
}

/**
 * P(arm maximises θ - offset) of each arm, mixed with a floor. `shapes` holds pairs (a, b), `offsets` f64 an arm,
 * `mask` (address 0 = all eligible) bytes, `floor` is in [0, 1], `baseline` (address 0 = uniform) f64 weights. Returns
 * 0, or 1 outside the region of stated accuracy, or 2 where no arm is eligible and all are 0.
 */
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
  return propensitiesInto(arms, shapes, offsets, mask, floor, baseline, scratch, out);
}

export function choice_scratch_bytes(arms: u32): usize {
  return choiceScratchBytes(arms);
}

/** Draws `rows` arms (i32; -1 where all propensities are 0) for the decisions from `sequence` on. */
export function choices_from_propensities(
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  arms: u32,
  propensities: usize,
  scratch: usize,
  out: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  choicesFromPropensities(seed, u64Of(sequenceLow, sequenceHigh), rows, arms, propensities, scratch, out);
}
