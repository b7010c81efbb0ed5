/**
 * Strategy: with a risk weight utilities and propensities are those of a hand-made U = quality - cost/wtp - weight · sd, sd from the posteriors that the router
 * tells; with 0, and with prompts, nothing moves that should not.
 * Not here: that a deferred log fills in to the exact one (log.test.ts), other hosts (test/golden).
 */
import { describe, expect, it } from 'vitest';
import { propensitiesInto, type RouterOptions } from '../../src/index';
import { expectRefusal } from '../support/refusal';
import { decided, router } from './routers';

const WTP = 0.02;
/** Variance of log costs that cells assume: docs/MATH.md §25. */
const COST_VARIANCE = 0.3;

function teach(own: ReturnType<typeof router>, count: number): Map<string, number> {
  const costs = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const { model, decisionId } = decided(own.select());
    own.report(decisionId, { reward: ((i * 37) % 100) / 100, costUsd: 1e-4 * (1 + (i % 7)) });
    costs.set(model, (costs.get(model) ?? 0) + 1);
  }
  return costs;
}

describe.each([1, 0.5, 0])('risk at an exploration scale of %d', (explorationScale) => {
  const riskWeight = 0.7;
  const options: Partial<RouterOptions> = {
    explorationScale,
    riskWeight,
    willingnessToPayUsd: WTP,
    propensity: 'exact',
  };
  const own = router(options);
  const reports = teach(own, 60);
  const all = own.selectBatch(Array(300).fill({})).map(decided);
  const posteriors = [...own.posteriors()!];
  const offsets = posteriors.map(([model, { alpha, beta, expectedCostUsd }]) => {
    const s = alpha + beta;
    const ofQuality = (alpha * beta) / (s * s * (s + 1));
    const ofCost = (expectedCostUsd / WTP) ** 2 * (COST_VARIANCE / ((reports.get(model) ?? 0) + 1));
    return expectedCostUsd / WTP + riskWeight * Math.sqrt(ofQuality + ofCost);
  });

  it('lowers utility', () => {
    for (const { model, sampledQuality, utility } of all) {
      const i = own.models.indexOf(model);
      expect(utility).toBeCloseTo(sampledQuality - offsets[i]!, 12);
    }
  });

  it('is in the propensities', () => {
    const spread = explorationScale ** 2;
    const expected = new Float64Array(posteriors.length);
    if (explorationScale > 0) {
      propensitiesInto(
        {
          alphas: Float64Array.from(posteriors, ([, { alpha }]) => alpha / spread),
          betas: Float64Array.from(posteriors, ([, { beta }]) => beta / spread),
          utilityOffsets: Float64Array.from(offsets),
        },
        expected,
      );
    } else expected[own.models.indexOf(all[0]!.model)] = 1;
    all[0]!.propensities!.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 10));
  });
});

it('a risk weight of 0 moves no bit', () => {
  const [none, zero] = [
    router({ propensity: 'exact' }),
    router({ propensity: 'exact', riskWeight: 0 }),
  ];
  for (const own of [none, zero]) teach(own, 50);
  expect(zero.selectBatch(Array(50).fill({}))).toEqual(none.selectBatch(Array(50).fill({})));
});

it('risk takes part where prompts decide, as often as stated', () => {
  const own = router({
    context: { freezeAfterPrompts: 30 },
    riskWeight: 0.5,
    propensity: 'exact',
    willingnessToPayUsd: WTP,
  });
  for (let i = 0; i < 80; i++) {
    const { decisionId, model } = decided(own.select({ prompt: `number ${i % 9}` }));
    own.report(decisionId, { reward: model === 'dear' ? 0.9 : 0.2, costUsd: 1e-4 });
  }
  const count = 4000;
  const all = own.selectBatch(Array(count).fill({ prompt: 'number 4' })).map(decided);
  const { eligible, propensities } = all[0]!;
  eligible.forEach((model, i) => {
    const seen = all.filter((one) => one.model === model).length;
    const p = propensities![i]!;
    // Five standard deviations: 6e-7 a model.
    expect(Math.abs(seen - count * p)).toBeLessThan(5 * Math.sqrt(count * p) + 1e-9);
  });
});

it.each([-1, NaN, Infinity, '1'])('refuses a risk weight of %s', (riskWeight) => {
  const options = { riskWeight } as unknown as Partial<RouterOptions>;
  expectRefusal(() => router(options), 'riskWeight', '>= 0 and finite', riskWeight);
});
