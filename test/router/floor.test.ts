/**
 * Strategy: a router that learns nothing decides on the same posteriors for ever, so frequencies must be the probabilities it
 * states: of the floor's turns, of what it draws from, and of the whole executed policy (chi-square, fixed seeds). And the rules:
 * who is never drawn, what costs nothing, what must not move.
 * Not here: the probabilities against an independent integral (propensity.test.ts), logs (log.test.ts).
 */
import { describe, expect, it } from 'vitest';
import type { Decision, RouterOptions, SelectResult } from '../../src/index';
import { Purpose, ReferenceStream, streamBase } from '../reference/rng';
import { chiSquareP } from '../support/pearson';
import { decided, MODELS, model, router, teach } from './routers';

const DECISIONS = 40_000;
/** Chance that a right sampler fails one of some ten tests: 1e-3 in all. */
const LEVEL = 1e-4;

function decide(changes: Partial<RouterOptions>, count = DECISIONS): Decision[] {
  const own = router({ propensity: 'exact', ...changes });
  return own.selectBatch(Array(count).fill({})).map(decided);
}

function counts(decisions: readonly Decision[], models: readonly string[]): number[] {
  return models.map((one) => decisions.filter((decision) => decision.model === one).length);
}

/** What the models are expected to cost before any report. */
function expectedCosts(): number[] {
  const own = router();
  own.select();
  return [...own.posteriors()!.values()].map((posterior) => posterior.expectedCostUsd);
}

/** Index at which the cumulative weights pass `unit` of their sum. */
function drawn(weights: readonly number[], unit: number): number {
  let rest = unit * weights.reduce((a, b) => a + b, 0);
  return weights.findIndex((weight) => (rest -= weight) < 0);
}

const FLOORS: [string, RouterOptions['floor'] & object][] = [
  ['uniform, .2', { epsilon: 0.2 }],
  ['inverse cost, .3', { epsilon: 0.3, baseline: 'inverse-cost' }],
  ['uniform, 1', { epsilon: 1, baseline: 'uniform' }],
];

describe.each(FLOORS)('%s', (_, floor) => {
  // Quality worth so much that every model has a chance.
  const willingnessToPayUsd = 0.02;
  const all = decide({ floor, willingnessToPayUsd });
  const floored = all.filter(({ byFloor }) => byFloor);
  const { eligible } = all[0]!;

  it('acts as often as it says', () => {
    if (floor.epsilon === 1) {
      expect(floored).toHaveLength(all.length);
      return;
    }
    const expected = [floor.epsilon * DECISIONS, (1 - floor.epsilon) * DECISIONS];
    const seen = [floored.length, DECISIONS - floored.length];
    expect(chiSquareP(seen, expected)).toBeGreaterThan(LEVEL);
  });

  it('draws from its baseline', () => {
    const weights = expectedCosts().map((cost) =>
      floor.baseline === 'inverse-cost' ? 1 / cost : 1,
    );
    const total = weights.reduce((a, b) => a + b, 0);
    const expected = weights.map((weight) => (weight / total) * floored.length);
    expect(chiSquareP(counts(floored, eligible), expected)).toBeGreaterThan(LEVEL);
  });

  it('gives the executed policy the propensities it states', () => {
    const { propensities } = all[0]!;
    expect(all.every((one) => String(one.propensities) === String(propensities))).toBe(true);
    const expected = propensities!.map((p) => p * DECISIONS);
    expect(chiSquareP(counts(all, eligible), expected)).toBeGreaterThan(LEVEL);
  });

  it('leaves what it does not take as it was', () => {
    const plain = decide({ willingnessToPayUsd }, 2000);
    all.slice(0, 2000).forEach((one, i) => {
      if (one.byFloor) return;
      const { model, sampledQuality, margin } = plain[i]!;
      expect(one).toMatchObject({ model, sampledQuality, margin });
    });
  });
});

