/**
 * Strategy: the confidence fallback against a slow reference: P(quality >= floor) by stdlib's Beta distribution from the posteriors that the router tells,
 * the map by hand on the decisions and propensities of a router without it. Then frequencies against stated propensities (chi-square, fixed seeds), with floor and
 * prompts; thresholds 0 and 1; a trusted model that is not eligible; bad options.
 * Not here: that a deferred log fills in to the exact one (log.test.ts), other hosts (test/golden).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import { describe, expect, it } from 'vitest';
import type {
  Decision,
  Explanation,
  FallbackOptions,
  Router,
  RouterOptions,
} from '../../src/index';
import { chiSquareP } from '../support/pearson';
import { expectRefusal } from '../support/refusal';
import { decided, router, teach } from './routers';

const DECISIONS = 20_000;
/** Chance that a right sampler fails one of some ten tests: 1e-3 in all. */
const LEVEL = 1e-4;
const EXACT: Partial<RouterOptions> = { propensity: 'exact', willingnessToPayUsd: 0.02 };

function taught(changes: Partial<RouterOptions>, reports = 40): Router {
  const own = router({ ...EXACT, ...changes });
  teach(own, reports);
  return own;
}

function decide(own: Router, count = DECISIONS): Decision[] {
  return own.selectBatch(Array(count).fill({})).map(decided);
}

/** P(quality >= floor) of every model. */
function confidences(own: Router, floor: number): number[] {
  own.select();
  return [...own.posteriors()!.values()].map(({ alpha, beta }) => 1 - betaCdf(floor, alpha, beta));
}

const CASES: [string, Partial<RouterOptions>][] = [
  ['plain', {}],
  ['with a floor', { floor: { epsilon: 0.3 } }],
  ['with a floor by cost', { floor: { epsilon: 0.2, baseline: 'inverse-cost' } }],
  ['with spread widened', { explorationScale: 2 }],
  ['by means', { explorationScale: 0 }],
];

describe.each(CASES)('the fallback, %s', (_, changes) => {
  // Half of the models hand over: the middle of their confidences is the threshold.
  const qualityFloor = 0.5;
  const sure = confidences(taught(changes), qualityFloor);
  const models = taught(changes).models;
  const confidence = [...sure].sort((a, b) => a - b)[1]! + 1e-9;
  const fallback = { model: models[sure.indexOf(Math.max(...sure))]!, qualityFloor, confidence };
  const handing = models.filter((model, i) => model !== fallback.model && sure[i]! < confidence);

  // Reports must fall on the same models, so the evidence is that of a router which never decides otherwise.
  const plain = decide(taught(changes), 400);
  const own = untaughtAlike(changes, fallback);
  const mapped = decide(own, 400);

  it('hands over who is not sure enough, and nobody else', () => {
    expect(handing.length).toBeGreaterThan(0);
    mapped.forEach((one, i) => {
      const before = plain[i]!;
      const hands = !before.byFloor && handing.includes(before.model);
      expect(one.model).toBe(hands ? fallback.model : before.model);
      expect([one.byFallback, one.byFloor]).toEqual([hands, before.byFloor]);
      if (!hands) return;
      expect(one.runnerUp).toBe(before.model);
      expect(one.margin).toBeLessThanOrEqual(0);
    });
  });

  it('moves exactly their probability', () => {
    const { epsilon, baseline } = { epsilon: 0, baseline: 'uniform', ...changes.floor };
    const costs = [...own.posteriors()!.values()].map(({ expectedCostUsd }) => expectedCostUsd);
    const weights = costs.map((cost) => (baseline === 'uniform' ? 1 : 1 / cost));
    const total = weights.reduce((a, b) => a + b, 0);
    plain.forEach(({ propensities: before }, row) => {
      const p = models.map((_, i) =>
        epsilon === 1 ? 0 : (before![i]! - (epsilon * weights[i]!) / total) / (1 - epsilon),
      );
      const taken = p.reduce((sum, one, i) => sum + (handing.includes(models[i]!) ? one : 0), 0);
      const expected = p.map((one, i) => {
        const mine = handing.includes(models[i]!) ? 0 : one;
        const whole = models[i] === fallback.model ? mine + taken : mine;
        return (1 - epsilon) * whole + (epsilon * weights[i]!) / total;
      });
      mapped[row]!.propensities!.forEach((one, i) => expect(one).toBeCloseTo(expected[i]!, 9));
    });
  });

  it('executes as often as it states', () => {
    const all = decide(own);
    const stated = all[0]!.propensities!;
    const possible = models.flatMap((model, i) =>
      stated[i]! > 1e-3 ? [{ model, p: stated[i]! }] : [],
    );
    const counts = possible.map(({ model }) => all.filter((one) => one.model === model).length);
    if (possible.length > 1)
      expect(
        chiSquareP(
          counts,
          possible.map(({ p }) => p * DECISIONS),
        ),
      ).toBeGreaterThan(LEVEL);
    expect(counts.reduce((a, b) => a + b, 0)).toBeGreaterThan(DECISIONS * 0.99);
  });
});

