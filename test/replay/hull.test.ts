/**
 * Strategy: the static-mixture hull against the best of all two-arm mixtures, found by trying them all; its ends by hand.
 * Not here: hull gains of policies (estimates.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hullQuality, staticMixtureHull } from '../../src/replay/hull';
import { bestMixture } from '../reference/metrics';

/** Interpolation between the same two corners in another form. */
const TOLERANCE = 1e-9;

/** Coarse grids make equal costs, equal qualities and collinear arms common; two costs never differ by rounding alone. */
const arms = fc.array(
  fc.record({
    costUsd: fc.oneof(
      fc.nat(6),
      fc.integer({ min: 0, max: 1000 }).map((milli) => milli / 1000),
    ),
    quality: fc.oneof(
      fc.nat(4).map((quarter) => quarter / 4),
      fc.integer({ min: 0, max: 1000 }).map((milli) => milli / 1000),
    ),
  }),
  { minLength: 1, maxLength: 9 },
);

describe('static-mixture hull', () => {
  it('is the best mixture of two arms at every cost', () => {
    fc.assert(
      fc.property(
        arms,
        fc.integer({ min: 0, max: 7000 }).map((milli) => milli / 1000),
        (all, costUsd) => {
          const [ours, best] = [
            hullQuality(staticMixtureHull(all), costUsd),
            bestMixture(all, costUsd),
          ];
          if (Number.isNaN(best)) expect(ours).toBeNaN();
          else expect(Math.abs(ours - best)).toBeLessThan(TOLERANCE);
        },
      ),
      { seed: 41, numRuns: 3000 },
    );
  });

  it('has corners that are arms, rise in both directions and turn right', () => {
    fc.assert(
      fc.property(arms, (all) => {
        const corners = staticMixtureHull(all);
        corners.forEach((corner) => expect(all).toContainEqual(corner));
        const slopes = corners.slice(1).map((corner, i) => {
          const left = corners[i]!;
          expect(corner.costUsd).toBeGreaterThan(left.costUsd);
          expect(corner.quality).toBeGreaterThan(left.quality);
          return (corner.quality - left.quality) / (corner.costUsd - left.costUsd);
        });
        slopes.slice(1).forEach((slope, i) => expect(slope).toBeLessThan(slopes[i]!));
      }),
      { seed: 42, numRuns: 1000 },
    );
  });

  it('does not depend on the order of the arms', () => {
    fc.assert(
      fc.property(arms, (all) => {
        expect(staticMixtureHull([...all].reverse())).toEqual(staticMixtureHull(all));
      }),
      { seed: 43, numRuns: 500 },
    );
  });

  const corners = staticMixtureHull([
    { costUsd: 1, quality: 0.4 },
    { costUsd: 3, quality: 0.8 },
    { costUsd: 2, quality: 0.5 },
    { costUsd: 9, quality: 0.7 },
  ]);

  it('is undefined left of the cheapest arm but for rounding', () => {
    expect(hullQuality(corners, 0.99)).toBeNaN();
    expect(hullQuality(corners, NaN)).toBeNaN();
    expect(hullQuality(corners, 1 - 1e-12)).toBe(0.4);
  });

  it('is flat right of the best arm', () => {
    expect(corners).toHaveLength(2);
    expect([3, 5, 1e9].map((cost) => hullQuality(corners, cost))).toEqual([0.8, 0.8, 0.8]);
    expect(hullQuality(corners, 2)).toBeCloseTo(0.6, 12);
  });

  it('starts at a free arm', () => {
    const free = staticMixtureHull([
      { costUsd: 0, quality: 0.3 },
      { costUsd: 2, quality: 0.5 },
    ]);
    expect([0, 1].map((cost) => hullQuality(free, cost))).toEqual([0.3, 0.4]);
  });
});
