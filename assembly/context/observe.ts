/** Rewards and costs in: the sums, and a rank-one update of the arm's factor. */
import { LANDMARK_SPAN, scale, weightSince } from '../evidence/decay';
import { add } from '../evidence/layout';
import { rankOneUpdate, solveForward } from '../linalg/factor';
import { addScaled } from '../linalg/vector';
import { log } from '../math/log';
import { powerOfTwo } from '../math/exp';
import {
  activeOf,
  ArmField,
  armOf,
  armsOf,
  contextBytes,
  dimensionsOf,
  factorOf,
  gramOf,
  Header,
  LAYOUT_VERSION,
  MAGIC,
  scratchArray,
  Scratch,
  strideOf,
  Vector,
  vectorOf,
} from './layout';
import { presentOf } from './predict';

/** Costs below count as this: the logarithm of nothing is not finite. */
export const LEAST_COST_USD: f64 = 1e-12;
/** 2^(1/16): the factors are made anew when the present has come to weigh so much more, as in regression/online.ts. */
const LARGEST_DRIFT: f64 = 1.0442737824274138;

/** Makes an empty block, overwriting what was there; the families of the arms are named afterwards. */
export function initContext(
  block: usize,
  d: u32,
  active: u32,
  arms: u32,
  experts: u32,
  halfLife: f64,
  priorMean: f64,
): void {
  memory.fill(block, 0, contextBytes(d, arms));
  store<u32>(block, MAGIC, Header.MAGIC);
  store<u32>(block, LAYOUT_VERSION, Header.VERSION);
  store<u32>(block, d, Header.DIMENSIONS);
  store<u32>(block, active, Header.ACTIVE);
  store<u32>(block, arms, Header.ARMS);
  store<u32>(block, experts, Header.EXPERTS);
  store<f64>(block, halfLife, Header.HALF_LIFE);
  store<f64>(block, priorMean, Header.PRIOR_MEAN);
  store<u32>(block, 1, Header.STALE);
}

export function setFamily(block: usize, arm: u32, family: u32): void {
  store<u32>(armOf(block, strideOf(dimensionsOf(block)), arm), family, ArmField.FAMILY);
}

/**
 * Takes `active` features from now on. Forgets all sums, so that they may be learned anew with these; with `keep` they stay, rows so far with zeros for
 * the features that are new. Clock, noise and what is known of the experts stay.
 */
export function restart(block: usize, active: u32, keep: bool): void {
  const stride = strideOf(dimensionsOf(block));
  store<u32>(block, active, Header.ACTIVE);
  store<u32>(block, 1, Header.STALE);
  if (keep) return;
  store<f64>(block, 0, Header.ROWS);
  for (let arm: u32 = 0; arm < armsOf(block); arm++) {
    const section = armOf(block, stride, arm);
    const sums = vectorOf(section, stride, 0);
    store<f64>(section, 0, ArmField.COST_READY);
    memory.fill(section + ArmField.REWARD_SQUARES, 0, ArmField.RESIDUAL - ArmField.REWARD_SQUARES);
    memory.fill(sums, 0, armOf(block, stride, arm + 1) - sums);
  }
}

/** Moves the clock forward (never back), and the landmark with it. */
export function advanceContext(block: usize, clock: f64): void {
  if (!(clock > load<f64>(block, Header.CLOCK))) return;
  store<f64>(block, clock, Header.CLOCK);
  const halfLife = load<f64>(block, Header.HALF_LIFE);
  if (halfLife == Infinity) return;
  const passed = floor(clock / halfLife) - load<f64>(block, Header.LANDMARK);
  if (passed >= LANDMARK_SPAN) moveLandmark(block, passed);
  if (presentOf(block) > LARGEST_DRIFT * load<f64>(block, Header.REFERENCE)) store<u32>(block, 1, Header.STALE);
}

function moveLandmark(block: usize, halfLives: f64): void {
  store<f64>(block, load<f64>(block, Header.LANDMARK) + halfLives, Header.LANDMARK);
  store<f64>(block, 0, Header.REFERENCE);
  const stride = strideOf(dimensionsOf(block));
  const factor = halfLives > 1000 ? 0 : powerOfTwo(-(<i64>halfLives));
  for (let arm: u32 = 0; arm < armsOf(block); arm++) {
    const section = armOf(block, stride, arm);
    scale(section + ArmField.REWARD_SQUARES, section + ArmField.PRIOR_BIAS, factor);
    scale(vectorOf(section, stride, Vector.REWARDS), vectorOf(section, stride, Vector.COST_TURNED), factor);
    scale(gramOf(section, stride), factorOf(section, stride), factor);
  }
}

