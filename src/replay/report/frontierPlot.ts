import type { FixedArm, Frontier, ReplayResult, ReplaySeries } from '../result';
import { policyOrder } from './baselines';
import { labelsOf } from './names';
import { fixed, NOTHING } from './numbers';
import { linearScale } from './plotScale';
import {
  colours,
  GREY,
  INK,
  PLOT_CONFIG,
  PLOT_WIDTH,
  shapes,
  type PlotLayer,
  type PlotSpec,
} from './plotStyle';

const HEIGHT = 380;

/** Quality against the share of strong calls, a line for each swept policy, and the line of chance where it is known. */
export function frontierPlot(
  result: ReplayResult,
  series: ReplaySeries,
  frontier: readonly Frontier[],
): PlotSpec {
  const y = yOf(frontier, series.arms);
  return {
    title: { text: 'Quality bought by calls of the strong model', subtitle: subtitle(frontier) },
    description: 'Lines of mean quality over the share of requests sent to the strong model',
    width: PLOT_WIDTH,
    height: HEIGHT,
    layer: [...chanceLayers(series.arms, y), ...policyLayers(result, frontier, y)],
    config: PLOT_CONFIG,
  };
}

function subtitle(frontier: readonly Frontier[]): string {
  const labels = labelsOf(frontier.map((one) => one.policy));
  const areas = frontier.map(
    (one) => `${labels.get(one.policy) ?? ''} ${one.apgr === null ? NOTHING : fixed(one.apgr)}`,
  );
  return `APGR (0.5 is chance): ${areas.slice(0, 6).join(', ')}${areas.length > 6 ? ', …' : ''}`;
}

const X = {
  field: 'strongShare',
  type: 'quantitative' as const,
  title: 'Requests sent to the strong model (%)',
  scale: { domain: [0, 1] },
  axis: { format: '.0%' },
};

/** Bounds with room for the two models' names beyond the ends of the line of chance. */
function yOf(frontier: readonly Frontier[], arms: readonly FixedArm[]) {
  const points = frontier.flatMap((one) => one.points);
  const { domain } = linearScale(
    [...points, ...arms].map((one) => one.quality),
    0.12,
  );
  return {
    field: 'quality',
    type: 'quantitative' as const,
    title: 'Mean quality (0 to 1)',
    scale: { domain: [...domain], nice: false },
    axis: { format: '.3~f', tickCount: 8 },
  };
}

type QualityAxis = ReturnType<typeof yOf>;

/** Sending a random share to the strong model gives the straight line; with other than two models there is none. */
function chanceLayers(arms: readonly FixedArm[], y: QualityAxis): PlotLayer[] {
  const [weak, strong] = [...arms].sort((a, b) => a.quality - b.quality);
  if (arms.length !== 2 || !weak || !strong) return [];
  const labels = labelsOf([weak.model, strong.model]);
  const ends = [
    { strongShare: 0, quality: weak.quality, text: `weak: ${labels.get(weak.model) ?? ''}` },
    { strongShare: 1, quality: strong.quality, text: `strong: ${labels.get(strong.model) ?? ''}` },
  ];
  const middle = { strongShare: 0.5, quality: (weak.quality + strong.quality) / 2, text: 'chance' };
  return [
    {
      data: { values: ends },
      mark: { type: 'line', color: INK, strokeDash: [6, 4], opacity: 0.7, strokeWidth: 1.4 },
      encoding: { x: X, y },
    },
    note(ends.slice(0, 1), y, { align: 'left', dx: 6, dy: 12 }),
    note(ends.slice(1), y, { align: 'right', dx: -2, dy: -12 }),
    note([middle], y, { align: 'left', dx: 6, dy: 12 }),
  ];
}

interface NoteOffset {
  readonly align: 'left' | 'right';
  readonly dx: number;
  readonly dy: number;
}

function note(
  values: { strongShare: number; quality: number; text: string }[],
  y: QualityAxis,
  at: NoteOffset,
): PlotLayer {
  return {
    data: { values },
    mark: { type: 'text', color: INK, fontSize: 11, ...at },
    encoding: { x: X, y, text: { field: 'text', type: 'nominal' } },
  };
}

function policyLayers(
  result: ReplayResult,
  frontier: readonly Frontier[],
  y: QualityAxis,
): PlotLayer[] {
  const names = frontier.map((one) => one.policy);
  const labels = labelsOf(names);
  const values = frontier.flatMap((one) =>
    one.points.map(({ strongShare, quality }) => ({
      strongShare,
      quality,
      policy: labels.get(one.policy) ?? '',
    })),
  );
  const domain = [...labels.values()];
  const order = policyOrder(result, names);
  const pick = (styles: string[]) =>
    [...labels.keys()].map((name) => styles[order.indexOf(name)] ?? GREY);
  const color = {
    field: 'policy',
    type: 'nominal' as const,
    title: 'Policy',
    scale: { domain, range: pick(colours(order.length)) },
  };
  const shape = { ...color, scale: { domain, range: pick(shapes(order.length)) } };
  return [
    {
      data: { values },
      mark: { type: 'line', strokeWidth: 1.8 },
      encoding: { x: X, y, color, order: { field: 'strongShare', type: 'quantitative' } },
    },
    {
      data: { values },
      mark: { type: 'point', filled: true, size: 40, opacity: 1 },
      encoding: { x: X, y, color, shape },
    },
  ];
}
