import { readFile } from 'node:fs/promises';
import { DataError } from '../core/errors';
import { SnapshotError } from '../memory/snapshotError';
import type { ArmPosterior, SamplesPosterior } from '../posterior/evidence';
import { describeSnapshot, type SnapshotDescription } from '../router/describeSnapshot';
import { cleanName } from '../replay/report/names';
import { alignedTable } from './alignedTable';
import { splitArguments } from './arguments';
import { UsageError } from './errors';

/** Rows of posteriors that are printed: models × segments may be a million. */
const MOST_ROWS = 200;

/** `thompsonite snapshot show FILE` */
export async function snapshotCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = splitArguments(args, { json: { type: 'boolean' } });
  const [action, file] = positionals;
  if (action !== 'show' || file === undefined || file === '' || positionals.length > 2)
    throw new UsageError('snapshot takes: show FILE');
  const description = describe(file, await read(file));
  const text = values.json ? jsonOf(description) : textOf(description);
  process.stdout.write(text);
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new DataError(file, undefined, `cannot be read: ${(error as Error).message}`);
  }
}

function describe(file: string, bytes: Uint8Array): SnapshotDescription {
  try {
    return describeSnapshot(bytes);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    throw new DataError(file, undefined, `${error.message} (${error.fault})`);
  }
}

/** JSON knows no infinite numbers: as in the log, they are texts. */
function jsonOf(snapshot: SnapshotDescription): string {
  const json = JSON.stringify(snapshot, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
  return `${json}\n`;
}

function textOf(snapshot: SnapshotDescription): string {
  const { header, instanceId, replicaId, seed, sequenceNumber, evidenceVersion, stats, losses } =
    snapshot;
  const { libraryVersion, containerVersion, layoutVersion, kernelAbi, bytes } = header;
  const lines = [
    `Snapshot of router ${cleanName(instanceId)}${replicaId === instanceId ? '' : ` (replica ${cleanName(replicaId)})`} by thompsonite ${cleanName(libraryVersion)}: ${count(bytes)} bytes, container ${containerVersion}, evidence layout ${layoutVersion}, kernel ABI ${kernelAbi}, CRC-32C ${header.checksum.toString(16).padStart(8, '0')}.`,
    `Next decision ${count(sequenceNumber)}, evidence version ${count(evidenceVersion)}, seed ${seed}; ${count(stats.pending)} open decisions, ${count(stats.evidenceReports)} rewards, dispersion ${figure(stats.dispersion)}.`,
    ...losses.map(
      (loss) => `Left out of section ${loss.section}: ${count(loss.count)} ${loss.problem}.`,
    ),
    '',
    sectionsTable(snapshot),
    '',
    modelsTable(snapshot),
    '',
    ...posteriorsText(snapshot),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionsTable({ sections }: SnapshotDescription): string {
  const rows = sections.map(({ name, version, bytes }) => [name, String(version), count(bytes)]);
  return alignedTable(['section', 'version', 'bytes'], rows);
}

function modelsTable({ models, stats }: SnapshotDescription): string {
  const head = [
    'model',
    'family',
    'USD/M in',
    'USD/M out',
    'decisions',
    'calls',
    'failures',
    'breaker',
  ];
  const rows = models.map(({ model, family, ...prices }) => {
    const { decisions = 0, calls = 0, failures = 0, breaker = null } = stats.models[model] ?? {};
    return [
      cleanName(model),
      cleanName(family),
      figure(prices.usdPerMillionInputTokens),
      figure(prices.usdPerMillionOutputTokens),
      count(decisions),
      count(calls),
      count(failures),
      breaker?.state ?? '–',
    ];
  });
  return alignedTable(head, rows);
}

function posteriorsText({ posteriors }: SnapshotDescription): string[] {
  const rows = posteriors.segments.flatMap(({ segment, shared, models }) =>
    Object.entries(models)
      .flatMap(byN)
      .map(([model, { alpha, beta, expectedCostUsd }]) => [
        shared ? '(other)' : segment === null ? '(none)' : cleanName(segment),
        cleanName(model),
        figure(alpha / (alpha + beta)),
        figure(alpha),
        figure(beta),
        expectedCostUsd.toPrecision(3),
      ]),
  );
  if (rows.length === 0) return ['No segment has been seen yet.'];
  const head = ['segment', 'model', 'mean', 'alpha', 'beta', 'expected USD'];
  const more = rows.length - MOST_ROWS;
  const table = alignedTable(head, rows.slice(0, MOST_ROWS));
  return more > 0 ? [table, `… and ${count(more)} more: --json has all.`] : [table];
}

/** A model, and with `bestOf` the best of several samples of it. */
function byN([model, posterior]: [string, ArmPosterior]): [
  string,
  SamplesPosterior | ArmPosterior,
][] {
  const more = (posterior.samples ?? []).filter(({ n }) => n > 1);
  return [
    [model, posterior],
    ...more.map((samples): [string, SamplesPosterior] => [`${model}×${samples.n}`, samples]),
  ];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function figure(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}
