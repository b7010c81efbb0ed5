import type { TopLevelSpec } from 'vega-lite';

export type PlotSpec = TopLevelSpec;
/** One layer of a layered plot. */
export type PlotLayer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Inner size of a plot, px. */
export const PLOT_WIDTH = 760;

/**
 * Okabe–Ito, without its black and yellow (each vanishes on one of a light and a dark page), and four more of middle
 * lightness. Where there are many series, shape or dash tells them apart as well: colour never carries the meaning alone.
 */
export const PALETTE = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#8C6BB1',
  '#8A7A00',
  '#B0506A',
  '#4C8C8C',
] as const;

export const GREY = '#8A8F98';
export const GAIN = '#0072B2';
export const LOSS = '#D55E00';

/** The page's text colour: the SVG follows it from light to dark. */
export const INK = 'currentColor';

const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
];
const DASHES = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
];

/** Colour of each of `count` series; repeats after ten. */
export function colours(count: number): string[] {
  return cycle(PALETTE, count);
}

/** Shape of each of `count` series: seven, so that with ten colours the pair first repeats after seventy. */
export function shapes(count: number): string[] {
  return cycle(SHAPES, count);
}

/** Dash of each of `count` lines; changes from line to line and differs on the second round of colours. */
export function dashes(count: number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / PALETTE.length);
    return DASHES[(i + round) % DASHES.length] ?? [1, 0];
  });
}

function cycle(values: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, i) => values[i % values.length] ?? GREY);
}

/** Everything the plots share. Marks carry no aria text: thousands of labels would drown the plot's own description. */
export const PLOT_CONFIG: NonNullable<PlotSpec['config']> = {
  background: 'transparent',
  font: 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  mark: { aria: false },
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    color: INK,
    fontSize: 15,
    fontWeight: 600,
    subtitleColor: INK,
    subtitleFontSize: 12,
    subtitlePadding: 4,
    offset: 14,
  },
  axis: {
    aria: false,
    labelColor: INK,
    titleColor: INK,
    titleFontWeight: 'normal',
    titleFontSize: 12,
    titlePadding: 10,
    labelFontSize: 11,
    labelLimit: 400,
    maxExtent: 400,
    domainColor: GREY,
    tickColor: GREY,
    gridColor: GREY,
    gridOpacity: 0.25,
  },
  legend: {
    aria: false,
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11,
    titleFontSize: 12,
    labelLimit: 400,
    titleLimit: 400,
    symbolSize: 80,
    rowPadding: 4,
  },
};
