/**
 * Strategy: the propensities of taught routers against an independent sum over the posteriors that the router tells, and
 * inverse-propensity estimates on simulated worlds against the truth they were made from.
 * Not here: the integral at its limits of shapes and arms (test/decision), frequencies and the floor's rules (floor.test.ts).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import { mersenne } from 'pure-rand/generator/mersenne';
import { describe, expect, it } from 'vitest';
import { propensitiesInto, type ArmPosterior, type RouterOptions } from '../../src/index';
import { twoSidedQuantile } from '../support/normalQuantile';
import { decided, MODELS, router, teach } from './routers';

/** Error of the sum below: h² times the second derivative of products of smooth distribution functions. */
const SUM_ERROR = 1e-6;
const CELLS = 4000;

/** P(arm i has the greatest θ - c) by a Stieltjes sum: the mass of θ_i in a cell times the others' chances at its middle. */
function propensities(
  posteriors: readonly ArmPosterior[],
  costWeight: number,
  scale: number,
): number[] {
  const cdf = (x: number, { alpha, beta }: ArmPosterior) =>
    x <= 0 ? 0 : x >= 1 ? 1 : betaCdf(x, alpha / scale ** 2, beta / scale ** 2);
  return posteriors.map((own, i) => {
    let sum = 0;
    for (let cell = 0, below = 0; cell < CELLS; cell++) {
      const above = cdf((cell + 1) / CELLS, own);
      const utility = (cell + 0.5) / CELLS - costWeight * own.expectedCostUsd;
      const wins = posteriors.reduce(
        (product, other, j) =>
          j === i ? product : product * cdf(utility + costWeight * other.expectedCostUsd, other),
        1,
      );
      sum += (above - below) * wins;
      below = above;
    }
    return sum;
  });
}

const CASES: [{ willingnessToPayUsd: number; explorationScale?: number }, number][] = [
  [{ willingnessToPayUsd: 0.003 }, 0],
  [{ willingnessToPayUsd: 0.003 }, 200],
  [{ willingnessToPayUsd: 0.01, explorationScale: 2 }, 60],
  [{ willingnessToPayUsd: Infinity, explorationScale: 0.7 }, 60],
];

describe('propensities are those of the posteriors', () => {
  it.each(CASES)('%o after %i reports', (changes, reports) => {
    const taught = router({ ...changes, propensity: 'exact' });
    teach(taught, reports, (i) => `s${i % 2}`);
    const decision = decided(taught.select({ segment: 's1' }));
    // Without prompt tokens, as decided; told after, nothing having been learned in between.
    const posteriors = [...taught.posteriors('s1')!.values()];
    const scale = changes.explorationScale ?? 1;
    const expected = propensities(posteriors, 1 / changes.willingnessToPayUsd, scale);
    expect(decision.propensityAccuracy).toBe('accurate');
    decision.propensities!.forEach((p, i) =>
      expect(Math.abs(p - expected[i]!)).toBeLessThan(SUM_ERROR),
    );
    if (scale === 1) {
      const direct = new Float64Array(posteriors.length);
      propensitiesInto(
        {
          alphas: Float64Array.from(posteriors, ({ alpha }) => alpha),
          betas: Float64Array.from(posteriors, ({ beta }) => beta),
          utilityOffsets: Float64Array.from(
            posteriors,
            ({ expectedCostUsd }) => (1 / changes.willingnessToPayUsd) * expectedCostUsd,
          ),
        },
        direct,
      );
      expect(decision.propensities).toEqual([...direct]);
    }
    const masked = decided(taught.select({ segment: 's1', eligible: ['cheap', 'dear'] }));
    const two = propensities(
      [posteriors[0]!, posteriors[1]!],
      1 / changes.willingnessToPayUsd,
      scale,
    );
    masked.propensities!.forEach((p, i) => expect(Math.abs(p - two[i]!)).toBeLessThan(SUM_ERROR));
  });

  it('and are marked where their error is not stated', () => {
    const decision = decided(router({ explorationScale: 30, propensity: 'exact' }).select());
    expect(decision.propensityAccuracy).toBe('rough');
    expect(decision.propensities!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });
});

const TRUTH = { cheap: 0.3, dear: 0.8, middle: 0.5 } as const;
const WORLDS = 400;
const REQUESTS = 40;
/** Chance that a right estimate fails one of six tests. */
const LEVEL = 1e-3 / 6;

/**
 * Estimates, one a world, of the mean reward of calling every model alike, from what the router chose: the mean of
 * r/(K weight). Worlds are independent, so their scatter is the estimate's error.
 */
function estimates(
  changes: Partial<RouterOptions>,
  probability: (decision: { propensity: number | undefined }) => number,
): number[] {
  return Array.from({ length: WORLDS }, (_, world) => {
    const random = mersenne(world);
    const own = router({ propensity: 'exact', seed: world, willingnessToPayUsd: 1, ...changes });
    let sum = 0;
    for (let i = 0; i < REQUESTS; i++) {
      const decision = decided(own.select());
      const unit = (random.next() >>> 0) / 2 ** 32;
      const reward = unit < TRUTH[decision.model as keyof typeof TRUTH] ? 1 : 0;
      own.report(decision.decisionId, { reward });
      sum += reward / probability(decision) / Object.keys(MODELS).length;
    }
    return sum / REQUESTS;
  });
}

/** Distance of the mean from the truth in standard errors. */
function score(values: readonly number[], truth: number): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
  return Math.abs(mean - truth) / Math.sqrt(variance / values.length);
}

describe('weights 1/propensity give back what every model would have earned', () => {
  const truth = (TRUTH.cheap + TRUTH.dear + TRUTH.middle) / 3;

  it.each([
    ['no floor', {}],
    ['a uniform floor', { floor: { epsilon: 0.2 } }],
    ['a floor by cost', { floor: { epsilon: 0.2, baseline: 'inverse-cost' as const } }],
  ])('with %s', (_, changes) => {
    const right = estimates(changes, ({ propensity }) => propensity!);
    expect(score(right, truth)).toBeLessThan(twoSidedQuantile(LEVEL));
    // The judge sees: with equal weights the estimate is that of the router, which prefers the better.
    const wrong = estimates(changes, () => 1 / 3);
    expect(score(wrong, truth)).toBeGreaterThan(twoSidedQuantile(LEVEL));
  });
});
