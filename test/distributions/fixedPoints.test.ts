/**
 * Strategy: a million draws at fixed parameters: mean and variance within a computed bound of their exact values, and a
 * Kolmogorov–Smirnov test that sees 0.3 % of probability. Shapes of 1e15 are held against their normal limit.
 * Not tested here: the range of parameters (samplers.property.test.ts).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import exponentialCdf from '@stdlib/stats-base-dists-exponential-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { describe, expect, test } from 'vitest';
import { Sampler } from '../../src/random/sampler';
import { gammaCdf } from '../support/gammaCdf';
import { betaCell, gammaCell, shiftedCell } from '../support/cells';
import { ksCritical, ksStatistic } from '../support/ks';
import {
  betaMoments,
  gammaMoments,
  momentScores,
  normalMoments,
  uniformMoments,
  type ExactMoments,
} from '../support/moments';
import { twoSidedQuantile } from '../support/normalQuantile';

const DRAWS = 1_000_000;
/** Order statistics compared; the empirical CDF moves by 1/4096 between them, against a critical 0.0026. */
const COMPARED = 4096;
const LEVEL = 1e-3;

interface Point {
  readonly name: string;
  readonly draw: (sampler: Sampler) => Float64Array;
  readonly moments: ExactMoments;
  readonly cdf: (x: number) => number;
  readonly cell: (x: number) => number;
}

function beta(a: number, b: number): Point {
  return {
    name: `Beta(${a}, ${b})`,
    draw: (sampler) => sampler.beta(a, b, DRAWS),
    moments: betaMoments(a, b),
    cdf: (x) => betaCdf(x, a, b),
    cell: betaCell,
  };
}

function gamma(shape: number, scale: number): Point {
  return {
    name: `Gamma(${shape}, ${scale})`,
    draw: (sampler) => sampler.gamma(shape, scale, DRAWS),
    moments: gammaMoments(shape, scale),
    cdf: (x) => gammaCdf(x / scale, shape),
    cell: gammaCell(scale),
  };
}

/** As `point`, with the CDF of the normal of equal moments: at shapes of 1e15 the two differ by less than 1e-8. */
function nearlyNormal(point: Point): Point {
  const { mean, variance } = point.moments;
  return { ...point, cdf: (x) => normalCdf(x, mean, Math.sqrt(variance)), cell: shiftedCell(0) };
}

const POINTS: readonly Point[] = [
  beta(1, 1),
  beta(0.5, 0.5),
  beta(8, 3),
  beta(120.5, 37.2),
  beta(3000, 500),
  beta(1e-3, 1e-3),
  beta(0.2, 7),
  beta(1, 0.9),
  nearlyNormal(beta(1e15, 1e15)),
  gamma(0.3, 1),
  gamma(1, 2),
  gamma(1.0000001, 1),
  gamma(4.5, 3),
  gamma(500, 1),
  gamma(0.99, 1e-150),
  nearlyNormal(gamma(1e15, 1)),
  {
    name: 'normal(0, 1)',
    draw: (sampler) => sampler.normal(0, 1, DRAWS),
    moments: normalMoments(0, 1),
    cdf: (x) => normalCdf(x, 0, 1),
    cell: shiftedCell(0),
  },
  {
    name: 'normal(-7, 0.01)',
    draw: (sampler) => sampler.normal(-7, 0.01, DRAWS),
    moments: normalMoments(-7, 0.01),
    cdf: (x) => normalCdf(x, -7, 0.01),
    cell: shiftedCell(7),
  },
  {
    name: 'exponential(4)',
    draw: (sampler) => sampler.exponential(4, DRAWS),
    moments: gammaMoments(1, 0.25),
    cdf: (x) => exponentialCdf(x, 4),
    cell: shiftedCell(0),
  },
  {
    name: 'uniform(-3, 5)',
    draw: (sampler) => sampler.uniform(-3, 5, DRAWS),
    moments: uniformMoments(-3, 5),
    cdf: (x) => Math.min(1, Math.max(0, (x + 3) / 8)),
    cell: shiftedCell(3),
  },
];

/** Standard errors allowed: two moments a point. */
const LARGEST_SCORE = twoSidedQuantile(LEVEL / (2 * POINTS.length));
const CRITICAL = ksCritical(DRAWS, LEVEL / POINTS.length);

test.each(POINTS)('$name: mean, variance and distribution', ({ draw, moments, cdf, cell }) => {
  const draws = draw(new Sampler({ seed: 2026 }));
  const score = momentScores(draws, moments);
  expect(Math.abs(score.mean)).toBeLessThan(LARGEST_SCORE);
  expect(Math.abs(score.variance)).toBeLessThan(LARGEST_SCORE);
  expect(ksStatistic({ draws, cdf, cell, points: COMPARED })).toBeLessThan(CRITICAL);
});

test('Gamma draws of very small shape: log X is -Exp(1)/shape to first order', () => {
  const shape = 1e-5;
  const draws = new Sampler({ seed: 5 }).gamma(shape, 1, DRAWS);
  const zeros = draws.filter((x) => x === 0).length;
  // P(X < 2^-1075) = (2^-1075)^shape / Γ(1 + shape), where log Γ(1 + s) = -0.5772 s up to 1e-10.
  const p = Math.exp(shape * (-1075 * Math.LN2 + 0.5772156649));
  const sd = Math.sqrt(DRAWS * p * (1 - p));
  expect(Math.abs(zeros - DRAWS * p) / sd).toBeLessThan(LARGEST_SCORE);
});

describe('the tails of the ziggurats', () => {
  /** Beyond both base layers' edges, 4.04 and 9.26. */
  test.each([
    ['normal', 4.05, 2 * normalCdf(-4.05, 0, 1), (s: Sampler) => s.normal(0, 1, DRAWS)],
    ['normal', 4.4, 2 * normalCdf(-4.4, 0, 1), (s: Sampler) => s.normal(0, 1, DRAWS)],
    ['exponential', 9.3, Math.exp(-9.3), (s: Sampler) => s.exponential(1, DRAWS)],
    ['exponential', 10.5, Math.exp(-10.5), (s: Sampler) => s.exponential(1, DRAWS)],
  ])('%s beyond %d is as frequent as it must be', (_, edge, p, draw) => {
    const beyond = draw(new Sampler({ seed: 77 })).filter((x) => Math.abs(x) > edge);
    const score = (beyond.length - DRAWS * p) / Math.sqrt(DRAWS * p);
    expect(Math.abs(score)).toBeLessThan(LARGEST_SCORE);
  });

  test('both signs of the normal tail occur alike', () => {
    const draws = new Sampler({ seed: 78 }).normal(0, 1, DRAWS).filter((x) => Math.abs(x) > 4.04);
    const positive = draws.filter((x) => x > 0).length;
    const score = (2 * positive - draws.length) / Math.sqrt(draws.length);
    expect(Math.abs(score)).toBeLessThan(LARGEST_SCORE);
  });
});

test('successive draws are uncorrelated, also between accepted and settled ones', () => {
  for (const { name, draw, moments } of POINTS) {
    const draws = draw(new Sampler({ seed: 6 }));
    let sum = 0;
    for (let i = 1; i < draws.length; i++) {
      sum += (draws[i]! - moments.mean) * (draws[i - 1]! - moments.mean);
    }
    const score = sum / moments.variance / Math.sqrt(DRAWS);
    expect(Math.abs(score), name).toBeLessThan(LARGEST_SCORE);
  }
});
