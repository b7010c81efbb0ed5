import type { ForecastResult } from '../forecast/result';
import { coldStartPlot } from './coldStartPlot';
import { escapeHtml } from './escapeHtml';
import { modelScoresHtml, orNothing, overallHtml, pinballHtml } from './forecastTablesHtml';
import { counted, fixed, percent, usd, whole } from './numbers';
import { factsHtml, figureHtml, pageHtml } from './page';
import { reliabilityPlot } from './reliabilityPlot';

const SCORES_NOTE =
  'Errors, pinball loss and CRPS in tokens, averaged over the splits. MAE and median error are of the median forecast; of constant: as a share of the MAE of the model’s own training median. log-R²: share of the variance of log tokens around each model’s held-out mean that the forecast explains. 50, 80, 95 %: answers inside the central interval of that probability, over all splits. Unpooled ridge: every model by itself, on the same features.';

const RELIABILITY_CAPTION =
  'On the dashed diagonal a forecast quantile is exceeded as often as it says. A curve above it forecasts too long answers, one below it too short ones; a slope above 1 in the middle means intervals wider than need be.';

const COLD_START_CAPTION =
  'One model of every family of three or more is left out of the training rows and comes back row by row; scored on held-out prompts, averaged over the models left out. With no row the unpooled forecast is the median of all other models. Upright lines: each is within 5 % of its own error with all rows.';

/** The evaluation as one HTML page that stands alone. The same result gives the same bytes. */
export async function forecastHtml(result: ForecastResult): Promise<string> {
  const title = `Forecasts of output tokens: ${escapeHtml(result.table.name)}`;
  const figures = [await figureHtml(reliabilityPlot(result), RELIABILITY_CAPTION)];
  if (result.coldStart.curve.length > 0)
    figures.push(await figureHtml(coldStartPlot(result), COLD_START_CAPTION));
  return pageHtml(
    title,
    `${facts(result)}
<h2>Scores on held-out prompts</h2>
${overallHtml(result)}
${pinballHtml(result)}
<p class="note">${SCORES_NOTE}</p>
${figures.join('\n')}
<h2>Models</h2>
${modelScoresHtml(result)}`,
  );
}

function facts({ table, evaluation, coldStart }: ForecastResult): string {
  const { splits, firstSeed } = evaluation;
  const seen = evaluation.heldOutRowsSeenBefore;
  return factsHtml([
    [
      'Answers',
      `${whole(table.rows)} of ${counted(table.models, 'model')} in ${counted(table.families, 'family', 'families')}`,
    ],
    ['Prompts', `${whole(table.prompts)} different ones in ${whole(table.requests)} requests`],
    ['Left out', leftOut(table)],
    [
      'Empty answers',
      `${whole(table.zeroTokenRows)}, counted as half a token in logarithms and intervals`,
    ],
    [
      'Split',
      evaluation.order === 'by time'
        ? 'once, by time'
        : splits === 1
          ? `one shuffle by prompt, seed ${firstSeed}`
          : `${splits} shuffles by prompt, seeds ${firstSeed} to ${firstSeed + splits - 1}`,
    ],
    [
      'A split',
      `${whole(evaluation.trainingRows)} answers (60 %) trained on, 20 % left untouched, ${whole(evaluation.heldOutRows)} (20 %) held out${
        evaluation.heldOut === 'validation' ? ': the middle fifth' : ''
      }`,
    ],
    ...(seen === 0 ? [] : [['Held out, prompt trained on as well', whole(seen)] as const]),
    ['Encoder', escapeHtml(evaluation.encoder)],
    ['Cold start', coldStartFacts(coldStart)],
  ]);
}

function leftOut(table: ForecastResult['table']): string {
  return `${counted(table.requestsWithoutPrompt, 'request')} without a prompt, ${counted(table.outcomesWithoutTokens, 'outcome')} without a count of tokens, ${counted(table.skippedLines, 'bad line')}`;
}

function coldStartFacts(cold: ForecastResult['coldStart']): string {
  if (cold.modelsLeftOut === 0) return 'no family has three models';
  const rows = (value: number | null) => orNothing(value, (count) => fixed(count, 0));
  const [pooled, unpooled] = [cold.maeAtZeroRows, cold.maeAtZeroRowsUnpooled];
  const less = pooled !== null && unpooled ? ` (${percent(1 - pooled / unpooled)} less)` : '';
  return `${counted(cold.modelsLeftOut, 'model')} left out; error without a row ${orNothing(pooled, usd)} tokens against ${orNothing(unpooled, usd)}${less}; rows to converge ${rows(cold.rowsToConvergePooled)} against ${rows(cold.rowsToConvergeUnpooled)}`;
}
