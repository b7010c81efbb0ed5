import { executeMixed } from '../context/live';
import { executeWithFloor } from '../decision/executed';
import { POLICY_BYTES } from '../decision/policy';
import { restoreTrace, Trace, traceBytes, tracedConfidences, tracedForecasts, tracedOffsets } from '../decision/trace';
import { paddedBytes } from '../evidence/layout';
import { Purpose, streamBase } from '../rng/stream';
import { u64Of } from './halves';

/**
 * Bytes of a policy, which decisions take by its address: i32 trusted arm (-1 = none) at 0; f64 quality floor at 8, confidence at 16, risk weight at 24; u32
 * address (0 = none) at 32, number of slots at 36 and bytes of a slot at 40 of a ring of traces.
 */
export function policy_bytes(): usize {
  return POLICY_BYTES;
}

/** Bytes of a slot for decisions with latencies, a risk weight, two experts (1 or 0 each): see `assembly/decision/trace.ts`. */
export function trace_bytes(arms: u32, latency: u32, risk: u32, context: u32): usize {
  return traceBytes(paddedBytes(arms), latency != 0, risk != 0, context != 0);
}

/**
 * What the decision in `slot` was: its propensities to `p`, P(quality >= floor) of every arm to `confidences` (NaN without a trusted arm), f64 an arm each.
 * Returns the executed arm, which is the slot's. `latency` and `context` as in trace_bytes; `scratch` of scratch_bytes(arms), `mask` of a byte an arm, `out` of 16 bytes: 1 where
 * the floor chose, 2 where the trusted arm stood in, else 0; then the status of the propensities.
 */
export function trace_explain(
  arms: u32,
  slot: usize,
  seedLow: u32,
  seedHigh: u32,
  epsilon: f64,
  baseline: i32,
  policy: usize,
  latency: u32,
  context: u32,
  scratch: usize,
  mask: usize,
  propensityScratch: usize,
  p: usize,
  confidences: usize,
  out: usize,
): i32 {
  const stride = paddedBytes(arms);
  const base = streamBase(u64Of(seedLow, seedHigh), Purpose.FLOOR);
  const sequence = load<u64>(slot, Trace.NUMBER) - 1;
  const chosen = load<i32>(slot, Trace.CHOSEN);
  const costWeight = load<f64>(slot, Trace.COST_WEIGHT);
  const scale = load<f64>(slot, Trace.EXPLORATION_SCALE);
  const lowered: usize = latency == 0 ? 0 : tracedOffsets(slot, stride);
  restoreTrace(policy, stride, arms, slot, scratch, mask);
  tracedConfidences(policy, stride, arms, slot, scratch, confidences);
  if (context == 0) {
    return executeWithFloor(
      stride,
      scratch,
      arms,
      base,
      sequence,
      chosen,
      mask,
      costWeight,
      scale,
      lowered,
      policy,
      epsilon,
      baseline,
      propensityScratch,
      p,
      out,
    );
  }
  return executeMixed(
    stride,
    scratch,
    arms,
    tracedForecasts(slot, stride),
    load<f64>(slot, Trace.SHARE),
    base,
    sequence,
    chosen,
    load<u32>(slot, Trace.BY_CONTEXT) != 0,
    mask,
    costWeight,
    scale,
    lowered,
    policy,
    epsilon,
    baseline,
    propensityScratch,
    p,
    out,
  );
}
