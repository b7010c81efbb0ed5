/**
 * One live decision of both experts with its propensities and the floor (docs/MATH.md §17 and §22): p = share · p of the context block + (1 − share) · p of
 * the cells, each with its own expected costs; the floor's baseline goes by the cells' costs whoever decides.
 */
import { bestArm, NO_ARM } from '../decision/argmax';
import { handOver, risksInto, riskWeightOf, standIn, trustedArm } from '../decision/policy';
import { Scratch as Cells, scratchArray as cellsArray } from '../decision/decide';
import { record } from '../decision/batch';
import { baselineInto, drawFloor, mixFloor } from '../decision/floor';
import { normalPropensities } from '../decision/normalPropensity';
import { propensities } from '../decision/propensity';
import { trace } from '../decision/trace';
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
  policy: usize,
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
    policy,
  );
  const riskWeight = riskWeightOf(policy);
  if (riskWeight > 0) {
    const risks = cellsArray(scratch, stride, Cells.RISK);
    risksInto(evidence, now, riskWeight, costWeight, explorationScale, shapes, cellCosts, risks);
  }
  const byContext = decided >= BY_CONTEXT;
  const chosen = byContext ? decided & ~BY_CONTEXT : decided;
  const forecasts = contextArray(context, contextScratch, arms, Scratch.MEANS);
  const share = contextShare(context);
  const arm = executeMixed(
    stride,
    scratch,
    arms,
    forecasts,
    share,
    streamBase(seed, Purpose.FLOOR),
    sequence,
    chosen,
    byContext,
    mask,
    costWeight,
    explorationScale,
    lowered,
    policy,
    epsilon,
    baseline,
    propensityScratch,
    p,
    out + 48,
  );
  trace(
    policy,
    stride,
    scratch,
    sequence,
    arm,
    chosen,
    costWeight,
    explorationScale,
    lowered,
    forecasts,
    share,
    byContext,
  );
  const costs = byContext ? contextArray(context, contextScratch, arms, Scratch.COSTS) : cellCosts;
  record(evidence, scratch, costs, arm, out);
  store<f64>(out, byContext ? 1 : 0, 80);
  store<f64>(out, share, 88);
  if (arm == NO_ARM) return;
  if (latency != 0) recordLatency(latency, arm, out + 64);
  const at = (<usize>arm) << 3;
  const a = load<f64>(shapes + 2 * at);
  store<f64>(out, load<f64>(contextArray(context, contextScratch, arms, Scratch.MEANS) + at), 96);
  store<f64>(out, a / (a + load<f64>(shapes + 2 * at, 8)), 104);
}

/**
 * As `executeWithFloor`, given that the context block (`byContext`) or the cells chose `chosen`. `forecasts` are the block's of every arm: four arrays of
 * `stride` bytes, means, variances, costs, doubts; `share` is its weight.
 */
export function executeMixed(
  stride: usize,
  scratch: usize,
  arms: u32,
  forecasts: usize,
  share: f64,
  floorBase: u64,
  sequence: u64,
  chosen: i32,
  byContext: bool,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  lowered: usize,
  policy: usize,
  epsilon: f64,
  baseline: i32,
  propensityScratch: usize,
  p: usize,
  out: usize,
): i32 {
  const bytes = (<usize>arms) << 3;
  const costs = cellsArray(scratch, stride, Cells.COST);
  const utility = cellsArray(scratch, stride, Cells.UTILITY);
  const weights = cellsArray(scratch, stride, WEIGHTS);
  store<f64>(out, 0);
  store<f64>(out, 0, 8);
  if (p != 0) memory.fill(p, 0, bytes);
  if (chosen == NO_ARM) return NO_ARM;
  const trusted = trustedArm(policy, utility);
  const beliefs = byContext ? forecasts : cellsArray(scratch, stride, Cells.SHAPES);
  const executed = standIn(policy, trusted, beliefs, byContext ? forecasts + stride : 0, explorationScale, chosen);
  if (executed != chosen) store<f64>(out, 2);
  let cheapest: f64 = Infinity;
  for (let i: usize = 0; i < bytes; i += 8) {
    if (load<f64>(utility + i) == load<f64>(utility + i)) cheapest = min(cheapest, load<f64>(costs + i));
  }
  if (p != 0) {
    const status = mixedPropensities(
      stride,
      scratch,
      arms,
      forecasts,
      share,
      mask,
      costWeight,
      explorationScale,
      lowered,
      policy,
      trusted,
      propensityScratch,
      p,
    );
    store<f64>(out, <f64>status, 8);
  }
  if (!(epsilon > 0)) return executed;
  const total = baselineInto(utility, costs, bytes, baseline, cheapest, weights);
  if (p != 0) mixFloor(p, bytes, epsilon, weights, total);
  const floored = drawFloor(scratch, floorBase, sequence, epsilon, weights, total, bytes);
  if (floored == NO_ARM) return executed;
  store<f64>(out, 1);
  return floored;
}

function mixedPropensities(
  stride: usize,
  scratch: usize,
  arms: u32,
  forecasts: usize,
  share: f64,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  lowered: usize,
  policy: usize,
  trusted: i32,
  propensityScratch: usize,
  p: usize,
): i32 {
  const bytes = (<usize>arms) << 3;
  const utility = cellsArray(scratch, stride, Cells.UTILITY);
  const costs = cellsArray(scratch, stride, Cells.COST);
  const shapes = cellsArray(scratch, stride, Cells.SHAPES);
  const offsets = cellsArray(scratch, stride, OFFSETS);
  const means = cellsArray(scratch, stride, MEANS);
  const deviations = cellsArray(scratch, stride, DEVIATIONS);
  const other = cellsArray(scratch, stride, OTHER);
  const variances = forecasts + stride;
  const contextCosts = variances + stride;
  const doubts = contextCosts + stride;
  const riskWeight = riskWeightOf(policy);
  const risks = riskWeight > 0 ? cellsArray(scratch, stride, Cells.RISK) : 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const more = lowered == 0 ? 0 : load<f64>(lowered + i);
    const doubt = costWeight * load<f64>(doubts + i);
    const deviation = sqrt(load<f64>(variances + i) + doubt * doubt);
    const offset = costWeight * load<f64>(costs + i) + more;
    const mean = load<f64>(forecasts + i) - costWeight * load<f64>(contextCosts + i) - more;
    store<f64>(offsets + i, risks == 0 ? offset : offset + load<f64>(risks + i));
    store<f64>(means + i, mean - riskWeight * deviation);
    store<f64>(deviations + i, explorationScale * deviation);
  }
  let status = 0;
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
    memory.fill(other, 0, bytes);
    store<f64>(p + byCells, 1);
    store<f64>(other + byContext, 1);
  } else {
    if (share < 1) status = propensities(arms, shapes, offsets, mask, 0, 0, propensityScratch, p);
    normalPropensities(arms, means, deviations, utility, propensityScratch, other);
  }
  handOver(policy, trusted, shapes, 0, explorationScale, bytes, p);
  handOver(policy, trusted, forecasts, variances, explorationScale, bytes, other);
  for (let i: usize = 0; i < bytes; i += 8) {
    store<f64>(p + i, (1 - share) * load<f64>(p + i) + share * load<f64>(other + i));
  }
  return status;
}
