/**
 * Strategy: whole decisions against the reference evidence with the reference draws, and the frequencies of choices
 * against the probability that one Beta variable exceeds another, integrated numerically.
 * Not here: the bits of the samplers (test/distributions), the choice alone (argmax.test.ts), replays (test/replay).
 */
import { describe, expect, it } from 'vitest';
import { createRouterSync } from '../../src/index';
import type { ModelOptions } from '../../src/index';
import { Generator } from '../../src/random/generator';
import { referenceDecision, referenceDraws } from '../reference/decision';
import { ReferenceEvidence } from '../reference/evidence';
import { probabilityGreater } from '../reference/metrics';
import { Purpose, streamBase } from '../reference/rng';

/** Draws agree but for the last bits of exp, log and the evidence's sums. */
const DRAW_TOLERANCE = 1e-9;

function models(count: number): Record<string, ModelOptions> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `m${i}`,
      { family: `f${i % 3}`, usdPerMillionInputTokens: 1 + i, usdPerMillionOutputTokens: 3 + i },
    ]),
  );
}

/** A router in a random world, and the reference making the same decisions from the same reports. */
function compareDecisions(
  arms: number,
  explorationScale: number,
  halfLifeRequests: number,
): number {
  const seed = 2n ** 63n + 12345n;
  const prior = { priorMean: 0.6, priorStrength: 3, halfLifeRequests };
  const router = createRouterSync({
    models: models(arms),
    willingnessToPayUsd: 0.01,
    seed,
    explorationScale,
    posterior: prior,
  });
  const perToken = (i: number, first: number) => (first + i) / 1e6;
  const reference = new ReferenceEvidence(
    Array.from({ length: arms }, (_, i) => ({
      family: i % 3,
      usdPerInputToken: perToken(i, 1),
      usdPerOutputToken: perToken(i, 3),
    })),
    prior,
    3,
  );
  const generator = new Generator(5, 0);
  const base = streamBase(seed, Purpose.SELECTION);
  // All three segments exist from the start on both sides.
  router.selectBatch([{ segment: '0' }, { segment: '1' }, { segment: '2' }]);
  let largest = 0;
  for (let sequence = 3; sequence < 150; sequence++) {
    const segment = generator.index(3);
    const promptTokens = 100 + generator.index(900);
    const decision = router.select({ segment: String(segment), promptTokens });
    if (decision.kind !== 'decision') throw new Error('every model is eligible');
    const posteriors = reference.posteriors(segment, sequence, promptTokens);
    const draw = { base, sequence: BigInt(sequence), explorationScale };
    const arm = referenceDecision(posteriors, { ...draw, costWeight: 100 });
    expect(decision.model).toBe(`m${arm}`);
    largest = Math.max(
      largest,
      Math.abs(decision.sampledQuality - referenceDraws(posteriors, draw)[arm]!),
    );
    if (generator.unit() < 0.2) continue;
    const [reward, costUsd] = [generator.unit(), 0.002 * generator.unit()];
    router.report(decision.decisionId, { reward, costUsd });
    reference.observe({ segment, arm, reward, costUsd, promptTokens, clock: sequence });
  }
  return largest;
}

describe('decisions of a router', () => {
  it.each([
    { arms: 1, scale: 1, halfLife: Infinity },
    { arms: 2, scale: 1, halfLife: Infinity },
    { arms: 5, scale: 0.3, halfLife: 20 },
    { arms: 6, scale: 0, halfLife: Infinity },
    // Shapes far below 1: every draw takes the slow path.
    { arms: 7, scale: 6, halfLife: 1.5 },
  ])(
    'are the reference’s: $arms arms, scale $scale, half-life $halfLife',
    ({ arms, scale, halfLife }) => {
      expect(compareDecisions(arms, scale, halfLife)).toBeLessThan(DRAW_TOLERANCE);
    },
  );
});

const DECISIONS = 20_000;
/** Two-sided level 5.7e-7 a comparison: none of the handful here should ever fail by chance. */
const Z_BOUND = 5;

describe('frequencies of decisions', () => {
  it.each([
    { reports: 0, price: 0, scale: 1 },
    { reports: 12, price: 0, scale: 1 },
    { reports: 12, price: 200, scale: 1 },
    { reports: 60, price: 0, scale: 2 },
    { reports: 60, price: 100, scale: 0.5 },
    { reports: 10, price: 0, scale: 5 },
  ])(
    'are the posterior probabilities: $reports reports, price $price, scale $scale',
    ({ reports, price, scale }) => {
      const free = { family: 'a', usdPerMillionInputTokens: 0, usdPerMillionOutputTokens: 0 };
      const router = createRouterSync({
        models: { a: free, b: { ...free, usdPerMillionInputTokens: price } },
        willingnessToPayUsd: 1,
        explorationScale: scale,
        seed: 77,
      });
      for (let i = 0; i < 2 * reports; i++) {
        const decision = router.select({ eligible: [i % 2 ? 'a' : 'b'] });
        if (decision.kind === 'decision')
          router.report(decision.decisionId, { reward: i % 3 === 0 ? 1 : 0 });
      }
      router.select();
      const [a, b] = ['a', 'b'].map((model) => router.posteriors()!.get(model)!);
      const shapes = ({ alpha, beta }: { alpha: number; beta: number }) => ({
        alpha: alpha / scale ** 2,
        beta: beta / scale ** 2,
      });
      const chosen = router.selectBatch(Array.from({ length: DECISIONS }, () => ({})));
      const share =
        chosen.filter((d) => d.kind === 'decision' && d.model === 'a').length / DECISIONS;
      const p = probabilityGreater(shapes(a!), shapes(b!), a!.expectedCostUsd - b!.expectedCostUsd);
      expect(Math.abs(share - p)).toBeLessThan(Z_BOUND * Math.sqrt((p * (1 - p)) / DECISIONS));
    },
  );
});
