/**
 * Asking a cheap model three times: a judge, whose scores are only nearly right, picks the answer, and the router finds that this beats a dear model asked once.
 * Run it with `npx tsx examples/bestOf.ts`.
 */
import { bestOfN, chooseBestRoute, createRouterSync, type BestOfOptions } from '../src/index';
import { ModelSimulator, routeOf, type SimulatedRequest } from '../src/simulator';
import { printTable } from './support/table';

const REQUESTS = 3000;
const WILLINGNESS_TO_PAY_USD = 0.05;

/** Half of the requests are hard, and nobody says which: what is hard once is hard three times. */
const models = {
  cheap: {
    quality: { easy: 0.85, hard: 0.35 },
    usdPerMillionInputTokens: 0.2,
    usdPerMillionOutputTokens: 0.8,
  },
  dear: {
    quality: { easy: 0.95, hard: 0.6 },
    usdPerMillionInputTokens: 3,
    usdPerMillionOutputTokens: 12,
  },
};

/** A judge with an opinion of its own: a right answer beats a wrong one in five cases of six or so. */
const judged = (right: number, request: SimulatedRequest, sample: number) =>
  0.4 * right + 0.6 * (((request.number * 7919 + sample * 104_729) % 1000) / 1000);

async function run(eligible: string[], bestOf: BestOfOptions) {
  const world = new ModelSimulator({ models, segments: { easy: {}, hard: {} }, seed: 5 });
  const router = createRouterSync({
    models: world.models,
    willingnessToPayUsd: WILLINGNESS_TO_PAY_USD,
    bestOf,
    clock: world.clock,
    seed: 5,
  });
  let [right, usd, thrice] = [0, 0, 0];
  for (const request of world.requests(REQUESTS)) {
    const { promptTokens } = routeOf(request);
    const decision = router.select({ promptTokens: promptTokens!, eligible });
    if (decision.kind !== 'decision') throw new Error('no model may answer');
    const result = await bestOfN({
      prompt: request,
      arm: decision.model,
      n: decision.n!,
      generate: ({ arm, sample }) => {
        const reply = world.call(arm, request, sample);
        if (reply.kind === 'error') throw new Error(reply.error);
        return { answer: reply.quality, costUsd: reply.costUsd };
      },
      proxyReward: ({ answer, sample }) => judged(answer, request, sample),
    });
    const reward = result.kind === 'best' ? result.best.answer : 0;
    // What the user found of the answer that was chosen, and what the run has cost.
    router.report(decision.decisionId, { reward, samples: result.samples });
    right += reward / REQUESTS;
    usd += (1000 * result.costUsd) / REQUESTS;
    thrice += Number(decision.model === 'cheap' && decision.n === 3) / REQUESTS;
  }
  return { router, right, usd, thrice };
}

const both = ['cheap', 'dear'];
const runs: [string, string[], BestOfOptions][] = [
  ['cheap, asked once', ['cheap'], { maxSamples: 1 }],
  ['dear, asked once', ['dear'], { maxSamples: 1 }],
  ['routed, asked once', both, { maxSamples: 1 }],
  ['routed, up to three times', both, { maxSamples: 3, proxyGain: 0.8 }],
];
const rows: string[][] = [];
let last: Awaited<ReturnType<typeof run>> | undefined;
for (const [name, eligible, bestOf] of runs) {
  last = await run(eligible, bestOf);
  const { right, usd, thrice } = last;
  const utility = right - usd / 1000 / WILLINGNESS_TO_PAY_USD;
  rows.push([
    name,
    `${(100 * right).toFixed(1)} %`,
    usd.toFixed(2),
    utility.toFixed(3),
    `${(100 * thrice).toFixed(0)} %`,
  ]);
}
printTable(
  `${REQUESTS} requests; being right is worth ${WILLINGNESS_TO_PAY_USD} USD`,
  ['policy', 'right', 'USD / 1000', 'utility', 'cheap × 3'],
  rows,
);

/** BEST-Route's rule on what the last router believes: the cheapest that matches the dear model often enough. */
const believed = last!.router.getPosteriors(null).segments[0]!.models;
const candidates = Object.entries(believed).flatMap(([model, { samples }]) =>
  samples!.map((posterior) => ({ model, ...posterior })),
);
const strong = candidates.findIndex(({ model, n }) => model === 'dear' && n === 1);
printTable(
  'BEST-Route: asked for a probability of matching the dear model',
  ['threshold', 'chooses'],
  [0.5, 0.8, 0.95].map((threshold) => {
    const { model, n } = candidates[chooseBestRoute(candidates, { strong, threshold })]!;
    return [String(threshold), `${model} × ${n}`];
  }),
);
