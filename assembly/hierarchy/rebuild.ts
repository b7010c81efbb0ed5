/**
 * The rebuild: estimates by a bounded number of passes, then the factors. One pass costs about 1.5 d³ products a model and family (0.5 d³ where
 * nothing is estimated), so a rebuild is linear in the models and in the passes: docs/MATH.md §19.
 */
import { designEffect, LEVELS, Record, recordOf, recordsOf, rowsOfPrompt, Tree } from './layout';
import { estimateIntraclass, estimateNoise, estimatePrecisions, estimateScales, guess, storeEdges } from './estimate';
import { passTree, Purpose, weightOf } from './pass';
import { d, openScratch, stride } from './scratch';

/**
 * Estimates `steps` times (0: precisions and noise stay) and makes every factor anew from the sums.
 *
 * K rows of a prompt whose noise has a common part, of share ρ, say as much of what all models share as K/D independent ones, D = 1 + (K − 1) ρ (Kish's
 * design effect), but more of how models differ: the common part cancels. So the deviations are estimated with noise of (1 − ρ (1 − 1/K)) of
 * its variance, and what a model learns of others comes from rows of weight 1/D. With one model a prompt both are 1.
 */
export function rebuildTree(tree: usize, scratch: usize, steps: u32): void {
  openScratch(tree, scratch);
  estimateScales();
  if (!hasRows(tree)) steps = 0;
  if (!load<u32>(tree, Tree.ESTIMATED)) guess();
  for (; steps > 0; steps--) estimateOnce(tree);
  estimateIntraclass();
  storeEdges();
  passTree(1 / designEffect(tree), 1, Purpose.FACTORS);
  store<f64>(tree, load<f64>(tree, Tree.NOW), Tree.REFERENCE);
  store<f64>(tree, load<f64>(tree, Tree.ROWS), Tree.REBUILT);
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const record = recordOf(tree, i - 1);
    store<f64>(record, load<f64>(record, Record.ROWS), Record.REBUILT);
  }
}

function estimateOnce(tree: usize): void {
  estimateIntraclass();
  storeEdges();
  const effect = designEffect(tree);
  if (effect == 1) {
    passTree(1, 1, Purpose.ROOT | Purpose.DEVIATIONS | Purpose.NOISE);
    estimatePrecisions(0, LEVELS);
  } else {
    const own = 1 / (1 - load<f64>(tree, Tree.INTRACLASS) * (1 - 1 / rowsOfPrompt(tree)));
    passTree(own, own, Purpose.ROOT | Purpose.DEVIATIONS);
    estimatePrecisions(1, LEVELS);
    storeEdges();
    passTree(1 / effect, 1, Purpose.ROOT | Purpose.NOISE);
    estimatePrecisions(0, 1);
  }
  estimateNoise();
  store<u32>(tree, 1, Tree.ESTIMATED);
}

function hasRows(tree: usize): bool {
  for (let i: u32 = 0; i < recordsOf(tree); i++) if (weightOf(recordOf(tree, i - 1), stride, d) > 0) return true;
  return false;
}
