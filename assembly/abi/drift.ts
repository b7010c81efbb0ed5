import { Scratch, scratchArray } from '../decision/decide';
import { driftAlarms, driftBytes, initDrift, observeDrift } from '../drift/cusum';
import { armBytes } from '../evidence/layout';
import { widenArm } from '../evidence/widen';

export function drift_bytes(arms: u32): usize {
  return driftBytes(arms);
}

/** Detectors of `arms` arms; `threshold` > 0 in nats, `factor` in (0, 1]: what a report of an arm weighs after its alarm. */
export function drift_init(drift: usize, arms: u32, threshold: f64, factor: f64): void {
  initDrift(drift, arms, threshold, factor);
}

/** Before evidence_observe of the same reward (not NaN): 0 steady, 1 risen, 2 fallen; the arm's evidence is then widened. */
export function drift_observe(
  drift: usize,
  evidence: usize,
  scratch: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  clock: f64,
): i32 {
  const means = scratchArray(scratch, armBytes(evidence), Scratch.CELLS);
  return observeDrift(drift, evidence, segment, arm, reward, clock, means);
}

/** Every report of the arm weighs `factor` of what it did. */
export function evidence_widen(evidence: usize, arm: u32, factor: f64): void {
  widenArm(evidence, arm, factor);
}

/** Alarms so far. */
export function drift_alarms(drift: usize): f64 {
  return driftAlarms(drift);
}