describe('a floor', () => {
  it('draws the best too, and says what another was worth', () => {
    const floored = decide({ floor: { epsilon: 0.5 } }, 500).filter(({ byFloor }) => byFloor);
    const best = floored.filter(({ margin }) => margin >= 0);
    expect(best.length).toBeGreaterThan(20);
    expect(floored.length - best.length).toBeGreaterThan(20);
  });

  it('draws only among eligible models, and forces none', () => {
    const own = router({ propensity: 'exact', floor: { epsilon: 1 } });
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const decision = decided(own.select({ eligible: ['cheap', 'middle'] }));
      seen.add(decision.model);
      expect(decision.propensities).toEqual([0.5, 0.5]);
    }
    expect([...seen].sort()).toEqual(['cheap', 'middle']);
    expect(own.select({ eligible: [] }).kind).toBe('no-eligible-model');
    expect(decided(own.select({ eligible: ['dear'] })).propensity).toBe(1);
  });

  it('by cost draws among the models that cost nothing, where there are some', () => {
    const models = { ...MODELS, free: model('c', 0, 0), gift: model('d', 0, 0) };
    const floor = { epsilon: 1, baseline: 'inverse-cost' } as const;
    const own = router({ models, floor, propensity: 'exact' });
    const all = own.selectBatch(Array(400).fill({})).map(decided);
    expect(all[0]!.eligible).toEqual(['cheap', 'dear', 'free', 'gift', 'middle']);
    for (const { propensities } of all) expect(propensities).toEqual([0, 0, 0.5, 0.5, 0]);
    expect(new Set(all.map((one) => one.model))).toEqual(new Set(['free', 'gift']));
    // A free model that is not eligible has no say.
    const paid = decided(own.select({ eligible: ['cheap', 'dear'] }));
    expect(Math.min(...paid.propensities!)).toBeGreaterThan(0);
  });

  it('by cost bears the smallest and largest prices', () => {
    const models = { tiny: model('a', 1e-320, 1e-320), huge: model('b', 1e9, 1e9) };
    const floor = { epsilon: 0.5, baseline: 'inverse-cost' } as const;
    const own = router({ models, floor, propensity: 'exact', willingnessToPayUsd: Infinity });
    for (let i = 0; i < 50; i++) {
      const { propensities } = decided(own.select());
      expect(propensities![0]! + propensities![1]!).toBeCloseTo(1, 12);
      // Money being no object, Thompson sampling likes both alike; the floor only ever draws the tiny one.
      expect(propensities!).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
    }
  });

  it('works without exploration', () => {
    const all = decide({ explorationScale: 0, floor: { epsilon: 0.3 } });
    const { propensities, eligible } = all[0]!;
    expect([...propensities!].sort()).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(0.1, 12),
      expect.closeTo(0.8, 12),
    ]);
    const expected = propensities!.map((p) => p * DECISIONS);
    expect(chiSquareP(counts(all, eligible), expected)).toBeGreaterThan(LEVEL);
  });

  it('depends on nothing but seed and number', () => {
    const turns = (results: SelectResult[]) => results.map((one) => decided(one).byFloor);
    const floor = { epsilon: 0.4 };
    const requests = Array.from({ length: 300 }, (_, i) => ({ segment: `s${i % 7}` }));
    const [batched, looped, taught] = [router({ floor }), router({ floor }), router({ floor })];
    const expected = turns(batched.selectBatch(requests));
    expect(turns(requests.map((request) => looped.select(request)))).toEqual(expected);
    teach(taught, 100);
    expect(turns(taught.selectBatch(requests.slice(100)))).toEqual(expected.slice(100));
    expect(turns(router({ floor, seed: 12 }).selectBatch(requests))).not.toEqual(expected);
  });

  it.each(['uniform', 'inverse-cost'] as const)('draws as the reference: %s', (baseline) => {
    const seed = 2n ** 63n + 12345n;
    const epsilon = 0.35;
    const costs = expectedCosts();
    const own = router({ seed, floor: { epsilon, baseline } });
    const base = streamBase(seed, Purpose.FLOOR);
    const least = Math.min(...costs);
    const weights = costs.map((cost) => (baseline === 'uniform' ? 1 : least / cost));
    own.selectBatch(Array(500).fill({})).forEach((result, i) => {
      const { model, byFloor } = decided(result);
      const stream = ReferenceStream.at(base, BigInt(i));
      expect(byFloor).toBe(stream.nextUnit() < epsilon);
      if (byFloor) expect(model).toBe(own.models[drawn(weights, stream.nextUnit())]);
    });
  });

  it('of 0 is none', () => {
    const [none, zero] = [router(), router({ floor: { epsilon: 0 } })];
    for (const own of [none, zero]) teach(own, 50);
    expect(zero.selectBatch(Array(50).fill({}))).toEqual(none.selectBatch(Array(50).fill({})));
  });
});
