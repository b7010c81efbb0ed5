import { quantile } from './bootstrap';
import { staticMixtureHull } from './hull';
import type { FixedArm, RegretPoint, ReplaySeries, SegmentGain, SharePoint } from './result';
import type { PolicyRuns, SeedRun } from './runs';
import { columnMeans, type OutcomeTable } from './table';

const REGRET_POINTS = 100;
const SHARE_STRETCHES = 40;

export interface SeriesSource {
  readonly table: OutcomeTable;
  readonly seeds: readonly SeedRun[];
  readonly runs: readonly PolicyRuns[];
  /** Choices of `segment-means`, by row: what regret is measured against. */
  readonly reference: Int32Array;
  readonly willingnessToPayUsd: number;
  /** What a ms of waiting takes from utility. */
  readonly utilityPerMs: number;
  readonly synthetic: boolean;
}

/** Everything the report plots. */
export function replaySeries(source: SeriesSource): ReplaySeries {
  const { table, seeds, runs, willingnessToPayUsd, synthetic } = source;
  const utilities = utilitiesOf(source);
  const arms = fixedArms(table);
  const hull = staticMixtureHull(
    arms.map(({ quality, costUsdPer1000 }) => ({ quality, costUsd: costUsdPer1000 })),
  );
  const shown = runs.find(({ policy }) => policy === 'thompson') ?? runs[0]!;
  return {
    willingnessToPayUsd,
    seeds: seeds.length,
    synthetic,
    arms,
    hull: hull.map(({ quality, costUsd }) => ({ quality, costUsdPer1000: costUsd })),
    regret: runs.flatMap((run) => regretCurve(source, run, utilities)),
    shares: shareSeries(table, seeds, shown),
    sharesOf: shown.policy,
    segmentGains: segmentGains(table, shown, utilities),
  };
}

function fixedArms(table: OutcomeTable): FixedArm[] {
  const quality = columnMeans(table.quality, table.rows, table.arms.list.length);
  const cost = columnMeans(table.costUsd, table.rows, table.arms.list.length);
  return table.arms.list.map(({ model, index }) => ({
    model,
    quality: quality[index]!,
    costUsdPer1000: 1000 * cost[index]!,
  }));
}

/** Of every recorded answer, rows × arms. */
function utilitiesOf({ table, willingnessToPayUsd, utilityPerMs }: SeriesSource): Float64Array {
  const utilities = table.quality.map(
    (quality, cell) => quality - (1 / willingnessToPayUsd) * table.costUsd[cell]!,
  );
  return utilityPerMs > 0
    ? utilities.map((utility, cell) => utility - utilityPerMs * table.latencyMs![cell]!)
    : utilities;
}

function regretCurve(
  { table, seeds, reference }: SeriesSource,
  run: PolicyRuns,
  utilities: Float64Array,
): RegretPoint[] {
  const arms = table.arms.list.length;
  const ends = Array.from({ length: REGRET_POINTS }, (_, i) =>
    Math.ceil(((i + 1) * table.rows) / REGRET_POINTS),
  );
  const curves = seeds.map(({ order }, seed) => {
    const chosen = run.chosenByRow[seed]!;
    const regret = (row: number) =>
      utilities[row * arms + reference[row]!]! - utilities[row * arms + chosen[row]!]!;
    let sum = 0;
    const running = Float64Array.from(order, (row) => (sum += regret(row)));
    return ends.map((end) => running[end - 1]!);
  });
  return ends.map((request, i) => {
    const values = Float64Array.from(curves, (curve) => curve[i]!).sort();
    return {
      policy: run.policy,
      request,
      mean: values.reduce((a, b) => a + b, 0) / values.length,
      low: quantile(values, 0.05),
      high: quantile(values, 0.95),
    };
  });
}

function shareSeries(
  table: OutcomeTable,
  seeds: readonly SeedRun[],
  run: PolicyRuns,
): SharePoint[] {
  const stretches = Math.min(SHARE_STRETCHES, table.rows);
  return Array.from({ length: stretches }, (_, i) => {
    const from = Math.floor((i * table.rows) / stretches);
    const to = Math.floor(((i + 1) * table.rows) / stretches);
    const counts = new Float64Array(table.arms.list.length);
    seeds.forEach(({ order }, seed) => {
      for (const row of order.subarray(from, to)) counts[run.chosenByRow[seed]![row]!]!++;
    });
    return table.arms.list.map(({ model, index }) => ({
      model,
      request: to,
      share: counts[index]! / (seeds.length * (to - from)),
    }));
  }).flat();
}

/** Gain in each segment over the model that is best for the whole table; normal interval over the segment's requests. */
function segmentGains(
  table: OutcomeTable,
  run: PolicyRuns,
  utilities: Float64Array,
): SegmentGain[] {
  const arms = table.arms.list.length;
  const means = columnMeans(utilities, table.rows, arms);
  const best = means.indexOf(Math.max(...means));
  const gains = table.segmentNames.map((): number[] => []);
  for (let row = 0; row < table.rows; row++) {
    const routed = run.chosenByRow.reduce(
      (sum, chosen) => sum + utilities[row * arms + chosen[row]!]!,
      0,
    );
    gains[table.segments[row]!]!.push(
      routed / run.chosenByRow.length - utilities[row * arms + best]!,
    );
  }
  return gains.map((values, i) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    const error =
      values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : Infinity;
    const half = Number.isFinite(error) ? 1.96 * error : 0;
    return {
      segment: table.segmentNames[i]!,
      requests: values.length,
      gain: mean,
      ci95: [mean - half, mean + half],
    };
  });
}
