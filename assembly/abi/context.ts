import { contextArray } from '../context/decide';
import { contextShare, scoreExperts } from '../context/experts';
import { decideLive } from '../context/live';
import { normalPropensities } from '../decision/normalPropensity';
import {
  ArmField,
  armOf,
  armsOf,
  contextBytes,
  contextScratchBytes,
  dimensionsOf,
  gramOf,
  Scratch,
  strideOf,
} from '../context/layout';
import { advanceContext, contextWeight, initContext, observeContext, restart, setFamily } from '../context/observe';
import { expectCosts, predictAll, predictArm, presentOf } from '../context/predict';
import { refresh } from '../context/rebuild';
import { replayContext, setPrompts } from '../replay/contextRun';
import { u64Of } from './halves';

/** Bytes of a context block of d features (even) and so many arms; its layout is in `assembly/context/layout.ts`. */
export function context_bytes(d: u32, arms: u32): usize {
  return contextBytes(d, arms);
}

export function context_scratch_bytes(d: u32, arms: u32): usize {
  return contextScratchBytes(d, arms);
}

/**
 * Makes an empty context block of d features (even), of which the first `active` (even) are in use; `experts` 1: it decides alone, 2: beside the Beta
 * cells. Families are named afterwards, 0 unless said.
 */
export function context_init(
  context: usize,
  d: u32,
  active: u32,
  arms: u32,
  experts: u32,
  halfLife: f64,
  priorMean: f64,
): void {
  initContext(context, d, active, arms, experts, halfLife, priorMean);
}

export function context_set_family(context: usize, arm: u32, family: u32): void {
  setFamily(context, arm, family);
}

/** Names the prompts of the table that `replay_context_run` replays: as in `encoder_encode`, by row, starts[0] = 0; `features` is room for one prompt's. */
export function replay_set_prompts(
  encoder: usize,
  surface: usize,
  starts: usize,
  indices: usize,
  values: usize,
  features: usize,
): void {
  setPrompts(encoder, surface, starts, indices, values, features);
}

/**
 * As `replay_run` with the prompts named before: the context block decides alone or beside the evidence. From position `freezeAt` on the projections
 * take part.
 */
export function replay_context_run(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  seedLow: u32,
  seedHigh: u32,
  from: u32,
  to: u32,
  freezeAt: u32,
  order: usize,
  segments: usize,
  promptTokens: usize,
  quality: usize,
  cost: usize,
  costWeight: f64,
  explorationScale: f64,
  knownCost: usize,
  latency: usize,
  latencyMs: usize,
  outputTokens: usize,
  chosen: usize,
): void {
  replayContext(
    evidence,
    scratch,
    context,
    contextScratch,
    u64Of(seedLow, seedHigh),
    from,
    to,
    freezeAt,
    order,
    segments,
    promptTokens,
    quality,
    cost,
    costWeight,
    explorationScale,
    knownCost,
    latency,
    latencyMs,
    outputTokens,
    chosen,
  );
}

/** Takes the first `active` features (even) from now on, and forgets all rewards and costs; with `keep` = 1 these stay. */
export function context_restart(context: usize, active: u32, keep: u32): void {
  restart(context, active, keep != 0);
}

/** Variance of an arm's rewards about their mean, as of the latest prediction. */
export function context_noise(context: usize, arm: u32): f64 {
  return load<f64>(armOf(context, strideOf(dimensionsOf(context)), arm), ArmField.NOISE);
}

/** Decayed number of an arm's rewards, in units of the present. */
export function context_rows(context: usize, arm: u32): f64 {
  const stride = strideOf(dimensionsOf(context));
  return load<f64>(gramOf(armOf(context, stride, arm), stride)) / presentOf(context);
}

/**
 * Means and variances of the expected reward, and expected costs, of all arms for one prompt's features at `clock`: `context_array` says where in the scratch.
 * `costs` holds what a call of each arm is expected to cost where the block knows nothing yet.
 */
export function context_predict(context: usize, scratch: usize, x: usize, clock: f64, costs: usize): void {
  advanceContext(context, clock);
  refresh(context, scratch, costs);
  const now = presentOf(context);
  predictAll(context, scratch, x, now);
  const expected = contextArray(context, scratch, armsOf(context), Scratch.COSTS);
  expectCosts(context, scratch, now, costs, expected, contextArray(context, scratch, armsOf(context), Scratch.DOUBTS));
}

/** Address in the scratch of means (0), variances (1) and costs (2), an f64 an arm. */
export function context_array(context: usize, scratch: usize, index: usize): usize {
  return contextArray(context, scratch, armsOf(context), index);
}

/**
 * Takes a report in: reward in [0, 1] and cost >= 0, each NaN for 'not known'; `clock` is the decision's. `later` 1: only the sums, as after
 * `context_restart`. `costs` as in `context_predict`.
 */
export function context_observe(
  context: usize,
  scratch: usize,
  arm: u32,
  x: usize,
  reward: f64,
  cost: f64,
  clock: f64,
  costs: usize,
  later: u32,
): void {
  advanceContext(context, clock);
  if (later == 0) {
    refresh(context, scratch, costs);
    predictArm(context, scratch, x, arm, presentOf(context));
  }
  observeContext(context, scratch, arm, x, reward, cost, contextWeight(context, clock), later == 0, costs);
}

/** Weight of the block among the two experts. */
export function context_share(context: usize): f64 {
  return contextShare(context);
}

/** Takes the reward of an arm into both experts' scores; `mean` and `cellMean` are what the decision's record has. */
export function context_score(context: usize, reward: f64, mean: f64, cellMean: f64): void {
  scoreExperts(context, reward, mean, cellMean);
}

/**
 * Decides one request by both experts, with floor, latencies and propensities as `decide_batch_floored`. `x` are the features; 0: means, variances, costs
 * and doubts (index 3 of `context_array`) stand in the scratch already. Writes 14 f64: the ten of a floored record, 1 where the context block decided (else 0),
 * its share, and the mean reward that it and the cells expect of the executed arm.
 */
export function context_decide(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  segment: u32,
  promptTokens: f64,
  clock: f64,
  mask: usize,
  costWeight: f64,
  explorationScale: f64,
  epsilon: f64,
  baseline: i32,
  propensityScratch: usize,
  propensities: usize,
  latency: usize,
  x: usize,
  policy: usize,
  out: usize,
): void {
  decideLive(
    evidence,
    scratch,
    context,
    contextScratch,
    u64Of(seedLow, seedHigh),
    u64Of(sequenceLow, sequenceHigh),
    segment,
    promptTokens,
    clock,
    mask,
    costWeight,
    explorationScale,
    epsilon,
    baseline,
    propensityScratch,
    propensities,
    latency,
    x,
    policy,
    out,
  );
}

/**
 * P(arm has the greatest utility) of independent normal utilities; an arm of mean NaN is not eligible. The error is <= 1e-10 for deviations >= 1e-6 and utilities within ±1.
 * Scratch of propensity_scratch_bytes(arms). Returns 0, or 2 where no arm was eligible.
 */
export function normal_propensities(arms: u32, means: usize, deviations: usize, scratch: usize, out: usize): i32 {
  return normalPropensities(arms, means, deviations, means, scratch, out);
}
