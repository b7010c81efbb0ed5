/**
 * Strategy: the kernel's evidence and a reference that keeps every report (test/reference/evidence.ts) are fed the same
 * random histories; every read-out must agree.
 * Not here: laws that need no reference (laws.test.ts), calibration (coverage.test.ts), choices (test/decision).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Generator } from '../../src/random/generator';
import type { ReferenceReport } from '../reference/evidence';
import {
  histories,
  kernelEvidence,
  largestDifference,
  plainArms,
  referenceEvidence,
  take,
  type WorldOptions,
} from './world';

/** Sums of some hundred terms lose a few dozen ulp; differences of sums inside φ and the residual some hundred more. */
const TOLERANCE = 1e-9;
const RUNS = 300;

/** Feeds both sides and compares them after every `every` reports and at the end. */
function largestGap(
  options: WorldOptions,
  reports: readonly ReferenceReport[],
  every: number,
): number {
  const kernel = kernelEvidence(options);
  const reference = referenceEvidence(options);
  let gap = 0;
  reports.forEach((report, i) => {
    take(kernel, report);
    reference.observe(report);
    if (i % every !== every - 1 && i !== reports.length - 1) return;
    gap = Math.max(gap, Math.abs(kernel.dispersion / reference.dispersion - 1));
    gap = Math.max(gap, Math.abs(kernel.priorStrengthOfCells / reference.kappa - 1));
    for (let segment = 0; segment < options.segments; segment++) {
      const tokens = i % 2 === 0 ? NaN : 37 * i;
      const ours = kernel.posteriors(segment, report.clock, tokens);
      gap = Math.max(
        gap,
        largestDifference(ours, reference.posteriors(segment, report.clock, tokens)),
      );
    }
  });
  return gap;
}

describe('evidence against the reference', () => {
  it('agrees on random histories', () => {
    fc.assert(
      fc.property(histories(40), ({ options, reports }) => {
        expect(largestGap(options, reports, 7)).toBeLessThan(TOLERANCE);
      }),
      { seed: 20240601, numRuns: RUNS },
    );
  });

  it('agrees when read long after the last report', () => {
    fc.assert(
      fc.property(
        histories(12),
        fc.constantFrom(0.3, 5, 63, 65, 400, 2000),
        ({ options, reports }, halfLives) => {
          const kernel = kernelEvidence(options);
          const reference = referenceEvidence(options);
          for (const report of reports) {
            take(kernel, report);
            reference.observe(report);
          }
          const unit = Number.isFinite(options.prior.halfLifeRequests)
            ? options.prior.halfLifeRequests
            : 1;
          const clock = Math.max(0, ...reports.map((r) => r.clock)) + halfLives * unit;
          const ours = kernel.posteriors(0, clock, NaN);
          expect(largestDifference(ours, reference.posteriors(0, clock, NaN))).toBeLessThan(
            TOLERANCE,
          );
        },
      ),
      { seed: 20240602, numRuns: RUNS },
    );
  });
});

/** Worlds whose segments differ much or not at all, so that each end of the strengths' grid is reached. */
function longHistory(spread: number, graded: boolean, halfLifeRequests: number, seed: number) {
  const generator = new Generator(seed, 0);
  const options: WorldOptions = {
    arms: plainArms(3, (i) => i % 2),
    prior: { priorMean: 0.5, priorStrength: 2, halfLifeRequests },
    segments: 4,
  };
  const means = Array.from({ length: 12 }, () => 0.5 + spread * (generator.unit() - 0.5));
  const reports = Array.from({ length: 520 }, (_, clock): ReferenceReport => {
    const [segment, arm] = [generator.index(4), generator.index(3)];
    const mean = means[segment * 3 + arm]!;
    const hit = generator.unit() < mean ? 1 : 0;
    const reward = graded ? 0.7 * mean + 0.3 * hit : hit;
    return { segment, arm, reward, costUsd: 0.01 * generator.unit(), promptTokens: NaN, clock };
  });
  return { options, reports };
}

describe('strength of the cells’ prior', () => {
  it.each([
    { spread: 0.9, graded: false, halfLife: Infinity },
    { spread: 0.3, graded: true, halfLife: Infinity },
    { spread: 0.9, graded: true, halfLife: 80 },
    { spread: 0, graded: false, halfLife: 5 },
  ])(
    'agrees over two estimates: $spread, graded $graded, half-life $halfLife',
    ({ spread, graded, halfLife }) => {
      const { options, reports } = longHistory(spread, graded, halfLife, 5);
      expect(largestGap(options, reports, 128)).toBeLessThan(TOLERANCE);
    },
  );

  it('reaches both ends of its range', () => {
    const strength = (spread: number) => {
      const { options, reports } = longHistory(spread, false, Infinity, 5);
      const kernel = kernelEvidence(options);
      for (const report of reports) take(kernel, report);
      return kernel.priorStrengthOfCells;
    };
    expect([strength(0.95), strength(0)]).toEqual([12, 24]);
  });
});

describe('dispersion', () => {
  // Rewards that are all 0 or all 1 in their cells leave only rounding in the sums φ is made from.
  it('does not mistake rounding for graded rewards', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 }),
        (counts) => {
          const kernel = kernelEvidence({
            arms: plainArms(counts.length),
            prior: { priorMean: 0.5, priorStrength: 2, halfLifeRequests: 7.3 },
            segments: 1,
          });
          let clock = 0;
          counts.forEach((count, arm) => {
            for (let i = 0; i < count; i++) {
              kernel.observe(0, arm, {
                reward: arm % 2,
                costUsd: NaN,
                promptTokens: NaN,
                clock: clock++,
              });
            }
          });
          expect(kernel.dispersion).toBeCloseTo(1, 9);
        },
      ),
      { seed: 20240603, numRuns: 200 },
    );
  });
});
