import type { FixedArm, PolicyResult, ReplayResult, ReplaySeries } from '../result';
import { isFixedModel, usesHindsight } from './baselines';
import { labelLayers } from './costQualityLabels';
import { PLANE_HEIGHT, planeOf, xOf, yOf, type Plane, type PlanePoint } from './costQualityPlane';
import { labelsOf } from './names';
import type { PlotScale } from './plotScale';
import {
  colours,
  INK,
  PLOT_CONFIG,
  PLOT_WIDTH,
  shapes,
  type PlotLayer,
  type PlotSpec,
} from './plotStyle';

/** Points of an edge of the hull on a log axis, where a mixture of two models is a curve. */
const EDGE_STEPS = 32;

/** Cost–quality plane: hull line, fixed models as grey labelled points, policies with their 95 % intervals. */
export function costQualityPlot(result: ReplayResult, series: ReplaySeries): PlotSpec {
  // A fixed model is a ring with its name already.
  const policies = result.policies.filter((one) => !isFixedModel(one.policy));
  const plane = planeOf(policies, series);
  const hull = hullLine(series, plane.x);
  return {
    title: { text: 'Quality and cost of every policy and model', subtitle: subtitle(result) },
    description: 'Scatter plot of mean quality over cost, policies with 95 % intervals',
    width: PLOT_WIDTH,
    height: PLANE_HEIGHT,
    layer: [
      hullLayer(hull, plane),
      ...intervalLayers(policies, plane),
      armLayer(series.arms, plane),
      policyLayer(policies, plane),
      ...labelLayers(policies, series.arms, hull, plane),
    ],
    config: PLOT_CONFIG,
  };
}

function subtitle(result: ReplayResult): string {
  const known = result.policies.filter(
    (one) => one.hullGain && !usesHindsight(one.policy) && !isFixedModel(one.policy),
  );
  const surely = known.filter((one) => one.hullGain !== null && one.hullGain.ci95[0] > 0);
  return `Above the dashed hull with their whole interval: ${surely.length} of ${known.length} policies without hindsight`;
}

function hullLayer(hull: PlanePoint[], plane: Plane): PlotLayer {
  return {
    data: { values: hull },
    mark: { type: 'line', color: INK, strokeDash: [6, 4], strokeWidth: 1.4, opacity: 0.7 },
    encoding: { x: xOf(plane), y: yOf(plane), order: { field: 'cost', type: 'quantitative' } },
  };
}

/** The hull's corners, its edges drawn out for a log axis, and flat from the best model to the right end. */
function hullLine(series: ReplaySeries, x: PlotScale): PlanePoint[] {
  const line: PlanePoint[] = [];
  let before: PlanePoint | undefined;
  for (const { costUsdPer1000: cost, quality } of series.hull) {
    const corner = { cost, quality };
    if (before && x.log) line.push(...edge(before, corner));
    line.push(corner);
    before = corner;
  }
  if (before) line.push({ cost: x.domain[1], quality: before.quality });
  return line;
}

function edge(from: PlanePoint, to: PlanePoint): PlanePoint[] {
  return Array.from({ length: EDGE_STEPS - 1 }, (_, i) => {
    const share = (i + 1) / EDGE_STEPS;
    return {
      cost: from.cost + share * (to.cost - from.cost),
      quality: from.quality + share * (to.quality - from.quality),
    };
  });
}

function intervalLayers(policies: readonly PolicyResult[], plane: Plane): PlotLayer[] {
  const values = policyValues(policies, plane);
  const color = policyColour(policies);
  const mark = { type: 'rule' as const, strokeWidth: 1.5, opacity: 0.75 };
  return [
    {
      data: { values },
      mark,
      encoding: { x: xOf(plane, 'costLow'), x2: { field: 'costHigh' }, y: yOf(plane), color },
    },
    {
      data: { values },
      mark,
      encoding: { x: xOf(plane), y: yOf(plane, 'qualityLow'), y2: { field: 'qualityHigh' }, color },
    },
  ];
}

function policyValues(policies: readonly PolicyResult[], { x, y }: Plane) {
  const labels = labelsOf(policies.map((one) => one.policy));
  return policies.map((one) => ({
    policy: labels.get(one.policy) ?? '',
    cost: x.clamp(one.costUsdPer1000.mean),
    costLow: x.clamp(one.costUsdPer1000.ci95[0]),
    costHigh: x.clamp(one.costUsdPer1000.ci95[1]),
    quality: one.quality.mean,
    qualityLow: y.clamp(one.quality.ci95[0]),
    qualityHigh: y.clamp(one.quality.ci95[1]),
  }));
}

function policyColour(policies: readonly PolicyResult[]) {
  const domain = [...labelsOf(policies.map((one) => one.policy)).values()];
  return {
    field: 'policy',
    type: 'nominal' as const,
    title: 'Policy',
    // The intervals are paler than the points; the shared legend must not be.
    legend: { symbolOpacity: 1 },
    scale: { domain, range: colours(domain.length) },
  };
}

function policyLayer(policies: readonly PolicyResult[], plane: Plane): PlotLayer {
  const color = policyColour(policies);
  const { domain } = color.scale;
  return {
    data: { values: policyValues(policies, plane) },
    mark: { type: 'point', filled: true, size: 90, opacity: 1 },
    encoding: {
      x: xOf(plane),
      y: yOf(plane),
      color,
      shape: { ...color, scale: { domain, range: shapes(domain.length) } },
    },
  };
}

function armLayer(arms: readonly FixedArm[], plane: Plane): PlotLayer {
  const values = arms.map((arm) => ({ cost: arm.costUsdPer1000, quality: arm.quality }));
  return {
    data: { values },
    mark: { type: 'point', shape: 'circle', size: 45, stroke: INK, strokeWidth: 1.3 },
    encoding: { x: xOf(plane), y: yOf(plane) },
  };
}
