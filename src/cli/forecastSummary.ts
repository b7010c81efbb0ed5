import type { ForecastResult } from '../replay/forecast/result';
import { cleanName } from '../replay/report/names';
import { fixed, percent, usd, whole } from '../replay/report/numbers';
import type { ForecastArguments } from './forecastOptions';
import {
  coldStartTable,
  modelTable,
  orNothing,
  overallTable,
  pinballTable,
  reliabilityPlot,
} from './forecastTables';

/** The result for a terminal of 100 to 120 columns. */
export function forecastSummary(result: ForecastResult, options: ForecastArguments): string {
  const lines = [
    `Table ${cleanName(result.table.name)}`,
    ...facts(result),
    '',
    overallTable(result),
    '',
    'Errors and CRPS in tokens, of the median forecast; of const. = MAE over that of the constant median; 50, 80, 95 % = answers',
    'that fell inside the central interval of that probability.',
    '',
    pinballTable(result),
    '',
    'Reliability: share of answers at or below the forecast quantile (o) of each level (|); * where they agree.',
    reliabilityPlot(result),
    '',
    ...coldStart(result),
    '',
    modelTable(result),
    ...(options.report === undefined ? [] : ['', `Report: ${options.report}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function facts({ table, evaluation }: ForecastResult): string[] {
  const left = [
    [table.requestsWithoutPrompt, 'requests without a prompt'],
    [table.outcomesWithoutTokens, 'outcomes without a count of tokens'],
    [table.skippedLines, 'bad lines'],
  ].filter(([count]) => count !== 0);
  const seen = evaluation.heldOutRowsSeenBefore;
  return [
    `${whole(table.rows)} answers of ${whole(table.models)} models in ${whole(table.families)} families to ${whole(table.prompts)} prompts.`,
    `Left out: ${left.length === 0 ? 'nothing' : left.map(([count, what]) => `${whole(count as number)} ${what}`).join(', ')}.${
      table.zeroTokenRows === 0
        ? ''
        : ` ${whole(table.zeroTokenRows)} empty answers count as half a token in logarithms.`
    }`,
    evaluation.order === 'by time'
      ? 'Split once, by time: 60 % trained on, 20 % left untouched, 20 % held out.'
      : `${evaluation.splits} shuffles by prompt from seed ${evaluation.firstSeed}: 60 % trained on, 20 % left untouched, 20 % held out; averages over the shuffles.`,
    ...(evaluation.heldOut === 'validation'
      ? ['Scored on the middle fifth: the last one stays untouched.']
      : []),
    `Encoder ${evaluation.encoder}; ${whole(evaluation.trainingRows)} answers trained on and ${whole(evaluation.heldOutRows)} held out a split${
      seen === 0 ? '' : `, ${whole(seen)} of them to prompts trained on as well`
    }.`,
  ];
}

function coldStart(result: ForecastResult): string[] {
  const { coldStart: cold } = result;
  if (cold.modelsLeftOut === 0)
    return ['Cold start: no family has three models, so none was left out.'];
  const rows = (value: number | null) => orNothing(value, (count) => fixed(count, 0));
  return [
    `Cold start: ${cold.modelsLeftOut} times a model was left out of a family of three or more and came back row by row.`,
    `Within 5 % of its own final error after ${rows(cold.rowsToConvergePooled)} rows pooled, ${rows(cold.rowsToConvergeUnpooled)} unpooled;`,
    `pooled is within 5 % of the unpooled final error after ${rows(cold.rowsToUnpooledConverged)} rows.`,
    `Without a row: ${orNothing(cold.maeAtZeroRows, usd)} tokens pooled, ${orNothing(cold.maeAtZeroRowsUnpooled, usd)} by the median of all other models${saved(cold.maeAtZeroRows, cold.maeAtZeroRowsUnpooled)}.`,
    '',
    coldStartTable(result),
  ];
}

function saved(pooled: number | null, unpooled: number | null): string {
  if (pooled === null || unpooled === null || !(unpooled > 0)) return '';
  const share = 1 - pooled / unpooled;
  return share >= 0 ? `: ${percent(share)} less` : `: ${percent(-share)} more`;
}
