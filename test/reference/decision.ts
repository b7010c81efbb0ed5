/** Slow, obvious reference of assembly/decision: utilities one by one, the best by comparison, draws from samplers.ts. */
import type { ReferencePosterior } from './evidence';
import { referenceQualities } from './samplers';

/** One arm in a choice. */
export interface Candidate {
  readonly quality: number;
  readonly cost: number;
  /** 0 where there is none. */
  readonly uncertainty: number;
  readonly eligible: boolean;
}

export interface Weights {
  readonly costWeight: number;
  readonly riskWeight: number;
}

export function utilityOf(arm: Candidate, { costWeight, riskWeight }: Weights): number {
  return arm.quality - costWeight * arm.cost - riskWeight * arm.uncertainty;
}

/** Greatest utility, then least cost, then lowest index, among eligible arms whose utility is a number; else -1. */
export function referenceArgmax(arms: readonly Candidate[], weights: Weights): number {
  const ranked = arms
    .map((arm, index) => ({
      index,
      cost: arm.cost,
      utility: utilityOf(arm, weights),
      eligible: arm.eligible,
    }))
    .filter(({ utility, eligible }) => eligible && !Number.isNaN(utility))
    .sort((a, b) => compare(b.utility, a.utility) || compare(a.cost, b.cost) || a.index - b.index);
  return ranked[0]?.index ?? -1;
}

/** By order, not by difference: ∞ - ∞ is NaN. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface DrawOptions {
  /** Of (seed, SELECTION), see rng.ts. */
  readonly base: bigint;
  readonly sequence: bigint;
  readonly explorationScale: number;
}

/** The qualities a decision compares: draws, or the posterior means at scale 0. */
export function referenceDraws(
  posteriors: readonly ReferencePosterior[],
  options: DrawOptions,
): number[] {
  const { base, sequence, explorationScale } = options;
  if (explorationScale === 0) return posteriors.map(({ alpha, beta }) => alpha / (alpha + beta));
  const spread = 1 / explorationScale ** 2;
  const shapes = posteriors.flatMap(({ alpha, beta }) => [alpha * spread, beta * spread]);
  // Arms go in pairs: an odd last one has a neighbour whose draw nobody sees.
  if (posteriors.length % 2 === 1) shapes.push(2, 2);
  return [...referenceQualities(base, sequence, Float64Array.from(shapes))].slice(
    0,
    posteriors.length,
  );
}

/** The whole decision over all arms. */
export function referenceDecision(
  posteriors: readonly ReferencePosterior[],
  options: DrawOptions & { readonly costWeight: number; readonly knownCostUsd?: readonly number[] },
): number {
  const qualities = referenceDraws(posteriors, options);
  const arms = posteriors.map(({ expectedCostUsd }, i) => ({
    quality: qualities[i]!,
    cost: options.knownCostUsd?.[i] ?? expectedCostUsd,
    uncertainty: 0,
    eligible: true,
  }));
  return referenceArgmax(arms, { costWeight: options.costWeight, riskWeight: 0 });
}
