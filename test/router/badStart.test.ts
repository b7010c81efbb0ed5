/**
 * Strategy: two or four models in two segments; the best by utility, a cheap one, answers badly the first two times. Most routers
 * must have come back to it at the end.
 * Not here: the strength of priors (test/evidence/laws.test.ts), regret over many worlds (docs/decisions/2026-11-22-untried-cells.md).
 */
import { describe, expect, it } from 'vitest';
import { createRouterSync } from '../../src/index';
import { Generator } from '../../src/random/generator';

const ROUTERS = 40;
const REQUESTS = 1500;
const LAST = 300;
/** With a prior of κ = 12 around a mean that rests on two answers it was 24 to 35 of 40. */
const MOST_SHUT_OUT = 16;

const MODELS = {
  cheap: { usdPerMillionInputTokens: 0.1, usdPerMillionOutputTokens: 0.4 },
  large: { usdPerMillionInputTokens: 2, usdPerMillionOutputTokens: 8 },
  old: { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 4 },
  older: { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 4 },
} as const;
const QUALITY = { cheap: 0.85, large: 0.88, old: 0.75, older: 0.7 };
type Model = keyof typeof MODELS;

/** Does the cheap model get less than 5 % of the last requests? */
function shutsOut(models: readonly Model[], seed: number): boolean {
  const router = createRouterSync({
    models: Object.fromEntries(models.map((id) => [id, { ...MODELS[id], family: id }])),
    willingnessToPayUsd: 0.05,
    seed,
  });
  const world = new Generator(seed, 0);
  let answers = 0;
  let late = 0;
  for (let t = 0; t < REQUESTS; t++) {
    const decision = router.select({ segment: `s${world.index(2)}`, promptTokens: 500 });
    if (decision.kind !== 'decision') throw new Error('no model is eligible');
    const model = decision.model as Model;
    const good = world.unit() < QUALITY[model];
    const spoilt = model === 'cheap' && answers++ < 2;
    if (model === 'cheap' && t >= REQUESTS - LAST) late++;
    router.report(decision.decisionId, {
      reward: good && !spoilt ? 1 : 0,
      promptTokens: 500,
      outputTokens: 300,
    });
  }
  return late < 0.05 * LAST;
}

describe('a good model that starts badly', () => {
  it.each([
    { models: ['cheap', 'large'] },
    { models: ['cheap', 'large', 'old', 'older'] },
  ] as const)('is not shut out among $models', ({ models }) => {
    const seeds = Array.from({ length: ROUTERS }, (_, i) => i + 1);
    const out = seeds.filter((seed) => shutsOut(models, seed)).length;
    expect(out).toBeLessThanOrEqual(MOST_SHUT_OUT);
  });
});
