/** The plots of bench/RESULTS.md, in the style of the replay's report. */
import { costScale, logTicks } from '../../src/replay/report/plotScale';
import {
  colours,
  GREY,
  INK,
  PLOT_CONFIG,
  PLOT_WIDTH,
  shapes,
  type PlotSpec,
} from '../../src/replay/report/plotStyle';
import type { Entrant } from '../cases';
import type { Judged, Line } from '../verdicts';

export interface Figure {
  readonly file: string;
  readonly caption: string;
  readonly plot: (judged: readonly Judged[]) => PlotSpec;
}

export const FIGURES: readonly Figure[] = [
  {
    file: 'aims.svg',
    caption:
      'How many times faster than each peer, by the medians of the ratios of each round (bars: quartiles), with the floor and the goal.',
    plot: aimsPlot,
  },
  {
    file: 'draws.svg',
    caption: 'Nanoseconds a draw, medians; of a peer with several ways the fastest.',
    plot: drawsPlot,
  },
  {
    file: 'others.svg',
    caption: 'Time of every contestant over ours; of a peer with several ways the fastest.',
    plot: othersPlot,
  },
];

const ROW_HEIGHT = 24;
/** A file is seen on pages of any colour: it brings its own. */
const PAGE = { ...PLOT_CONFIG, background: 'white' };

function xAxis(values: readonly number[], title: string) {
  const scale = costScale(values, 0.08);
  return {
    type: 'quantitative' as const,
    title: scale.log ? `${title} (log scale)` : title,
    scale: {
      type: scale.log ? ('log' as const) : ('linear' as const),
      domain: [...scale.domain],
      nice: false,
    },
    axis: scale.log ? { values: logTicks(scale), format: ',.3~r' } : { format: ',.3~r' },
  };
}

function rows(names: readonly string[]) {
  return {
    field: 'row',
    type: 'nominal' as const,
    sort: [...names],
    title: null,
    axis: { grid: true, ticks: false, labelLimit: 420 },
  };
}

function aimsPlot(judged: readonly Judged[]): PlotSpec {
  const values = judged.flatMap(({ verdicts }) =>
    verdicts.flatMap(({ case: one, aim, line }) => {
      const peer = seriesOf(aim.peers[0], one.work);
      const row = `${one.title} : ${peer}`;
      const { floor, goal } = aim;
      // Of what was not measured floor and goal alone are drawn.
      const { median, lower, upper } = line?.ratio ?? {};
      return [{ row, peer, floor, goal, median, lower, upper }];
    }),
  );
  const names = values.map(({ row }) => row);
  const peers = [...new Set(values.map(({ peer }) => peer))];
  const all = values.flatMap(({ floor, goal, median }) => [
    floor,
    goal,
    ...(median ? [median] : []),
  ]);
  const x = xAxis(all, 'times faster than the peer');
  const y = rows(names);
  const color = {
    field: 'peer',
    type: 'nominal' as const,
    title: 'against',
    scale: { domain: peers, range: ranged(peers, colours) },
  };
  const mark = (kind: string) => ({ datum: kind, type: 'nominal' as const });
  const kinds = {
    domain: ['reached', 'goal', 'floor'],
    range: ['circle', 'triangle-right', 'stroke'],
  };
  const shape = (kind: string) => ({ ...mark(kind), title: null, scale: kinds });
  const tick = (field: string) => ({
    mark: {
      type: 'point' as const,
      filled: true,
      size: 70,
      color: INK,
      stroke: INK,
      angle: field === 'floor' ? 90 : 0,
    },
    encoding: { x: { ...x, field }, y, shape: shape(field) },
  });
  return {
    title: { text: 'Reached, floor and goal' },
    description: 'Dot plot of the ratio to each peer with floor and goal',
    width: PLOT_WIDTH,
    height: { step: ROW_HEIGHT },
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1, opacity: 0.35, color: INK },
        encoding: { x: { ...x, field: 'floor' }, x2: { field: 'goal' }, y },
      },
      tick('floor'),
      tick('goal'),
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x: { ...x, field: 'lower' }, x2: { field: 'upper' }, y, color },
      },
      {
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: { x: { ...x, field: 'median' }, y, color, shape: shape('reached') },
      },
    ],
    config: PAGE,
  };
}

