/**
 * Strategy: many simulated worlds whose true means are known; the equal-tailed 95 % interval of the posterior must hold
 * the truth about 95 % of the time, for coins and for graded rewards, for one arm and for several in several segments.
 * Not here: the numbers of one posterior (reference.test.ts), real data (test/cli/recorded.test.ts).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import { describe, expect, it } from 'vitest';
import { Generator } from '../../src/random/generator';
import { Sampler } from '../../src/random/sampler';
import { DEFAULT_PRIOR, kernelEvidence, plainArms } from './world';

/**
 * Stated bounds. Sampling noise of 2,400 worlds is ±.9 points (2 sd); the rest is room for the prior, which is shared
 * between arms and so counts an arm's own reports again by up to κ of some hundred.
 */
const LEAST = 0.92;
const MOST = 0.97;
const WORLDS = 2400;

interface Design {
  readonly arms: number;
  readonly segments: number;
  /** Beta-distributed rewards of this α + β; Infinity = coins. */
  readonly precision: number;
}

const PRIOR = DEFAULT_PRIOR;

/** Share of cells whose interval holds the truth; each cell gets 100 to 300 reports. */
function coverage({ arms, segments, precision }: Design, seed: number): number {
  const generator = new Generator(seed, 0);
  const sampler = new Sampler({ seed });
  const evidence = kernelEvidence({ arms: plainArms(arms), prior: PRIOR, segments });
  const cells = arms * segments;
  let covered = 0;
  for (let world = 0; world < WORLDS; world++) {
    evidence.reset(PRIOR, segments);
    const truths = Array.from({ length: cells }, () => 0.2 + 0.6 * generator.unit());
    truths.forEach((truth, cell) => {
      for (const reward of rewards(truth, 100 + generator.index(201))) {
        evidence.observe(cell % segments, Math.floor(cell / segments), {
          reward,
          costUsd: NaN,
          promptTokens: NaN,
          clock: 0,
        });
      }
    });
    covered += truths.filter((truth, cell) => holds(truth, cell)).length;
  }
  return covered / (WORLDS * cells);

  function rewards(truth: number, count: number): Float64Array {
    if (precision < Infinity)
      return sampler.beta(truth * precision, (1 - truth) * precision, count);
    return Float64Array.from({ length: count }, () => (generator.unit() < truth ? 1 : 0));
  }

  function holds(truth: number, cell: number): boolean {
    const { alpha, beta } = evidence.posteriors(cell % segments, 0, NaN)[
      Math.floor(cell / segments)
    ]!;
    const p = betaCdf(truth, alpha, beta);
    return p >= 0.025 && p <= 0.975;
  }
}

describe('coverage of the 95 % interval', () => {
  it.each([
    { name: 'one arm, coins', arms: 1, segments: 1, precision: Infinity },
    { name: 'one arm, graded', arms: 1, segments: 1, precision: 4 },
    { name: 'four arms, coins', arms: 4, segments: 1, precision: Infinity },
    { name: 'four arms, graded', arms: 4, segments: 1, precision: 4 },
    { name: 'three arms in two segments, coins', arms: 3, segments: 2, precision: Infinity },
    { name: 'three arms in two segments, graded', arms: 3, segments: 2, precision: 4 },
  ])('$name', ({ name, ...design }) => {
    const share = coverage(design, 4242);
    expect(share, name).toBeGreaterThan(LEAST);
    expect(share, name).toBeLessThan(MOST);
  });

  // Rewards that scatter this little (φ = 1/31) are below φ's clamp of .05, so the interval is wider than it says: never narrower.
  it('one arm alone, finely graded: errs to the wide side', () => {
    expect(coverage({ arms: 1, segments: 1, precision: 30 }, 4242)).toBeGreaterThan(LEAST);
  });
});
