import type { PolicyResult, ReplaySeries } from '../result';
import { costScale, linearScale, logTicks, type PlotScale } from './plotScale';
import { PLOT_WIDTH } from './plotStyle';

/** Inner height of the cost–quality plot, px. */
export const PLANE_HEIGHT = 460;

/** The axes of the cost–quality plot: cost to the right, quality upwards. */
export interface Plane {
  readonly x: PlotScale;
  readonly y: PlotScale;
}

/** A point of the plane; cost in USD per 1,000 requests. */
export interface PlanePoint {
  readonly cost: number;
  readonly quality: number;
}

/** Bounds that hold every model and every policy's interval. */
export function planeOf(policies: readonly PolicyResult[], series: ReplaySeries): Plane {
  const costs = [
    ...policies.flatMap((one) => [one.costUsdPer1000.mean, ...one.costUsdPer1000.ci95]),
    ...series.arms.map((one) => one.costUsdPer1000),
  ];
  const qualities = [
    ...policies.flatMap((one) => [one.quality.mean, ...one.quality.ci95]),
    ...series.arms.map((one) => one.quality),
  ];
  return { x: costScale(costs), y: linearScale(qualities, 0.07) };
}

export function xOf({ x }: Plane, field = 'cost') {
  return {
    field,
    type: 'quantitative' as const,
    title: `Cost (USD per 1,000 requests${x.log ? ', log scale' : ''})`,
    scale: {
      type: x.log ? ('log' as const) : ('linear' as const),
      domain: [...x.domain],
      nice: false,
    },
    axis: x.log ? { values: logTicks(x), format: '$,.3~r' } : { format: '$,.3~r', tickCount: 8 },
  };
}

export function yOf({ y }: Plane, field = 'quality') {
  return {
    field,
    type: 'quantitative' as const,
    title: 'Mean quality (0 to 1)',
    scale: { domain: [...y.domain], nice: false },
    axis: { format: '.3~f', tickCount: 8 },
  };
}

export function xPixel(plane: Plane, cost: number): number {
  return plane.x.position(cost) * PLOT_WIDTH;
}

export function yPixel(plane: Plane, quality: number): number {
  return (1 - plane.y.position(quality)) * PLANE_HEIGHT;
}
