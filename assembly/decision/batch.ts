/** Decisions for many requests against the evidence as it stands: consecutive sequence numbers, one call. */
import { advance, weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, armCount } from '../evidence/layout';
import { Purpose, streamBase } from '../rng/stream';
import { bestArm, NO_ARM } from './argmax';
import { decide, Scratch, scratchArray } from './decide';

/**
 * Fields of one decision record, f64 each: arm (or -1), drawn quality, expected cost, utility, runner-up (or -1),
 * margin.
 */
const RECORD_BYTES: usize = 48;

/**
 * Decides `rows` requests. `clocks` holds each decision's clock, `masks` (address 0 = none) rows × arms bytes. Writes
 * one record a request.
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
  out: usize,
): void {
  const base = streamBase(seed, Purpose.SELECTION);
  const arms = armCount(evidence);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const clock = load<f64>(clocks + (row << 3));
    advance(evidence, clock);
    const now = weightAt(evidence, clock);
    const perUnit = observationsPerUnit(evidence, now);
    const mask: usize = masks == 0 ? 0 : masks + row * arms;
    const segment = load<u32>(segments + (row << 2));
    const tokens = load<f64>(promptTokens + (row << 3));
    const arm = decide(
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
    );
    record(evidence, scratch, arm, out + row * RECORD_BYTES);
  }
}

function record(evidence: usize, scratch: usize, arm: i32, out: usize): void {
  store<f64>(out, <f64>arm);
  if (arm == NO_ARM) return;
  const bytes = armBytes(evidence);
  const utility = scratchArray(scratch, bytes, Scratch.UTILITY);
  const cost = scratchArray(scratch, bytes, Scratch.COST);
  const offset = (<usize>arm) << 3;
  const best = load<f64>(utility + offset);
  store<f64>(utility + offset, NaN);
  const runnerUp = bestArm(utility, cost, armCount(evidence));
  store<f64>(out, load<f64>(scratchArray(scratch, bytes, Scratch.QUALITY) + offset), 8);
  store<f64>(out, load<f64>(cost + offset), 16);
  store<f64>(out, best, 24);
  store<f64>(out, <f64>runnerUp, 32);
  const second = load<f64>(utility + ((<usize>max(runnerUp, 0)) << 3));
  store<f64>(out, runnerUp == NO_ARM ? Infinity : best - second, 40);
}