/** A router with a fallback and the evidence of one without: as many reports, of the decisions' own models by turns. */
function untaughtAlike(changes: Partial<RouterOptions>, fallback: FallbackOptions): Router {
  const own = router({ ...EXACT, ...changes, fallback });
  const other = router({ ...EXACT, ...changes });
  // Forcing the other router's choice teaches the same cells.
  for (let i = 0; i < 40; i++) {
    const { model } = decided(other.select());
    const outcome = { reward: ((i * 37) % 100) / 100, costUsd: 1e-4 * (1 + (i % 7)) };
    other.report(`test-${i}`, outcome);
    own.report(decided(own.select({ eligible: [model] })).decisionId, outcome);
  }
  return own;
}

describe('a fallback', () => {
  const floored = (confidence: number, qualityFloor = 0.5) => ({
    fallback: { model: 'dear', qualityFloor, confidence },
  });

  it('with confidence 0 hands nothing over', () => {
    const [none, zero] = [taught({}), taught(floored(0, 1))];
    expect(decide(zero, 200)).toEqual(decide(none, 200));
  });

  it('with confidence 1 hands everything over, but not at quality 0', () => {
    const all = decide(taught(floored(1)), 200);
    expect(new Set(all.map(({ model }) => model))).toEqual(new Set(['dear']));
    for (const { propensity, propensities } of all) {
      expect(propensity).toBeCloseTo(1, 12);
      expect(propensities!.filter((p) => p > 0)).toHaveLength(1);
    }
    expect(all.some(({ byFallback }) => byFallback)).toBe(true);
    expect(all.some(({ byFallback }) => !byFallback)).toBe(true);
    expect(decide(taught(floored(1, 0)), 200).some(({ byFallback }) => byFallback)).toBe(false);
    expect(decide(taught(floored(0.01, 1)), 50).every(({ model }) => model === 'dear')).toBe(true);
  });

  it('does not serve a trusted model that is not eligible', () => {
    const own = taught(floored(1));
    const narrow = own.selectBatch(Array(100).fill({ eligible: ['cheap', 'middle'] })).map(decided);
    const without = router({ ...EXACT });
    expect(narrow.every(({ byFallback, model }) => !byFallback && model !== 'dear')).toBe(true);
    expect(narrow.some(({ propensities }) => propensities!.every((p) => p > 0))).toBe(true);
    expect(decided(without.select()).byFallback).toBe(false);
    expect(own.select({ eligible: [] }).kind).toBe('no-eligible-model');
    expect(decided(own.select({ eligible: ['cheap'] })).model).toBe('cheap');
  });

  it('does not serve a trusted model whose breaker is open', () => {
    const clock = { nowMs: 0 };
    const own = router({ ...EXACT, ...floored(1), clock: () => clock.nowMs });
    // All hand over to `dear`, until it has failed often enough.
    for (let i = 0; i < 40; i++) {
      const { decisionId, model, breaker } = decided(own.select());
      if (model !== 'dear') break;
      expect(breaker).toBe('closed');
      own.report(decisionId, { error: 'server' });
      clock.nowMs += 10;
    }
    const open = own.selectBatch(Array(100).fill({})).map(decided);
    for (const { model, byFallback, excluded, propensities, eligible } of open) {
      expect([model === 'dear', byFallback]).toEqual([false, false]);
      expect(excluded).toEqual([{ model: 'dear', reason: 'circuit-open' }]);
      expect(eligible).toEqual(['cheap', 'middle']);
      expect(propensities!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
    const { arms } = own.explain(open[0]!) as Explanation;
    expect(arms.map(({ breaker }) => breaker)).toEqual(['closed', 'open', 'closed']);
    expect(arms.some(({ handsOver }) => handsOver)).toBe(false);
    own.isolate('cheap');
    expect(decided(own.select()).model).toBe('middle');
  });

  it('is told to who listens, as the decision it made', () => {
    const own = taught(floored(1));
    const told: Decision[] = [];
    const stop = own.on('fallback', (decision) => told.push(decision));
    const all = decide(own, 100);
    stop();
    decide(own, 100);
    expect(told).toEqual(all.filter(({ byFallback }) => byFallback));
    expect(told.length).toBeGreaterThan(0);
  });

  it('does not ask for the trusted model’s own confidence', () => {
    const all = decide(taught(floored(1, 1)), 300).filter(({ byFallback }) => !byFallback);
    expect(all.length).toBeGreaterThan(0);
    expect(all.every(({ model }) => model === 'dear')).toBe(true);
  });

  it('goes by each expert’s own posterior where prompts take part', () => {
    const fallback = { model: 'middle', qualityFloor: 0.6, confidence: 0.9 };
    const own = router({
      ...EXACT,
      context: { freezeAfterPrompts: 60 },
      fallback,
      floor: { epsilon: 0.1 },
    });
    for (let i = 0; i < 150; i++) {
      const decision = decided(
        own.select({ prompt: i % 2 === 0 ? `poem ${i}` : `is ${i} prime?` }),
      );
      const right = decision.model === (i % 2 === 0 ? 'cheap' : 'dear');
      own.report(decision.decisionId, { reward: right ? 1 : 0.1, costUsd: 1e-4 });
    }
    const count = 4000;
    const all = own.selectBatch(Array(count).fill({ prompt: 'is 17 prime?' })).map(decided);
    const { eligible, propensities } = all[0]!;
    const counts = eligible.map((model) => all.filter((one) => one.model === model).length);
    expect(
      chiSquareP(
        counts,
        propensities!.map((p) => p * count),
      ),
    ).toBeGreaterThan(LEVEL);
    expect(all.some(({ byFallback }) => byFallback)).toBe(true);
  });

  it.each([
    ['fallback', 'an object', 7, 7],
    ['fallback.model', 'the id of one of the router’s models', { model: 'toString' }, 'toString'],
    ['fallback.model', 'the id of one of the router’s models', {}, undefined],
    ['fallback.qualityFloor', 'in [0, 1]', { model: 'dear', qualityFloor: NaN }, NaN],
    ['fallback.confidence', 'in [0, 1]', { model: 'dear', qualityFloor: 0, confidence: 1.1 }, 1.1],
    [
      'fallback',
      'an object with keys among model, qualityFloor, confidence',
      { model: 'dear', floor: 0.5 },
      'floor',
    ],
  ])('refuses %s not %s', (parameter, allowed, fallback, value) => {
    const options = { fallback } as unknown as Partial<RouterOptions>;
    expectRefusal(() => router(options), parameter, allowed, value);
  });
});
