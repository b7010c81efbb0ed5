/** Strategy: propensities of (model, n) against the frequencies of 1e6 decisions of the kernel by chi-square. Quick laws: test/best-of-n/levelPropensity.test.ts. */
import { expect, test } from 'vitest';
import { createRouterSync, type RouterOptions } from '../../src';
import { chiSquareCritical } from '../decision/thompsonCounts';

const DECISIONS = 1e6;
const BATCH = 2 ** 15;
const LEVEL = 1e-6;
const model = (family: string, input: number, output: number) => ({
  family,
  usdPerMillionInputTokens: input,
  usdPerMillionOutputTokens: output,
});
const CASES: [string, Partial<RouterOptions>][] = [
  ['as they come', {}],
  ['where money is no object', { willingnessToPayUsd: Infinity }],
  [
    'with a wide spread and a weak proxy',
    { explorationScale: 2, bestOf: { maxSamples: 4, proxyGain: 0.5 } },
  ],
];

test.each(CASES)(
  '%s',
  (_, changes) => {
    const [exact, off] = (['exact', 'off'] as const).map((propensity) => {
      const router = createRouterSync({
        models: { a: model('f', 0.5, 1), b: model('f', 1, 2), c: model('g', 4, 8) },
        willingnessToPayUsd: 0.02,
        seed: 29,
        bestOf: { maxSamples: 3 },
        breakers: false,
        maxPendingDecisions: 1,
        explainableDecisions: 0,
        ...changes,
        propensity,
      });
      for (let i = 0; i < 40; i++) {
        const decision = router.select({ eligible: [['a', 'b', 'c'][i % 3]!] });
        if (decision.kind !== 'decision') throw new Error('no model');
        // Runs that do better than one sample says: clips at 1 are met.
        const samples = Array.from({ length: decision.n! }, (_, k) => ({
          score: Number((i + k) % 4 > 0 || k === 2),
          costUsd: 2e-4 * (1 + (i % 3)),
        }));
        router.report(decision.decisionId, { samples });
      }
      return router;
    });
    const first = exact!.select();
    if (first.kind !== 'decision') throw new Error('no model');
    const counts = new Map<string, number>();
    for (let done = 0; done < DECISIONS; done += BATCH)
      for (const decision of off!.selectBatch({ count: BATCH })) {
        if (decision.kind !== 'decision') throw new Error('no model');
        const key = `${decision.model} ${decision.n}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    const all = [...counts.values()].reduce((a, b) => a + b, 0);
    // What is rare is one class.
    let [rare, rareCount, statistic, classes] = [0, 0, 0, 0];
    first.eligible.forEach((id, i) =>
      first.samplePropensities![i]!.forEach((p, k) => {
        const count = counts.get(`${id} ${k + 1}`) ?? 0;
        if (p * all < 50) [rare, rareCount] = [rare + p * all, rareCount + count];
        else [statistic, classes] = [statistic + (count - p * all) ** 2 / (p * all), classes + 1];
      }),
    );
    if (rare > 5) [statistic, classes] = [statistic + (rareCount - rare) ** 2 / rare, classes + 1];
    expect(classes).toBeGreaterThan(3);
    expect(statistic).toBeLessThan(chiSquareCritical(classes - 1, LEVEL / CASES.length));
  },
  600_000,
);
