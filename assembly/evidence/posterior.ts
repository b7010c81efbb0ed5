/**
 * Forecasts for one segment's arms: Beta shapes of quality and expected cost (docs/MATH.md §6 and §8).
 *
 *   θ_ms ~ Beta(κ_m m_ms + S_ms/φ, κ_m (1 - m_ms) + F_ms/φ), both shapes divided by explorationScale²
 *   κ_m  = min(κ, 6 + W_m/φ); with one segment W is that of the parent whose mean m_ms is
 * For an arm with a prior of its own, worth P observations, κ_m is max(P, min(κ, P + (W_m - W_ms)/φ)) (docs/MATH.md §24).
 *
 *   cost_m  = (C_m + list) / (N_m + 1),  cost_ms = (C_ms + 3 cost_m) / (N_ms + 3)
 *   list    = input price * (prompt tokens or 500) + output price * min(300, (T + 300) / (N + 1))
 *
 * T, N: output tokens that the costs so far imply at list price, all models together, and their weight: what the
 * answers of tried models cost says how long answers are, and so what an untried model's would cost. It may only
 * lower the estimate: a cost set too low is corrected by the first report, one set too high keeps the model from ever
 * being tried. The recorded cost of the request being decided never enters. An arm without a list price (NaN) starts
 * from the mean cost of all reports instead.
 */
import {
  armArray,
  armBytes,
  ArmField,
  familyArray,
  FamilyField,
  hasOwnPriors,
  Header,
  RowField,
  rowOf,
  segmentCount,
} from './layout';
import { cellMeans, ofFamilies, ownOr, poolModels } from './pooling';

/** Observations that a pooled mean is worth before any answer behind it: a few bad answers of a new model are not κ of them. */
const UNTRIED_STRENGTH: f64 = 6;
const MODEL_COST_STRENGTH: f64 = 3;
const LIST_PRICE_STRENGTH: f64 = 1;
export const ASSUMED_PROMPT_TOKENS: f64 = 500;
const ASSUMED_OUTPUT_TOKENS: f64 = 300;

/**
 * Writes for every arm, padding included: the pooled mean m_ms to `means`, the Beta shapes as pairs (a, b) to
 * `shapes`, the expected cost in USD to `costs`. `now` is the weight of the present, `perUnit` is
 * `observationsPerUnit` of it, `promptTokens` may be NaN.
 */
export function forecastInto(
  evidence: usize,
  segment: u32,
  now: f64,
  perUnit: f64,
  promptTokens: f64,
  explorationScale: f64,
  means: usize,
  shapes: usize,
  costs: usize,
): void {
  const bytes = armBytes(evidence);
  const row = rowOf(evidence, segment);
  const arms = armArray(evidence, 0);
  const effect = poolModels(evidence, row, now, means);
  const unpriced = meanCost(evidence);
  const outputTokens = expectedOutputTokens(evidence, now);
  const input = promptTokens >= 0 ? promptTokens : ASSUMED_PROMPT_TOKENS;
  const kappa = f64x2.splat(load<f64>(evidence, Header.KAPPA));
  const owned = hasOwnPriors(evidence);
  const single = segmentCount(evidence) == 1;
  const untried = f64x2.splat(UNTRIED_STRENGTH);
  const unit = f64x2.splat(perUnit);
  // 0 asks for the posterior mean, to which any finite scale of the shapes is right.
  const spread = explorationScale > 0 ? 1 / (explorationScale * explorationScale) : 1;
  for (let i: usize = 0; i < bytes; i += 16) {
    const own = v128.load(arms + bytes * ArmField.PRIOR_STRENGTH + i);
    const mean = cellMeans(v128.load(means + i), effect, own, v128.load(arms + bytes * ArmField.PRIOR_MEAN + i));
    v128.store(means + i, mean);
    const behind = single ? parentWeights(evidence, arms + i, bytes) : weights(arms + i, bytes);
    let strength = f64x2.pmin(kappa, f64x2.add(untried, f64x2.mul(unit, behind)));
    if (owned) strength = ownOr(ownStrengths(arms + i, row + i, bytes, own, kappa, unit), strength, own);
    storeShapes(row + i, bytes, mean, strength, unit, spread, shapes + 2 * i);
    v128.store(
      costs + i,
      expectedCosts(arms + i, row + i, bytes, now, listCosts(arms + i, bytes, input, outputTokens, unpriced)),
    );
  }
}

/** Weights of two neighbouring arms or cells: in both, failures follow successes. */
// @ts-ignore: decorator
@inline
function weights(successes: usize, bytes: usize): v128 {
  return f64x2.add(v128.load(successes), v128.load(successes + bytes));
}