/** Weight of an event at `clock`. */
export function contextWeight(block: usize, clock: f64): f64 {
  return weightSince(load<f64>(block, Header.HALF_LIFE), load<f64>(block, Header.LANDMARK), clock);
}

/**
 * Takes a report in: `reward` in [0, 1] and `cost` >= 0, each NaN for "not known". `costs` holds what a call of each arm is expected to cost. With
 * `updates` the scratch holds the arm's prediction for x and the factor follows; without, it is stale.
 *
 * A row without its cost counts as if it had cost what was expected; a cost that comes by itself mends that.
 */
export function observeContext(
  block: usize,
  scratch: usize,
  arm: u32,
  x: usize,
  reward: f64,
  cost: f64,
  weight: f64,
  updates: bool,
  costs: usize,
): void {
  const stride = strideOf(dimensionsOf(block));
  const active = activeOf(block);
  const section = armOf(block, stride, arm);
  const at = (<usize>arm) << 3;
  const padded = (<usize>armsOf(block) + 1) & ~1;
  const told = updates && load<f64>(section, ArmField.COST_READY) != 0;
  const expected = told
    ? load<f64>(scratchArray(scratch, stride, padded, Scratch.LOG_COSTS) + at)
    : log(max(load<f64>(costs + at), LEAST_COST_USD));
  let logCost = expected;
  if (cost == cost) {
    logCost = log(max(cost, LEAST_COST_USD));
    add(section + ArmField.COST_WEIGHT, weight);
  }
  const sums = vectorOf(section, stride, Vector.COSTS);
  if (!(reward == reward)) {
    const residual = weight * (logCost - expected);
    add(section + ArmField.LOG_COST_SQUARES, residual * (logCost + expected));
    addScaled(sums, residual, x, active);
    if (updates) amendCosts(section, stride, active, scratch, x, residual);
    return;
  }
  add(section + ArmField.LOG_COST_SQUARES, weight * logCost * logCost);
  add(section + ArmField.REWARD_SQUARES, weight * reward * reward);
  addScaled(sums, weight * logCost, x, active);
  addScaled(vectorOf(section, stride, Vector.REWARDS), weight * reward, x, active);
  let gram = gramOf(section, stride);
  for (let k: u32 = 0; k < active; k++) {
    const offset = (<usize>k) << 3;
    addScaled(gram + offset, weight * load<f64>(x + offset), x + offset, active - k);
    gram += stride;
  }
  const rows = load<f64>(block, Header.ROWS) + 1;
  store<f64>(block, rows, Header.ROWS);
  // Less than that is nothing beside any prior, and its inverse would not be finite.
  if (updates && weight > 1e-300) {
    copyRow(scratch, x, active);
    rankOneUpdate(
      factorOf(section, stride),
      stride,
      active,
      vectorOf(section, stride, Vector.PIVOTS),
      scratch,
      weight,
      vectorOf(section, stride, Vector.TURNED),
      reward,
      vectorOf(section, stride, Vector.COST_TURNED),
      logCost,
    );
  }
  if (!updates || rows >= load<f64>(block, Header.NEXT_REBUILD)) store<u32>(block, 1, Header.STALE);
}

/** The features to the scratch's row, and its padding. */
// @ts-ignore: decorator
@inline
function copyRow(scratch: usize, x: usize, active: u32): void {
  const bytes = (<usize>active) << 3;
  memory.copy(scratch, x, bytes);
  memory.fill(scratch + bytes, 0, 16);
}

/** What a cost that comes by itself changes: z += D⁻¹ L⁻¹ x · residual. */
function amendCosts(section: usize, stride: usize, active: u32, scratch: usize, x: usize, residual: f64): void {
  copyRow(scratch, x, active);
  solveForward(factorOf(section, stride), stride, active, vectorOf(section, stride, Vector.PIVOTS), scratch);
  addScaled(vectorOf(section, stride, Vector.COST_TURNED), residual, scratch, active);
}
