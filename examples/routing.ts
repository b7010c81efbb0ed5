/**
 * Routes 2,000 simulated requests among three models and prints what was learned: run it with `npx tsx examples/routing.ts`.
 * The small model is good at chat and poor at code; the router finds out and pays for the large one only where it is worth it.
 */
import { createRouter, Sampler } from '../src/index';

const models = {
  small: { family: 'a', usdPerMillionInputTokens: 0.15, usdPerMillionOutputTokens: 0.6 },
  medium: { family: 'a', usdPerMillionInputTokens: 0.8, usdPerMillionOutputTokens: 4 },
  large: { family: 'b', usdPerMillionInputTokens: 3, usdPerMillionOutputTokens: 15 },
};

/** Chance of a good answer, by segment. */
const truth: Record<string, Record<keyof typeof models, number>> = {
  chat: { small: 0.92, medium: 0.94, large: 0.95 },
  code: { small: 0.4, medium: 0.75, large: 0.93 },
};

const router = await createRouter({ models, willingnessToPayUsd: 0.05, seed: 1 });
const luck = new Sampler({ seed: 2 }).uniform(0, 1, 2000);
const calls = new Map<string, number>();

luck.forEach((u, i) => {
  const segment = i % 2 === 0 ? 'chat' : 'code';
  const decision = router.select({ segment, promptTokens: 600 });
  if (decision.kind !== 'decision') return;
  const model = decision.model as keyof typeof models;
  router.report(decision.decisionId, {
    reward: u < truth[segment]![model] ? 1 : 0,
    outputTokens: 350,
  });
  const key = `${segment} → ${model}`;
  calls.set(key, (calls.get(key) ?? 0) + 1);
});

for (const [key, count] of [...calls].sort())
  console.log(`${key.padEnd(16)} ${String(count).padStart(5)} calls`);
for (const segment of Object.keys(truth)) {
  for (const [model, { alpha, beta, expectedCostUsd }] of router.posteriors(segment)!) {
    const mean = (alpha / (alpha + beta)).toFixed(2);
    console.log(
      `${segment} ${model.padEnd(6)} quality ${mean}  expected cost ${expectedCostUsd.toFixed(5)} USD`,
    );
  }
}
