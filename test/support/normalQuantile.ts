import normalCdf from '@stdlib/stats-base-dists-normal-cdf';

/** z with P(|Z| > z) = level for a standard normal Z, by bisection of the lower tail (which keeps its precision). */
export function twoSidedQuantile(level: number): number {
  let low = 0;
  let high = 38;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (2 * normalCdf(-middle, 0, 1) > level) low = middle;
    else high = middle;
  }
  return high;
}
