import type { ForecastResult, ForecastScores } from '../forecast/result';
import { escapeHtml } from './escapeHtml';
import { fixed, NOTHING, percent, usd, whole } from './numbers';
import { tableHtml } from './page';

const SCORES = ['MAE', 'of constant', 'Median error', 'log-R²', 'CRPS', '50 %', '80 %', '95 %'];

/** The forecaster and its baselines. */
export function overallHtml({ overall, baselines }: ForecastResult): string {
  const { constant, unpooledRidge } = baselines;
  const row = (name: string, scores: ForecastScores) => [
    name,
    ...scoreCells(scores, constant.maeTokens),
  ];
  const mean = constant.maeOfMeanTokens;
  return tableHtml(
    ['Forecast', ...SCORES],
    [
      row('pooled', overall),
      row('unpooled ridge', unpooledRidge),
      row('constant: median', constant),
      [
        'constant: mean',
        tokens(mean),
        ratio(mean, constant.maeTokens),
        ...Array<string>(6).fill(NOTHING),
      ],
    ],
  );
}

export function pinballHtml({ overall, baselines }: ForecastResult): string {
  const levels = Object.keys(overall.pinball);
  const row = (name: string, scores: ForecastScores) => [
    name,
    ...levels.map((level) => tokens(scores.pinball[level]!)),
  ];
  return tableHtml(
    ['Pinball loss', ...levels.map((level) => `${Number(level) * 100} %`)],
    [
      row('pooled', overall),
      row('unpooled ridge', baselines.unpooledRidge),
      row('constant', baselines.constant),
    ],
  );
}

export function modelScoresHtml({ models }: ForecastResult): string {
  const rows = Object.entries(models).map(([model, scores]) => [
    escapeHtml(model),
    scores.family === null ? NOTHING : escapeHtml(scores.family),
    whole(scores.heldOutRows),
    ...scoreCells(scores, scores.maeConstantMedian),
  ]);
  return tableHtml(['Model', 'Family', 'Answers', ...SCORES], rows);
}

function scoreCells(scores: ForecastScores, constant: number | null): string[] {
  return [
    tokens(scores.maeTokens),
    ratio(scores.maeTokens, constant),
    tokens(scores.medianAbsoluteErrorTokens),
    orNothing(scores.logR2, (value) => fixed(value)),
    tokens(scores.crps),
    orNothing(scores.coverage50, percent),
    orNothing(scores.coverage80, percent),
    orNothing(scores.coverage95, percent),
  ];
}

export function tokens(value: number | null): string {
  return orNothing(value, usd);
}

/** `value` as a share of `to`. */
export function ratio(value: number | null, to: number | null): string {
  return value === null || to === null || to === 0 ? NOTHING : fixed(value / to);
}

export function orNothing(value: number | null, write: (value: number) => string): string {
  return value === null ? NOTHING : write(value);
}
