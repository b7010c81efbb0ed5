/** Rounding errors of the kernel's draws, for `ksStatistic`: how far a draw may be from the exact one it stands for. */

/** Ends of an operation or two, each half an ulp, with a factor of some 4 to spare. */
const ULPS = 4 * 2 ** -52;
/**
 * Draws made in log space, exp(L): a relative error of |L| ulps. |L| < 4e4 at shapes >= 1e-3, hence < 1e-11; with a
 * factor of 10 to spare.
 */
const LOG_SPACE = 1e-10;
const SMALLEST = 2 ** -1074;

/** A Beta draw: relative to x near 0 and to 1 - x near 1, but never finer than f64 there. */
export function betaCell(x: number): number {
  return LOG_SPACE * x * (1 - x) + ULPS * x + SMALLEST;
}

/** A Gamma draw times `scale`: below the smallest f64 before or after scaling, it is 0. */
export function gammaCell(scale: number): (x: number) => number {
  return (x) => LOG_SPACE * x + SMALLEST * Math.max(1, scale);
}

/** A location-scale draw: relative to the largest of what was added. */
export function shiftedCell(shift: number): (x: number) => number {
  return (x) => ULPS * (Math.abs(x) + Math.abs(shift));
}
