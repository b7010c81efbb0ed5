// Snapshots that this version of the library writes, for test/golden/snapshots.test.ts: later versions must load them. Run once for a release, after `npm run build`;
// files of released versions are never made anew.
//
//   node scripts/make-golden-snapshots.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { createRouterSync } from 'thompsonite';
import packageJson from '../package.json' with { type: 'json' };

const FOLDER = new URL(`../test/golden/snapshots/${packageJson.version}/`, import.meta.url);

const MODELS = Object.fromEntries(
  ['alpha', 'beta', 'gamma'].map((id, i) => [
    id,
    {
      family: i < 2 ? 'x' : 'y',
      usdPerMillionInputTokens: 0.5 * (i + 1),
      usdPerMillionOutputTokens: 2 * (i + 1),
    },
  ]),
);
const BASE = { models: MODELS, willingnessToPayUsd: 0.02, seed: 7, instanceId: 'golden' };

/** By name: options beside these. */
const ROUTERS = {
  plain: {},
  empty: {},
  everything: {
    posterior: { halfLifeRequests: 50, priorMean: 0.6 },
    floor: { epsilon: 0.05, baseline: 'inverse-cost' },
    latency: { usdPerSecond: 0.001, limitMs: 5000 },
    propensity: 'exact',
    breakers: { minimumCalls: 2, window: { kind: 'time', durationMs: 60_000, buckets: 7 } },
    pendingTtlMs: Infinity,
    maxPendingDecisions: 20,
  },
  steered: {
    posterior: { halfLifeMs: 3_600_000 },
    drift: {},
    priors: { gamma: { mean: 0.8, strength: 4 } },
    budget: { usd: 0.05, windowRequests: 40 },
    rules: { chain: [{ when: 'budget', usd: 0.02, windowRequests: 30, models: ['alpha'] }] },
  },
  prompts: { context: { freezeAfterPrompts: 1000 } },
  several: { bestOf: { maxSamples: 3 }, propensity: 'exact', willingnessToPayUsd: 1 },
};

/** What every router went through; the test goes on from there. */
function live(router, prompts, runs) {
  const open = [];
  for (let i = 0; i < 60; i++) {
    const decision = router.select({
      ...(i % 4 && { segment: ['s', '__proto__', 'ü\u2028'][i % 3] }),
      ...(i % 5 && { promptTokens: 10 * i }),
      ...(prompts && { prompt: `what is ${i * i}` }),
    });
    open.push(decision.decisionId);
    if (runs) {
      const samples = Array.from({ length: decision.n }, (_, k) => ({
        score: ((7 * i + 3 * k) % 11) / 10,
        costUsd: i / 1e5,
      }));
      if (i % 4) router.report(decision.decisionId, { samples });
      continue;
    }
    if (i % 3 === 2) router.report(open[i - 1], { reward: (i % 11) / 10, costUsd: i / 1e5 });
    if (i % 7 === 3) router.report(open[i], { error: 'server' });
    if (i % 5 === 4) router.report(open[i - 2], { latencyMs: 100 * i, outputTokens: 9 * i });
  }
}

mkdirSync(FOLDER, { recursive: true });
const expected = {};
for (const [name, options] of Object.entries(ROUTERS)) {
  const router = createRouterSync({ ...BASE, ...options, clock: () => 1_700_000_000_000 });
  const prompts = options.context !== undefined;
  if (name !== 'empty') live(router, prompts, options.bestOf !== undefined);
  writeFileSync(new URL(`${name}.tsnp.gz`, FOLDER), gzipSync(router.snapshot(), { level: 9 }));
  // What it goes on to do; bits of numbers survive JSON.
  const posteriors = router.getPosteriors();
  const stats = router.getStats();
  const next = Array.from({ length: 10 }, (_, i) =>
    router.select({ segment: 's', ...(prompts && { prompt: `why ${i}` }) }),
  );
  expected[name] = JSON.parse(JSON.stringify({ posteriors, stats, next }));
}
writeFileSync(new URL('expected.json', FOLDER), `${JSON.stringify(expected, undefined, 1)}\n`);
