/**
 * The ABI: raw numbers and addresses only. Every export either cannot fail or returns a status; sizes are functions,
 * so that no host repeats a layout. 64-bit seeds and sequence numbers cross as two unsigned 32-bit halves.
 * Arguments are the host's to check.
 */
import { allocate as allocateBytes } from './memory/arena';
import { BETA_TABLE_BYTES, buildBetaTable } from './distributions/betaTable';
import { fill, fillBetasEach, fillFromTable } from './distributions/fill';
import { initSampler, SAMPLER_BYTES, skipToNextBlock } from './distributions/sampler';
import { advance, weightAt } from './evidence/decay';
import { dispersion, observationsPerUnit } from './evidence/dispersion';
import { armBytes, evidenceBytes, Header, paddedBytes } from './evidence/layout';
import { initEvidence, observe, setArm } from './evidence/observe';
import { forecastInto } from './evidence/posterior';
import { argmaxUtility } from './decision/argmax';
import { decideBatch } from './decision/batch';
import { Scratch, scratchArray, scratchBytes } from './decision/decide';
import { choicesFromTables, tableChoicesScratchBytes } from './decision/tableChoices';
import { choiceScratchBytes, choicesFromPropensities } from './decision/fromPropensity';
import { propensities as propensitiesInto, propensityScratchBytes } from './decision/propensity';
import { replay } from './replay/run';
import { addRows, beginAgain, finishMoments } from './regression/design';
import {
  centreOf,
  coefficientsOf,
  dimensionsOf,
  fitScratchBytes,
  initRidge,
  pathOf,
  ridgeBytes,
  strideOf,
} from './regression/layout';
import { maximise } from './regression/maximise';
import {
  advanceRidge,
  beginOnline,
  mergeRidge,
  observeRows,
  rebuild,
  solveCoefficients,
  weightOfRows,
} from './regression/online';
import { predictRows, predictScratchBytes } from './regression/predict';
import { resampleCounts, weightedSums } from './linalg/bootstrap';
import { compositeReward } from './reward/composite';
import { STREAM_BYTES } from './rng/stream';
import {
  betaCdfInto,
  betaQuantileInto,
  logBetaInto,
  logGammaInto,
  normalCdfInto,
  normalQuantileInto,
} from './special/arrays';

// @ts-ignore: decorator
@inline
function u64Of(low: u32, high: u32): u64 {
  return ((<u64>high) << 32) | low;
}

export function abi_version(): u32 {
  return 1;
}

// --- memory ---------------------------------------------------------------------------------------------------

export function allocate(bytes: usize): usize {
  return allocateBytes(bytes);
}

// --- sampler --------------------------------------------------------------------------------------------------

export function sampler_bytes(): usize {
  return SAMPLER_BYTES;
}

export function sampler_init(sampler: usize, seedLow: u32, seedHigh: u32): void {
  initSampler(sampler, u64Of(seedLow, seedHigh));
}

export function sampler_next_block(sampler: usize): void {
  skipToNextBlock(sampler);
}

export function sampler_fill(sampler: usize, distribution: i32, count: u32, p: f64, q: f64, out: usize): void {
  fill(sampler, distribution, count, p, q, out);
}

/** `count` draws from Beta(alphas[i], betas[i]). */
export function sampler_fill_betas(sampler: usize, count: u32, alphas: usize, betas: usize, out: usize): void {
  fillBetasEach(sampler, count, alphas, betas, out);
}

export function beta_table_bytes(): usize {
  return BETA_TABLE_BYTES;
}

/** Builds the quantile table of Beta(a, b), shapes in [0.1, 1e6]. */
export function beta_table_build(table: usize, a: f64, b: f64): void {
  buildBetaTable(table, a, b);
}

export function sampler_fill_table(sampler: usize, table: usize, count: u32, out: usize): void {
  fillFromTable(sampler, table, count, out);
}

// --- evidence -------------------------------------------------------------------------------------------------

export function evidence_bytes(arms: u32, families: u32, segments: u32): usize {
  return evidenceBytes(arms, families, segments);
}

export function evidence_init(
  evidence: usize,
  arms: u32,
  families: u32,
  segments: u32,
  halfLife: f64,
  priorMean: f64,
  priorStrength: f64,
): void {
  initEvidence(evidence, arms, families, segments, halfLife, priorMean, priorStrength);
}

export function evidence_set_arm(evidence: usize, arm: u32, family: u32, inputPrice: f64, outputPrice: f64): void {
  setArm(evidence, arm, family, inputPrice, outputPrice);
}

/** Rows stand last, so a block whose memory has grown only needs to be told (new memory must be zero). */
export function evidence_set_segments(evidence: usize, segments: u32): void {
  store<u32>(evidence, segments, Header.SEGMENTS);
}

