/**
 * One live decision of both experts with its propensities and the floor (docs/MATH.md §17 and §22): p = share · p of the context block + (1 − share) · p of
 * the cells, each with its own expected costs; the floor's baseline goes by the cells' costs whoever decides.
 */
import { bestArm, NO_ARM } from '../decision/argmax';
import { Scratch as Cells, scratchArray as cellsArray } from '../decision/decide';
import { record } from '../decision/batch';
import { baselineInto, drawFloor, mixFloor } from '../decision/floor';
import { normalPropensities } from '../decision/normalPropensity';
import { propensities } from '../decision/propensity';
import { armBytes, armCount } from '../evidence/layout';
import { advance, weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { forecastInto } from '../evidence/posterior';
import { applyLatency, recordLatency } from '../forecast/latencyDecision';
import { Purpose, streamBase } from '../rng/stream';
import { BY_CONTEXT, consult, contextArray, decideMixed } from './decide';
import { contextShare } from './experts';
import { Scratch } from './layout';
import { advanceContext } from './observe';
import { refresh } from './rebuild';

/** Arrays of the cells' scratch that are free once a decision is drawn. */
const OFFSETS = Cells.DRAW;
const WEIGHTS = Cells.DRAW + 1;
const MEANS = Cells.DRAW + 2;
const DEVIATIONS = Cells.DRAW + 3;
const OTHER = Cells.DRAW + 4;

/**
 * Decides one request of features x, or with x = 0 on predictions that stand in `contextScratch` already: means, variances, costs and doubts as
 * `context_array` has them. The other arguments are those of `decideBatch`. Writes 14 f64: those of a floored record, then 1 where the context block
 * decided (else 0), its share, and what it and the cells expect of the executed arm.
 */
export function decideLive(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  seed: u64,
  sequence: u64,
  segment: u32,
  promptTokens: f64,
  clock: f64,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  epsilon: f64,
  baseline: i32,
  propensityScratch: usize,
  p: usize,
  latency: usize,
  x: usize,
  out: usize,
): void {
  const arms = armCount(evidence);
  const stride = armBytes(evidence);
  const means = cellsArray(scratch, stride, Cells.CELLS);
  const shapes = cellsArray(scratch, stride, Cells.SHAPES);
  const cellCosts = cellsArray(scratch, stride, Cells.COST);
  advance(evidence, clock);
  const now = weightAt(evidence, clock);
  const perUnit = observationsPerUnit(evidence, now);
  if (x != 0) {
    advanceContext(context, clock);
    forecastInto(evidence, segment, now, perUnit, promptTokens, explorationScale, means, shapes, cellCosts);
    refresh(context, contextScratch, cellCosts);
    consult(evidence, scratch, context, contextScratch, x, 0);
  }
  let lowered: usize = 0;
  if (latency != 0) lowered = applyLatency(latency, mask, clock);
  const decided = decideMixed(
    evidence,
    scratch,
    context,
    contextScratch,
    streamBase(seed, Purpose.SELECTION),
    streamBase(seed, Purpose.EXPERT),
    streamBase(seed, Purpose.CONTEXT),
    sequence,
    segment,
    now,
    perUnit,
    promptTokens,
    mask,
    costWeight,
    explorationScale,
    0,
    lowered,
    0,
  );
  const byContext = decided >= BY_CONTEXT;
  const chosen = byContext ? decided & ~BY_CONTEXT : decided;
  const arm = executeMixed(
    evidence,
    scratch,
    context,
    contextScratch,
    streamBase(seed, Purpose.FLOOR),
    sequence,
    chosen,
    mask,
    costWeight,
    explorationScale,
    lowered,
    epsilon,
    baseline,
    propensityScratch,
    p,
    out + 48,
  );
  const costs = byContext ? contextArray(context, contextScratch, arms, Scratch.COSTS) : cellCosts;
  record(evidence, scratch, costs, arm, out);
  store<f64>(out, byContext ? 1 : 0, 80);
  store<f64>(out, contextShare(context), 88);
  if (arm == NO_ARM) return;
  if (latency != 0) recordLatency(latency, arm, out + 64);
  const at = (<usize>arm) << 3;
  const a = load<f64>(shapes + 2 * at);
  store<f64>(out, load<f64>(contextArray(context, contextScratch, arms, Scratch.MEANS) + at), 96);
  store<f64>(out, a / (a + load<f64>(shapes + 2 * at, 8)), 104);
}

/**
 * Given that the experts chose `chosen`, returns the arm that is executed; writes to `out` 1 or 0 (the floor chose it, or not) and the status of the
 * propensities. `p` (address 0 = not asked for) takes one probability an arm.
 */
function executeMixed(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  floorBase: u64,
  sequence: u64,
  chosen: i32,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  lowered: usize,
  epsilon: f64,
  baseline: i32,
  propensityScratch: usize,
  p: usize,
  out: usize,
): i32 {
  const arms = armCount(evidence);
  const bytes = (<usize>arms) << 3;
  const stride = armBytes(evidence);
  const costs = cellsArray(scratch, stride, Cells.COST);
  const utility = cellsArray(scratch, stride, Cells.UTILITY);
  const weights = cellsArray(scratch, stride, WEIGHTS);
  store<f64>(out, 0);
  store<f64>(out, 0, 8);
  if (p != 0) memory.fill(p, 0, bytes);
  if (chosen == NO_ARM) return NO_ARM;
  let cheapest: f64 = Infinity;
  for (let i: usize = 0; i < bytes; i += 8) {
    if (load<f64>(utility + i) == load<f64>(utility + i)) cheapest = min(cheapest, load<f64>(costs + i));
  }
  if (p != 0) {
    const status = mixedPropensities(
      evidence,
      scratch,
      context,
      contextScratch,
      mask,
      costWeight,
      explorationScale,
      lowered,
      propensityScratch,
      p,
    );
    store<f64>(out, <f64>status, 8);
  }
  if (!(epsilon > 0)) return chosen;
  const total = baselineInto(utility, costs, bytes, baseline, cheapest, weights);
  if (p != 0) mixFloor(p, bytes, epsilon, weights, total);
  const floored = drawFloor(scratch, floorBase, sequence, epsilon, weights, total, bytes);
  if (floored == NO_ARM) return chosen;
  store<f64>(out, 1);
  return floored;
}

function mixedPropensities(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  lowered: usize,
  propensityScratch: usize,
  p: usize,
): i32 {
  const arms = armCount(evidence);
  const bytes = (<usize>arms) << 3;
  const stride = armBytes(evidence);
  const utility = cellsArray(scratch, stride, Cells.UTILITY);
  const costs = cellsArray(scratch, stride, Cells.COST);
  const shapes = cellsArray(scratch, stride, Cells.SHAPES);
  const offsets = cellsArray(scratch, stride, OFFSETS);
  const means = cellsArray(scratch, stride, MEANS);
  const deviations = cellsArray(scratch, stride, DEVIATIONS);
  const other = cellsArray(scratch, stride, OTHER);
  const share = contextShare(context);
  const predicted = contextArray(context, contextScratch, arms, Scratch.MEANS);
  const variances = contextArray(context, contextScratch, arms, Scratch.VARIANCES);
  const contextCosts = contextArray(context, contextScratch, arms, Scratch.COSTS);
  const doubts = contextArray(context, contextScratch, arms, Scratch.DOUBTS);
  for (let i: usize = 0; i < bytes; i += 8) {
    const more = lowered == 0 ? 0 : load<f64>(lowered + i);
    const doubt = costWeight * load<f64>(doubts + i);
    store<f64>(offsets + i, costWeight * load<f64>(costs + i) + more);
    store<f64>(means + i, load<f64>(predicted + i) - costWeight * load<f64>(contextCosts + i) - more);
    store<f64>(deviations + i, explorationScale * sqrt(load<f64>(variances + i) + doubt * doubt));
  }
  if (!(explorationScale > 0)) {
    // Posterior means decide: each expert has one choice.
    for (let i: usize = 0; i < bytes; i += 8) {
      const a = load<f64>(shapes + 2 * i);
      const eligible = load<f64>(utility + i) == load<f64>(utility + i);
      const mean = a / (a + load<f64>(shapes + 2 * i, 8)) - load<f64>(offsets + i);
      store<f64>(other + i, eligible ? mean : NaN);
      if (!eligible) store<f64>(means + i, NaN);
    }
    if ((arms & 1) != 0) {
      store<f64>(other + bytes, NaN);
      store<f64>(means + bytes, NaN);
    }
    const byCells = (<usize>bestArm(other, costs, arms)) << 3;
    const byContext = (<usize>bestArm(means, contextCosts, arms)) << 3;
    store<f64>(p + byCells, 1 - share);
    store<f64>(p + byContext, load<f64>(p + byContext) + share);
    return 0;
  }
  let status = 0;
  if (share < 1) status = propensities(arms, shapes, offsets, mask, 0, 0, propensityScratch, p);
  normalPropensities(arms, means, deviations, utility, propensityScratch, other);
  for (let i: usize = 0; i < bytes; i += 8) {
    store<f64>(p + i, (1 - share) * load<f64>(p + i) + share * load<f64>(other + i));
  }
  return status;
}
