/**
 * What the integral needs of an arm: its log density, the stretch of utilities where it matters, and how long a panel
 * may be there.
 *
 * The stretch: a Beta variable is sub-gamma, P(X > m + t) <= exp(-t² / (2 (v + c t/3))) with v its variance and
 * c = 2 (b - a)/((a + b)(a + b + 2)) where that is positive, else 0; downwards with a and b exchanged (Skorski 2023,
 * doi:10.1515/mcma-2023-2014). Solved for a probability of e^-TAIL.
 */
import { log } from '../math/log';
import { logBeta, STIRLING_FROM } from '../special/logGamma';
import { logPeak } from '../special/incompleteBeta';

/** Offsets into a record; f64 unless said. */
export namespace Arm {
  export const A: usize = 0; // a - 1
  export const B: usize = 8; // b - 1
  export const LOG_SCALE: usize = 16; // log density where both bracketed terms are 0
  export const CENTRE: usize = 24; // x there; 0: the terms are log x and log y themselves
  export const PER_CENTRE: usize = 32; // 1/x there
  export const PER_REST: usize = 40; // 1/(1 - x) there
  export const DISTANCE: usize = 48; // offset above the lowest one
  export const ENTRY: usize = 56; // 1 - the greatest u at which the arm matters
  export const LOW: usize = 64; // lowest quality that matters
  export const WIDTH: usize = 72; // longest panel
  export const LEFT_POWER: usize = 80; // a where the density is singular at 0 (as a complex function), else 0
  export const RIGHT_POWER: usize = 88; // b, at 1
  export const LOG_END: usize = 96; // log(b B(a, b)): P(X > 1 - y) -> y^b e^-LOG_END
  export const ABOVE: usize = 104; // P(U > u) so far
  export const P: usize = 112;
  export const INDEX: usize = 120; // u32
  export const EARLY: usize = 124; // u32: may it enter within a panel, being negligible and smooth at its end?
  export const SLOPE: usize = 128; // d log F / du at the last point
  export const REACH: usize = 136; // longest panel where it is longer than WIDTH: REACH + FAR u
  export const VALUES: usize = 144; // 8 f64: density × Jacobian at the points of the panel
  export const BELOW: usize = 208; // 8 f64: F there
  export const PREFIX: usize = 272; // 8 f64: product of F of the arms before
}
export const ARM_BYTES: usize = 336;

/** e^-32 = 1.3e-14 is left out at each end. */
const TAIL: f64 = 32;
/** Standard deviations a panel, and how many more for each deviation by which it begins further above the mean than two. */
const PANEL_DEVIATIONS: f64 = 1.2;
export const FAR: f64 = 0.28;
/** Deviations from the mean beyond which a smooth end of the density is out of sight. */
const OUT_OF_SIGHT: f64 = 6.5;
/** From this shape on, or where it is whole, the end of the density is smooth enough for a panel to end on it. */
const SMOOTH_FROM: f64 = 10;

export function prepareArm(record: usize, index: u32, a: f64, b: f64, distance: f64): void {
  const s = a + b;
  const mean = a / s;
  const rest = b / s;
  const variance = (mean * rest) / (s + 1);
  const skew = (TAIL * (b - a)) / (1.5 * s * (s + 2));
  const above = reach(max(0.0, skew), variance);
  const below = reach(max(0.0, -skew), variance);
  store<u32>(record, index, Arm.INDEX);
  store<f64>(record, a - 1, Arm.A);
  store<f64>(record, b - 1, Arm.B);
  store<f64>(record, distance, Arm.DISTANCE);
  store<f64>(record, distance + max(0.0, rest - above), Arm.ENTRY);
  store<f64>(record, mean - below, Arm.LOW);
  // A shape below 1 adds a peak at its end, which has panels of its own; the rest is as wide as with shape 1.
  const wideA = max(a, 1.0);
  const wideB = max(b, 1.0);
  const wideS = wideA + wideB;
  const wideMean = wideA / wideS;
  const deviation = sqrt((wideMean * (wideB / wideS)) / (wideS + 1));
  store<f64>(record, PANEL_DEVIATIONS * deviation, Arm.WIDTH);
  store<f64>(record, below >= mean && isSingular(a) ? a : 0, Arm.LEFT_POWER);
  const rightPower = above >= rest && isSingular(b) ? b : 0;
  store<f64>(record, rightPower, Arm.RIGHT_POWER);
  const early = rightPower == 0 && rest > min(above, OUT_OF_SIGHT * deviation);
  store<u32>(record, u32(early), Arm.EARLY);
  store<f64>(record, early ? (PANEL_DEVIATIONS - 2 * FAR) * deviation + FAR * (distance - wideMean) : -1, Arm.REACH);
  store<f64>(record, 0, Arm.ABOVE);
  store<f64>(record, 0, Arm.P);
  store<f64>(record, 1e300, Arm.SLOPE);
  if (min(a, b) < STIRLING_FROM) {
    const logB = logBeta(a, b);
    store<f64>(record, -logB, Arm.LOG_SCALE);
    store<f64>(record, 0, Arm.CENTRE);
    store<f64>(record, logB + log(b), Arm.LOG_END);
  } else {
    store<f64>(record, logPeak(a, b) - log(mean * rest), Arm.LOG_SCALE);
    store<f64>(record, mean, Arm.CENTRE);
    store<f64>(record, 1 / mean, Arm.PER_CENTRE);
    store<f64>(record, 1 / rest, Arm.PER_REST);
  }
}

/** t with t² / (2 (v + c t/3)) = TAIL; `skew` is TAIL c/3. */
// @ts-ignore: decorator
@inline
function reach(skew: f64, variance: f64): f64 {
  return skew + sqrt(skew * skew + 2 * TAIL * variance);
}

// @ts-ignore: decorator
@inline
function isSingular(shape: f64): bool {
  return shape < SMOOTH_FROM && shape != floor(shape);
}
