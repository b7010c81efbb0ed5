/**
 * Basic use: a router learns from 2,000 simulated requests which of three models is worth its price where.
 * Run it with `npx tsx examples/routing.ts`.
 *
 * The small model is good at chat and poor at code. The router finds out, and pays for a larger one only where it is worth it.
 */
import { createRouter } from '../src/index';
import { ModelSimulator, outcomeOf, routeOf } from '../src/simulator';
import { printTable } from './support/table';

// Providers that exist only as numbers; a real program calls its own clients here (see anyClient.ts).
const providers = new ModelSimulator({
  models: {
    small: {
      family: 'a',
      usdPerMillionInputTokens: 0.15,
      usdPerMillionOutputTokens: 0.6,
      quality: { chat: 0.92, code: 0.4 },
    },
    medium: {
      family: 'a',
      usdPerMillionInputTokens: 0.8,
      usdPerMillionOutputTokens: 4,
      quality: { chat: 0.94, code: 0.75 },
    },
    large: {
      family: 'b',
      usdPerMillionInputTokens: 3,
      usdPerMillionOutputTokens: 15,
      quality: { chat: 0.95, code: 0.93 },
    },
  },
  segments: { chat: {}, code: {} },
  seed: 4,
});

// A good answer is worth 5 cents more than a bad one.
const router = await createRouter({
  models: providers.models,
  willingnessToPayUsd: 0.05,
  clock: providers.clock,
  seed: 1,
});

const calls = new Map<string, number>();
for (const request of providers.requests(2000)) {
  const decision = router.select(routeOf(request));
  if (decision.kind !== 'decision') throw new Error('no model may answer');
  const reply = providers.call(decision.model, request);
  router.report(decision.decisionId, outcomeOf(reply));
  const key = `${request.segment}/${decision.model}`;
  calls.set(key, (calls.get(key) ?? 0) + 1);
}

printTable(
  'What the router learned of 2,000 requests',
  ['segment', 'model', 'calls', 'quality learned', 'true quality', 'expected cost, USD'],
  ['chat', 'code'].flatMap((segment) =>
    [...router.posteriors(segment)!].map(([model, { alpha, beta, expectedCostUsd }]) => [
      segment,
      model,
      String(calls.get(`${segment}/${model}`) ?? 0),
      (alpha / (alpha + beta)).toFixed(2),
      providers.expectedQuality(model, segment).toFixed(2),
      expectedCostUsd.toFixed(5),
    ]),
  ),
);