/** Weights of what the parents' means of two neighbouring arms rest on: the family, or of a family of one all models. */
function parentWeights(evidence: usize, arm: usize, bytes: usize): v128 {
  const all = f64x2.splat(load<f64>(evidence, Header.SUCCESSES) + load<f64>(evidence, Header.FAILURES));
  const family = arm + bytes * ArmField.FAMILY;
  const s = ofFamilies(familyArray(evidence, FamilyField.SUCCESSES), family);
  const w = f64x2.add(s, ofFamilies(familyArray(evidence, FamilyField.FAILURES), family));
  const several = f64x2.gt(ofFamilies(familyArray(evidence, FamilyField.ARMS), family), f64x2.splat(1));
  return v128.bitselect(w, all, several);
}

/** What the priors of two neighbouring cells are worth: the arm's own, and what its other segments have told since, up to κ. */
// @ts-ignore: decorator
@inline
function ownStrengths(arm: usize, cell: usize, bytes: usize, own: v128, kappa: v128, unit: v128): v128 {
  const others = f64x2.mul(f64x2.sub(weights(arm, bytes), weights(cell, bytes)), unit);
  return f64x2.pmax(own, f64x2.pmin(kappa, f64x2.add(own, others)));
}

/** Pairs (a, b) of two neighbouring arms; `cell` is the address of the first one's cell. */
// @ts-ignore: decorator
@inline
function storeShapes(cell: usize, bytes: usize, mean: v128, strength: v128, unit: v128, spread: f64, out: usize): void {
  const s = f64x2.mul(v128.load(cell), unit);
  const f = f64x2.mul(v128.load(cell + bytes * RowField.FAILURES), unit);
  const prior = f64x2.mul(strength, mean);
  const a = f64x2.mul(f64x2.add(prior, s), f64x2.splat(spread));
  const b = f64x2.mul(f64x2.add(f64x2.sub(strength, prior), f), f64x2.splat(spread));
  v128.store(out, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(out, v128.shuffle<f64>(a, b, 1, 3), 16);
}

/** Mean cost of all reports, for arms without a list price; 0 before any. */
// @ts-ignore: decorator
@inline
function meanCost(evidence: usize): f64 {
  const weight = load<f64>(evidence, Header.COST_WEIGHT);
  return weight > 0 ? load<f64>(evidence, Header.COST) / weight : 0;
}

/** Output tokens an answer is expected to have where nothing but all models' costs is known. */
export function expectedOutputTokens(evidence: usize, now: f64): f64 {
  const tokens = load<f64>(evidence, Header.OUTPUT_TOKENS) + ASSUMED_OUTPUT_TOKENS * now;
  return min(ASSUMED_OUTPUT_TOKENS, tokens / (load<f64>(evidence, Header.OUTPUT_TOKENS_WEIGHT) + now));
}

// @ts-ignore: decorator
@inline
function listCosts(arm: usize, bytes: usize, inputTokens: f64, outputTokens: f64, unpriced: f64): v128 {
  const input = f64x2.mul(v128.load(arm + bytes * ArmField.INPUT_PRICE), f64x2.splat(inputTokens));
  const output = f64x2.mul(v128.load(arm + bytes * ArmField.OUTPUT_PRICE), f64x2.splat(outputTokens));
  const priced = f64x2.add(input, output);
  return v128.bitselect(priced, f64x2.splat(unpriced), f64x2.eq(priced, priced));
}

/** Both shrinkages over one denominator: one division instead of two. */
// @ts-ignore: decorator
@inline
function expectedCosts(arm: usize, cell: usize, bytes: usize, now: f64, list: v128): v128 {
  const listStrength = f64x2.splat(LIST_PRICE_STRENGTH * now);
  const modelStrength = f64x2.splat(MODEL_COST_STRENGTH * now);
  const spent = f64x2.add(v128.load(arm + bytes * ArmField.COST), f64x2.mul(listStrength, list));
  const weightOfModel = f64x2.add(v128.load(arm + bytes * ArmField.COST_WEIGHT), listStrength);
  const spentInCell = f64x2.mul(v128.load(cell + bytes * RowField.COST), weightOfModel);
  const weightOfCell = f64x2.add(v128.load(cell + bytes * RowField.COST_WEIGHT), modelStrength);
  const numerator = f64x2.add(spentInCell, f64x2.mul(modelStrength, spent));
  return f64x2.div(numerator, f64x2.mul(weightOfCell, weightOfModel));
}
