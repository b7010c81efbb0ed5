/** How long the panels of a propensity integral are near an end where densities look like powers of the distance (docs/MATH.md §15). */
import { log } from '../math/log';

/** e-folds of distance in one logarithmic panel near the inner end of the power law. */
const LOG_LENGTH: f64 = 2;
/** e-folds of the power itself. */
export const POWER_LENGTH: f64 = 4;
/** Longest logarithmic panel, in units of an even one. */
export const LOG_WIDTH: f64 = 0.1;
/** More panels than any integral has. */
export const MOST_PANELS: i32 = 20000;

/** A logarithmic panel may be the longer the further inside the range of the power law it is. */
// @ts-ignore: decorator
@inline
export function logLength(mixed: f64): f64 {
  return LOG_LENGTH - 0.1 * log(min(1.0, mixed));
}

/** 1 where two distances are alike, towards 0 where one is much smaller: then each looks like a power alone. */
// @ts-ignore: decorator
@inline
export function nearness(a: f64, b: f64): f64 {
  return a == 0 ? 0 : min(a / b, b / a);
}
