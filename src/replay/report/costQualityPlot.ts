import type { FixedArm, PolicyResult, ReplayResult, ReplaySeries } from '../result';
import { usesHindsight } from './baselines';
import { labelsOf } from './names';
import { placeLabels, type Box, type LabelAlign, type PlacedLabel } from './placeLabels';
import { costScale, linearScale, logTicks, type PlotScale } from './plotScale';
import {
  colours,
  INK,
  PLOT_CONFIG,
  PLOT_WIDTH,
  shapes,
  type PlotLayer,
  type PlotSpec,
} from './plotStyle';

const HEIGHT = 460;
const FONT_SIZE = 11;
/** Points of an edge of the hull on a log axis, where a mixture of two models is a curve. */
const EDGE_STEPS = 32;

interface Plane {
  readonly x: PlotScale;
  readonly y: PlotScale;
}

interface Point {
  readonly cost: number;
  readonly quality: number;
}

/** Cost–quality plane: hull line, fixed models as grey labelled points, policies with their 95 % intervals. */
export function costQualityPlot(result: ReplayResult, series: ReplaySeries): PlotSpec {
  // A fixed model is a ring with its name already.
  const policies = result.policies.filter((one) => !one.policy.startsWith('fixed:'));
  const plane = planeOf(policies, series);
  const axes = [hullLayer(series, plane), ...intervalLayers(policies, plane)];
  return {
    title: { text: 'Quality and cost of every policy and model', subtitle: subtitle(result) },
    description: 'Scatter plot of mean quality over cost, policies with 95 % intervals',
    width: PLOT_WIDTH,
    height: HEIGHT,
    layer: [
      ...axes,
      armLayer(series.arms, plane),
      policyLayer(policies, plane),
      ...labelLayers(policies, series.arms, plane),
    ],
    config: PLOT_CONFIG,
  };
}

function subtitle(result: ReplayResult): string {
  const known = result.policies.filter(
    (one) => one.hullGain && !usesHindsight(one.policy) && !one.policy.startsWith('fixed:'),
  );
  const surely = known.filter((one) => one.hullGain !== null && one.hullGain.ci95[0] > 0);
  return `Above the dashed hull with their whole interval: ${surely.length} of ${known.length} policies without hindsight`;
}

function planeOf(policies: readonly PolicyResult[], series: ReplaySeries): Plane {
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

function xOf({ x }: Plane, field = 'cost') {
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

function yOf({ y }: Plane, field = 'quality') {
  return {
    field,
    type: 'quantitative' as const,
    title: 'Mean quality (0 to 1)',
    scale: { domain: [...y.domain], nice: false },
    axis: { format: '.3~f', tickCount: 8 },
  };
}

function hullLayer(series: ReplaySeries, plane: Plane): PlotLayer {
  return {
    data: { values: hullLine(series, plane.x) },
    mark: { type: 'line', color: INK, strokeDash: [6, 4], strokeWidth: 1.4, opacity: 0.7 },
    encoding: { x: xOf(plane), y: yOf(plane), order: { field: 'cost', type: 'quantitative' } },
  };
}

/** The hull's corners, its edges drawn out for a log axis, and flat from the best model to the right end. */
function hullLine(series: ReplaySeries, x: PlotScale): Point[] {
  const line: Point[] = [];
  let before: Point | undefined;
  for (const { costUsdPer1000: cost, quality } of series.hull) {
    const corner = { cost, quality };
    if (before && x.log) line.push(...edge(before, corner));
    line.push(corner);
    before = corner;
  }
  if (before) line.push({ cost: x.domain[1], quality: before.quality });
  return line;
}

function edge(from: Point, to: Point): Point[] {
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

/** Models' names where there is room; policies are told by colour and shape in the legend. */
function labelLayers(
  policies: readonly PolicyResult[],
  arms: readonly FixedArm[],
  plane: Plane,
): PlotLayer[] {
  const labels = labelsOf(
    arms.map((arm) => arm.model),
    28,
  );
  const dearestQualityFirst = [...arms].sort((a, b) => b.quality - a.quality);
  const wishes = dearestQualityFirst.map((arm) => ({
    text: labels.get(arm.model) ?? '',
    x: xPixel(plane, arm.costUsdPer1000),
    y: yPixel(plane, arm.quality),
  }));
  const points = wishes.map(({ x, y }) => ({
    left: x - 5,
    right: x + 5,
    top: y - 5,
    bottom: y + 5,
  }));
  const obstacles = [...points, ...policies.flatMap((one) => policyBoxes(one, plane))];
  const area = { width: PLOT_WIDTH, height: HEIGHT, fontSize: FONT_SIZE };
  const placed = placeLabels(wishes, obstacles, area);
  const aligns: LabelAlign[] = ['left', 'center', 'right'];
  return aligns.map((align) => textLayer(align, placed, plane));
}

/** The point's square and its two interval bars. */
function policyBoxes(policy: PolicyResult, plane: Plane): Box[] {
  const x = xPixel(plane, policy.costUsdPer1000.mean);
  const y = yPixel(plane, policy.quality.mean);
  const [left, right] = policy.costUsdPer1000.ci95.map((value) => xPixel(plane, value));
  const [bottom, top] = policy.quality.ci95.map((value) => yPixel(plane, value));
  return [
    { left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 },
    { left: left ?? x, right: right ?? x, top: y - 1, bottom: y + 1 },
    { left: x - 1, right: x + 1, top: top ?? y, bottom: bottom ?? y },
  ];
}

function xPixel(plane: Plane, cost: number): number {
  return plane.x.position(cost) * PLOT_WIDTH;
}

function yPixel(plane: Plane, quality: number): number {
  return (1 - plane.y.position(quality)) * HEIGHT;
}

function textLayer(align: LabelAlign, placed: readonly PlacedLabel[], plane: Plane): PlotLayer {
  const values = placed
    .filter((label) => label.align === align)
    .map((label) => ({
      text: label.wish.text,
      cost: plane.x.valueAt(label.x / PLOT_WIDTH),
      quality: plane.y.valueAt(1 - label.y / HEIGHT),
    }));
  return {
    data: { values },
    mark: { type: 'text', align, baseline: 'middle', fontSize: FONT_SIZE, color: INK },
    encoding: { x: xOf(plane), y: yOf(plane), text: { field: 'text', type: 'nominal' } },
  };
}
