import type { ForecastResult } from '../forecast/result';
import { percent } from './numbers';
import { GREY, INK, PALETTE, PLOT_CONFIG, type PlotSpec } from './plotStyle';

/** A square: the diagonal should look like one. */
const SIZE = 420;
const NAMES = ['pooled forecast', 'unpooled ridge'];

/** Observed shares of answers at or below a forecast quantile over its level; calibrated is the diagonal. */
export function reliabilityPlot({ reliability, overall }: ForecastResult): PlotSpec {
  const values = reliability.flatMap(({ nominal, observed, observedUnpooledRidge }) => [
    { nominal, observed, forecast: NAMES[0]! },
    { nominal, observed: observedUnpooledRidge, forecast: NAMES[1]! },
  ]);
  const axis = { format: '.0%', tickCount: 5 };
  const scale = { domain: [0, 1] };
  const x = {
    field: 'nominal',
    type: 'quantitative' as const,
    title: 'Level of the forecast quantile (%)',
    scale,
    axis,
  };
  const y = {
    field: 'observed',
    type: 'quantitative' as const,
    title: 'Answers at or below it (%)',
    scale,
    axis,
  };
  const color = {
    field: 'forecast',
    type: 'nominal' as const,
    title: null,
    scale: { domain: NAMES, range: [PALETTE[0], GREY] },
  };
  const shape = { ...color, scale: { domain: NAMES, range: ['circle', 'square'] } };
  const inside = (share: number | null) => (share === null ? '–' : percent(share));
  return {
    title: {
      text: 'Reliability of the forecast quantiles',
      subtitle: `Inside the 50, 80 and 95 % intervals: ${inside(overall.coverage50)}, ${inside(overall.coverage80)}, ${inside(overall.coverage95)}`,
    },
    description: 'Observed over nominal probability; the dashed diagonal is perfect calibration',
    width: SIZE,
    height: SIZE,
    layer: [
      {
        data: {
          values: [
            { nominal: 0, observed: 0 },
            { nominal: 1, observed: 1 },
          ],
        },
        mark: { type: 'line', color: INK, strokeDash: [6, 4], opacity: 0.7, strokeWidth: 1.4 },
        encoding: { x, y },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.8 },
        encoding: { x, y, color, order: { field: 'nominal', type: 'quantitative' } },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 45, opacity: 1 },
        encoding: { x, y, color, shape },
      },
    ],
    config: PLOT_CONFIG,
  };
}
