/** Decisions for many requests against the evidence as it stands: consecutive sequence numbers, one call. */
import { makeEdges } from '../distributions/zigguratEdges';
import { advance, weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, armCount } from '../evidence/layout';
import { Purpose, streamBase } from '../rng/stream';
import { applyLatency, recordLatency } from '../forecast/latencyDecision';
import { bestArm, NO_ARM } from './argmax';
import { decide, Scratch, scratchArray } from './decide';
import { executeWithFloor } from './executed';
import { trace } from './trace';

/**
 * Fields of one decision record, f64 each: arm (or -1), drawn quality, expected cost, utility, runner-up (or -1),
 * margin.
 */
const RECORD_BYTES: usize = 48;
/**
 * A record with four more fields: 1 where the floor chose, 2 where the trusted arm stands in, else 0; status of the propensities; expected latency of the arm in
 * ms and P(latency <= limit), both only with a latency block.
 */
const FLOORED_RECORD_BYTES: usize = 80;

/**
 * Decides `rows` requests. `clocks` holds each decision's clock, `masks` (address 0 = none) rows × arms bytes. Writes
 * one record a request.
 *
 * With `floorScratch` (address 0 = plain Thompson sampling) the records have the four more fields, the floor ε of
 * `baseline` takes part, and the probability of every arm goes to `propensities` (address 0 = not asked for), rows ×
 * arms f64. With `latency` (a latency block, address 0 = none; `masks` must then be given) utility is lowered by its term, and
 * its chance constraint narrows the masks in place. With `policy` (address 0 = none) risk lowers utility, arms hand their turn
 * to a trusted one (with `floorScratch` only), and decisions leave traces.
 */
export function decideBatch(
  evidence: usize,
  scratch: usize,
  seed: u64,
  sequence: u64,
  rows: u32,
  segments: usize,
  promptTokens: usize,
  clocks: usize,
  masks: usize,
  costWeight: f64,
  explorationScale: f64,
  epsilon: f64,
  baseline: i32,
  floorScratch: usize,
  propensities: usize,
  latency: usize,
  policy: usize,
  out: usize,
): void {
  makeEdges();
  const base = streamBase(seed, Purpose.SELECTION);
  const floorBase = streamBase(seed, Purpose.FLOOR);
  const arms = armCount(evidence);
  const recordBytes = floorScratch == 0 ? RECORD_BYTES : FLOORED_RECORD_BYTES;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const clock = load<f64>(clocks + (row << 3));
    advance(evidence, clock);
    const now = weightAt(evidence, clock);
    const perUnit = observationsPerUnit(evidence, now);
    const mask: usize = masks == 0 ? 0 : masks + row * arms;
    const segment = load<u32>(segments + (row << 2));
    const tokens = load<f64>(promptTokens + (row << 3));
    let offsets: usize = 0;
    if (latency != 0) offsets = applyLatency(latency, mask, clock);
    const chosen = decide(
      evidence,
      scratch,
      base,
      sequence + row,
      segment,
      now,
      perUnit,
      tokens,
      mask,
      costWeight,
      explorationScale,
      0,
      offsets,
      policy,
    );
    let arm = chosen;
    if (floorScratch != 0) {
      arm = executeWithFloor(
        armBytes(evidence),
        scratch,
        arms,
        floorBase,
        sequence + row,
        chosen,
        mask,
        costWeight,
        explorationScale,
        offsets,
        policy,
        epsilon,
        baseline,
        floorScratch,
        propensities == 0 ? 0 : propensities + ((row * arms) << 3),
        out + 48,
      );
    }
    const stride = armBytes(evidence);
    trace(policy, stride, scratch, sequence + row, arm, chosen, costWeight, explorationScale, offsets, 0, 0, false);
    record(evidence, scratch, scratchArray(scratch, armBytes(evidence), Scratch.COST), arm, out);
    if (latency != 0 && arm != NO_ARM) recordLatency(latency, arm, out + 64);
    out += recordBytes;
  }
}

/** The first six fields of a record; `cost` holds the expected costs. */
export function record(evidence: usize, scratch: usize, cost: usize, arm: i32, out: usize): void {
  store<f64>(out, <f64>arm);
  if (arm == NO_ARM) return;
  const bytes = armBytes(evidence);
  const utility = scratchArray(scratch, bytes, Scratch.UTILITY);
  const offset = (<usize>arm) << 3;
  const chosen = load<f64>(utility + offset);
  store<f64>(utility + offset, NaN);
  const runnerUp = bestArm(utility, cost, armCount(evidence));
  store<f64>(out, load<f64>(scratchArray(scratch, bytes, Scratch.QUALITY) + offset), 8);
  store<f64>(out, load<f64>(cost + offset), 16);
  store<f64>(out, chosen, 24);
  store<f64>(out, <f64>runnerUp, 32);
  const second = load<f64>(utility + ((<usize>max(runnerUp, 0)) << 3));
  store<f64>(out, runnerUp == NO_ARM ? Infinity : chosen - second, 40);
}
