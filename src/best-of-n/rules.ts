import { ParameterError } from '../core/errors';
import {
  POSITIVE,
  requireNumber,
  requireObject,
  requireOptions,
  UNIT,
  USD,
  WILLINGNESS_TO_PAY,
  wholeBetween,
} from '../core/validation';

/** What is expected of a (model, n) arm; `router.getPosteriors()` and `bestOfNPriorMean` have such numbers. */
export interface LevelPosterior {
  /** Shapes of the Beta posterior of its expected reward, > 0. */
  readonly alpha: number;
  readonly beta: number;
  /** Of all n samples together, in [0, 1e9] USD. */
  readonly expectedCostUsd: number;
}

export interface BestRouteOptions {
  /** Index of the strong arm among the candidates: usually the dearest model, asked once. */
  readonly strong: number;
  /** Probability of matching that is asked for, in [0, 1]: 0 takes the cheapest candidate, 1 nearly always the strong one. */
  readonly threshold: number;
}

/**
 * Predicted probability that an answer of `candidate` is at least as good as one of `strong`, for answers that are right or wrong and
 * independent given what both posteriors know: 1 - E[θ_strong] (1 - E[θ]). Answers to one prompt rise and fall together, so it errs on
 * the side of the strong arm (docs/MATH.md §29).
 * @throws {ParameterError}
 */
export function matchProbability(candidate: LevelPosterior, strong: LevelPosterior): number {
  return 1 - meanOf('strong', strong) * (1 - meanOf('candidate', candidate));
}

/**
 * BEST-Route's rule (Ding et al. 2025, arXiv:2506.22716; with one sample each HybridLLM's, Ding et al. 2024, arXiv:2404.14618): the
 * cheapest candidate whose predicted probability of matching the strong arm reaches the threshold, else the strong arm. Ties go to
 * the lower index.
 * @returns the index of the candidate
 * @throws {ParameterError}
 */
export function chooseBestRoute(
  candidates: readonly LevelPosterior[],
  options: BestRouteOptions,
): number {
  requireCandidates(candidates);
  requireOptions('options', options, ['strong', 'threshold']);
  const { strong, threshold } = options;
  requireNumber('options.strong', strong, wholeBetween(0, candidates.length - 1));
  requireNumber('options.threshold', threshold, UNIT);
  let best = strong;
  candidates.forEach((candidate, i) => {
    if (i === strong || !(matchProbability(candidate, candidates[strong]!) >= threshold)) return;
    if (cheaper(candidates, i, best)) best = i;
  });
  return best;
}

/**
 * The utility-maximising variant: the candidate of greatest expected quality minus cost over willingness to pay. Ties go to the
 * cheaper, then to the lower index.
 * @param willingnessToPayUsd USD for raising one request's quality from 0 to 1, >= 1e-9; Infinity: money is no object
 * @returns the index of the candidate
 * @throws {ParameterError}
 */
export function chooseByUtility(
  candidates: readonly LevelPosterior[],
  willingnessToPayUsd: number,
): number {
  requireCandidates(candidates);
  requireNumber('willingnessToPayUsd', willingnessToPayUsd, WILLINGNESS_TO_PAY);
  const utilities = candidates.map(
    (candidate, i) =>
      meanOf(`candidates[${i}]`, candidate) - candidate.expectedCostUsd / willingnessToPayUsd,
  );
  let best = 0;
  utilities.forEach((utility, i) => {
    const difference = utility - utilities[best]!;
    if (difference > 0 || (difference === 0 && cheaper(candidates, i, best))) best = i;
  });
  return best;
}

function cheaper(candidates: readonly LevelPosterior[], i: number, than: number): boolean {
  const difference = candidates[i]!.expectedCostUsd - candidates[than]!.expectedCostUsd;
  return difference < 0 || (difference === 0 && i < than);
}

function meanOf(name: string, posterior: LevelPosterior): number {
  requireObject(name, posterior);
  const { alpha, beta } = posterior;
  requireNumber(`${name}.alpha`, alpha, POSITIVE);
  requireNumber(`${name}.beta`, beta, POSITIVE);
  return alpha / (alpha + beta);
}

function requireCandidates(candidates: readonly LevelPosterior[]): void {
  if (!Array.isArray(candidates) || candidates.length === 0)
    throw new ParameterError('candidates', 'a non-empty array', candidates);
  (candidates as readonly LevelPosterior[]).forEach((candidate, i) => {
    meanOf(`candidates[${i}]`, candidate);
    requireNumber(`candidates[${i}].expectedCostUsd`, candidate.expectedCostUsd, USD);
  });
}
