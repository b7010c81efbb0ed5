/**
 * Spend targets: the paced policy's spend against its target, and its quality against the frontier of the unpaced policy (a sweep of the
 * willingness to pay, same seeds, quality linear between its points) at the spend it had.
 */
import { ReplayEngine } from '../../src/replay/engine';
import { orderOf } from '../../src/replay/order';
import type { OutcomeTable } from '../../src/replay/table';
import { bootstrap, text } from './resample';

/** Settings of the sweep, a factor of 2^(1/2) apart. */
const SWEPT = 29;
/** Targets as shares of the way from the cheapest to the dearest point of the frontier, by the logarithm of the spend. */
const TARGETS = [0.2, 0.35, 0.5, 0.65, 0.8, 0.95];
const TOLERANCE = 0.005;

interface Run {
  readonly usd: number;
  readonly quality: number;
}

export function budget(table: OutcomeTable, seeds: number): void {
  const engine = new ReplayEngine(table, {
    flat: false,
    halfLifeRequests: Infinity,
    chunkRequests: 1e9,
  });
  const run = (seed: number, costWeight: number, usd?: number) =>
    outcome(
      table,
      engine.run({
        seed,
        order: orderOf(table, seed),
        costWeight,
        explorationScale: 1,
        budget: usd === undefined ? undefined : { usd, windowRequests: table.rows },
      }),
      orderOf(table, seed),
    );
  const all = (costWeight: number, usd?: number) =>
    Array.from({ length: seeds }, (_, i) => run(i + 1, costWeight, usd));
  const sweep = Array.from({ length: SWEPT }, (_, i) => all(2 ** (i / 2) / 2)).concat([all(0)]);
  const dearest = Math.max(...sweep.map((runs) => meanOf(runs, 'usd')));
  const cheapest = Math.min(...sweep.map((runs) => meanOf(runs, 'usd')));
  console.log(
    `\n${table.name}: one window of ${table.rows} requests, ${seeds} seeds; unpaced spend ${cheapest.toFixed(4)} to ${dearest.toFixed(4)} USD`,
  );
  const unbound = all(0);
  for (const share of TARGETS) {
    const target = cheapest * Math.exp(share * Math.log(dearest / cheapest));
    const paced = all(0, target);
    const errors = paced.map(({ usd }) => usd / target - 1);
    const within = (some: readonly number[]) =>
      some.filter((error) => Math.abs(error) <= TOLERANCE).length / some.length;
    // A seed that would spend less where money is no object cannot be made to spend more.
    const binding = errors.filter((_, i) => unbound[i]!.usd >= target);
    const gain = bootstrap(seeds, 1, (counts) => gainOf(paced, sweep, counts));
    console.log(
      `target ${target.toFixed(4)} USD: within 0.5 % in ${(100 * within(errors)).toFixed(0)} % of seeds (${(100 * within(binding)).toFixed(0)} % of the ${binding.length} that it binds), errors ${percent(Math.min(...errors))} to ${percent(Math.max(...errors))};`,
      `quality ${meanOf(paced, 'quality').toFixed(4)}, above the frontier by ${text(gain, 4)}`,
    );
  }
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}

function outcome(table: OutcomeTable, chosen: Int32Array, order: Uint32Array): Run {
  const arms = table.arms.list.length;
  let usd = 0;
  let quality = 0;
  chosen.forEach((arm, position) => {
    usd += table.costUsd[order[position]! * arms + arm]!;
    quality += table.quality[order[position]! * arms + arm]!;
  });
  return { usd, quality: quality / chosen.length };
}

function meanOf(runs: readonly Run[], field: keyof Run, counts?: Float64Array): number {
  return runs.reduce((sum, run, i) => sum + (counts?.[i] ?? 1) * run[field], 0) / runs.length;
}

/** Mean quality of the paced runs above the frontier at their mean spend, seeds drawn as often as `counts` says. */
function gainOf(
  paced: readonly Run[],
  sweep: readonly (readonly Run[])[],
  counts: Float64Array,
): number {
  const points = sweep
    .map((runs) => ({ usd: meanOf(runs, 'usd', counts), quality: meanOf(runs, 'quality', counts) }))
    .sort((a, b) => a.usd - b.usd);
  const usd = meanOf(paced, 'usd', counts);
  const i = Math.max(
    1,
    points.findIndex((point) => point.usd >= usd),
  );
  const [a, b] = [points[i - 1]!, points[i]!];
  const frontier = a.quality + ((usd - a.usd) / (b.usd - a.usd)) * (b.quality - a.quality);
  return meanOf(paced, 'quality', counts) - frontier;
}
