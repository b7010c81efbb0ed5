import type { EvaluationSummary, ForecastResult } from '../replay/forecast/result';
import { cleanName } from '../replay/report/names';
import { counted, fixed, percent, usd, whole } from '../replay/report/numbers';
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
    [table.requestsWithoutPrompt, 'request', ' without a prompt'],
    [table.outcomesWithoutTokens, 'outcome', ' without a count of tokens'],
    [table.skippedLines, 'bad line', ''],
  ] as const;
  const some = left.filter(([count]) => count !== 0);
  const seen = evaluation.heldOutRowsSeenBefore;
  return [
    `${counted(table.rows, 'answer')} of ${counted(table.models, 'model')} in ${counted(table.families, 'family', 'families')} to ${counted(table.prompts, 'prompt')}.`,
    `Left out: ${some.length === 0 ? 'nothing' : some.map(([count, one, more]) => counted(count, one) + more).join(', ')}.${emptyAnswers(table.zeroTokenRows)}`,
    splitting(evaluation),
    ...(evaluation.heldOut === 'validation'
      ? ['Scored on the middle fifth: the last one stays untouched.']
      : []),
    `Encoder ${evaluation.encoder}; ${counted(evaluation.trainingRows, 'answer')} trained on and ${whole(evaluation.heldOutRows)} held out a split${
      seen === 0 ? '' : `, ${whole(seen)} of them to prompts trained on as well`
    }.`,
  ];
}

function emptyAnswers(count: number): string {
  if (count === 0) return '';
  return ` ${counted(count, 'empty answer')} ${count === 1 ? 'counts' : 'count'} as half a token in logarithms and intervals.`;
}

function splitting({ order, splits, firstSeed }: EvaluationSummary): string {
  const parts = '60 % trained on, 20 % left untouched, 20 % held out';
  if (order === 'by time') return `Split once, by time: ${parts}.`;
  if (splits === 1) return `One shuffle by prompt, of seed ${firstSeed}: ${parts}.`;
  return `${splits} shuffles by prompt from seed ${firstSeed}: ${parts}; averages over the shuffles.`;
}

function coldStart(result: ForecastResult): string[] {
  const { coldStart: cold } = result;
  if (cold.modelsLeftOut === 0)
    return ['Cold start: no family has three models, so none was left out.'];
  const rows = (value: number | null) => orNothing(value, (count) => fixed(count, 0));
  return [
    `Cold start: ${cold.modelsLeftOut === 1 ? 'once' : `${cold.modelsLeftOut} times`} a model was left out of a family of three or more and came back row by row.`,
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
