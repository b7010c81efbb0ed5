/**
 * Traces: what the latest decisions saw, in a ring of the caller, so that each can be explained after reports have changed the evidence. A slot is
 * a header and arrays of an f64 an arm, padded to pairs; decision n stands in slot n mod slots.
 *
 *   0-4   of the scratch: expected cost, drawn quality, utility (NaN = not eligible), shapes (a, b)
 *   5     what latency took from utility     with latencies
 *   6     what risk took, as the cells see it    with a risk weight
 *   7-10  forecasts from the prompt: means, variances, costs, doubts    with two experts
 *
 * A ring without use for the last ones has shorter slots. With (model, n) arms their view stands from array 5 on (bestofn/view.ts).
 */
import { NO_ARM } from './argmax';
import { Scratch, scratchArray } from './decide';
import { confidenceIn, Policy, riskWeightOf } from './policy';

/** Byte offsets in a slot's header; f64 unless said. */
export namespace Trace {
  export const NUMBER: usize = 0; // u64: sequence number + 1; 0 = empty
  export const COST_WEIGHT: usize = 8;
  export const EXPLORATION_SCALE: usize = 16;
  export const SHARE: usize = 24; // of the context block
  export const ARM: usize = 32; // i32: executed
  export const CHOSEN: usize = 36; // i32: of greatest utility
  export const BY_CONTEXT: usize = 40; // u32: 1 the context block decided
  export const SAMPLES: usize = 44; // u32: n executed, with (model, n) arms
}
export const TRACE_HEADER_BYTES: usize = 48;

/** Those of the scratch. */
export const TRACED_ARRAYS: usize = 5;
const LATENCY: usize = TRACED_ARRAYS;
const RISK: usize = 6;
const FORECASTS: usize = 7;
const ARRAYS: usize = 11;

/** Bytes of a slot; `stride` is the size of one array. */
export function traceBytes(stride: usize, latency: bool, risk: bool, context: bool): usize {
  const arrays = context ? ARRAYS : risk ? FORECASTS : latency ? RISK : LATENCY;
  return TRACE_HEADER_BYTES + arrays * stride;
}

// @ts-ignore: decorator
@inline
export function traceArray(slot: usize, stride: usize, index: usize): usize {
  return slot + TRACE_HEADER_BYTES + index * stride;
}

/** Where a decision is kept; 0 = nowhere. */
export function slotOf(policy: usize, sequence: u64): usize {
  if (policy == 0) return 0;
  const ring = load<u32>(policy, Policy.TRACES);
  if (ring == 0) return 0;
  const place = <usize>(sequence % <u64>load<u32>(policy, Policy.SLOTS));
  return ring + place * load<u32>(policy, Policy.SLOT_BYTES);
}

/**
 * Keeps a decision, where `policy` asks for it. `offsets` (0 = none) are of the latencies, `forecasts` (0 = none) of the context block. Utilities
 * must be as they were decided on.
 */
export function trace(
  policy: usize,
  stride: usize,
  scratch: usize,
  sequence: u64,
  arm: i32,
  chosen: i32,
  costWeight: f64,
  explorationScale: f64,
  offsets: usize,
  forecasts: usize,
  share: f64,
  byContext: bool,
): void {
  if (policy == 0 || arm == NO_ARM) return;
  const slot = slotOf(policy, sequence);
  if (slot == 0) return;
  store<u64>(slot, sequence + 1, Trace.NUMBER);
  store<f64>(slot, costWeight, Trace.COST_WEIGHT);
  store<f64>(slot, explorationScale, Trace.EXPLORATION_SCALE);
  store<f64>(slot, share, Trace.SHARE);
  store<i32>(slot, arm, Trace.ARM);
  store<i32>(slot, chosen, Trace.CHOSEN);
  store<u32>(slot, u32(byContext), Trace.BY_CONTEXT);
  memory.copy(traceArray(slot, stride, 0), scratchArray(scratch, stride, Scratch.COST), LATENCY * stride);
  if (offsets != 0) memory.copy(traceArray(slot, stride, LATENCY), offsets, stride);
  if (riskWeightOf(policy) > 0) {
    memory.copy(traceArray(slot, stride, RISK), scratchArray(scratch, stride, Scratch.RISK), stride);
  }
  if (forecasts != 0) memory.copy(traceArray(slot, stride, FORECASTS), forecasts, 4 * stride);
}

/** Puts a trace back into a scratch, as the decision had left it, and its eligible arms into `mask`. */
export function restoreTrace(policy: usize, stride: usize, arms: u32, slot: usize, scratch: usize, mask: usize): void {
  memory.copy(scratchArray(scratch, stride, Scratch.COST), traceArray(slot, stride, 0), LATENCY * stride);
  if (riskWeightOf(policy) > 0) {
    memory.copy(scratchArray(scratch, stride, Scratch.RISK), traceArray(slot, stride, RISK), stride);
  }
  const utility = scratchArray(scratch, stride, Scratch.UTILITY);
  for (let arm: u32 = 0; arm < arms; arm++) {
    const u = load<f64>(utility + ((<usize>arm) << 3));
    store<u8>(mask + arm, u8(u == u));
  }
}

/** Address of what latency took, and of the forecasts from the prompt. */
export function tracedOffsets(slot: usize, stride: usize): usize {
  return traceArray(slot, stride, LATENCY);
}

export function tracedForecasts(slot: usize, stride: usize): usize {
  return traceArray(slot, stride, FORECASTS);
}

/** P(quality >= floor) of every arm by the expert that decided, where there is a trusted arm; else NaN. */
export function tracedConfidences(
  policy: usize,
  stride: usize,
  arms: u32,
  slot: usize,
  scratch: usize,
  out: usize,
): void {
  const byContext = load<u32>(slot, Trace.BY_CONTEXT) != 0;
  const forecasts = tracedForecasts(slot, stride);
  const beliefs = byContext ? forecasts : scratchArray(scratch, stride, Scratch.SHAPES);
  const asked = load<i32>(policy, Policy.TRUSTED) >= 0;
  const scale = load<f64>(slot, Trace.EXPLORATION_SCALE);
  for (let arm: u32 = 0; arm < arms; arm++) {
    const sure = asked ? confidenceIn(policy, beliefs, byContext ? forecasts + stride : 0, scale, arm) : NaN;
    store<f64>(out + ((<usize>arm) << 3), sure);
  }
}
