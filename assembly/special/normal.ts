/**
 * The standard normal distribution: P(Z <= z), P(Z > z) and their inverse, accurate relatively in both tails.
 *
 * P(Z > z) = φ(z) M(z). Mills' ratio M by Laplace's continued fraction 1/(z + 1/(z + 2/(z + …))) from z = 2.5 on (DLMF
 * 7.9.1), below from P(0 < Z < z) = φ(z) (z + z³/3 + z⁵/15 + …) (DLMF 7.6.2). Errors: docs/MATH.md §14.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';

const INV_SQRT_TWO_PI: f64 = 0.3989422804014327;
const FRACTION_FROM: f64 = 2.5;
/** Terms of the fraction, enough for 1e-16 at 2.5. */
const TERMS: f64 = 100;

/** φ(z), with z²/2 in two pieces because its rounding error would show in the exponential. */
export function normalDensity(z: f64): f64 {
  const near = nearest(z * 16) * 0.0625;
  return INV_SQRT_TWO_PI * exp(-0.5 * near * near) * exp(-0.5 * (z - near) * (z + near));
}

/** P(Z > z) / φ(z) for z >= 0. */
export function millsRatio(z: f64): f64 {
  if (z < FRACTION_FROM) {
    let term = z;
    let sum: f64 = 0;
    for (let k: f64 = 3; term > 1e-18; k += 2) {
      sum += term;
      term *= (z * z) / k;
    }
    return 0.5 / normalDensity(z) - sum;
  }
  let fraction = z;
  for (let k = TERMS; k > 0; k--) fraction = z + k / fraction;
  return 1 / fraction;
}

/** P(Z <= z), or P(Z > z) if `upper`. */
export function normalTail(z: f64, upper: bool): f64 {
  if (z != z) return z;
  const distance = abs(z);
  const tail = distance > 40 ? 0 : normalDensity(distance) * millsRatio(distance);
  return z > 0 == upper ? tail : 1 - tail;
}

const LOG_SQRT_TWO_PI: f64 = 0.9189385332046728;
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;

/**
 * z with P(Z <= z) = p, or P(Z > z) = p if `upper`. Newton on log P(Z < -t) = log p: concave, so that from
 * t = sqrt(-2 log p), which lies too far out, the steps never pass the root.
 */
export function normalQuantile(p: f64, upper: bool): f64 {
  if (!(p > 0 && p < 1)) return p == 0 || p == 1 ? ((p == 1) != upper ? Infinity : -Infinity) : NaN;
  const small = p <= 0.5 ? p : 1 - p;
  const target = log(small);
  let t = sqrt(-2 * target);
  for (let i = 0; i < 30; i++) {
    const mills = millsRatio(t);
    // Where p is subnormal, P(Z > t) has few digits left or is 0, but not its logarithm.
    const logTail =
      small < SMALLEST_NORMAL ? log(mills) - (0.5 * t * t + LOG_SQRT_TWO_PI) : log(normalDensity(t) * mills);
    const step = (target - logTail) * mills;
    t -= step;
    if (!(step > 1e-16 * t)) break;
  }
  return p <= 0.5 != upper ? -t : t;
}
