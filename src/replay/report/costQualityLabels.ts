import type { FixedArm, PolicyResult } from '../result';
import {
  PLANE_HEIGHT,
  xOf,
  xPixel,
  yOf,
  yPixel,
  type Plane,
  type PlanePoint,
} from './costQualityPlane';
import { labelsOf } from './names';
import { placeLabels, type Box, type LabelAlign, type PlacedLabel } from './placeLabels';
import { INK, PLOT_WIDTH, type PlotLayer } from './plotStyle';

const FONT_SIZE = 11;
/** Squares a stretch of the hull is covered with. */
const LINE_STEPS = 64;

/** Models' names where there is room; policies are told by colour and shape in the legend. */
export function labelLayers(
  policies: readonly PolicyResult[],
  arms: readonly FixedArm[],
  hull: readonly PlanePoint[],
  plane: Plane,
): PlotLayer[] {
  const labels = labelsOf(
    arms.map((arm) => arm.model),
    28,
  );
  const bestFirst = [...arms].sort((a, b) => b.quality - a.quality);
  const wishes = bestFirst.map((arm) => ({
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
  const obstacles = [
    ...points,
    ...policies.flatMap((one) => policyBoxes(one, plane)),
    ...lineBoxes(hull, plane),
  ];
  const area = { width: PLOT_WIDTH, height: PLANE_HEIGHT, fontSize: FONT_SIZE };
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

/** Small squares along a line, near enough to each other that no letter fits between. */
function lineBoxes(line: readonly PlanePoint[], plane: Plane): Box[] {
  return line.slice(1).flatMap((to, i) => {
    const from = line[i] ?? to;
    return Array.from({ length: LINE_STEPS + 1 }, (_, step) => {
      const share = step / LINE_STEPS;
      const x = mix(xPixel(plane, from.cost), xPixel(plane, to.cost), share);
      const y = mix(yPixel(plane, from.quality), yPixel(plane, to.quality), share);
      return { left: x - 2, right: x + 2, top: y - 2, bottom: y + 2 };
    });
  });
}

function mix(from: number, to: number, share: number): number {
  return from + share * (to - from);
}

function textLayer(align: LabelAlign, placed: readonly PlacedLabel[], plane: Plane): PlotLayer {
  const values = placed
    .filter((label) => label.align === align)
    .map((label) => ({
      text: label.wish.text,
      cost: plane.x.valueAt(label.x / PLOT_WIDTH),
      quality: plane.y.valueAt(1 - label.y / PLANE_HEIGHT),
    }));
  return {
    data: { values },
    mark: { type: 'text', align, baseline: 'middle', fontSize: FONT_SIZE, color: INK },
    encoding: { x: xOf(plane), y: yOf(plane), text: { field: 'text', type: 'nominal' } },
  };
}
