/**
 * Strategy: the composite reward against its formula and one golden figure, through the router, as callers reach it.
 * Not here: malformed outcomes (test/router/misuse.test.ts), exp itself (test/math).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouterSync, type Outcome, type RewardOptions } from '../../src/index';

/** Three terms and a quotient, each rounded once. */
const TOLERANCE = 1e-12;

function rewardOf(outcome: Outcome, reward: RewardOptions = {}): number | undefined {
  const router = createRouterSync({
    models: { only: { family: 'a', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 } },
    willingnessToPayUsd: 1,
    seed: 1,
    reward,
  });
  const decision = router.select();
  if (decision.kind !== 'decision') throw new Error('the only model is eligible');
  const result = router.report(decision.decisionId, outcome);
  if (result.kind !== 'accepted') throw new Error('the decision is open');
  return result.reward;
}

const sigmoid = (latencyMs: number, midpoint = 2000, scale = 600) =>
  1 / (1 + Math.exp((latencyMs - midpoint) / scale));

describe('composite reward', () => {
  it('of a valid answer in 450 ms without a retry is 0.9789', () => {
    expect(rewardOf({ valid: true, latencyMs: 450, retries: 0 })).toBeCloseTo(0.9789, 4);
  });

  it('is its formula', () => {
    const weight = fc.double({ min: 0.01, max: 10, noNaN: true });
    const options = fc.record({
      validityWeight: weight,
      latencyWeight: weight,
      retryWeight: weight,
      latencyMidpointMs: fc.double({ min: 1e-3, max: 5000, noNaN: true }),
      latencyScaleMs: fc.double({ min: 1, max: 2000, noNaN: true }),
    });
    const outcomes = fc.record({
      valid: fc.double({ min: 0, max: 1, noNaN: true }),
      latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      retries: fc.nat(3),
    });
    fc.assert(
      fc.property(options, outcomes, (o, { valid, latencyMs, retries }) => {
        const latency = o.latencyWeight * sigmoid(latencyMs, o.latencyMidpointMs, o.latencyScaleMs);
        const noRetry = retries === 0 ? o.retryWeight : 0;
        const expected =
          (o.validityWeight * valid + latency + noRetry) /
          (o.validityWeight + o.latencyWeight + o.retryWeight);
        const reward = rewardOf({ valid, latencyMs, retries }, o)!;
        expect(Math.abs(reward - expected)).toBeLessThan(TOLERANCE);
        expect(reward).toBeLessThanOrEqual(1);
        expect(reward).toBeGreaterThanOrEqual(0);
      }),
      { seed: 31, numRuns: 300 },
    );
  });

  it('knows only the ratio of its weights', () => {
    const outcome = { valid: 0.4, latencyMs: 1800, retries: 1 };
    const weights = { validityWeight: 5, latencyWeight: 3, retryWeight: 2 };
    expect(rewardOf(outcome, weights)).toBeCloseTo(rewardOf(outcome)!, 12);
  });

  it('leaves the latency out where it is not known', () => {
    expect(rewardOf({ valid: true })).toBe(1);
    expect(rewardOf({ valid: 0.5, retries: 2 })).toBeCloseTo(0.25 / 0.7, 12);
  });

  it('stays within [0, 1] at the ends', () => {
    expect(rewardOf({ valid: true, latencyMs: 0 }, { latencyMidpointMs: 1e6 })).toBe(1);
    expect(rewardOf({ valid: false, latencyMs: 3e9, retries: 9 })).toBe(0);
  });

  it('is not made up: no validity, no reward', () => {
    expect(rewardOf({ latencyMs: 450, retries: 0, costUsd: 1 })).toBeUndefined();
  });

  it('gives way to a reward of the caller’s own', () => {
    expect(rewardOf({ reward: 0.25, valid: true, latencyMs: 1 })).toBe(0.25);
  });
});
