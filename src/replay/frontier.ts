/** Curves of quality against the share of strong calls, as RouteLLM reads them (docs/MATH.md §11). */

/** One setting of a policy, mean over requests. */
export interface CurvePoint {
  /** Share of strong calls, or normalised cost: 0 = all weak, 1 = all strong. */
  readonly share: number;
  readonly quality: number;
}

/**
 * Average performance gap recovered (Ong et al. 2024, arXiv:2406.18665): area under the curve with the anchors
 * (0, weak) and (1, strong), by trapezoids, as a share of the gap. NaN where weak and strong are equally good.
 */
export function averageGapRecovered(
  points: readonly CurvePoint[],
  weakQuality: number,
  strongQuality: number,
): number {
  const curve = anchored(points, weakQuality, strongQuality);
  let area = 0;
  for (let i = 1; i < curve.length; i++) {
    const left = curve[i - 1]!;
    const right = curve[i]!;
    area += ((right.share - left.share) * (left.quality + right.quality)) / 2;
  }
  return (area - weakQuality) / (strongQuality - weakQuality);
}

/**
 * Call-performance threshold: least share of strong calls at which the running maximum of quality, linearly
 * interpolated, recovers `recovered` (in [0, 1]) of the gap.
 */
export function callPerformanceThreshold(
  points: readonly CurvePoint[],
  weakQuality: number,
  strongQuality: number,
  recovered: number,
): number {
  const wanted = weakQuality + recovered * (strongQuality - weakQuality);
  let left: CurvePoint = { share: 0, quality: weakQuality };
  for (const point of anchored(points, weakQuality, strongQuality)) {
    const right = { share: point.share, quality: Math.max(left.quality, point.quality) };
    if (right.quality >= wanted) {
      const rise = right.quality - left.quality;
      return rise > 0
        ? left.share + ((wanted - left.quality) / rise) * (right.share - left.share)
        : right.share;
    }
    left = right;
  }
  return 1;
}

function anchored(
  points: readonly CurvePoint[],
  weakQuality: number,
  strongQuality: number,
): CurvePoint[] {
  const anchors = [
    { share: 0, quality: weakQuality },
    { share: 1, quality: strongQuality },
  ];
  return [...anchors, ...points].sort((a, b) => a.share - b.share || a.quality - b.quality);
}
