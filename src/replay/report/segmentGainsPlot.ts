import type { ReplayResult, ReplaySeries, SegmentGain } from '../result';
import { labelsOf, shortName } from './names';
import { whole } from './numbers';
import {
  GAIN,
  INK,
  LOSS,
  PLOT_CONFIG,
  PLOT_WIDTH,
  type PlotLayer,
  type PlotSpec,
} from './plotStyle';

const ROW = 17;
/** Bars that a reader still reads one by one. */
const MOST_BARS = 40;

/** Utility gained a request, segment by segment, over the best fixed model of the whole table; best on top. */
export function segmentGainsPlot(_result: ReplayResult, series: ReplaySeries): PlotSpec {
  const sorted = [...series.segmentGains].sort((a, b) => b.gain - a.gain);
  const shown = shorten(sorted);
  const labels = labelsOf(
    shown.map((one) => one.segment),
    28,
  );
  const values = shown.map((one) => ({
    segment: `${labels.get(one.segment) ?? ''}  (${whole(one.requests)})`,
    gain: one.gain,
    low: one.ci95[0],
    high: one.ci95[1],
    side: one.gain >= 0 ? 'gain' : 'loss',
  }));
  return {
    title: { text: titleOf(series.sharesOf, sorted.length), subtitle: subtitle(sorted) },
    description: 'Horizontal bars of utility gained a request by segment, with 95 % intervals',
    width: PLOT_WIDTH,
    height: { step: ROW },
    data: { values },
    layer: layers(values.map((one) => one.segment)),
    config: PLOT_CONFIG,
  };
}

function shorten(sorted: readonly SegmentGain[]): readonly SegmentGain[] {
  if (sorted.length <= MOST_BARS) return sorted;
  const half = MOST_BARS / 2;
  return [...sorted.slice(0, half), ...sorted.slice(-half)];
}

/** Two lines where bars are left out: vega takes letters for wide, and one long line would shrink the whole plot. */
function titleOf(policy: string, segments: number): string[] {
  const title = `Gain of ${shortName(policy)} over the best fixed model, by segment`;
  if (segments <= MOST_BARS) return [title];
  return [title, `(the 20 best and 20 worst of ${whole(segments)} segments)`];
}

function subtitle(gains: readonly SegmentGain[]): string {
  const better = gains.filter((one) => one.ci95[0] > 0).length;
  const worse = gains.filter((one) => one.ci95[1] < 0).length;
  const open = gains.length - better - worse;
  return `Requests in brackets. Surely better in ${better}, surely worse in ${worse}, undecided in ${open} of ${gains.length} segments`;
}

function layers(domain: string[]): PlotLayer[] {
  const y = {
    field: 'segment',
    type: 'nominal' as const,
    title: null,
    sort: null,
    scale: { domain },
    axis: { grid: false, ticks: false, domain: false, labelPadding: 6 },
  };
  const title = 'Utility gained a request (quality units), with 95 % interval';
  const x = { type: 'quantitative' as const, title, axis: { format: '+.3~f', tickCount: 6 } };
  return [
    {
      mark: { type: 'bar', height: { band: 0.72 }, opacity: 0.85 },
      encoding: {
        y,
        x: { ...x, field: 'gain' },
        color: {
          field: 'side',
          type: 'nominal',
          legend: null,
          scale: { domain: ['gain', 'loss'], range: [GAIN, LOSS] },
        },
      },
    },
    {
      mark: { type: 'rule', color: INK, strokeWidth: 1.2 },
      encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
    },
    {
      data: { values: [{}] },
      mark: { type: 'rule', color: INK, opacity: 0.6 },
      encoding: { x: { datum: 0 } },
    },
  ];
}
