/**
 * One Thompson decision: pool, forecast the cost, draw, choose (docs/MATH.md §9).
 *
 *   U_i = θ_i - costWeight * E[cost_i] - offset_i - risk_i,  costWeight = 1 / willingness to pay (0 = money is no object)
 *
 * A decision's stream is addressed by (seed, SELECTION, sequence number), so its bits do not depend on what else is
 * in the batch.
 */
import { armBytes, armCount } from '../evidence/layout';
import { forecastInto } from '../evidence/posterior';
import { STREAM_BYTES } from '../rng/stream';
import { bestArm, excludeArms } from './argmax';
import { DRAW_ARRAYS, drawQualitiesInto } from './draw';
import { risksInto, riskWeightOf } from './policy';

/** Arrays of the scratch, in units of one array of `stride` f64, after the stream's state. */
export namespace Scratch {
  export const CELLS: usize = 0;
  export const COST: usize = 1;
  export const QUALITY: usize = 2;
  export const UTILITY: usize = 3;
  export const SHAPES: usize = 4; // 2 arrays: pairs (a, b)
  export const DRAW: usize = 6; // DRAW_ARRAYS arrays
  export const RISK: usize = DRAW + 5; // once the draw is done
  export const COUNT: usize = DRAW + DRAW_ARRAYS;
}

/** Size of the scratch of `decide` for blocks with arrays of `bytes`. */
// @ts-ignore: decorator
@inline
export function scratchBytes(bytes: usize): usize {
  return STREAM_BYTES + Scratch.COUNT * bytes;
}

// @ts-ignore: decorator
@inline
export function scratchArray(scratch: usize, bytes: usize, index: usize): usize {
  return scratch + STREAM_BYTES + index * bytes;
}

/**
 * Decides for one request and leaves drawn quality, expected cost and utility of every arm in the scratch.
 * `perUnit` is `observationsPerUnit` of now, `explorationScale` is >= 0 (0: the posterior mean is used);
 * `knownCost` (address 0 = forecast) holds one f64 an arm that stands for the expected cost; `offsets` (address 0 = none)
 * what else lowers each arm's utility, padded to pairs; `policy` (address 0 = none) may ask that risk does. Returns the arm or NO_ARM.
 */
export function decide(
  evidence: usize,
  scratch: usize,
  base: u64,
  sequence: u64,
  segment: u32,
  now: f64,
  perUnit: f64,
  promptTokens: f64,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  knownCost: usize,
  offsets: usize,
  policy: usize,
): i32 {
  const bytes = armBytes(evidence);
  const arms = armCount(evidence);
  const shapes = scratchArray(scratch, bytes, Scratch.SHAPES);
  const quality = scratchArray(scratch, bytes, Scratch.QUALITY);
  const utility = scratchArray(scratch, bytes, Scratch.UTILITY);
  const forecastCost = scratchArray(scratch, bytes, Scratch.COST);
  const cells = scratchArray(scratch, bytes, Scratch.CELLS);
  forecastInto(evidence, segment, now, perUnit, promptTokens, explorationScale, cells, shapes, forecastCost);
  if (explorationScale > 0) {
    drawQualitiesInto(scratch, base, sequence, bytes, shapes, scratchArray(scratch, bytes, Scratch.DRAW), quality);
  } else {
    meansInto(shapes, arms, quality);
  }
  if (knownCost != 0) memory.copy(forecastCost, knownCost, (<usize>arms) << 3);
  const weight = f64x2.splat(costWeight);
  for (let i: usize = 0; i < bytes; i += 16) {
    const spent = f64x2.mul(weight, v128.load(forecastCost + i));
    v128.store(utility + i, f64x2.sub(v128.load(quality + i), spent));
  }
  if (offsets != 0) lower(utility, offsets, bytes);
  const riskWeight = riskWeightOf(policy);
  if (riskWeight > 0) {
    const risks = scratchArray(scratch, bytes, Scratch.RISK);
    risksInto(evidence, now, riskWeight, costWeight, explorationScale, shapes, forecastCost, risks);
    lower(utility, risks, bytes);
  }
  excludeArms(utility, mask, arms);
  return bestArm(utility, forecastCost, arms);
}

/** utility -= offsets. */
// @ts-ignore: decorator
@inline
function lower(utility: usize, offsets: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(utility + i, f64x2.sub(v128.load(utility + i), v128.load(offsets + i)));
  }
}

function meansInto(shapes: usize, arms: u32, out: usize): void {
  for (let arm: usize = 0; arm < <usize>arms; arm++) {
    const a = load<f64>(shapes + (arm << 4));
    store<f64>(out + (arm << 3), a / (a + load<f64>(shapes + (arm << 4), 8)));
  }
}
