/**
 * A decision of two experts (docs/MATH.md §22): the one that decides is drawn first, from a stream of its own. The Beta cells then decide as
 * in decision/decide.ts; the context block draws x·w of every arm from its normal posterior, again from a stream of its own, so that neither
 * changes what the other would have drawn.
 */
import { bestArm, excludeArms } from '../decision/argmax';
import { riskWeightOf } from '../decision/policy';
import { decide, Scratch as Cells, scratchArray as cellsArray } from '../decision/decide';
import { nextNormal } from '../distributions/normal';
import { makeEdges } from '../distributions/zigguratEdges';
import { armBytes, armCount } from '../evidence/layout';
import { forecastInto } from '../evidence/posterior';
import { nextUnit, seedStream } from '../rng/stream';
import { contextShare } from './experts';
import { dimensionsOf, scratchArray, Scratch, strideOf } from './layout';
import { expectCosts, predictAll, presentOf } from './predict';
import { refresh } from './rebuild';

/** Address of an array of an f64 an arm in the scratch of a block. */
export function contextArray(context: usize, scratch: usize, arms: u32, index: usize): usize {
  return scratchArray(scratch, strideOf(dimensionsOf(context)), (<usize>arms + 1) & ~1, index);
}

/** Does the context block decide the decision of this number? */
export function drawsContext(context: usize, stream: usize, expertBase: u64, sequence: u64): bool {
  seedStream(stream, expertBase, sequence);
  return nextUnit(stream) < contextShare(context);
}

/** What the context block says of every arm, to its scratch; the cells' forecasts must be there. */
export function consult(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  x: usize,
  knownCost: usize,
): void {
  const arms = armCount(evidence);
  const cellCosts = cellsArray(scratch, armBytes(evidence), Cells.COST);
  const costs = contextArray(context, contextScratch, arms, Scratch.COSTS);
  const now = presentOf(context);
  predictAll(context, contextScratch, x, now);
  const doubts = contextArray(context, contextScratch, arms, Scratch.DOUBTS);
  expectCosts(context, contextScratch, now, cellCosts, costs, doubts);
  if (knownCost == 0) return;
  memory.copy(costs, knownCost, (<usize>arms) << 3);
  memory.fill(doubts, 0, (<usize>arms) << 3);
}

/**
 * Decides, as `decide` of the cells does. The cells' forecasts (means, shapes, costs) are in `scratch` afterwards whoever decided, and drawn
 * qualities and utilities; where the context block decided, which is returned with the arm as arm + 2^16, its predictions and costs in its own. With x = 0 these stand there already.
 * `policy` as in decision/decide.ts.
 */
export function decideMixed(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  base: u64,
  expertBase: u64,
  contextBase: u64,
  sequence: u64,
  segment: u32,
  now: f64,
  perUnit: f64,
  promptTokens: f64,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  knownCost: usize,
  offsets: usize,
  x: usize,
  policy: usize,
): i32 {
  makeEdges();
  const bytes = armBytes(evidence);
  const arms = armCount(evidence);
  const shapes = cellsArray(scratch, bytes, Cells.SHAPES);
  const cellCosts = cellsArray(scratch, bytes, Cells.COST);
  const means = cellsArray(scratch, bytes, Cells.CELLS);
  if (!drawsContext(context, scratch, expertBase, sequence)) {
    const arm = decide(
      evidence,
      scratch,
      base,
      sequence,
      segment,
      now,
      perUnit,
      promptTokens,
      mask,
      costWeight,
      explorationScale,
      knownCost,
      offsets,
      policy,
    );
    if (x != 0) refresh(context, contextScratch, cellCosts);
    return arm;
  }
  forecastInto(evidence, segment, now, perUnit, promptTokens, explorationScale, means, shapes, cellCosts);
  if (x != 0) {
    refresh(context, contextScratch, cellCosts);
    consult(evidence, scratch, context, contextScratch, x, knownCost);
  }
  const costs = contextArray(context, contextScratch, arms, Scratch.COSTS);
  const quality = cellsArray(scratch, bytes, Cells.QUALITY);
  const utility = cellsArray(scratch, bytes, Cells.UTILITY);
  const predicted = contextArray(context, contextScratch, arms, Scratch.MEANS);
  const variances = contextArray(context, contextScratch, arms, Scratch.VARIANCES);
  const doubts = contextArray(context, contextScratch, arms, Scratch.DOUBTS);
  const riskWeight = riskWeightOf(policy);
  seedStream(scratch, contextBase, sequence);
  for (let i: usize = 0; i < (<usize>arms) << 3; i += 8) {
    const doubt = costWeight * load<f64>(doubts + i);
    const deviation = sqrt(load<f64>(variances + i) + doubt * doubt);
    const drawn = load<f64>(predicted + i) + explorationScale * deviation * nextNormal(scratch);
    store<f64>(quality + i, drawn);
    const lowered = offsets == 0 ? 0 : load<f64>(offsets + i);
    // Without a risk weight minus 0: no bit moves.
    store<f64>(utility + i, drawn - costWeight * load<f64>(costs + i) - lowered - riskWeight * deviation);
  }
  excludeArms(utility, mask, arms);
  const arm = bestArm(utility, costs, arms);
  return arm < 0 ? arm : arm | BY_CONTEXT;
}

/** Marks arms that the context block chose. */
export const BY_CONTEXT: i32 = 0x10000;
