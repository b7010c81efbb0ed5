/**
 * What a decision minds beyond expected utility: risk, and whom to trust with the turn of an arm that is not trusted (docs/MATH.md §25). A block
 * of the caller names both; address 0 is none.
 *
 *   risk      U_i is lowered by riskWeight · sd_i,  sd_i² = sd_q² + (costWeight · sd_cost)²
 *   fallback  an arm with P(quality >= qualityFloor) < confidence hands its turn to the trusted arm, where that is eligible
 *
 * Both go by what is believed, explorationScale or not.
 */
import { armArray, armBytes, ArmField } from '../evidence/layout';
import { betaTail } from '../special/incompleteBeta';
import { normalTail } from '../special/normal';
import { NO_ARM } from './argmax';

/** Byte offsets of the block; f64 unless said. */
export namespace Policy {
  export const TRUSTED: usize = 0; // i32: the arm that takes turns over; -1 = none
  export const QUALITY_FLOOR: usize = 8; // in [0, 1]
  export const CONFIDENCE: usize = 16; // in [0, 1]
  export const RISK_WEIGHT: usize = 24; // >= 0
  export const TRACES: usize = 32; // u32: address of a ring of traces (decision/trace.ts), 0 = none
  export const SLOTS: usize = 36; // u32: their number
  export const SLOT_BYTES: usize = 40; // u32
}
export const POLICY_BYTES: usize = 48;

/** Variance of log costs as the forecasts from prompts begin with (context/predict.ts): cells keep no squares of costs. */
const COST_VARIANCE: f64 = 0.3;

export function riskWeightOf(policy: usize): f64 {
  return policy == 0 ? 0 : load<f64>(policy, Policy.RISK_WEIGHT);
}

/** What shapes are to be multiplied with to be those of the posterior itself. */
// @ts-ignore: decorator
@inline
function tempering(explorationScale: f64): f64 {
  return explorationScale > 0 ? explorationScale * explorationScale : 1;
}

/**
 * Writes riskWeight · sd of every arm, as the cells see it. sd_cost = E[cost] · sqrt(0.3/(n + 1)), n the arm's costs so far; `now` is the weight of
 * the present.
 */
export function risksInto(
  evidence: usize,
  now: f64,
  riskWeight: f64,
  costWeight: f64,
  explorationScale: f64,
  shapes: usize,
  costs: usize,
  out: usize,
): void {
  const weights = armArray(evidence, ArmField.COST_WEIGHT);
  const scale = tempering(explorationScale);
  for (let i: usize = 0; i < armBytes(evidence); i += 8) {
    const a = load<f64>(shapes + 2 * i) * scale;
    const b = load<f64>(shapes + 2 * i, 8) * scale;
    const s = a + b;
    const spent = costWeight * load<f64>(costs + i);
    const doubt = (COST_VARIANCE * now) / (load<f64>(weights + i) + now);
    store<f64>(out + i, riskWeight * sqrt(((a / s) * (b / s)) / (s + 1) + spent * spent * doubt));
  }
}

/** The arm that takes turns over, or NO_ARM where there is none or it is not eligible. */
export function trustedArm(policy: usize, utility: usize): i32 {
  if (policy == 0) return NO_ARM;
  const trusted = load<i32>(policy, Policy.TRUSTED);
  if (trusted < 0) return NO_ARM;
  const u = load<f64>(utility + ((<usize>trusted) << 3));
  return u == u ? trusted : NO_ARM;
}

/**
 * P(quality >= floor) of an arm. `beliefs` holds Beta shapes, or where `variances` is not 0 means of normal posteriors.
 */
export function confidenceIn(policy: usize, beliefs: usize, variances: usize, explorationScale: f64, arm: i32): f64 {
  const least = load<f64>(policy, Policy.QUALITY_FLOOR);
  const at = (<usize>arm) << 3;
  if (variances == 0) {
    const scale = tempering(explorationScale);
    const shape = beliefs + 2 * at;
    return betaTail(load<f64>(shape) * scale, load<f64>(shape, 8) * scale, least, 1 - least, true);
  }
  const missing = least - load<f64>(beliefs + at);
  const deviation = sqrt(load<f64>(variances + at));
  return deviation > 0 ? normalTail(missing / deviation, true) : f64(missing <= 0);
}

/** Who is executed where `chosen` was chosen: that one, or `trusted` (NO_ARM: nobody) in its stead. */
export function standIn(
  policy: usize,
  trusted: i32,
  beliefs: usize,
  variances: usize,
  explorationScale: f64,
  chosen: i32,
): i32 {
  if (trusted < 0 || chosen == trusted) return chosen;
  const sure = confidenceIn(policy, beliefs, variances, explorationScale, chosen);
  return sure < load<f64>(policy, Policy.CONFIDENCE) ? trusted : chosen;
}

/** The same of probabilities: p of `trusted` grows by the sum of p of all that hand over, theirs becomes 0. */
export function handOver(
  policy: usize,
  trusted: i32,
  beliefs: usize,
  variances: usize,
  explorationScale: f64,
  bytes: usize,
  p: usize,
): void {
  if (trusted < 0) return;
  let taken: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const probability = load<f64>(p + i);
    const arm = <i32>(i >> 3);
    if (!(probability > 0) || standIn(policy, trusted, beliefs, variances, explorationScale, arm) == arm) continue;
    taken += probability;
    store<f64>(p + i, 0);
  }
  const at = p + ((<usize>trusted) << 3);
  // Rounding may carry the sum beyond 1, which is no probability.
  store<f64>(at, min<f64>(1, load<f64>(at) + taken));
}
