/**
 * What is executed, and with which probability: Thompson sampling's choice or the trusted arm in its stead, the floor's where that acts, and the
 * probability of every arm under both (docs/MATH.md §17 and §25). The live router and the command that fills a log in later
 * call this very function on the same evidence, so their bits agree.
 */
import { NO_ARM } from './argmax';
import { Scratch, scratchArray } from './decide';
import { baselineInto, drawFloor, mixFloor } from './floor';
import { handOver, riskWeightOf, standIn, trustedArm } from './policy';
import { propensities } from './propensity';

/** Arrays of `decide`'s scratch that are free once it has drawn. */
const OFFSETS = Scratch.DRAW;
const WEIGHTS = Scratch.DRAW + 1;

/**
 * Returns the executed arm, given that Thompson sampling chose `chosen` and that `decide` has left its arrays of
 * `stride` bytes in `scratch`. Writes 1 (the floor chose), 2 (the trusted arm stands in) or 0 to `out` and the status of `propensities`
 * after it. `p` (address 0 = not asked for) takes one probability an arm, 0 where it is not eligible. Without
 * exploration, and with one eligible arm, Thompson sampling's is 1 at the choice. `lowered` (address 0 = none) are `decide`'s offsets.
 */
export function executeWithFloor(
  stride: usize,
  scratch: usize,
  arms: u32,
  base: u64,
  sequence: u64,
  chosen: i32,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  lowered: usize,
  policy: usize,
  epsilon: f64,
  baseline: i32,
  propensityScratch: usize,
  p: usize,
  out: usize,
): i32 {
  const bytes = (<usize>arms) << 3;
  const costs = scratchArray(scratch, stride, Scratch.COST);
  const utility = scratchArray(scratch, stride, Scratch.UTILITY);
  const offsets = scratchArray(scratch, stride, OFFSETS);
  const weights = scratchArray(scratch, stride, WEIGHTS);
  store<f64>(out, 0);
  store<f64>(out, 0, 8);
  if (p != 0) memory.fill(p, 0, bytes);
  if (chosen == NO_ARM) return NO_ARM;
  const shapes = scratchArray(scratch, stride, Scratch.SHAPES);
  const trusted = trustedArm(policy, utility);
  const executed = standIn(policy, trusted, shapes, 0, explorationScale, chosen);
  if (executed != chosen) store<f64>(out, 2);
  const risks = riskWeightOf(policy) > 0 ? scratchArray(scratch, stride, Scratch.RISK) : 0;
  let eligible: u32 = 0;
  let cheapest: f64 = Infinity;
  for (let i: usize = 0; i < bytes; i += 8) {
    const cost = load<f64>(costs + i);
    const u = load<f64>(utility + i);
    let offset = costWeight * cost;
    if (lowered != 0) offset += load<f64>(lowered + i);
    if (risks != 0) offset += load<f64>(risks + i);
    store<f64>(offsets + i, offset);
    if (u != u) continue;
    eligible++;
    cheapest = min(cheapest, cost);
  }
  if (p != 0) {
    if (!(explorationScale > 0) || eligible == 1) {
      store<f64>(p + ((<usize>chosen) << 3), 1);
    } else {
      store<f64>(out, <f64>propensities(arms, shapes, offsets, mask, 0, 0, propensityScratch, p), 8);
    }
    handOver(policy, trusted, shapes, 0, explorationScale, bytes, p);
  }
  if (!(epsilon > 0)) return executed;
  const total = baselineInto(utility, costs, bytes, baseline, cheapest, weights);
  if (p != 0) mixFloor(p, bytes, epsilon, weights, total);
  const floored = drawFloor(scratch, base, sequence, epsilon, weights, total, bytes);
  if (floored == NO_ARM) return executed;
  store<f64>(out, 1);
  return floored;
}
