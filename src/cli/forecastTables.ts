import { NOTHING, fixed, percent, usd, whole } from '../replay/report/numbers';
import { labelsOf } from '../replay/report/names';
import type { ForecastResult, ForecastScores, ModelScores } from '../replay/forecast/result';
import { alignedTable } from './alignedTable';

/** Columns of the reliability plot; a whole number of them a step. */
const PLOT_COLUMNS = 60;

/** The forecaster above its baselines. */
export function overallTable({ overall, baselines }: ForecastResult): string {
  const head = [
    'forecast',
    'MAE',
    'of const.',
    'median err',
    'log-R²',
    'CRPS',
    '50 %',
    '80 %',
    '95 %',
  ];
  const constant = baselines.constant.maeTokens;
  const row = (name: string, scores: ForecastScores) => [
    name,
    tokens(scores.maeTokens),
    ratio(scores.maeTokens, constant),
    tokens(scores.medianAbsoluteErrorTokens),
    orNothing(scores.logR2, (value) => fixed(value)),
    tokens(scores.crps),
    ...coverages(scores),
  ];
  const mean = baselines.constant.maeOfMeanTokens;
  return alignedTable(head, [
    row('pooled', overall),
    row('unpooled ridge', baselines.unpooledRidge),
    row('constant median', baselines.constant),
    ['constant mean', tokens(mean), ratio(mean, constant), ...Array<string>(6).fill(NOTHING)],
  ]);
}

/** Mean pinball loss at every level. */
export function pinballTable({ overall, baselines }: ForecastResult): string {
  const levels = Object.keys(overall.pinball);
  const row = (name: string, scores: ForecastScores) => [
    name,
    ...levels.map((level) => tokens(scores.pinball[level]!)),
  ];
  return alignedTable(
    ['pinball loss', ...levels.map((level) => `${Number(level) * 100} %`)],
    [
      row('pooled', overall),
      row('unpooled ridge', baselines.unpooledRidge),
      row('constant', baselines.constant),
    ],
  );
}

export function modelTable({ models }: ForecastResult): string {
  const head = [
    'model',
    'answers',
    'MAE',
    'of const.',
    'median err',
    'log-R²',
    'CRPS',
    '50 %',
    '80 %',
    '95 %',
  ];
  const labels = labelsOf(Object.keys(models));
  const row = ([model, scores]: [string, ModelScores]) => [
    labels.get(model)!,
    whole(scores.heldOutRows),
    tokens(scores.maeTokens),
    ratio(scores.maeTokens, scores.maeConstantMedian),
    tokens(scores.medianAbsoluteErrorTokens),
    orNothing(scores.logR2, (value) => fixed(value)),
    tokens(scores.crps),
    ...coverages(scores),
  ];
  return alignedTable(head, Object.entries(models).map(row));
}

/** Observed shares ("o") beside the nominal ones ("|") that they should be; "*" where both fall into one column. */
export function reliabilityPlot({ reliability }: ForecastResult): string {
  const inner = reliability.filter(({ nominal }) => nominal > 0 && nominal < 1);
  return inner
    .map(({ nominal, observed }) => {
      const cells = Array<string>(PLOT_COLUMNS + 1).fill(' ');
      const wanted = Math.round(nominal * PLOT_COLUMNS);
      const found = Math.round(observed * PLOT_COLUMNS);
      cells[wanted] = '|';
      cells[found] = wanted === found ? '*' : 'o';
      const label = `${fixed(nominal * 100, 0).padStart(3)} %`;
      return `${label}  ${percent(observed).padStart(7)}  ${cells.join('')}`.trimEnd();
    })
    .join('\n');
}

/** Errors by rows of the new model; empty where no family has three models. */
export function coldStartTable({ coldStart }: ForecastResult): string {
  if (coldStart.curve.length === 0) return '';
  const rows = coldStart.curve.map((point) => [
    whole(point.rows),
    tokens(point.maePooled),
    tokens(point.maeUnpooled),
    ratio(point.maePooled, point.maeUnpooled),
  ]);
  return alignedTable(['rows of the new model', 'pooled MAE', 'unpooled MAE', 'ratio'], rows);
}

function coverages(scores: ForecastScores): string[] {
  return [scores.coverage50, scores.coverage80, scores.coverage95].map((share) =>
    orNothing(share, percent),
  );
}

function tokens(value: number | null): string {
  return orNothing(value, usd);
}

function ratio(value: number | null, to: number | null): string {
  return value === null || to === null || to === 0 ? NOTHING : fixed(value / to);
}

export function orNothing(value: number | null, write: (value: number) => string): string {
  return value === null ? NOTHING : write(value);
}
