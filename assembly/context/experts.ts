/**
 * Two experts, the block of this folder and the Beta cells: each weighs in proportion to e to the decayed sum of its log scores, at least 5 %
 * (docs/MATH.md §22). A log score is what the expert's mean m, told before, gave to the reward r of the served arm: r log m + (1 − r) log(1 − m).
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { armsOf, Header } from './layout';

const LEAST_WEIGHT: f64 = 0.05;
/** Logarithm of the prior odds, and what every arm takes from it: the cells learn faster and explore less, so the block must show that it is better. */
const PRIOR_LOG_ODDS: f64 = -3;
const LOG_ODDS_OF_ARM: f64 = -0.1;
/** 2^(-1/256): scores weigh half after 256 rewards. */
const DECAY: f64 = 0.9972960560854702;
/** Means are scored within [.02, .98], as cells' means are pooled (evidence/pooling.ts). */
const LEAST_MEAN: f64 = 0.02;

/** Weight of the context block, in [.05, .95]; 1 where it decides alone. */
export function contextShare(block: usize): f64 {
  if (load<u32>(block, Header.EXPERTS) == 1) return 1;
  const prior = PRIOR_LOG_ODDS + LOG_ODDS_OF_ARM * <f64>armsOf(block);
  const share = 1 / (1 + exp(-prior - load<f64>(block, Header.SCORE)));
  return min(1 - LEAST_WEIGHT, max(LEAST_WEIGHT, share));
}

/** Takes a reward into the scores of both means. */
export function scoreExperts(block: usize, reward: f64, mean: f64, betaMean: f64): void {
  const score = DECAY * load<f64>(block, Header.SCORE) + logScore(mean, reward) - logScore(betaMean, reward);
  store<f64>(block, score, Header.SCORE);
}

function logScore(mean: f64, reward: f64): f64 {
  const m = min(1 - LEAST_MEAN, max(LEAST_MEAN, mean));
  return reward * log(m) + (1 - reward) * log(1 - m);
}
