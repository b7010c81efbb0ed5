/**
 * Strategy: arms with priors of their own. The kernel against the reference on random histories; what a prior says at the start, and that it
 * is never forgotten; that without one nothing has changed.
 * Not here: the arithmetic of priors and the published ones (test/arms), their options (test/router/models.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReferencePosterior } from '../reference/evidence';
import {
  DEFAULT_PRIOR,
  everything,
  histories,
  kernelEvidence,
  largestDifference,
  latestClock,
  observeAll,
  plainArms,
  referenceEvidence,
  type WorldOptions,
} from './world';

/** As in reference.test.ts. */
const TOLERANCE = 1e-9;

const prior = fc.option(
  fc.record({
    mean: fc.constantFrom(0.5, 0.9, 0.013, 0.997, 1e-6),
    strength: fc.constantFrom(2, 0.1, 7, 40, 1e6),
  }),
  { nil: undefined, freq: 3 },
);

/** Gives the arms of a world priors, in turn. */
function withPriors(
  options: WorldOptions,
  priors: readonly ({ mean: number; strength: number } | undefined)[],
): WorldOptions {
  const arms = options.arms.map((arm, i) => {
    const own = priors[i % priors.length];
    // The world's arms without a price have no options at all.
    return own && !Number.isNaN(arm.usdPerInputToken) ? { ...arm, prior: own } : arm;
  });
  return { ...options, arms };
}

const mean = ({ alpha, beta }: ReferencePosterior) => alpha / (alpha + beta);

describe('priors of single arms', () => {
  it('agree with the reference on random histories', () => {
    fc.assert(
      fc.property(
        histories(30),
        fc.array(prior, { minLength: 1, maxLength: 7 }),
        ({ options, reports }, priors) => {
          const world = withPriors(options, priors);
          const kernel = observeAll(kernelEvidence(world), reports);
          const reference = referenceEvidence(world);
          for (const report of reports) reference.observe(report);
          const clock = latestClock(reports);
          for (let segment = 0; segment < world.segments; segment++) {
            const ours = kernel.posteriors(segment, clock, NaN);
            const theirs = reference.posteriors(segment, clock, NaN);
            expect(largestDifference(ours, theirs)).toBeLessThan(TOLERANCE);
          }
        },
      ),
      { seed: 20241101, numRuns: 120 },
    );
  });

  it.each([1, 3])('are the posterior before any report, %d segments', (segments) => {
    const options = { arms: plainArms(4, () => 0), prior: DEFAULT_PRIOR, segments };
    const given = [
      { mean: 0.9, strength: 7 },
      { mean: 0.5, strength: 2 },
      { mean: 0.001, strength: 300 },
    ];
    const world = withPriors(options, [...given, undefined]);
    const evidence = kernelEvidence(world);
    for (let segment = 0; segment < segments; segment++) {
      const start = evidence.posteriors(segment, 0, NaN);
      given.forEach((own, arm) => {
        const { alpha, beta, pooledMean } = start[arm]!;
        expect(pooledMean).toBe(own.mean);
        expect(alpha + beta).toBeCloseTo(own.strength, 9);
        expect(alpha / own.strength).toBeCloseTo(own.mean, 14);
      });
      expect(start[3]!.alpha + start[3]!.beta).toBe(6);
    }
  });

  it('with one segment are conjugate: successes and failures over φ are added', () => {
    const options = { arms: plainArms(2, () => 0), prior: DEFAULT_PRIOR, segments: 1 };
    const evidence = kernelEvidence(withPriors(options, [{ mean: 0.9, strength: 10 }]));
    for (let clock = 0; clock < 40; clock++)
      evidence.observe(0, 0, {
        reward: clock % 4 === 0 ? 1 : 0,
        costUsd: NaN,
        promptTokens: NaN,
        clock,
      });
    const { alpha, beta } = evidence.posteriors(0, 40, NaN)[0]!;
    expect(evidence.dispersion).toBeCloseTo(1, 9);
    expect(alpha).toBeCloseTo(9 + 10, 9);
    expect(beta).toBeCloseTo(1 + 30, 9);
  });

  it('uniform: no arm learns from another', () => {
    const options = { arms: plainArms(3, () => 0), prior: DEFAULT_PRIOR, segments: 1 };
    const uniform = withPriors(options, [{ mean: 0.5, strength: 2 }]);
    const evidence = kernelEvidence(uniform);
    for (let clock = 0; clock < 100; clock++)
      evidence.observe(0, 0, { reward: 1, costUsd: NaN, promptTokens: NaN, clock });
    for (const arm of [1, 2])
      expect(evidence.posteriors(0, 100, NaN)[arm]).toMatchObject({ alpha: 1, beta: 1 });
    const pooled = observeAll(kernelEvidence(options), []);
    for (let clock = 0; clock < 100; clock++)
      pooled.observe(0, 0, { reward: 1, costUsd: NaN, promptTokens: NaN, clock });
    expect(mean(pooled.posteriors(0, 100, NaN)[1]!)).toBeGreaterThan(0.9);
  });

  it('are not forgotten, and forgotten evidence leaves them alone', () => {
    const options = {
      arms: plainArms(2),
      prior: { ...DEFAULT_PRIOR, halfLifeRequests: 5 },
      segments: 2,
    };
    const evidence = kernelEvidence(withPriors(options, [{ mean: 0.9, strength: 10 }]));
    for (let clock = 0; clock < 200; clock++)
      evidence.observe(clock % 2, 0, { reward: 0, costUsd: NaN, promptTokens: NaN, clock });
    expect(mean(evidence.posteriors(0, 200, NaN)[0]!)).toBeLessThan(0.6);
    for (const clock of [1000, 100_000]) {
      const { alpha, beta } = evidence.posteriors(0, clock, NaN)[0]!;
      expect(alpha + beta).toBeCloseTo(10, 6);
      expect(alpha).toBeCloseTo(9, 6);
    }
  });

  it('grow with what other segments tell, up to κ', () => {
    const options = { arms: plainArms(2), prior: DEFAULT_PRIOR, segments: 2 };
    const evidence = kernelEvidence(withPriors(options, [{ mean: 0.5, strength: 2 }]));
    const strength = () => {
      const { alpha, beta } = evidence.posteriors(0, 1000, NaN)[0]!;
      return alpha + beta;
    };
    const learn = (count: number) => {
      for (let i = 0; i < count; i++)
        evidence.observe(1, 0, { reward: i % 2, costUsd: NaN, promptTokens: NaN, clock: 0 });
    };
    expect(strength()).toBe(2);
    learn(4);
    expect(strength()).toBeCloseTo(6, 9);
    learn(60);
    expect(strength()).toBeCloseTo(12, 9);
  });

  it('given and taken away leave the bits of before', () => {
    fc.assert(
      fc.property(histories(20), ({ options, reports }) => {
        const evidence = observeAll(kernelEvidence(options), reports);
        const clock = latestClock(reports);
        const before = everything(evidence, clock);
        const arm = { index: 0, model: 'm0', family: 0, usdPerInputToken: 0, usdPerOutputToken: 0 };
        evidence.setPrior({ ...arm, prior: { mean: 0.9, strength: 20 } });
        expect(everything(evidence, clock)).not.toEqual(before);
        evidence.setPrior(arm);
        expect(everything(evidence, clock)).toEqual(before);
      }),
      { seed: 20241102, numRuns: 100 },
    );
  });
});
