import { expect, test } from 'vitest';
import { judgeBinned, judgeSorted, passes, type Verdict } from './judge';
import type { Point } from './points';

/** Bins that rounding must leave. Where f64 has room for all draws there are all 4,096; fewest at Beta(0.001, 0.001). */
const FEWEST_BINS = 1500;

const show = (name: string, { statistic, least, largest }: Verdict) =>
  `${name} ${statistic.toPrecision(4)} in [${least.toPrecision(4)}, ${largest.toPrecision(4)}]`;

/** A test a point; `firstSeed` + its index is its seed. */
export function testPoints(points: readonly Point[], firstSeed: number): void {
  points.forEach((point, index) => {
    test(point.name, () => {
      const seed = firstSeed + index;
      const { kolmogorovSmirnov, andersonDarling } = judgeSorted(point, seed);
      const binned = judgeBinned(point, 1_000_000 + seed);
      const report = [
        show('KS', kolmogorovSmirnov),
        show('AD', andersonDarling),
        `${show('chi-square', binned)} over ${binned.bins} bins`,
      ].join('; ');
      console.log(`${point.name}: ${report}`);
      const failed = [kolmogorovSmirnov, andersonDarling, binned].filter(
        (verdict) => !passes(verdict),
      );
      expect(failed, report).toEqual([]);
      expect(binned.bins).toBeGreaterThan(FEWEST_BINS);
    });
  });
}
