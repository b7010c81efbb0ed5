import { Scratch, scratchArray } from '../decision/decide';
import { advance, weightAt } from '../evidence/decay';
import { dispersion, observationsPerUnit } from '../evidence/dispersion';
import { armBytes, evidenceBytes, Header } from '../evidence/layout';
import { initEvidence, observe, setArm } from '../evidence/observe';
import { forecastInto } from '../evidence/posterior';

export function evidence_bytes(arms: u32, families: u32, segments: u32): usize {
  return evidenceBytes(arms, families, segments);
}

export function evidence_init(
  evidence: usize,
  arms: u32,
  families: u32,
  segments: u32,
  halfLife: f64,
  priorMean: f64,
  priorStrength: f64,
): void {
  initEvidence(evidence, arms, families, segments, halfLife, priorMean, priorStrength);
}

export function evidence_set_arm(evidence: usize, arm: u32, family: u32, inputPrice: f64, outputPrice: f64): void {
  setArm(evidence, arm, family, inputPrice, outputPrice);
}

/** Rows stand last, so a block whose memory has grown only needs to be told (new memory must be zero). */
export function evidence_set_segments(evidence: usize, segments: u32): void {
  store<u32>(evidence, segments, Header.SEGMENTS);
}

export function evidence_observe(
  evidence: usize,
  scratch: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  cost: f64,
  promptTokens: f64,
  clock: f64,
): void {
  evidence_observe_weighted(evidence, scratch, segment, arm, reward, cost, promptTokens, clock, 1);
}

/** A report of `factor` times the weight, > 0: one is counted and reads a cell as any other, but its sums are so much smaller. */
export function evidence_observe_weighted(
  evidence: usize,
  scratch: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  cost: f64,
  promptTokens: f64,
  clock: f64,
  factor: f64,
): void {
  const means = scratchArray(scratch, armBytes(evidence), Scratch.CELLS);
  observe(evidence, segment, arm, reward, cost, promptTokens, clock, factor, means);
}

export function evidence_reports(evidence: usize): f64 {
  return load<f64>(evidence, Header.REPORTS);
}

export function evidence_kappa(evidence: usize): f64 {
  return load<f64>(evidence, Header.KAPPA);
}

export function evidence_dispersion(evidence: usize): f64 {
  return dispersion(evidence, weightAt(evidence, load<f64>(evidence, Header.CLOCK)));
}

/** Leaves pooled means, Beta shapes and expected costs of a segment in the scratch; see the scratch_… addresses. */
export function evidence_forecast(evidence: usize, scratch: usize, segment: u32, clock: f64, promptTokens: f64): void {
  advance(evidence, clock);
  const now = weightAt(evidence, load<f64>(evidence, Header.CLOCK));
  const bytes = armBytes(evidence);
  forecastInto(
    evidence,
    segment,
    now,
    observationsPerUnit(evidence, now),
    promptTokens,
    1,
    scratchArray(scratch, bytes, Scratch.CELLS),
    scratchArray(scratch, bytes, Scratch.SHAPES),
    scratchArray(scratch, bytes, Scratch.COST),
  );
}
