import { checkEvidence, mergeEvidence } from '../evidence/state';

/**
 * Checks a block of `bytes` that came from outside. Cells that cannot be are emptied. Returns their number, or below 0 what is wrong with the block:
 * -1 no block, -2 another version, -3 its size, -4 its header, -5 an arm.
 */
export function evidence_check(evidence: usize, bytes: usize): i32 {
  return checkEvidence(evidence, bytes);
}

/**
 * Adds a checked block of equal half-life, which is brought to the common landmark: arm i to `arms[i]`, segment j to `segments[j]`
 * (2^32 - 1: left out). Returns 0, or -1 where the half-lives differ.
 */
export function evidence_merge(evidence: usize, other: usize, arms: usize, segments: usize): i32 {
  return mergeEvidence(evidence, other, arms, segments);
}
