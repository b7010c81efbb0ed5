/** Arms that come, and prices that change, while blocks are in use. */
import { growContext, scaleCosts } from '../context/grow';
import { growEvidence } from '../evidence/grow';
import { setPrior } from '../evidence/observe';
import { repriceArm } from '../evidence/reprice';
import { growLatency } from '../forecast/latencyBlock';

/**
 * Copies an evidence block to `to`, which may be the same address, with more arms and families; what is known keeps its bits. Needs `evidence_bytes`
 * there. The new arms are named by `evidence_set_arm`.
 */
export function evidence_grow(evidence: usize, to: usize, arms: u32, families: u32): void {
  growEvidence(evidence, to, arms, families);
}

/** Gives an arm a prior of its own in place of its family's: mean in (0, 1), worth `strength` > 0 observations; strength 0 takes it away. */
export function evidence_set_prior(evidence: usize, arm: u32, mean: f64, strength: f64): void {
  setPrior(evidence, arm, mean, strength);
}

/** Sets an arm's prices (USD a token), its costs so far translated; returns new over old mean cost, 1 where none is known. */
export function evidence_reprice(evidence: usize, arm: u32, inputPrice: f64, outputPrice: f64): f64 {
  return repriceArm(evidence, arm, inputPrice, outputPrice);
}

/** As `evidence_grow`, for a latency block with `models` and `groups`; the new models are named by `latency_set_group`. */
export function latency_grow(latency: usize, to: usize, models: u32, groups: u32): void {
  growLatency(latency, to, models, groups);
}

/** As `evidence_grow`, for a context block; the new arms are named by `context_set_family`. */
export function context_grow(context: usize, to: usize, arms: u32): void {
  growContext(context, to, arms);
}

/** Multiplies all costs that a context block has learned of an arm by `ratio`; they all become `cost` where that is not above 0 and finite. */
export function context_scale_costs(context: usize, arm: u32, ratio: f64, cost: f64): void {
  scaleCosts(context, arm, ratio, cost);
}
