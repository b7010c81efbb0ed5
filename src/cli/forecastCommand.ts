import { evaluateForecasts } from '../replay/forecast/evaluate';
import { readTokenTable } from '../replay/forecast/readTokenTable';
import type { ForecastResult } from '../replay/forecast/result';
import { preparePooled } from '../replay/forecast/preparePooled';
import type { TokenTable } from '../replay/forecast/tokenTable';
import { forecastHtml } from '../replay/report/forecastHtml';
import { BadLines } from './badLines';
import { parseForecastArguments, type ForecastArguments } from './forecastOptions';
import { forecastSummary } from './forecastSummary';
import { writeWhole } from './outputFile';
import { openProgress } from './progress';
import { requireReportFile } from './reportFile';
import { openSentenceEncoder } from './sentenceVectors';

/** `thompsonite forecast …` */
export async function forecastCommand(args: readonly string[]): Promise<void> {
  const options = parseForecastArguments(args);
  await requireReportFile(options);
  const embed = options.encoder === 'energetic' ? await openSentenceEncoder() : undefined;
  const table = await openTable(options);
  if (table.atSeconds && options.splitsGiven && options.splits > 1)
    process.stderr.write(
      'thompsonite: --splits is ignored: every request has its "at", so the table is split once, by time\n',
    );
  const vectors = await embed?.(table.prompts);
  const progress = openProgress();
  let result: ForecastResult;
  try {
    result = evaluateForecasts(table, {
      ...options,
      prepare: (_, split) => preparePooled(table, split, vectors),
      onProgress: progress.update,
    });
  } finally {
    progress.close();
  }
  if (options.report !== undefined)
    await writeWhole(options.report, 'report', await forecastHtml(result));
  process.stdout.write(
    options.json ? `${JSON.stringify(result)}\n` : forecastSummary(result, options),
  );
}

async function openTable(options: ForecastArguments): Promise<TokenTable> {
  const badLines = new BadLines('skipped');
  const table = await readTokenTable(options.table, {
    modelsFile: options.models,
    limit: options.limit,
    strict: options.strict,
    onBadLine: (error) => badLines.tell(error),
  });
  badLines.close();
  return table;
}
