import { ParameterError } from '../core/errors';
import { withLevels } from '../replay/levels';
import {
  defaultPolicies,
  learningPolicy,
  needsSamples,
  staticPolicy,
} from '../replay/policies/catalog';
import { readTable } from '../replay/readTable';
import { replayTable } from '../replay/replay';
import { reportHtml } from '../replay/report/html';
import { cleanName } from '../replay/report/names';
import type { ReplayResult, ReplaySeries } from '../replay/result';
import type { OutcomeTable } from '../replay/table';
import { builtInWorkload } from '../replay/workload';
import { BadLines } from './badLines';
import { UsageError } from './errors';
import { writeWhole } from './outputFile';
import { frontierTable, latencyTable, policyTable } from './policyTable';
import { openProgress } from './progress';
import { requireReportFile } from './reportFile';
import { parseReplayArguments, type ReplayArguments } from './replayOptions';

/** `thompsonite replay …` */
export async function replayCommand(args: readonly string[]): Promise<void> {
  const options = parseReplayArguments(args);
  await requireReportFile(options);
  const read = await openTable(options);
  const policies = options.policies ?? defaultPolicies(read);
  const table = usable(() =>
    policies.some((name) => needsSamples(name, read.arms)) ? withLevels(read) : read,
  );
  if (options.latency && !table.latencyMs) {
    const { message } = new ParameterError(
      '--usd-per-second and --latency-limit-ms',
      'used on tables with latencyMs of every answer',
      table.name,
    );
    throw new UsageError(message);
  }
  if (options.halfLifeMs < Infinity && !table.atSeconds) {
    const allowed = 'used on tables with at of every request';
    throw new UsageError(new ParameterError('--half-life-seconds', allowed, table.name).message);
  }
  checkPolicies(policies, table);
  const progress = openProgress();
  let replayed: { result: ReplayResult; series: ReplaySeries };
  try {
    const synthetic = options.table === undefined;
    const { budget } = options;
    replayed = replayTable(table, {
      ...options,
      budget: budget && { usd: budget.usd, windowRequests: budget.windowRequests ?? table.rows },
      policies,
      synthetic,
      onProgress: progress.update,
    });
  } finally {
    progress.close();
  }
  if (options.report !== undefined)
    await writeWhole(options.report, 'report', await reportHtml(replayed.result, replayed.series));
  process.stdout.write(
    options.json ? `${JSON.stringify(replayed.result)}\n` : summary(replayed.result, options),
  );
}

async function openTable(options: ReplayArguments): Promise<OutcomeTable> {
  if (options.table === undefined) return builtInWorkload(options.firstSeed, options.limit);
  const badLines = new BadLines('skipped');
  const table = await readTable(options.table, {
    modelsFile: options.models,
    limit: options.limit,
    strict: options.strict,
    onBadLine: (error) => badLines.tell(error),
  });
  badLines.close();
  return table;
}

/** A policy that does not exist is the command line's fault. */
function checkPolicies(policies: readonly string[], table: OutcomeTable): void {
  for (const name of policies) {
    usable(() => learningPolicy(name) ?? staticPolicy(name, table.arms));
  }
}

function usable<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw error instanceof ParameterError ? new UsageError(error.message) : error;
  }
}

function summary(result: ReplayResult, options: ReplayArguments): string {
  const { table, timing } = result;
  const lines = [
    options.table === undefined
      ? `Synthetic workload, simulated from published prices, accuracies and lengths: it shows the program, not your traffic.\nIts models rank nearly alike in every segment, so a router can hardly beat the best single model here; recorded traffic differs.`
      : `Table ${cleanName(table.name)}`,
    `${table.usedRequests} of ${table.requests} requests used; segments: ${table.segments}; bad lines skipped: ${table.skippedLines}.`,
    `Models: ${table.models.map(cleanName).join(', ')}`,
    ...(table.leftOutModels.length > 0
      ? [
          `Left out (quality on fewer than 95 % of the requests): ${table.leftOutModels.map(cleanName).join(', ')}`,
        ]
      : []),
    `Willingness to pay ${options.willingnessToPayUsd} USD, ${options.seeds} seeds, exploration scale ${options.explorationScale}. Means with 95 % intervals.`,
    '',
    policyTable(result),
    ...(options.latency ? ['', latencyTable(result)] : []),
    ...(result.frontier ? ['', frontierTable(result)] : []),
    '',
    `oracle, segment-means and threshold were chosen knowing the whole table; hull gain is quality above the best coin flip`,
    `between fixed models at the same cost. ${count(timing.decisions)} learned decisions in ${timing.seconds.toFixed(2)} s (${count(timing.decisionsPerSecond)} a second).`,
    ...(options.report === undefined ? [] : [`Report: ${options.report}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
