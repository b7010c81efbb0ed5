import { decideBatch } from '../decision/batch';
import { u64Of } from './halves';

/**
 * As decide_batch, with the floor: with probability epsilon the executed arm is drawn from the baseline (0 uniform,
 * 1 proportional to 1/expected cost) over the eligible arms. Writes ten f64 a request: those of decide_batch for
 * the executed arm, 1 where the floor chose it, 2 where the trusted arm of `policy` stands in for the arm chosen (else 0), the status of the propensities, and with a latency block the arm's expected
 * latency in ms and P(latency <= limit). `propensities`
 * (address 0 = not asked for) takes rows × arms f64: the probability of every arm under the executed policy.
 * `propensityScratch` has propensity_scratch_bytes(arms) bytes. With `latency`, a latency block of the same arms (address 0 = none;
 * `masks` must then be given), utility is lowered by its term and its chance constraint narrows `masks` in place.
 * `policy` (address 0 = none) is described at policy_bytes.
 */
export function decide_batch_floored(
  evidence: usize,
  scratch: usize,
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  segments: usize,
  promptTokens: usize,
  clocks: usize,
  masks: usize,
  costWeight: f64,
  explorationScale: f64,
  epsilon: f64,
  baseline: i32,
  propensityScratch: usize,
  propensities: usize,
  latency: usize,
  policy: usize,
  out: usize,
): void {
  decideBatch(
    evidence,
    scratch,
    u64Of(seedLow, seedHigh),
    u64Of(sequenceLow, sequenceHigh),
    rows,
    segments,
    promptTokens,
    clocks,
    masks,
    costWeight,
    explorationScale,
    epsilon,
    baseline,
    propensityScratch,
    propensities,
    latency,
    policy,
    out,
  );
}
