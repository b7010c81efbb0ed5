import type { FixedArm, Frontier, ReplayResult, ReplaySeries } from '../result';
import { labelsOf } from './names';
import { fixed, NOTHING } from './numbers';
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
  return {
    title: { text: 'Quality bought by calls of the strong model', subtitle: subtitle(frontier) },
    description: 'Lines of mean quality over the share of requests sent to the strong model',
    width: PLOT_WIDTH,
    height: HEIGHT,
    layer: [...chanceLayers(series.arms), ...policyLayers(result, frontier)],
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

const Y = {
  field: 'quality',
  type: 'quantitative' as const,
  title: 'Mean quality (0 to 1)',
  scale: { zero: false },
  axis: { format: '.3~f', tickCount: 8 },
};

/** Sending a random share to the strong model gives the straight line; with other than two models there is none. */
function chanceLayers(arms: readonly FixedArm[]): PlotLayer[] {
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
      encoding: { x: X, y: Y },
    },
    note(ends.slice(0, 1), { align: 'left', dx: 6, dy: 12 }),
    note(ends.slice(1), { align: 'right', dx: -2, dy: -12 }),
    note([middle], { align: 'left', dx: 6, dy: 12 }),
  ];
}

interface NoteOffset {
  readonly align: 'left' | 'right';
  readonly dx: number;
  readonly dy: number;
}

function note(
  values: { strongShare: number; quality: number; text: string }[],
  at: NoteOffset,
): PlotLayer {
  return {
    data: { values },
    mark: { type: 'text', color: INK, fontSize: 11, ...at },
    encoding: { x: X, y: Y, text: { field: 'text', type: 'nominal' } },
  };
}

function policyLayers(result: ReplayResult, frontier: readonly Frontier[]): PlotLayer[] {
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
  const order = [...new Set([...result.policies.map((one) => one.policy), ...names])];
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
      encoding: { x: X, y: Y, color, order: { field: 'strongShare', type: 'quantitative' } },
    },
    {
      data: { values },
      mark: { type: 'point', filled: true, size: 40, opacity: 1 },
      encoding: { x: X, y: Y, color, shape },
    },
  ];
}
