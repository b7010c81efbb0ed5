/** The three tests of one point's distribution, and what they need. */
import { Sampler } from '../../src/random/sampler';
import { andersonDarling, andersonDarlingCritical } from '../support/andersonDarling';
import { chiSquare, chiSquareCriticals, countInto, equalBins } from '../support/chiSquare';
import { ksCritical } from '../support/ks';
import { levelOf } from './level';
import { POINTS, type Point } from './points';

/** Draws of the Kolmogorov–Smirnov and Anderson–Darling tests. */
export const SORTED_DRAWS = 1_000_000;
/** Draws of the chi-square test. */
export const BINNED_DRAWS = 10_000_000;
export const BINS = 4096;
/** Draws made at a time: no multiple of a block. */
const CHUNK = 100_000;

/** Each point is tested in three ways. */
export const LEVEL = levelOf('distributions', 3 * POINTS);
export const KS_CRITICAL = ksCritical(SORTED_DRAWS, LEVEL);
export const AD_CRITICAL = andersonDarlingCritical(LEVEL);

export interface Verdict {
  readonly statistic: number;
  readonly least: number;
  readonly largest: number;
}

export function passes({ statistic, least, largest }: Verdict): boolean {
  return statistic >= least && statistic <= largest; // NaN does not
}

export interface SortedVerdicts {
  readonly kolmogorovSmirnov: Verdict;
  readonly andersonDarling: Verdict;
}

/**
 * Both tests over every order statistic. A draw x stands for an exact draw in [x - w, x + w] (cell.ts): for
 * Kolmogorov–Smirnov the end that is the kinder (see ks.ts), for Anderson–Darling, whose transforms may be neither 0 nor 1, a place
 * in between that is drawn uniformly. Where cells are narrow both are the plain statistic.
 */
export function judgeSorted({ fill, cdf, cell }: Point, seed: number): SortedVerdicts {
  const draws = new Float64Array(SORTED_DRAWS);
  fill(new Sampler({ seed }), draws);
  draws.sort();
  const places = new Sampler({ seed: 2 ** 40 + seed }).uniform(0, 1, SORTED_DRAWS);
  const transforms = new Float64Array(SORTED_DRAWS);
  let largest = 0;
  for (let from = 0, to = 0; from < SORTED_DRAWS; from = to) {
    const x = draws[from]!;
    do to++;
    while (draws[to] === x);
    const low = cdf(x - cell(x));
    const high = cdf(x + cell(x));
    largest = Math.max(largest, to / SORTED_DRAWS - high, low - from / SORTED_DRAWS);
    for (let i = from; i < to; i++) transforms[i] = low + (high - low) * (1 - places[i]!);
  }
  transforms.sort();
  return {
    kolmogorovSmirnov: { statistic: largest, least: 0, largest: KS_CRITICAL },
    andersonDarling: { statistic: andersonDarling(transforms), least: 0, largest: AD_CRITICAL },
  };
}

/** The chi-square test. `bins` says how many were left after merging those that f64 cannot tell apart. */
export function judgeBinned(point: Point, seed: number): Verdict & { readonly bins: number } {
  const bins = equalBins({ ...point, bins: BINS });
  const counts = new Float64Array(bins.probabilities.length);
  const draws = new Float64Array(CHUNK);
  const sampler = new Sampler({ seed });
  for (let drawn = 0; drawn < BINNED_DRAWS; drawn += CHUNK) {
    point.fill(sampler, draws);
    countInto(bins, draws, counts);
  }
  const [least, largest] = chiSquareCriticals(counts.length - 1, LEVEL);
  return { statistic: chiSquare(counts, bins.probabilities), least, largest, bins: counts.length };
}
