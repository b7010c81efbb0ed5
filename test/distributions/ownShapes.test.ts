/**
 * Strategy: Betas each of its own shapes, from far below 1 to a million: by the distribution function of its own Beta each
 * draw becomes a uniform, so that one Kolmogorov–Smirnov test judges them all; and standardised, one test of the mean and
 * one of the variance.
 * Not tested here: single values (reference.test.ts), that a fill may be cut (test/random/samplerLaws), refusals
 * (test/random/betaMisuse).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import { describe, expect, test } from 'vitest';
import { Generator, GeneratorStream } from '../../src/random/generator';
import { Sampler } from '../../src/random/sampler';
import { betaCell } from '../support/cells';
import { ksCritical } from '../support/ks';
import { betaMoments } from '../support/moments';
import { twoSidedQuantile } from '../support/normalQuantile';

const DRAWS = 100_000;

interface Mixture {
  readonly name: string;
  /** log10 of the least and of the greatest shape; the shapes are log-uniform between. */
  readonly range: readonly [number, number];
}

const MIXTURES: readonly Mixture[] = [
  { name: 'all at least 1', range: [0, 3] },
  { name: 'all below 1', range: [-2, -1e-9] },
  { name: 'on both sides of 1', range: [-1, 1] },
  { name: 'from 0.01 to 1e5', range: [-2, 5] },
];

/** Level of one of three tests of a mixture, and of the first ones of lanes. */
const LEVEL = 1e-3 / (4 * MIXTURES.length);
const LARGEST_SCORE = twoSidedQuantile(LEVEL);

interface Drawn {
  readonly alphas: Float64Array;
  readonly betas: Float64Array;
  readonly draws: Float64Array;
}

function drawn({ range: [low, high] }: Mixture): Drawn {
  const generator = new Generator(19, GeneratorStream.WORKLOAD);
  const shapes = () =>
    Float64Array.from({ length: DRAWS }, () => 10 ** (low + (high - low) * generator.unit()));
  const [alphas, betas] = [shapes(), shapes()];
  const draws = new Sampler({ seed: 404 }).betaInto(alphas, betas, new Float64Array(DRAWS));
  return { alphas, betas, draws };
}

/**
 * Largest distance from uniformity of values known to lie in [low, high] each: as `ksStatistic`, where the rounding
 * cells differ from draw to draw.
 */
function distanceOfIntervals(lows: Float64Array, highs: Float64Array): number {
  lows.sort();
  highs.sort();
  const count = lows.length;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    largest = Math.max(largest, (i + 1) / count - highs[i]!, lows[i]! - i / count);
  }
  return largest;
}

function distance({ alphas, betas, draws }: Drawn, isTaken: (i: number) => boolean): number {
  const places = Array.from(draws.keys()).filter(isTaken);
  const at = (shift: number) =>
    Float64Array.from(places, (i) => {
      const x = draws[i]! + shift * betaCell(draws[i]!);
      return x <= 0 ? 0 : x >= 1 ? 1 : betaCdf(x, alphas[i]!, betas[i]!);
    });
  return distanceOfIntervals(at(-1), at(1)) / ksCritical(places.length, LEVEL);
}

describe.each(MIXTURES)('shapes $name', (mixture) => {
  const sample = drawn(mixture);

  test('draw each from its own Beta', () => {
    expect(distance(sample, () => true)).toBeLessThan(1);
  });

  test('do so in both lanes of a vector, and where a neighbour has a shape below 1', () => {
    expect(distance(sample, (i) => i % 2 === 0)).toBeLessThan(1);
    expect(distance(sample, (i) => i % 2 === 1)).toBeLessThan(1);
    const isSmall = (i: number) => Math.min(sample.alphas[i] ?? 2, sample.betas[i] ?? 2) < 1;
    const hasSmallNeighbour = (i: number) => !isSmall(i) && (isSmall(i - 1) || isSmall(i + 1));
    if (sample.draws.some((_, i) => hasSmallNeighbour(i))) {
      expect(distance(sample, hasSmallNeighbour)).toBeLessThan(1);
    }
  });

  test('have their own means and variances', () => {
    let means = 0;
    let squares = 0;
    let spread = 0;
    sample.draws.forEach((x, i) => {
      const { mean, variance, kurtosis } = betaMoments(sample.alphas[i]!, sample.betas[i]!);
      const z = (x - mean) / Math.sqrt(variance);
      // Kurtoses reach 1e4; weighting by them keeps one draw from deciding the sum.
      const weight = 1 / kurtosis;
      means += z;
      squares += weight * (z * z - 1);
      spread += weight * weight * (kurtosis - 1);
    });
    expect(Math.abs(means) / Math.sqrt(DRAWS)).toBeLessThan(LARGEST_SCORE);
    expect(Math.abs(squares) / Math.sqrt(spread)).toBeLessThan(LARGEST_SCORE);
  });
});

test('the test itself finds shapes that are 2 % off', () => {
  const { alphas, betas, draws } = drawn(MIXTURES[0]!);
  const wrong = { alphas: alphas.map((a) => 1.02 * a), betas, draws };
  expect(distance(wrong, () => true)).toBeGreaterThan(1);
});
