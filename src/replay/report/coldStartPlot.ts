import type { ForecastResult } from '../forecast/result';
import { fixed } from './numbers';
import { linearScale } from './plotScale';
import { INK, PALETTE, PLOT_CONFIG, PLOT_WIDTH, type PlotLayer, type PlotSpec } from './plotStyle';

const HEIGHT = 340;
const NAMES = ['pooled', 'unpooled ridge'];

/** Error over the number of rows that a new model has given, pooled and unpooled; the axis of rows is nearly logarithmic. */
export function coldStartPlot({ coldStart }: ForecastResult): PlotSpec {
  const { curve, rowsToConvergePooled, rowsToConvergeUnpooled } = coldStart;
  const values = curve.flatMap(({ rows, maePooled, maeUnpooled }) => [
    { rows, mae: maePooled, forecast: NAMES[0]! },
    { rows, mae: maeUnpooled, forecast: NAMES[1]! },
  ]);
  const last = curve.at(-1)?.rows ?? 0;
  const x = {
    field: 'rows',
    type: 'quantitative' as const,
    title: 'Rows of the new model',
    scale: { type: 'symlog' as const, constant: 5, domain: [0, last], nice: false },
    axis: { values: [0, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], format: ',d' },
  };
  const { domain } = linearScale(
    values.map(({ mae }) => mae),
    0.07,
  );
  const y = {
    field: 'mae',
    type: 'quantitative' as const,
    title: 'Mean absolute error (tokens)',
    scale: { domain: [...domain], nice: false },
  };
  const color = {
    field: 'forecast',
    type: 'nominal' as const,
    title: null,
    scale: { domain: NAMES, range: [PALETTE[0], PALETTE[1]] },
  };
  const shape = { ...color, scale: { domain: NAMES, range: ['circle', 'square'] } };
  const rows = (value: number | null) => (value === null ? '–' : fixed(value, 0));
  return {
    title: {
      text: 'Cold start of a model whose family is known',
      subtitle: `Within 5 % of the final error after ${rows(rowsToConvergePooled)} rows pooled, ${rows(rowsToConvergeUnpooled)} unpooled`,
    },
    description: 'Lines of mean absolute error over rows of the new model',
    width: PLOT_WIDTH,
    height: HEIGHT,
    layer: [
      ...markers([rowsToConvergePooled, rowsToConvergeUnpooled], x),
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.8 },
        encoding: { x, y, color, order: { field: 'rows', type: 'quantitative' } },
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

/** Upright lines where each has converged. */
function markers(rows: readonly (number | null)[], x: object): PlotLayer[] {
  const values = rows.flatMap((value) => (value === null ? [] : [{ rows: value }]));
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: 'rule', color: INK, strokeDash: [3, 3], opacity: 0.6 },
      encoding: { x: x as { field: string; type: 'quantitative' } },
    },
  ];
}
