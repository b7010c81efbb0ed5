/**
 * Strategy: draws by the table method as a caller gets them: distribution and moments at shapes of every kind, one sequence
 * however many posteriors take turns (more than the tables kept), and the method's own sequence beside the exact one's.
 * Not tested here: the error of single draws far into the tails (test/distributions/betaTable), refusals (betaMisuse), cuts
 * of a fill (samplerLaws).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import { describe, expect, test } from 'vitest';
import { Sampler } from '../../src/random/sampler';
import { ksCritical, ksStatistic } from '../support/ks';
import { betaMoments, momentScores } from '../support/moments';
import { twoSidedQuantile } from '../support/normalQuantile';
import { betaCell } from '../support/cells';

const TABLE = { method: 'table' } as const;
const DRAWS = 100_000;
/** Order statistics compared; between them the empirical CDF moves by 1/2048, against a critical 0.007. */
const COMPARED = 2048;

const POINTS = [
  [1, 1],
  [0.5, 0.5],
  [0.1, 0.1],
  [0.1, 40],
  [1, 0.3],
  [8, 3],
  [120.5, 37.2],
  [3000, 500],
  [1e6, 1],
  [1e5, 2e5],
] as const;
const LEVEL = 1e-3 / (3 * POINTS.length);
const LARGEST_SCORE = twoSidedQuantile(LEVEL);

describe.each(POINTS)('Beta(%d, %d)', (a, b) => {
  const draws = new Sampler({ seed: 606 }).beta(a, b, DRAWS, TABLE);

  test('has its mean and variance', () => {
    const score = momentScores(draws, betaMoments(a, b));
    expect(Math.abs(score.mean)).toBeLessThan(LARGEST_SCORE);
    expect(Math.abs(score.variance)).toBeLessThan(LARGEST_SCORE);
  });

  test('has its distribution', () => {
    const cdf = (x: number) => (x <= 0 ? 0 : x >= 1 ? 1 : betaCdf(x, a, b));
    const sorted = draws.slice();
    const statistic = ksStatistic({ draws: sorted, cdf, cell: betaCell, points: COMPARED });
    expect(statistic).toBeLessThan(ksCritical(DRAWS, LEVEL));
  });

  test('is drawn on both sides of the median alike, and as rarely in the tails as must be', () => {
    for (const p of [0.5, 2 ** -6, 2 ** -10]) {
      for (const isUpper of [false, true]) {
        // Small shapes put much of a tail on 1 itself, where f64 ends.
        if (isUpper && p < 20 * betaCdf(2 ** -53, b, a)) continue;
        const inTail = draws.filter(
          (x) => (isUpper ? betaCdf(1 - x, b, a) : betaCdf(x, a, b)) < p,
        ).length;
        const score = (inTail - DRAWS * p) / Math.sqrt(DRAWS * p * (1 - p));
        expect(Math.abs(score)).toBeLessThan(twoSidedQuantile(LEVEL / 6));
      }
    }
  });
});

describe('posteriors in turn', () => {
  /** One more than a sampler keeps tables of. */
  const POSTERIORS = 17;
  const shapesOf = (i: number) => [0.3 + 1.7 * i, 20 / (1 + i)] as const;
  const ROUND = 300;
  /** A block: another posterior starts the next one. */
  const BLOCK = 1024;

  test.each([2, 16, POSTERIORS])('%i of them draw as if each were alone', (posteriors) => {
    const sampler = new Sampler({ seed: 8 });
    const alone = Array.from({ length: posteriors }, (_, i) =>
      new Sampler({ seed: 8 }).beta(...shapesOf(i), 3 * posteriors * BLOCK, TABLE),
    );
    for (let turn = 0; turn < 3 * posteriors; turn++) {
      const which = turn % posteriors;
      const draws = sampler.beta(...shapesOf(which), ROUND, TABLE);
      expect(draws).toEqual(alone[which]!.slice(turn * BLOCK, turn * BLOCK + ROUND));
    }
  });

  test('of a random order draw the same too, exact draws between them', () => {
    const sampler = new Sampler({ seed: 9 });
    let state = 1;
    let last = -1;
    let block = -1;
    for (let turn = 0; turn < 80; turn++) {
      state = (state * 48271) % 2147483647;
      const which = state % (POSTERIORS + 3);
      if (which === last) continue;
      [last, block] = [which, block + 1];
      const options = which % 5 === 0 ? {} : TABLE;
      const whole = new Sampler({ seed: 9 }).beta(...shapesOf(which), (block + 1) * BLOCK, options);
      const draws = sampler.beta(...shapesOf(which), 40, options);
      expect(draws).toEqual(whole.slice(block * BLOCK, block * BLOCK + 40));
    }
  });

  test('take no more memory than the tables kept', () => {
    const sampler = new Sampler({ seed: 10 });
    // Each table is 98 kB: 5,000 of them at once would be 490 MB. That this ends well is all that is asked.
    for (let i = 0; i < 5000; i++) sampler.beta(1 + i / 100, 2, 1, TABLE);
    expect(sampler.beta(8, 3, 5, TABLE).every((x) => x > 0 && x < 1)).toBe(true);
  });
});

test('two samplers of one seed draw the same by tables, and one goes on where it stopped', () => {
  const whole = new Sampler({ seed: 12 }).beta(8, 3, 5000, TABLE);
  const sampler = new Sampler({ seed: 12 });
  const pieces = [1, 127, 1, 2000, 2871].flatMap((count) => [...sampler.beta(8, 3, count, TABLE)]);
  expect(Float64Array.from(pieces)).toEqual(whole);
});