export function evidence_observe(
  evidence: usize,
  scratch: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  cost: f64,
  promptTokens: f64,
  clock: f64,
): void {
  observe(
    evidence,
    segment,
    arm,
    reward,
    cost,
    promptTokens,
    clock,
    scratchArray(scratch, armBytes(evidence), Scratch.CELLS),
  );
}

export function evidence_reports(evidence: usize): f64 {
  return load<f64>(evidence, Header.REPORTS);
}

export function evidence_kappa(evidence: usize): f64 {
  return load<f64>(evidence, Header.KAPPA);
}

export function evidence_dispersion(evidence: usize): f64 {
  return dispersion(evidence, weightAt(evidence, load<f64>(evidence, Header.CLOCK)));
}

/** Leaves pooled means, Beta shapes and expected costs of a segment in the scratch; see the scratch_… addresses. */
export function evidence_forecast(evidence: usize, scratch: usize, segment: u32, clock: f64, promptTokens: f64): void {
  advance(evidence, clock);
  const now = weightAt(evidence, load<f64>(evidence, Header.CLOCK));
  const bytes = armBytes(evidence);
  forecastInto(
    evidence,
    segment,
    now,
    observationsPerUnit(evidence, now),
    promptTokens,
    1,
    scratchArray(scratch, bytes, Scratch.CELLS),
    scratchArray(scratch, bytes, Scratch.SHAPES),
    scratchArray(scratch, bytes, Scratch.COST),
  );
}

// --- decision -------------------------------------------------------------------------------------------------

export function scratch_bytes(arms: u32): usize {
  return scratchBytes(paddedBytes(arms));
}

/** Address of the pooled cell means (f64 an arm) in a scratch. */
export function scratch_means(scratch: usize, arms: u32): usize {
  return scratchArray(scratch, paddedBytes(arms), Scratch.CELLS);
}

/** Address of the Beta shapes (a, b an arm). */
export function scratch_shapes(scratch: usize, arms: u32): usize {
  return scratchArray(scratch, paddedBytes(arms), Scratch.SHAPES);
}

/** Address of the expected costs (f64 an arm). */
export function scratch_costs(scratch: usize, arms: u32): usize {
  return scratchArray(scratch, paddedBytes(arms), Scratch.COST);
}

export function decide_batch(
  evidence: usize,
  scratch: usize,
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  segments: usize,
  promptTokens: usize,
  clocks: usize,
  masks: usize,
  costWeight: f64,
  explorationScale: f64,
  out: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  const sequence = u64Of(sequenceLow, sequenceHigh);
  decideBatch(
    evidence,
    scratch,
    seed,
    sequence,
    rows,
    segments,
    promptTokens,
    clocks,
    masks,
    costWeight,
    explorationScale,
    0,
    0,
    0,
    0,
    out,
  );
}

export function argmax_utility(
  rows: u32,
  arms: u32,
  quality: usize,
  cost: usize,
  uncertainty: usize,
  mask: usize,
  costWeight: f64,
  riskWeight: f64,
  out: usize,
): void {
  argmaxUtility(rows, arms, quality, cost, uncertainty, mask, costWeight, riskWeight, out);
}

export function table_choices_scratch_bytes(arms: u32): usize {
  return tableChoicesScratchBytes(arms);
}

export function choices_from_tables(
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  arms: u32,
  tables: usize,
  costs: usize,
  costWeight: f64,
  scratch: usize,
  out: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  const sequence = u64Of(sequenceLow, sequenceHigh);
  choicesFromTables(seed, sequence, rows, arms, tables, costs, costWeight, scratch, out);
}

// --- floor ----------------------------------------------------------------------------------------------------

/**
 * As decide_batch, with the floor: with probability epsilon the executed arm is drawn from the baseline (0 uniform,
 * 1 proportional to 1/expected cost) over the eligible arms. Writes eight f64 a request: those of decide_batch for
 * the executed arm, 1 where the floor chose it (else 0), and the status of the propensities. `propensities`
 * (address 0 = not asked for) takes rows × arms f64: the probability of every arm under the executed policy.
 * `propensityScratch` has propensity_scratch_bytes(arms) bytes.
 */
export function decide_batch_floored(
  evidence: usize,
  scratch: usize,
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  segments: usize,
  promptTokens: usize,
  clocks: usize,
  masks: usize,
  costWeight: f64,
  explorationScale: f64,
  epsilon: f64,
  baseline: i32,
  propensityScratch: usize,
  propensities: usize,
  out: usize,
): void {
  decideBatch(
    evidence,
    scratch,
    u64Of(seedLow, seedHigh),
    u64Of(sequenceLow, sequenceHigh),
    rows,
    segments,
    promptTokens,
    clocks,
    masks,
    costWeight,
    explorationScale,
    epsilon,
    baseline,
    propensityScratch,
    propensities,
    out,
  );
}

