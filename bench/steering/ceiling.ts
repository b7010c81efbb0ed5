/**
 * The live router under a ceiling equal to its target, on recorded answers: by how much reported costs exceed it, against the dearest
 * single answer, and how many requests go unserved.
 */
import { createRouterSync } from '../../src/index';
import { orderOf } from '../../src/replay/order';
import type { OutcomeTable } from '../../src/replay/table';

const TARGETS = [0.16, 0.8, 4];

export function ceiling(table: OutcomeTable, seeds: number): void {
  const { list } = table.arms;
  const models = Object.fromEntries(
    list.map(({ model, family, usdPerInputToken, usdPerOutputToken }) => [
      model,
      {
        family: table.arms.families[family]!,
        usdPerMillionInputTokens: 1e6 * usdPerInputToken,
        usdPerMillionOutputTokens: 1e6 * usdPerOutputToken,
      },
    ]),
  );
  console.log(`\n${table.name}: live router, ceiling = target, ${seeds} seeds`);
  for (const usd of TARGETS) {
    let worst = -Infinity;
    let beyondOne = 0;
    let unserved = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const budget = { usd, windowRequests: table.rows, ceilingUsd: usd };
      const router = createRouterSync({ models, willingnessToPayUsd: Infinity, seed, budget });
      let spent = 0;
      let latest = 0;
      for (const row of orderOf(table, seed)) {
        const segment = table.segmentNames[table.segments[row]!]!;
        const result = router.select(segment === '' ? {} : { segment });
        if (result.kind !== 'decision') {
          unserved++;
          continue;
        }
        const cell = row * list.length + table.arms.indexOf.get(result.model)!;
        latest = table.costUsd[cell]!;
        spent += latest;
        router.report(result.decisionId, { reward: table.quality[cell]!, costUsd: latest });
      }
      worst = Math.max(worst, spent / usd - 1);
      if (spent - latest > usd) beyondOne++;
    }
    const share = (100 * unserved) / (seeds * table.rows);
    console.log(
      `ceiling ${usd} USD: worst excess ${(100 * worst).toFixed(3)} %, by more than the last answer in ${beyondOne} of ${seeds} seeds; ${share.toFixed(2)} % of requests unserved`,
    );
  }
}
