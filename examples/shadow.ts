/**
 * Shadow: a new model sees a share of the traffic without serving any of it, until the numbers say what it is worth.
 * Run it with `npx tsx examples/shadow.ts`.
 */
import { createRouter } from '../src/index';
import { ModelSimulator, outcomeOf, routeOf, type SimulatedRequest } from '../src/simulator';
import { printTable } from './support/table';

const REQUESTS = 2000;
const SERVING = ['trusted', 'cheap'];

const world = new ModelSimulator({
  models: {
    trusted: {
      family: 'a',
      usdPerMillionInputTokens: 3,
      usdPerMillionOutputTokens: 15,
      quality: { chat: 0.9, code: 0.8 },
    },
    cheap: {
      family: 'a',
      usdPerMillionInputTokens: 0.3,
      usdPerMillionOutputTokens: 1.5,
      quality: { chat: 0.8, code: 0.55 },
    },
    // Better at code, no better at chat, and it falls over now and then: nobody knows yet.
    candidate: {
      family: 'b',
      usdPerMillionInputTokens: 1,
      usdPerMillionOutputTokens: 5,
      quality: { chat: 0.89, code: 0.93 },
      errors: { server: 0.03 },
    },
  },
  segments: { chat: {}, code: {} },
  seed: 4,
});
const router = await createRouter({
  models: world.models,
  willingnessToPayUsd: 0.05,
  clock: world.clock,
  seed: 1,
});

const shadow = router.shadow<SimulatedRequest>({
  candidates: ['candidate'],
  // A real program calls its client here, and hands it the signal.
  call: ({ model, payload }) => {
    const reply = world.call(model, payload);
    if (reply.kind === 'error') throw new Error(reply.error);
    return outcomeOf(reply);
  },
  share: 0.25,
  budget: { usd: 2, windowMs: Infinity },
  ignoreEligibility: true, // it may be looked at although it may not serve
});

const served = new Map<string, number>();
for (const request of world.requests(REQUESTS)) {
  const decision = router.select({ ...routeOf(request), eligible: SERVING });
  if (decision.kind !== 'decision') throw new Error('no model may answer');
  shadow.offer(decision, request); // at once: the reply does not wait for it
  const reply = world.call(decision.model, request);
  router.report(decision.decisionId, outcomeOf(reply));
  served.set(decision.model, (served.get(decision.model) ?? 0) + 1);
  // A server has pauses anyway; here they are made, and last until the calls are over, so that each run is the same.
  if (request.number % 4 === 3) await shadow.drain();
}
await shadow.drain();

const { answers, answered, failed, spentUsd } = shadow.stats;
console.log(
  `${REQUESTS} requests, served by ${[...served].map(([id, n]) => `${id} (${n})`).join(' and ')}`,
);
console.log(
  `mirrored: ${answers.started}, answered: ${answered}, failed: ${failed}, for ${spentUsd.toFixed(2)} USD of 2`,
);

printTable(
  'The candidate beside what served the same requests, 95 % intervals',
  ['candidate', 'pairs', 'quality, difference', 'interval', 'cost, difference in USD'],
  shadow
    .comparison()
    .map(({ candidate, pairs, rewardDifference, rewardInterval, ...cost }) => [
      candidate,
      String(pairs),
      rewardDifference!.toFixed(3),
      rewardInterval.map((end) => end.toFixed(3)).join(' – '),
      cost.costDifferenceUsd!.toFixed(4),
    ]),
);
printTable(
  'What is believed now: the candidate has served nobody',
  ['segment', 'model', 'quality learned', 'true quality'],
  ['chat', 'code'].flatMap((segment) =>
    [...router.posteriors(segment)!].map(([model, { alpha, beta }]) => [
      segment,
      model,
      (alpha / (alpha + beta)).toFixed(2),
      world.expectedQuality(model, segment).toFixed(2),
    ]),
  ),
);
