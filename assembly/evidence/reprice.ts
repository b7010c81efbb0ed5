/**
 * A new list price (docs/MATH.md §24). What was paid at the old one is translated at the arm's own mix of tokens: its
 * mean cost is split into input, at the old price of the tokens it was sent but no more than all, and output, the
 * rest; each part then goes by its own price. Sums of cost keep their weights, quality is not touched.
 */
import { weightAt } from './decay';
import { armArray, armBytes, ArmField, at, Header, RowField, rowOf, segmentCount } from './layout';
import { expectedOutputTokens } from './posterior';

/** USD of one call: what a caller may report at most. */
const LARGEST_COST: f64 = 1e9;

/** Sets the prices (USD a token) and returns new over old mean cost; 1 where no cost is known or the old ones are not. */
export function repriceArm(evidence: usize, arm: u32, inputPrice: f64, outputPrice: f64): f64 {
  const bytes = armBytes(evidence);
  const model = at(armArray(evidence, 0), arm);
  const oldInput = load<f64>(model + ArmField.INPUT_PRICE * bytes);
  const oldOutput = load<f64>(model + ArmField.OUTPUT_PRICE * bytes);
  store<f64>(model + ArmField.INPUT_PRICE * bytes, inputPrice);
  store<f64>(model + ArmField.OUTPUT_PRICE * bytes, outputPrice);
  const weight = load<f64>(model + ArmField.COST_WEIGHT * bytes);
  const known = weight > 0 && oldInput >= 0 && oldOutput >= 0;
  if (!known || (inputPrice == oldInput && outputPrice == oldOutput)) return 1;
  const mean = load<f64>(model + ArmField.COST * bytes) / weight;
  const inputTokens = load<f64>(model + ArmField.INPUT_TOKENS * bytes) / weight;
  const forInput = min(mean, inputTokens * oldInput);
  const forOutput = mean - forInput;
  const now = weightAt(evidence, load<f64>(evidence, Header.CLOCK));
  // Where a side was free, what was paid tells nothing of its tokens.
  const newInput = oldInput > 0 ? inputPrice * (forInput / oldInput) : inputPrice * inputTokens;
  const newOutput =
    oldOutput > 0
      ? outputPrice * (forOutput / oldOutput)
      : forOutput + outputPrice * expectedOutputTokens(evidence, now);
  const translated = min(newInput + newOutput, LARGEST_COST);
  const change = translate(model + ArmField.COST * bytes, weight, mean, translated);
  store<f64>(evidence, max(0, load<f64>(evidence, Header.COST) + change), Header.COST);
  for (let segment: u32 = 0; segment < segmentCount(evidence); segment++) {
    const cell = at(rowOf(evidence, segment), arm);
    translate(cell + RowField.COST * bytes, load<f64>(cell + RowField.COST_WEIGHT * bytes), mean, translated);
  }
  return translated / mean;
}

/** Brings a sum of costs of a weight from one mean cost of its arm to another; returns what it grows by. */
function translate(sum: usize, weight: f64, mean: f64, translated: f64): f64 {
  const before = load<f64>(sum);
  // Free until now: every call is taken to have been alike.
  const calls = mean > 0 ? before / mean : weight;
  store<f64>(sum, calls * translated);
  return calls * translated - before;
}
