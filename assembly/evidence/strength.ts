/**
 * Strength κ of the pooled mean inside a cell's Beta prior: maximum likelihood on a grid over [12, 24].
 *
 * A beta-binomial likelihood is the product of its one-step predictions, so it is accumulated report by report:
 * κ_j predicts the reward of a cell with mean (κ_j m + S/φ)/(κ_j + W/φ) and earns r log p + (1 - r) log(1 - p), which
 * for r in {0, 1} is exactly the beta-binomial term. The scores decay and add like all evidence and need no pass over
 * the cells (docs/MATH.md §7). Unclamped likelihood picks strengths that lose regret on real tables, hence the narrow
 * range.
 */
import { logNearPair, logV } from '../math/log';
import { Header } from './layout';

/** 12 * 2^(j/3): both ends of the clamp and two points between. */
const GRID = memory.data<f64>([12.0, 15.119052598738478, 19.048812623618392, 24.0], 16);
const GRID_BYTES: usize = 32;

export const DEFAULT_KAPPA: f64 = 12;
/** A power of two. */
export const REPORTS_BETWEEN_ESTIMATES: u32 = 256;

/**
 * Scores the grid on one reward and, every 256 reports, moves κ to the best point (the smaller on ties).
 * `mean` is the cell's pooled mean, `s` and `f` its evidence over φ, all before the reward; `weight` is the report's.
 */
// @ts-ignore: decorator
@inline
export function scoreStrengths(evidence: usize, mean: f64, s: f64, f: f64, reward: f64, weight: f64): void {
  // The likelier side's logarithm is always needed, the other's only for graded rewards: a branch that a table decides once.
  const hit = reward >= 0.5;
  const nearShare = hit ? reward : 1 - reward;
  const nearMean = f64x2.splat(hit ? mean : 1 - mean);
  const nearSum = f64x2.splat(hit ? s : f);
  for (let i: usize = 0; i < GRID_BYTES; i += 16) {
    const kappa = v128.load(GRID + i);
    const total = f64x2.add(kappa, f64x2.splat(s + f));
    const near = f64x2.div(f64x2.add(f64x2.mul(kappa, nearMean), nearSum), total);
    let score = f64x2.mul(f64x2.splat(weight * nearShare), logV(near));
    if (nearShare < 1) {
      const farMean = f64x2.splat(hit ? 1 - mean : mean);
      const far = f64x2.div(f64x2.add(f64x2.mul(kappa, farMean), f64x2.splat(hit ? f : s)), total);
      score = f64x2.add(
        score,
        f64x2.mul(f64x2.splat(weight * (1 - nearShare)), logNearPair(far, f64x2.sub(far, f64x2.splat(1)))),
      );
    }
    const scores = evidence + Header.KAPPA_SCORES + i;
    v128.store(scores, f64x2.add(v128.load(scores), score));
  }
  const reports = <u64>load<f64>(evidence, Header.REPORTS);
  if ((reports & (REPORTS_BETWEEN_ESTIMATES - 1)) == 0) chooseStrength(evidence);
}

/** Moves κ to the best point of the grid. */
export function chooseStrength(evidence: usize): void {
  let best: usize = 0;
  for (let i: usize = 8; i < GRID_BYTES; i += 8) {
    const scores = evidence + Header.KAPPA_SCORES;
    if (load<f64>(scores + i) > load<f64>(scores + best)) best = i;
  }
  store<f64>(evidence, load<f64>(GRID + best), Header.KAPPA);
}
