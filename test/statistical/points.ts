/** The parameter points of the statistical lane. */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import exponentialCdf from '@stdlib/stats-base-dists-exponential-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { TABLE_SHAPE } from '../../src/random/quantileTables';
import type { Sampler } from '../../src/random/sampler';
import { betaCell, gammaCell, shiftedCell } from '../support/cells';
import { gammaCdf } from '../support/gammaCdf';

export interface Point {
  readonly name: string;
  readonly fill: (sampler: Sampler, out: Float64Array) => unknown;
  readonly cdf: (x: number) => number;
  /** Rounding error of a draw at x. */
  readonly cell: (x: number) => number;
  readonly support: readonly [low: number, high: number];
}

/** How Beta draws are made: as ratios of Gammas, by a quantile table, or each with shapes of its own. */
export type BetaMethod = 'exact' | 'table' | 'own';

const FILL_BETA: Readonly<
  Record<BetaMethod, (sampler: Sampler, a: number, b: number, out: Float64Array) => unknown>
> = {
  exact: (sampler, a, b, out) => sampler.betaInto(a, b, out),
  table: (sampler, a, b, out) => sampler.betaInto(a, b, out, { method: 'table' }),
  own: fillOwn,
};

/** Draws between neighbours of other shapes, two above 1 and one below. */
const NEIGHBOURS = [[8, 3], undefined, [2, 0.7]] as const;

function fillOwn(sampler: Sampler, a: number, b: number, out: Float64Array): void {
  const shapes = (which: 0 | 1, own: number) =>
    Float64Array.from({ length: 3 * out.length }, (_, i) => NEIGHBOURS[i % 3]?.[which] ?? own);
  const draws = new Float64Array(3 * out.length);
  sampler.betaInto(shapes(0, a), shapes(1, b), draws);
  for (let i = 0; i < out.length; i++) out[i] = draws[3 * i + 1]!;
}

/** Both shapes >= 1 (two Gammas), one or both below (log space), both sides of every boundary, and the extremes. */
const BETA_SHAPES: readonly (readonly [a: number, b: number])[] = [
  [1, 1],
  [1.0000001, 1000],
  [4 / 3, 4 / 3],
  [1.5, 1.5],
  [1, 2],
  [2, 1],
  [2, 3],
  [8, 3],
  [30, 1],
  [120.5, 37.2],
  [3000, 500],
  [1e4, 30],
  [1e5, 1e5],
  [1e6, 1e6],
  [1e7, 1e7],
  [1e7, 1.5],
  [1, 1e7],
  [0.999999, 1.000001],
  [0.999, 0.999],
  [1, 0.999],
  [0.999, 1e4],
  [0.5, 0.5],
  [0.5, 1],
  [1, 0.5],
  [0.5, 1e6],
  [0.3, 0.3],
  [0.3, 6],
  [0.2, 7],
  [0.1, 0.9],
  [0.05, 0.05],
  [0.01, 2],
  [0.001, 1],
  [0.001, 0.001],
  [0.001, 1e7],
];

/**
 * Shapes: 1 (the exponential), below 1 (boosted), above (squeeze and exact test; 4/3 has d = 1; the series takes over from
 * the logarithm as shapes grow), each side of 1, and the extremes.
 */
const GAMMA_SHAPES: readonly number[] = [
  1,
  1.0000001,
  1.000001,
  1.001,
  1.01,
  1.1,
  1.2,
  4 / 3,
  1.5,
  2,
  3,
  4.5,
  10,
  30,
  60,
  149.9,
  500,
  1e4,
  1e5,
  1e6,
  1e7,
  0.999999,
  0.999,
  0.99,
  0.9,
  0.7,
  0.5,
  0.3,
  0.1,
  0.05,
  0.01,
  0.001,
];

const NORMALS: readonly (readonly [mean: number, sd: number])[] = [
  [0, 1],
  [-7, 0.01],
  [1e6, 3],
  [0, 1e-300],
];

const EXPONENTIAL_RATES: readonly number[] = [1, 3, 1e-8, 1e8];

const UNIFORMS: readonly (readonly [low: number, high: number])[] = [
  [0, 1],
  [-3, 5],
  [1e8, 1e8 + 1],
  [-1e8, 1e-8],
];

export function betaPoints(method: BetaMethod): Point[] {
  const inTable = (shape: number) => method !== 'table' || TABLE_SHAPE.contains(shape);
  const shapes = BETA_SHAPES.filter(([a, b]) => inTable(a) && inTable(b));
  return shapes.map(([a, b]) => ({
    name: `Beta(${a}, ${b}), ${method}`,
    fill: (sampler, out) => FILL_BETA[method](sampler, a, b, out),
    cdf: (x) => betaCdf(x, a, b),
    cell: betaCell,
    support: [0, 1],
  }));
}

/** Scales that are no powers of two, so that the scaling shows; they change nothing else. */
const GAMMA_SCALE = 3;

export function gammaPoints(): Point[] {
  return GAMMA_SHAPES.map((shape) => ({
    name: `Gamma(${shape})`,
    fill: (sampler, out) => sampler.gammaInto(shape, GAMMA_SCALE, out),
    cdf: (x) => gammaCdf(x / GAMMA_SCALE, shape),
    cell: gammaCell(GAMMA_SCALE),
    // 40 standard deviations, and e^-1000 for small shapes.
    support: [0, GAMMA_SCALE * (shape + 40 * Math.sqrt(shape) + 1000)],
  }));
}

export function otherPoints(): Point[] {
  return [
    ...NORMALS.map(([mean, sd]): Point => ({
      name: `normal(${mean}, ${sd})`,
      fill: (sampler, out) => sampler.normalInto(mean, sd, out),
      cdf: (x) => normalCdf((x - mean) / sd, 0, 1),
      cell: shiftedCell(mean),
      support: [mean - 40 * sd, mean + 40 * sd],
    })),
    ...EXPONENTIAL_RATES.map((rate): Point => ({
      name: `exponential(${rate})`,
      fill: (sampler, out) => sampler.exponentialInto(rate, out),
      cdf: (x) => exponentialCdf(x, rate),
      cell: shiftedCell(0),
      support: [0, 1000 / rate],
    })),
    ...UNIFORMS.map(([low, high]): Point => ({
      name: `uniform(${low}, ${high})`,
      fill: (sampler, out) => sampler.uniformInto(low, high, out),
      cdf: (x) => Math.min(1, Math.max(0, (x - low) / (high - low))),
      cell: shiftedCell(low),
      support: [low, high],
    })),
  ];
}

/** Points of all files, for the level. */
export const POINTS = [
  betaPoints('exact'),
  betaPoints('table'),
  betaPoints('own'),
  gammaPoints(),
  otherPoints(),
].flat().length;