function drawsPlot(judged: readonly Judged[]): PlotSpec {
  const values = judged
    .filter(({ result }) => result.case.unit === 'draw')
    .flatMap((one) =>
      fastest(one).map(({ series, line }) => ({
        row: one.result.case.title,
        series,
        value: line.nanoseconds.median,
      })),
    );
  return dots(values, 'Random draws', 'nanoseconds a draw');
}

function othersPlot(judged: readonly Judged[]): PlotSpec {
  const values = judged
    .filter(({ result }) => result.case.unit !== 'draw' && result.case.aims.length > 0)
    .flatMap((one) =>
      fastest(one).flatMap(({ series, line }) =>
        line.ratio ? [{ row: one.result.case.title, series, value: line.ratio.median }] : [],
      ),
    );
  return dots(values, 'Decisions, regression, replay', 'time over ours');
}

interface Dot {
  readonly row: string;
  readonly series: string;
  readonly value: number;
}

function dots(values: readonly Dot[], title: string, measure: string): PlotSpec {
  const names = [...new Set(values.map(({ row }) => row))];
  const series = SERIES.filter((name) => values.some((one) => one.series === name));
  const x = {
    ...xAxis(
      values.map(({ value }) => value),
      measure,
    ),
    field: 'value',
  };
  return {
    title: { text: title },
    description: `Dot plot: ${measure} of every contestant`,
    width: PLOT_WIDTH,
    height: { step: ROW_HEIGHT },
    data: { values: [...values] },
    mark: { type: 'point', filled: true, size: 90, opacity: 0.9 },
    encoding: {
      x,
      y: rows(names),
      color: {
        field: 'series',
        type: 'nominal',
        title: null,
        scale: { domain: series, range: ranged(series, colours) },
      },
      shape: {
        field: 'series',
        type: 'nominal',
        title: null,
        scale: { domain: series, range: ranged(series, shapes) },
      },
    },
    config: PAGE,
  };
}

const SERIES = [
  'thompsonite',
  'thompsonite, exact draws',
  'plain TypeScript',
  '@stdlib',
  'numpy',
  'scikit-learn',
  'scipy BLAS',
  'Rust rand_distr',
];

/** Colours or shapes of `series`: one series looks the same in every plot. */
function ranged(series: readonly string[], looks: (count: number) => string[]): string[] {
  const all = looks(SERIES.length);
  return series.map((name) => all[SERIES.indexOf(name)] ?? GREY);
}

function seriesOf(entrant: Entrant | undefined, work: string): string {
  switch (entrant?.process) {
    case 'thompsonite':
      return work === 'beta' && entrant.variant === 'exact'
        ? 'thompsonite, exact draws'
        : 'thompsonite';
    case 'plain':
      return 'plain TypeScript';
    case 'stdlib':
      return '@stdlib';
    case 'rust':
      return 'Rust rand_distr';
    default:
      if (work === 'ridge-fit' || work === 'predict') return 'scikit-learn';
      return entrant?.variant.startsWith('d') ? 'scipy BLAS' : 'numpy';
  }
}

/** The fastest line of each series. */
function fastest({ result, lines }: Judged): { series: string; line: Line }[] {
  const best = new Map<string, Line>();
  for (const line of lines) {
    const series = seriesOf(line.entrant, result.case.work);
    const known = best.get(series);
    if (!known || line.nanoseconds.median < known.nanoseconds.median) best.set(series, line);
  }
  return [...best].map(([series, line]) => ({ series, line }));
}
