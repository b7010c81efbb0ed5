/** A point of the cost–quality plane. */
export interface HullPoint {
  readonly costUsd: number;
  readonly quality: number;
}

/** Relative slack left of the cheapest arm, for sums that were rounded differently. */
const COST_SLACK = 1e-9;

/**
 * Corners of the static-mixture hull, by rising cost and quality: what a coin that picks among fixed arms can reach at
 * each cost (upper concave hull, Andrew's monotone chain). Flat to the right of its last corner.
 */
export function staticMixtureHull(arms: readonly HullPoint[]): HullPoint[] {
  const sorted = [...arms].sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality);
  const corners: HullPoint[] = [];
  for (const point of sorted) {
    if (corners.length > 0 && point.quality <= corners.at(-1)!.quality) continue;
    while (corners.length >= 2 && !turnsRight(corners.at(-2)!, corners.at(-1)!, point))
      corners.pop();
    corners.push(point);
  }
  return corners;
}

function turnsRight(a: HullPoint, b: HullPoint, c: HullPoint): boolean {
  return (
    (b.quality - a.quality) * (c.costUsd - a.costUsd) >
    (c.quality - a.quality) * (b.costUsd - a.costUsd)
  );
}

/** Quality of the hull at a cost; NaN left of the cheapest arm, where no mixture is that cheap. */
export function hullQuality(corners: readonly HullPoint[], costUsd: number): number {
  if (!(costUsd >= corners[0]!.costUsd * (1 - COST_SLACK))) return NaN;
  for (let i = 1; i < corners.length; i++) {
    const right = corners[i]!;
    if (costUsd > right.costUsd) continue;
    const left = corners[i - 1]!;
    const share = Math.max(0, costUsd - left.costUsd) / (right.costUsd - left.costUsd);
    return left.quality + share * (right.quality - left.quality);
  }
  return corners.at(-1)!.quality;
}
