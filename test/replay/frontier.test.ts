/**
 * Strategy: APGR and CPT against curves worked out by hand and against the area of a polygon.
 * Not here: the sweep that makes the curves from a table (test/cli).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averageGapRecovered,
  callPerformanceThreshold,
  type CurvePoint,
} from '../../src/replay/frontier';
import { areaUnder } from '../reference/metrics';

const curve = (...points: [number, number][]): CurvePoint[] =>
  points.map(([share, quality]) => ({ share, quality }));
const apgr = (points: CurvePoint[]) => averageGapRecovered(points, 0.5, 0.9);
const cpt = (points: CurvePoint[], recovered: number) =>
  callPerformanceThreshold(points, 0.5, 0.9, recovered);

describe('average performance gap recovered', () => {
  it('of known curves', () => {
    expect(apgr([])).toBeCloseTo(0.5, 12);
    expect(apgr(curve([0.5, 0.9]))).toBeCloseTo(0.75, 12);
    expect(apgr(curve([0.5, 0.5]))).toBeCloseTo(0.25, 12);
    expect(apgr(curve([0, 0.9], [1, 0.9]))).toBeCloseTo(1, 12);
    // Better than the strong arm alone: (.5 + 1)/2 · .4 + (1 + .9)/2 · .6 = .87
    expect(apgr(curve([0.4, 1]))).toBeCloseTo((0.87 - 0.5) / 0.4, 12);
  });

  it('is the area of the polygon, in any order of the points', () => {
    const inner = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(inner, inner), { selector: ([x]) => x, maxLength: 12 }),
        (points) => {
          const sorted = [...points].sort(([a], [b]) => a - b);
          const area = areaUnder([[0, 0.5], ...sorted, [1, 0.9]]);
          expect(apgr(curve(...points))).toBeCloseTo((area - 0.5) / 0.4, 9);
        },
      ),
      { seed: 51, numRuns: 300 },
    );
  });

  it('is undefined without a gap', () => {
    expect(averageGapRecovered([], 0.7, 0.7)).toBeNaN();
  });
});

describe('call-performance threshold', () => {
  it('interpolates', () => {
    const points = curve([0.2, 0.6], [0.5, 0.9]);
    expect(cpt(points, 0.5)).toBeCloseTo(0.3, 12);
    expect(cpt(points, 0.8)).toBeCloseTo(0.42, 12);
    expect(cpt(points, 1)).toBeCloseTo(0.5, 12);
    expect(cpt([], 0.8)).toBeCloseTo(0.8, 12);
  });

  it('goes by the running maximum', () => {
    expect(cpt(curve([0.2, 0.8], [0.4, 0.6], [0.6, 0.9]), 0.8)).toBeCloseTo(0.44, 12);
    expect(cpt(curve([0.2, 0.8], [0.4, 0.6], [0.6, 0.9]), 0.75)).toBeCloseTo(0.2, 12);
  });

  it('starts at no calls', () => {
    expect(cpt(curve([0.3, 0.9]), 0)).toBe(0);
    expect(cpt(curve([0, 0.9]), 0.8)).toBe(0);
  });

  it('needs no more calls for less', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(unit, unit), { maxLength: 10 }), unit, unit, (points, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(cpt(curve(...points), less)).toBeLessThanOrEqual(cpt(curve(...points), more));
        expect(cpt(curve(...points), more)).toBeLessThanOrEqual(1);
      }),
      { seed: 52, numRuns: 500 },
    );
  });
});
