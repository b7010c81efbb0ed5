/** Evidence in: a block's creation and the one way it changes. */
import { advance, weightAt } from './decay';
import { moveCell, observationsPerUnit } from './dispersion';
import {
  add,
  armArray,
  armBytes,
  ArmField,
  at,
  evidenceBytes,
  familyArray,
  FamilyField,
  Header,
  LAYOUT_VERSION,
  MAGIC,
  RowField,
  rowOf,
} from './layout';
import { cellMean, poolModels } from './pooling';
import { ASSUMED_PROMPT_TOKENS } from './posterior';
import { DEFAULT_KAPPA, scoreStrengths } from './strength';

/** Makes an empty block at `evidence`, overwriting what was there. */
export function initEvidence(
  evidence: usize,
  arms: u32,
  families: u32,
  segments: u32,
  halfLife: f64,
  priorMean: f64,
  priorStrength: f64,
): void {
  memory.fill(evidence, 0, evidenceBytes(arms, families, segments));
  store<u32>(evidence, MAGIC, Header.MAGIC);
  store<u32>(evidence, LAYOUT_VERSION, Header.VERSION);
  store<u32>(evidence, arms, Header.ARMS);
  store<u32>(evidence, families, Header.FAMILIES);
  store<u32>(evidence, segments, Header.SEGMENTS);
  store<f64>(evidence, halfLife, Header.HALF_LIFE);
  store<f64>(evidence, priorMean, Header.PRIOR_MEAN);
  store<f64>(evidence, priorStrength, Header.PRIOR_STRENGTH);
  store<f64>(evidence, DEFAULT_KAPPA, Header.KAPPA);
}

/** Names an arm's family and prices (USD a token; NaN = no list price). Once an arm, before any evidence. */
export function setArm(evidence: usize, arm: u32, family: u32, inputPrice: f64, outputPrice: f64): void {
  store<u32>(at(armArray(evidence, ArmField.FAMILY), arm), family);
  store<f64>(at(armArray(evidence, ArmField.INPUT_PRICE), arm), inputPrice);
  store<f64>(at(armArray(evidence, ArmField.OUTPUT_PRICE), arm), outputPrice);
  add(at(familyArray(evidence, FamilyField.ARMS), family), 1);
}

/** Gives an arm a prior of its own: mean in (0, 1), worth `strength` > 0 observations; 0 takes it away. */
export function setPrior(evidence: usize, arm: u32, mean: f64, strength: f64): void {
  store<f64>(at(armArray(evidence, ArmField.PRIOR_MEAN), arm), mean);
  store<f64>(at(armArray(evidence, ArmField.PRIOR_STRENGTH), arm), strength);
  if (strength > 0) store<u32>(evidence, 1, Header.OWN_PRIORS);
}

/**
 * Takes one report into a cell. `clock` is the decision's; `reward` in [0, 1], `cost` >= 0 and `promptTokens` >= 0
 * may each be NaN for "not known". `factor` > 0 multiplies the report's weight: 1 is a report like any other.
 * `means` is scratch for one array of `stride` f64.
 */
export function observe(
  evidence: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  cost: f64,
  promptTokens: f64,
  clock: f64,
  factor: f64,
  means: usize,
): void {
  advance(evidence, clock);
  const now = weightAt(evidence, load<f64>(evidence, Header.CLOCK));
  let pooledMean: f64 = NaN;
  if (reward == reward) {
    const effect = poolModels(evidence, rowOf(evidence, segment), now, means);
    pooledMean = cellMean(load<f64>(at(means, arm)), effect);
  }
  const perUnit = observationsPerUnit(evidence, now);
  const weight = factor * weightAt(evidence, clock);
  observePooled(evidence, segment, arm, reward, cost, promptTokens, weight, perUnit, pooledMean);
}

/** `observe` for a caller that knows the report's weight, has pooled the row and has `observationsPerUnit`. */
export function observePooled(
  evidence: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  cost: f64,
  promptTokens: f64,
  weight: f64,
  perUnit: f64,
  pooledMean: f64,
): void {
  const bytes = armBytes(evidence);
  const cell = at(rowOf(evidence, segment), arm);
  const model = at(armArray(evidence, 0), arm);
  if (reward == reward) addReward(evidence, cell, model, bytes, arm, reward, weight, perUnit, pooledMean);
  if (cost == cost) addCost(evidence, cell, model, bytes, cost, promptTokens, weight);
}

// @ts-ignore: decorator
@inline
function addCost(
  evidence: usize,
  cell: usize,
  model: usize,
  bytes: usize,
  cost: f64,
  promptTokens: f64,
  weight: f64,
): void {
  const spent = weight * cost;
  add(cell + RowField.COST * bytes, spent);
  add(cell + RowField.COST_WEIGHT * bytes, weight);
  add(model + ArmField.COST * bytes, spent);
  add(model + ArmField.COST_WEIGHT * bytes, weight);
  add(evidence + Header.COST, spent);
  add(evidence + Header.COST_WEIGHT, weight);
  const input = promptTokens >= 0 ? promptTokens : ASSUMED_PROMPT_TOKENS;
  add(model + ArmField.INPUT_TOKENS * bytes, weight * input);
  const forOutput = cost - input * load<f64>(model + ArmField.INPUT_PRICE * bytes);
  const tokens = max(forOutput, 0) / load<f64>(model + ArmField.OUTPUT_PRICE * bytes);
  // Without a list price, or with free output, a cost says nothing about tokens.
  if (!(tokens < Infinity)) return;
  add(evidence + Header.OUTPUT_TOKENS, weight * tokens);
  add(evidence + Header.OUTPUT_TOKENS_WEIGHT, weight);
}

// @ts-ignore: decorator
@inline
function addReward(
  evidence: usize,
  cell: usize,
  model: usize,
  bytes: usize,
  arm: u32,
  reward: f64,
  weight: f64,
  perUnit: f64,
  pooledMean: f64,
): void {
  add(evidence + Header.REPORTS, 1);
  const s = load<f64>(cell);
  const f = load<f64>(cell + RowField.FAILURES * bytes);
  const q = load<f64>(cell + RowField.SQUARES * bytes);
  const v = load<f64>(cell + RowField.SQUARED_WEIGHTS * bytes);
  scoreStrengths(evidence, pooledMean, s * perUnit, f * perUnit, reward, weight);

  const successes = weight * reward;
  const failures = weight - successes;
  store<f64>(cell, s + successes);
  store<f64>(cell + RowField.FAILURES * bytes, f + failures);
  store<f64>(cell + RowField.SQUARES * bytes, q + successes * reward);
  store<f64>(cell + RowField.SQUARED_WEIGHTS * bytes, v + weight * weight);
  moveCell(evidence, cell, bytes, s, f, q, v);

  add(model, successes);
  add(model + ArmField.FAILURES * bytes, failures);
  const family = load<u32>(at(armArray(evidence, ArmField.FAMILY), arm));
  add(at(familyArray(evidence, FamilyField.SUCCESSES), family), successes);
  add(at(familyArray(evidence, FamilyField.FAILURES), family), failures);
  add(evidence + Header.SUCCESSES, successes);
  add(evidence + Header.FAILURES, failures);
}
