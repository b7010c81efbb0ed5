/**
 * Policies online on recorded tables at 0.01 USD, part by part: closure of the gap between the best fixed model and the oracle, hull gain against the static mixtures
 * of the same rows, and utility, of the whole run, its second half and its last quarter. Mean over seeds, standard error behind.
 *
 *   npx tsx bench/forecasts/contextOnline.ts [--tables a,b] [--policies a,b] [--seeds N] [--seed FIRST] [--folder FOLDER]
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ReplayEngine } from '../../src/replay/engine';
import { hullQuality, staticMixtureHull } from '../../src/replay/hull';
import { orderOf } from '../../src/replay/order';
import { readTable } from '../../src/replay/readTable';
import type { OutcomeTable } from '../../src/replay/table';

const { values } = parseArgs({
  options: {
    tables: { type: 'string', default: 'reasoning-gym-easy,alpaca-eval,paretobandit-val' },
    policies: { type: 'string', default: 'thompson,thompson-flat,thompson-context,thompson-full' },
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '101' },
    folder: { type: 'string', default: resolve(import.meta.dirname, '../../../shared/data') },
  },
});
const COST_WEIGHT = 100;

const ENGINES: Record<string, object> = {
  thompson: { flat: false },
  'thompson-flat': { flat: true },
  'thompson-context': { flat: true, prompts: { policy: 'thompson-context', kind: 'alone' } },
  'thompson-full': { flat: false, prompts: { policy: 'thompson-full', kind: 'beside' } },
};

interface Part {
  closure: number;
  hullGain: number;
  utility: number;
}

/** What choices earned on positions [from, to) of an order, beside the fixed models and the oracle of the same rows. */
function judge(
  table: OutcomeTable,
  order: Uint32Array,
  chosen: Int32Array,
  from: number,
  to: number,
): Part {
  const arms = table.arms.list.length;
  const rows = to - from;
  const quality = new Float64Array(arms);
  const cost = new Float64Array(arms);
  let [oracle, gained, spent] = [0, 0, 0];
  for (let position = from; position < to; position++) {
    const row = order[position]! * arms;
    let best = -Infinity;
    for (let arm = 0; arm < arms; arm++) {
      const [q, c] = [table.quality[row + arm]!, table.costUsd[row + arm]!];
      quality[arm]! += q / rows;
      cost[arm]! += c / rows;
      best = Math.max(best, q - COST_WEIGHT * c);
    }
    oracle += best / rows;
    gained += table.quality[row + chosen[position]!]! / rows;
    spent += table.costUsd[row + chosen[position]!]! / rows;
  }
  const fixed = Math.max(...quality.map((q, arm) => q - COST_WEIGHT * cost[arm]!));
  const utility = gained - COST_WEIGHT * spent;
  const hull = staticMixtureHull(
    Array.from(quality, (q, arm) => ({ quality: q, costUsd: cost[arm]! })),
  );
  const under = hullQuality(hull, spent);
  return {
    closure: (utility - fixed) / (oracle - fixed),
    hullGain: under === null ? NaN : gained - under,
    utility,
  };
}

function summary(numbers: readonly number[]): string {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const error = Math.sqrt(squares / Math.max(1, numbers.length - 1) / numbers.length);
  return `${mean.toFixed(4).padStart(8)} ± ${error.toFixed(4)}`;
}

for (const name of values.tables.split(',')) {
  const file = join(values.folder, `${name}.jsonl.gz`);
  if (!existsSync(file)) {
    console.log(`${name}: not here (${file})`);
    continue;
  }
  const table = await readTable(file, {
    modelsFile: undefined,
    limit: Infinity,
    strict: false,
    onBadLine: () => undefined,
  });
  console.log(
    `\n${name}: ${table.rows} requests, ${table.arms.list.length} models, ${values.seeds} seeds from ${values.seed}`,
  );
  for (const policy of values.policies.split(',')) {
    const options = { ...ENGINES[policy], halfLifeRequests: Infinity, chunkRequests: 4096 };
    const engine = new ReplayEngine(
      table,
      options as ConstructorParameters<typeof ReplayEngine>[1],
    );
    const parts = { 'whole run': 0, 'second half': 0.5, 'last quarter': 0.75 };
    const runs = Array.from({ length: Number(values.seeds) }, (_, i) => {
      const seed = Number(values.seed) + i;
      const order = orderOf(table, seed);
      const chosen = engine.run({ seed, order, costWeight: COST_WEIGHT, explorationScale: 1 });
      return Object.values(parts).map((share) =>
        judge(table, order, chosen, Math.floor(share * table.rows), table.rows),
      );
    });
    Object.keys(parts).forEach((part, i) => {
      const of = (key: keyof Part) => summary(runs.map((run) => run[i]![key]));
      console.log(
        `  ${policy.padEnd(16)} ${part.padEnd(12)} closure ${of('closure')}  hull gain ${of('hullGain')}  utility ${of('utility')}`,
      );
    });
  }
}