// --- replay ---------------------------------------------------------------------------------------------------

export function replay_run(
  evidence: usize,
  scratch: usize,
  seedLow: u32,
  seedHigh: u32,
  from: u32,
  to: u32,
  order: usize,
  segments: usize,
  promptTokens: usize,
  quality: usize,
  cost: usize,
  costWeight: f64,
  explorationScale: f64,
  knownCost: usize,
  chosen: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  replay(
    evidence,
    scratch,
    seed,
    from,
    to,
    order,
    segments,
    promptTokens,
    quality,
    cost,
    costWeight,
    explorationScale,
    knownCost,
    chosen,
  );
}

export function stream_bytes(): usize {
  return STREAM_BYTES;
}

export function bootstrap_counts(
  stream: usize,
  seedLow: u32,
  seedHigh: u32,
  group: u32,
  rows: u32,
  counts: usize,
): void {
  resampleCounts(stream, u64Of(seedLow, seedHigh), group, rows, counts);
}

export function bootstrap_sums(rows: u32, counts: usize, panel: usize, out: usize): void {
  weightedSums(rows, counts, panel, out);
}

// --- reward ---------------------------------------------------------------------------------------------------

export function composite_reward(
  validity: f64,
  latencyMs: f64,
  noRetry: f64,
  validityWeight: f64,
  latencyWeight: f64,
  retryWeight: f64,
  latencyMidpointMs: f64,
  latencyScaleMs: f64,
): f64 {
  return compositeReward(
    validity,
    latencyMs,
    noRetry,
    validityWeight,
    latencyWeight,
    retryWeight,
    latencyMidpointMs,
    latencyScaleMs,
  );
}

// --- ridge ----------------------------------------------------------------------------------------------------

/** Bytes of a regression block of d = 1 … 256 features; its layout is in `assembly/regression/layout.ts`. */
export function ridge_bytes(d: u32): usize {
  return ridgeBytes(d);
}

/** Bytes of the scratch of a fit. */
export function ridge_fit_bytes(d: u32, iterations: u32): usize {
  return fitScratchBytes(d, iterations);
}

/** Bytes of the scratch of a prediction, or of `ridge_observe`. */
export function ridge_predict_bytes(d: u32): usize {
  return predictScratchBytes(d);
}

/** An empty regression in a zeroed block; with an intercept, features and target are centred. */
export function ridge_init(ridge: usize, d: u32, intercept: u32): void {
  initRidge(ridge, d, intercept);
}

/** Adds rows to what a fit is made from. 24 bytes after x must be readable. `weights` may be 0. */
export function ridge_add_rows(
  ridge: usize,
  scratch: usize,
  rows: u32,
  x: usize,
  y: usize,
  weights: usize,
  stable: u32,
): void {
  addRows(ridge, scratch, rows, x, y, weights, stable);
}

/** After the last row. Status: 0 go on to the fit, 4 begin again, 5 a value is not finite or beyond ±1e50, 6 no weight. */
export function ridge_finish_rows(ridge: usize): i32 {
  return finishMoments(ridge);
}

/** Readies for the same rows once more, centred on the mean now known: after status 4, or (`stable` = 1) 3 of the fit. */
export function ridge_begin_again(ridge: usize, scratch: usize, stable: u32): void {
  beginAgain(ridge, scratch, stable);
}

/**
 * Evidence maximisation; also re-estimates the precisions of an online regression. A precision to start from may be NaN (1/variance of y, 1). Status:
 * 0 regular, 1 ill-conditioned and solved by the stable route, 2 solved but indeterminate, 3 the stable route is needed (nothing changed).
 */
export function ridge_fit(
  ridge: usize,
  scratch: usize,
  noiseShape: f64,
  noiseRate: f64,
  weightShape: f64,
  weightRate: f64,
  tolerance: f64,
  iterations: u32,
  noisePrecision: f64,
  weightPrecision: f64,
  stable: u32,
): i32 {
  return maximise(
    ridge,
    scratch,
    noiseShape,
    noiseRate,
    weightShape,
    weightRate,
    tolerance,
    iterations,
    noisePrecision,
    weightPrecision,
    stable,
  );
}

/** Address of the log evidence before each iteration and at the end: iterations + 1 f64 in the scratch of a fit. */
export function ridge_path(scratch: usize, d: u32): usize {
  return pathOf(scratch, strideOf(d));
}

/** Address of the means of the features, then of the target (zeros without an intercept). */
export function ridge_centre(ridge: usize): usize {
  return centreOf(ridge);
}

