/**
 * What the (model, n) router believes and does on a recorded table of several samples: posterior mean quality, mean cost and share of
 * the decisions of every arm, averaged over seeds, beside the truth. Goal: the order that it learned. Non-goal: how well it routes,
 * which `thompsonite replay TABLE --policy thompson-best-of-n` says with intervals.
 *
 *   npx tsx bench/best-of-n/ranking.ts [TABLE.jsonl.gz [USD [SEEDS]]]
 */
import { resolve } from 'node:path';
import { withLevels } from '../../src/replay/levels';
import { LevelsEngine } from '../../src/replay/levelsEngine';
import { orderOf } from '../../src/replay/order';
import { readTable } from '../../src/replay/readTable';
import { columnMeans } from '../../src/replay/table';

export interface Ranked {
  readonly arm: string;
  /** Posterior mean after the last decision. */
  readonly believed: number;
  /** Table mean. */
  readonly quality: number;
  readonly costUsdPer1000: number;
  /** Of all decisions, and of those of the last half. */
  readonly share: number;
  readonly lateShare: number;
}

/** Arms by believed utility, best first. */
export async function ranking(
  file: string,
  willingnessToPayUsd: number,
  seeds: number,
): Promise<Ranked[]> {
  const base = await readTable(file, {
    modelsFile: undefined,
    limit: Infinity,
    strict: true,
    onBadLine: () => undefined,
  });
  const table = withLevels(base);
  const arms = table.arms.list.length;
  const options = { flat: false, halfLifeRequests: Infinity, chunkRequests: 4096 };
  const engine = new LevelsEngine(table, options, undefined);
  const believed = new Float64Array(arms);
  const share = new Float64Array(arms);
  const late = new Float64Array(arms);
  for (let seed = 1; seed <= seeds; seed++) {
    const order = orderOf(table, seed);
    const costWeight = 1 / willingnessToPayUsd;
    const chosen = engine.run({ seed, order, costWeight, explorationScale: 1 });
    chosen.forEach((arm, i) => {
      share[arm]! += 1 / (seeds * table.rows);
      if (2 * i >= table.rows) late[arm]! += 2 / (seeds * table.rows);
    });
    engine.meanQualities().forEach((mean, arm) => (believed[arm]! += mean / seeds));
  }
  const quality = columnMeans(table.quality, table.rows, arms);
  const cost = columnMeans(table.costUsd, table.rows, arms);
  return table.arms.list
    .map(({ model, index }) => ({
      arm: model,
      believed: believed[index]!,
      quality: quality[index]!,
      costUsdPer1000: 1000 * cost[index]!,
      share: share[index]!,
      lateShare: late[index]!,
    }))
    .sort((a, b) => utility(b) - utility(a));

  function utility(one: Ranked): number {
    return one.believed - one.costUsdPer1000 / 1000 / willingnessToPayUsd;
  }
}

if (process.argv[1] === import.meta.filename) {
  const shared = '../../../shared/data/reasoning-gym-easy.jsonl.gz';
  const [file = resolve(import.meta.dirname, shared), usd = '0.05', seeds = '20'] =
    process.argv.slice(2);
  for (const one of await ranking(file, Number(usd), Number(seeds))) {
    const figures = [one.believed, one.quality, one.costUsdPer1000, one.share, one.lateShare];
    console.log(one.arm.padEnd(36), ...figures.map((figure) => figure.toFixed(3).padStart(8)));
  }
}
