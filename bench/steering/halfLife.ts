/**
 * What forgetting is worth where models change: regret over the second half of llmdrift at a willingness to pay of 1 USD, against the model
 * that is best in each segment of that half (hindsight), for a range of half-lives, by requests and by time, with and without detectors.
 */
import { segmentMeansPolicy } from '../../src/replay/policies/segmentMeans';
import { parseDrift, type ParsedDrift } from '../../src/posterior/drift';
import { ReplayEngine } from '../../src/replay/engine';
import { orderOf } from '../../src/replay/order';
import type { OutcomeTable } from '../../src/replay/table';
import { bootstrap, text } from './resample';

const HALF_LIVES = [Infinity, 4000, 2000, 1000, 500, 250, 125, 60, 30];
/** Milliseconds between the requests of llmdrift. */
const MS_A_REQUEST = 10_000;

interface Setting {
  readonly label: string;
  readonly halfLifeRequests: number;
  readonly halfLifeMs: number;
  readonly drift: ParsedDrift | undefined;
}

export function halfLife(table: OutcomeTable, seeds: number): void {
  const settings: Setting[] = [
    ...HALF_LIVES.map((n) => setting(`${n} requests`, n, Infinity)),
    ...[1000, 250].map((n) =>
      setting(`${(n * MS_A_REQUEST) / 1000} s`, Infinity, n * MS_A_REQUEST),
    ),
    {
      ...setting('Infinity, detectors of drift', Infinity, Infinity),
      drift: parseDrift('drift', {}),
    },
    {
      ...setting('1000 requests, detectors of drift', 1000, Infinity),
      drift: parseDrift('drift', {}),
    },
  ];
  const late = lateRows(table);
  const reference = referenceChoices(table, late);
  const runs = settings.map((one) => regrets(table, one, seeds, late, reference));
  const none = runs[0]!;
  console.log(
    `\n${table.name}: regret a request over the second half, willingness to pay 1 USD, ${seeds} seeds`,
  );
  console.log('half-life'.padEnd(36), 'regret'.padEnd(26), 'against none');
  settings.forEach(({ label }, i) => {
    const regret = bootstrap(seeds, late.length, (s, r) => mean(runs[i]!, s, r));
    const change = bootstrap(
      seeds,
      late.length,
      (s, r) => mean(runs[i]!, s, r) / mean(none, s, r) - 1,
    );
    const percent = { value: 100 * change.value, low: 100 * change.low, high: 100 * change.high };
    console.log(label.padEnd(36), text(regret, 4).padEnd(26), `${text(percent, 1)} %`);
  });
}

function setting(label: string, halfLifeRequests: number, halfLifeMs: number): Setting {
  return { label, halfLifeRequests, halfLifeMs, drift: undefined };
}

function lateRows(table: OutcomeTable): Uint32Array {
  return orderOf(table, 1).subarray(table.rows >> 1);
}

/** Segment means of the late rows alone. */
function referenceChoices(table: OutcomeTable, late: Uint32Array): Int32Array {
  const arms = table.arms.list.length;
  const pick = (matrix: Float64Array) =>
    Float64Array.from(
      { length: late.length * arms },
      (_, i) => matrix[late[Math.floor(i / arms)]! * arms + (i % arms)]!,
    );
  const part: OutcomeTable = {
    ...table,
    rows: late.length,
    segments: Uint32Array.from(late, (row) => table.segments[row]!),
    quality: pick(table.quality),
    costUsd: pick(table.costUsd),
  };
  return segmentMeansPolicy({ table: part, costWeight: 1, knownCostUsd: undefined });
}

/** Regret of each late row, by seed. */
function regrets(
  table: OutcomeTable,
  one: Setting,
  seeds: number,
  late: Uint32Array,
  reference: Int32Array,
): Float64Array[] {
  const { halfLifeRequests, halfLifeMs, drift } = one;
  const engine = new ReplayEngine(table, {
    flat: false,
    halfLifeRequests,
    halfLifeMs,
    drift,
    chunkRequests: 1e9,
  });
  const arms = table.arms.list.length;
  const utility = (row: number, arm: number) =>
    table.quality[row * arms + arm]! - table.costUsd[row * arms + arm]!;
  return Array.from({ length: seeds }, (_, i) => {
    const chosen = engine.run({
      seed: i + 1,
      order: orderOf(table, i + 1),
      costWeight: 1,
      explorationScale: 1,
    });
    const from = table.rows >> 1;
    return Float64Array.from(
      late,
      (row, j) => utility(row, reference[j]!) - utility(row, chosen[from + j]!),
    );
  });
}

function mean(
  regret: readonly Float64Array[],
  seedCounts: Float64Array,
  rowCounts: Float64Array,
): number {
  // Perf: rows first, as most resamples share nothing.
  let sum = 0;
  regret.forEach((rows, seed) => {
    const weight = seedCounts[seed]!;
    if (weight === 0) return;
    let total = 0;
    for (let i = 0; i < rows.length; i++) total += rowCounts[i]! * rows[i]!;
    sum += weight * total;
  });
  return sum / (regret.length * rowCounts.length);
}