/** Address of the coefficients, brought up to date. */
export function ridge_coefficients(ridge: usize): usize {
  solveCoefficients(ridge);
  return coefficientsOf(ridge, strideOf(dimensionsOf(ridge)));
}

/** Makes an empty regression without intercept an online one. `halfLife` in clock units, Infinity: no forgetting. */
export function ridge_begin_online(ridge: usize, halfLife: f64, noisePrecision: f64, weightPrecision: f64): void {
  beginOnline(ridge, halfLife, noisePrecision, weightPrecision);
}

/** Observes rows; `clocks` and `weights` may be 0. Status 5, and nothing changed, for a value not finite or beyond ±1e50. */
export function ridge_observe(
  ridge: usize,
  scratch: usize,
  rows: u32,
  x: usize,
  y: usize,
  clocks: usize,
  weights: usize,
): i32 {
  return observeRows(ridge, scratch, rows, x, y, clocks, weights);
}

/** Moves the clock forward, never back. */
export function ridge_advance(ridge: usize, clock: f64): void {
  advanceRidge(ridge, clock);
}

/** Sum of the weights, decayed to the latest clock. */
export function ridge_weight(ridge: usize): f64 {
  return weightOfRows(ridge);
}

/** Makes the factor anew from the sums. */
export function ridge_rebuild(ridge: usize): void {
  rebuild(ridge);
}

/** Adds the sums of `other`, of equal dimensions and half-life; its block is used up. */
export function ridge_merge(ridge: usize, other: usize): void {
  mergeRidge(ridge, other);
}

/** Means, epistemic variances (or 0) and standard deviations with noise (or 0) of rows. 8 bytes after x must be readable. */
export function ridge_predict(
  ridge: usize,
  scratch: usize,
  rows: u32,
  x: usize,
  mean: usize,
  epistemic: usize,
  sd: usize,
): void {
  predictRows(ridge, scratch, rows, x, mean, epistemic, sd);
}

// --- special --------------------------------------------------------------------------------------------------

/** log Γ(x) of `count` x in (0, 1e15]. */
export function special_log_gamma(count: u32, x: usize, out: usize): void {
  logGammaInto(count, x, out);
}

/** log B(a, b), shapes in (0, 1e15]. */
export function special_log_beta(count: u32, a: usize, b: usize, out: usize): void {
  logBetaInto(count, a, b, out);
}

/** P(X <= x), or P(X > x) if `upper` is not 0, X ~ Beta(a, b). */
export function special_beta_cdf(count: u32, x: usize, a: usize, b: usize, upper: u32, out: usize): void {
  betaCdfInto(count, x, a, b, upper != 0, out);
}

/** x with P(X <= x) = p, or P(X > x) = p if `upper` is not 0. */
export function special_beta_quantile(count: u32, p: usize, a: usize, b: usize, upper: u32, out: usize): void {
  betaQuantileInto(count, p, a, b, upper != 0, out);
}

/** P(Z <= z), or P(Z > z) if `upper` is not 0, Z standard normal. */
export function special_normal_cdf(count: u32, z: usize, upper: u32, out: usize): void {
  normalCdfInto(count, z, upper != 0, out);
}

/** z with P(Z <= z) = p, or P(Z > z) = p if `upper` is not 0. */
export function special_normal_quantile(count: u32, p: usize, upper: u32, out: usize): void {
  normalQuantileInto(count, p, upper != 0, out);
}

// --- propensities ---------------------------------------------------------------------------------------------

export function propensity_scratch_bytes(arms: u32): usize {
  return propensityScratchBytes(arms);
}

/**
 * P(arm maximises θ - offset) of each arm, mixed with a floor. `shapes` holds pairs (a, b), `offsets` f64 an arm,
 * `mask` (address 0 = all eligible) bytes, `floor` is in [0, 1], `baseline` (address 0 = uniform) f64 weights. Returns
 * 0, or 1 outside the region of stated accuracy, or 2 where no arm is eligible and all are 0.
 */
export function propensities(
  arms: u32,
  shapes: usize,
  offsets: usize,
  mask: usize,
  floor: f64,
  baseline: usize,
  scratch: usize,
  out: usize,
): i32 {
  return propensitiesInto(arms, shapes, offsets, mask, floor, baseline, scratch, out);
}

export function choice_scratch_bytes(arms: u32): usize {
  return choiceScratchBytes(arms);
}

/** Draws `rows` arms (i32; -1 where all propensities are 0) for the decisions from `sequence` on. */
export function choices_from_propensities(
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  arms: u32,
  propensities: usize,
  scratch: usize,
  out: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  choicesFromPropensities(seed, u64Of(sequenceLow, sequenceHigh), rows, arms, propensities, scratch, out);
}
