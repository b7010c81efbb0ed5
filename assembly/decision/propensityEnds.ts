/**
 * The ends of the propensity integral, where the probability is shared by laws that hold there and not by panels (docs/MATH.md §15):
 * beside the right end of densities that are singular there, and on the left where little is left.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { log1p } from '../special/logGamma';
import { Arm } from './propensityArm';

/** Where panels begin at a singular end: logarithms of the mass beyond and of its error. */
const LOG_END_MASS: f64 = -18.4;
const LOG_END_ERROR: f64 = -30;

/**
 * Shares `rest` in proportion to u d log F/du, which is a for the power law of an arm whose lowest utility is at u = 0:
 * exact in the limit; otherwise `rest` is negligible.
 */
export function shareRest(order: usize, end: usize, u: f64, rest: f64): void {
  let sum: f64 = 0;
  const at0 = max(u, 1e-300);
  for (let at = order; at < end; at += sizeof<usize>()) sum += lowWeight(load<usize>(at), at0);
  if (!(sum > 0)) return;
  for (let at = order; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    store<f64>(record, load<f64>(record, Arm.P) + rest * (lowWeight(record, at0) / sum), Arm.P);
  }
}

// @ts-ignore: decorator
@inline
function lowWeight(record: usize, u: f64): f64 {
  return load<f64>(record, Arm.DISTANCE) == 0 ? load<f64>(record, Arm.A) + 1 : u * load<f64>(record, Arm.SLOPE);
}

/**
 * Distance from their common end at which panels begin for the arms at [first, end): 0 if no density is singular there.
 * Within it F is 1 - y^b/(b B(a, b)), so close to 1 that its products with other arms' changes are negligible.
 */
export function singularReach(first: usize, end: usize, steepness: f64, most: f64): f64 {
  let reach = Infinity;
  for (let at = first; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const b = load<f64>(record, Arm.RIGHT_POWER);
    const logEnd = load<f64>(record, Arm.LOG_END);
    const steepest = max(steepness, abs(load<f64>(record, Arm.A)) + 1);
    const few = (logEnd + LOG_END_MASS) / b;
    const straight = (logEnd + LOG_END_ERROR - log(steepest)) / (b + 1);
    reach = min(reach, min(few, straight));
  }
  return reach == Infinity ? 0 : min(most, exp(max(-667.0, reach)));
}

/** Shares the probability that the maximum is within y of the end, `before` up to there, in proportion to the hazards -log F. */
export function shareEnd(first: usize, end: usize, y: f64, before: f64): void {
  let hazards: f64 = 0;
  for (let at = first; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const b = load<f64>(record, Arm.RIGHT_POWER);
    const above = min(1 - 1e-16, exp(b * log(y) - load<f64>(record, Arm.LOG_END)));
    store<f64>(record, above, Arm.ABOVE);
    hazards -= log1p(-above);
  }
  if (hazards == 0) return;
  const mass = (before * (1 - exp(-hazards))) / hazards;
  for (let at = first; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    store<f64>(record, load<f64>(record, Arm.P) - mass * log1p(-load<f64>(record, Arm.ABOVE)), Arm.P);
  }
}
