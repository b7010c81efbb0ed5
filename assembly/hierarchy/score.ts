/**
 * Standardised residuals: what the shape of the noise and the correlation within prompts are estimated from.
 *
 * Of a row not learnt yet, t = (y − m)/√(σ² + s²), s² the epistemic variance. Of one that is among the rows, t is what that would have been without
 * its prompt: residuals at home are smaller than abroad, and more so where other models have told of the same prompt (docs/MATH.md §19).
 */
import { add } from '../evidence/layout';
import { Status, strideOf } from '../regression/layout';
import { advanceTree, continuePrompt, isLearnable, weightOfEvent } from './observe';
import { designEffect, dimensionsOf, HISTOGRAM_BINS, Record, recordOf, rowsOfPrompt, Tree } from './layout';
import { predictModel } from './predict';

/** Bins a standard deviation. */
export const BINS_PER_SD: f64 = 4;
const LARGEST_LEVERAGE: f64 = 0.9;

/** Takes the residual of a row that is to be learnt next (`learnt` 0), or that has been (1). Returns as `observeTree`. */
export function scoreTree(
  tree: usize,
  scratch: usize,
  model: u32,
  x: usize,
  y: f64,
  clock: f64,
  weight: f64,
  learnt: u32,
): i32 {
  const d = dimensionsOf(tree);
  if (!isLearnable(d, x, y, weight)) return Status.OUT_OF_RANGE;
  if (clock != clock) clock = load<f64>(tree, Tree.CLOCK);
  const due = advanceTree(tree, clock);
  const record = recordOf(tree, model);
  const out = scratch + strideOf(d);
  predictModel(tree, scratch, model, x, out);
  const noise = load<f64>(record, Record.NOISE);
  const epistemic = load<f64>(out, 8);
  const spread = learnt ? spreadOfLearnt(tree, noise, epistemic, weight) : noise + epistemic;
  const t = (y - load<f64>(out)) / sqrt(spread);
  const decayed = weightOfEvent(tree, clock, weight);
  const middle = <f64>(HISTOGRAM_BINS / 2);
  const bin = min(max(floor(t * BINS_PER_SD) + middle, 0), middle * 2 - 1);
  add(record + Record.HISTOGRAM + ((<usize>bin) << 3), decayed);
  continuePrompt(tree, x);
  add(tree + Tree.PAIR_PRODUCTS, decayed * t * load<f64>(tree, Tree.RUN_RESIDUALS));
  add(tree + Tree.PAIR_WEIGHT, decayed * load<f64>(tree, Tree.RUN_RESIDUAL_WEIGHT));
  add(tree + Tree.RESIDUAL_SQUARES, decayed * t * t);
  add(tree + Tree.RESIDUAL_WEIGHT, decayed);
  add(tree + Tree.RUN_RESIDUALS, weight * t);
  add(tree + Tree.RUN_RESIDUAL_WEIGHT, weight);
  return due;
}

/**
 * Variance of y − m for a row that m has learnt. Its own leverage is h = s²/σ²; with the other rows of its prompt, which come by way of the family, the prompt's is
 * at most c = h (1 + (K − 1)/D). Without the prompt the error is of variance σ² + s²/(1 − c); of it the part that the prompt's rows have in common
 * has shrunk by 1 − c, the rest by 1 − h.
 */
function spreadOfLearnt(tree: usize, noise: f64, epistemic: f64, weight: f64): f64 {
  const own = min((weight * epistemic) / noise, LARGEST_LEVERAGE);
  const all = min(own * (1 + (rowsOfPrompt(tree) - 1) / designEffect(tree)), LARGEST_LEVERAGE);
  const common = load<f64>(tree, Tree.INTRACLASS);
  const shrinkage = common * (1 - all) * (1 - all) + (1 - common) * (1 - own) * (1 - own);
  return shrinkage * (noise + epistemic / (1 - all));
}
