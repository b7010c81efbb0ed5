import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { DataError } from '../core/errors';
import { loadKernel } from '../kernel/load';
import { readLines } from '../replay/readLines';
import { cleanName } from '../replay/report/names';
import { LogReplayer, type LogSummary } from '../router/log/logReplayer';
import { BadLines } from './badLines';
import { requireOtherFile, requireWritable, WholeFile } from './outputFile';
import { openProgress } from './progress';
import { parsePropensitiesArguments, type PropensitiesArguments } from './propensitiesOptions';

/** Where filled lines go. */
interface Output {
  write(text: string): Promise<void>;
  commit(): Promise<void>;
  abandon(): Promise<void>;
}

/** Characters gathered before they are written. */
const CHUNK_LENGTH = 2 ** 16;
const LINES_BETWEEN_PROGRESS = 1000;

/** `thompsonite propensities …` */
export async function propensitiesCommand(args: readonly string[]): Promise<void> {
  const options = parsePropensitiesArguments(args);
  if (options.out !== undefined) {
    await requireWritable('--out', options.out);
    if (!options.overwrite) {
      const log = { name: 'LOG', file: options.log };
      await requireOtherFile('--out', options.out, [log], '; add --overwrite if that is meant');
    }
  }
  const output = openOutput(options);
  let summary: LogSummary;
  try {
    summary = await fill(options, output);
    await output.commit();
  } catch (error) {
    await output.abandon();
    throw error;
  }
  process.stderr.write(describe(summary));
  if (options.check && summary.unverified + summary.skippedLines > 0) process.exitCode = 1;
}

async function fill(options: PropensitiesArguments, output: Output): Promise<LogSummary> {
  const badLines = new BadLines('bad line');
  const replayer = new LogReplayer({
    file: options.log,
    kernel: await loadKernel(),
    strict: options.strict,
    onBadLine: (error) => badLines.tell(error),
  });
  const progress = openProgress();
  // How much a packed log holds is not known beforehand.
  const total = options.log.endsWith('.gz') ? 0 : await sizeOf(options.log);
  let done = 0;
  let text = '';
  await readLines(options.log, (line, number) => {
    done += line.length + 1;
    if (total > 0 && number % LINES_BETWEEN_PROGRESS === 0)
      progress.update(`line ${count(number)}`, Math.min(done, total), total);
    const filled = replayer.replay(line, number);
    if (filled === undefined) return;
    text += `${filled}\n`;
    if (text.length < CHUNK_LENGTH) return;
    const full = text;
    text = '';
    return output.write(full);
  }).finally(() => progress.close());
  badLines.close();
  const { summary } = replayer;
  if (summary.routers === 0) throw new DataError(options.log, undefined, whyNone(summary));
  await output.write(text);
  return summary;
}

function whyNone({ continued: [former] }: LogSummary): string {
  if (former === undefined) return 'is no decision log: it holds no line of kind "router"';
  const name = cleanName(former);
  return `goes on from the log of router ${name}, without which nothing can be replayed: give both as one file, that one first (cat FIRST SECOND > WHOLE)`;
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

function openOutput({ out, check }: PropensitiesArguments): Output {
  const nothing = () => Promise.resolve();
  if (check) return { write: nothing, commit: nothing, abandon: nothing };
  if (out !== undefined) return new WholeFile(out, 'filled log');
  return {
    write: async (text) => {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    commit: nothing,
    abandon: nothing,
  };
}

function describe(summary: LogSummary): string {
  const { decisions, filled, withoutModel, off, unverified, reports, routers } = summary;
  const rest = [
    [withoutModel, 'without an eligible model'],
    [off, 'of routers with propensities off'],
    [unverified, 'not replayable'],
    [summary.rough, 'without a stated error'],
  ].filter(([count]) => count !== 0);
  const lines = [
    `${count(filled)} of ${count(decisions)} decisions have their propensity${rest.map(([n, why]) => `; ${count(n as number)} ${why}`).join('')}.`,
    `${counted(reports, 'report')}, ${counted(routers, 'router')}, ${counted(summary.skippedLines, 'line')} skipped.`,
  ];
  if (filled > 0) {
    lines.push(
      `Propensity: mean ${summary.meanPropensity.toPrecision(4)}, smallest ${summary.smallestPropensity.toPrecision(4)}; effective sample size of weights 1/propensity ${count(Math.round(summary.effectiveSampleSize))}.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
