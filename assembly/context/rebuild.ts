/**
 * Factors and coefficients from the sums (docs/MATH.md §22): noise of every arm, prior means of the biases from the other arms, prior
 * precisions from the features' spread, then one factorisation an arm, which quality and cost share.
 */
import { factorise, at, solveBackward, solveForward } from '../linalg/factor';
import { addScaled, dot } from '../linalg/vector';
import { log } from '../math/log';
import {
  activeOf,
  ArmField,
  armOf,
  armsOf,
  dimensionsOf,
  factorOf,
  gramOf,
  Header,
  precisionOf,
  scratchArray,
  Scratch,
  strideOf,
  Vector,
  vectorOf,
} from './layout';
import { COST_VARIANCE, presentOf, substitute } from './predict';

/** Prior precisions. A bias about its family's mean, that about all models', that about the prior mean. */
const BIAS: f64 = 32;
const FAMILY_BIAS: f64 = 32;
const COMMON_BIAS: f64 = 4;
/** Of the weight of a named feature with variance 1, and of a projection. */
const SURFACE: f64 = 3000;
const PROJECTION: f64 = 20000;
/** Weights of that size that the prior precisions are worth when they are learned. */
const PRIOR_WEIGHTS: f64 = 100;
/** Named features: indices 1 … 7. */
const SURFACE_END: u32 = 8;
const LEAST_VARIANCE: f64 = 1e-4;
/** Rows before a feature's variance is trusted. */
const FEW: f64 = 20;

/** Variance of a reward before any, rows it is worth, and rows the pooled one is worth to an arm. */
const NOISE: f64 = 0.12;
const NOISE_ROWS: f64 = 20;
/** Rows that the prior variance of log costs is worth. */
const COST_VARIANCE_ROWS: f64 = 3;
/** Below this no reward is told from another. */
const LEAST_NOISE: f64 = 1e-4;

/** Growth of the rewards from one rebuild to the next, at least 4. */
const GROWTH: f64 = 1.5;
/** Most rebuilds at once: noise and looseness have converged to a percent by then. */
const MOST_REBUILDS: u32 = 6;

/**
 * Makes everything anew if it is stale; `costs` holds an f64 an arm, what a call is expected to cost. Noise and looseness take a step at every rebuild, so
 * rewards that came at once get as many rebuilds as if they had come one by one.
 */
export function refresh(block: usize, scratch: usize, costs: usize): void {
  if (load<u32>(block, Header.STALE) == 0) return;
  store<u32>(block, 0, Header.STALE);
  const rows = load<f64>(block, Header.ROWS);
  let due = max(4, load<f64>(block, Header.NEXT_REBUILD));
  rebuild(block, scratch, costs);
  for (let i: u32 = 1; i < MOST_REBUILDS && rows >= GROWTH * due; i++) {
    due *= GROWTH;
    rebuild(block, scratch, costs);
  }
  store<f64>(block, rows + max(4, (GROWTH - 1) * rows), Header.NEXT_REBUILD);
}

function rebuild(block: usize, scratch: usize, costs: usize): void {
  const stride = strideOf(dimensionsOf(block));
  const active = activeOf(block);
  const arms = armsOf(block);
  const now = presentOf(block);
  store<f64>(block, now, Header.REFERENCE);
  setPrecisions(block, stride, active, now);
  setNoise(block, stride, now);
  const work = scratchArray(scratch, stride, (<usize>arms + 1) & ~1, Scratch.COUNT);
  poolBiases(block, scratch, work, stride, now);
  let sizes: f64 = 0;
  for (let arm: u32 = 0; arm < arms; arm++) {
    const section = armOf(block, stride, arm);
    factoriseArm(block, section, stride, active, now, load<f64>(costs + ((<usize>arm) << 3)));
    sizes += assess(block, section, stride, active, now, scratch, work);
  }
  const weights = <f64>arms * <f64>(active - 1);
  store<f64>(block, (weights + PRIOR_WEIGHTS) / (sizes + PRIOR_WEIGHTS), Header.LOOSENESS);
}

/**
 * What the arm's rows say of the prior and the noise. Returns the sum over the features of precision · E[weight²], precisions as they would be at a
 * looseness of 1; leaves squared residuals and their degrees of freedom, n less the trace of G M⁻¹.
 */
function assess(block: usize, section: usize, stride: usize, active: u32, now: f64, scratch: usize, work: usize): f64 {
  const precision = precisionOf(block);
  const factor = factorOf(section, stride);
  const inverse = vectorOf(section, stride, Vector.PIVOTS);
  const z = vectorOf(section, stride, Vector.TURNED);
  const noise = now * load<f64>(section, ArmField.NOISE);
  const rows = load<f64>(gramOf(section, stride));
  const costs = residuals(block, section, stride, active, noise, Vector.COSTS, Vector.COST_TURNED, work);
  const rewards = residuals(block, section, stride, active, noise, Vector.REWARDS, Vector.TURNED, work);
  let sum: f64 = 0;
  let free = rows - now * <f64>active;
  for (let k: u32 = 0; k < active; k++) {
    // Two columns at a time, so from an even one on.
    const first = k & ~1;
    const offset = (<usize>first) << 3;
    memory.fill(scratch, 0, stride);
    store<f64>(scratch + ((<usize>(k - first)) << 3), 1);
    const column = at(factor, stride, first, first);
    const variance =
      noise * substitute(column, stride, active - first, inverse + offset, z + offset, scratch, work + stride);
    const weight = load<f64>(work + ((<usize>k) << 3));
    const own = load<f64>(precision + ((<usize>k) << 3));
    free += now * own * variance;
    if (k > 0) sum += own * (weight * weight + variance);
  }
  free = max(0, free);
  store<f64>(section, max(0, load<f64>(section, ArmField.REWARD_SQUARES) + rewards), ArmField.RESIDUAL);
  store<f64>(section, free, ArmField.FREEDOM);
  const told = load<f64>(section, ArmField.COST_WEIGHT);
  const freeCosts = rows > 0 ? (free * told) / rows : 0;
  const squares = max(0, load<f64>(section, ArmField.LOG_COST_SQUARES) + costs);
  const prior = COST_VARIANCE_ROWS * now;
  store<f64>(section, (squares + prior * COST_VARIANCE) / (freeCosts + prior), ArmField.COST_VARIANCE);
  return sum / loosenessOf(block);
}

/** Sum of the squared residuals about the posterior means, less that of the squared targets; the means to `work`. */
function residuals(
  block: usize,
  section: usize,
  stride: usize,
  active: u32,
  noise: f64,
  sums: usize,
  turned: usize,
  work: usize,
): f64 {
  const z = vectorOf(section, stride, turned);
  const inverse = vectorOf(section, stride, Vector.PIVOTS);
  memory.copy(work, z, stride);
  solveBackward(factorOf(section, stride), stride, active, work);
  let sum = -2 * dot(work, vectorOf(section, stride, sums), active);
  for (let k: usize = 0; k < (<usize>active) << 3; k += 8) {
    const t = load<f64>(z + k);
    const weight = load<f64>(work + k);
    sum += (t * t) / load<f64>(inverse + k) - noise * load<f64>(precisionOf(block) + k) * weight * weight;
  }
  return sum;
}

function loosenessOf(block: usize): f64 {
  const looseness = load<f64>(block, Header.LOOSENESS);
  return looseness > 0 ? looseness : 1;
}

/** Of a named feature, its precision times the variance over all arms' rows; projections have mean square 1 by their making. */
function setPrecisions(block: usize, stride: usize, active: u32, now: f64): void {
  const precision = precisionOf(block);
  const looseness = loosenessOf(block);
  for (let k: u32 = 0; k < active; k++) {
    let variance: f64 = 1;
    if (k > 0 && k < SURFACE_END) variance = varianceOf(block, stride, k, now);
    const offset = (<usize>k) << 3;
    store<f64>(precision + offset, k == 0 ? BIAS : looseness * variance * (k < SURFACE_END ? SURFACE : PROJECTION));
  }
}

function varianceOf(block: usize, stride: usize, k: u32, now: f64): f64 {
  let weight: f64 = 0;
  let sum: f64 = 0;
  let square: f64 = 0;
  for (let arm: u32 = 0; arm < armsOf(block); arm++) {
    const gram = gramOf(armOf(block, stride, arm), stride);
    weight += load<f64>(gram);
    sum += load<f64>(at(gram, stride, 0, k));
    square += load<f64>(at(gram, stride, k, k));
  }
  if (!(weight >= FEW * now)) return 1;
  const mean = sum / weight;
  return max(LEAST_VARIANCE, square / weight - mean * mean);
}

function setNoise(block: usize, stride: usize, now: f64): void {
  const arms = armsOf(block);
  const prior = NOISE_ROWS * now;
  let squares = prior * NOISE;
  let weight = prior;
  for (let arm: u32 = 0; arm < arms; arm++) {
    const section = armOf(block, stride, arm);
    squares += load<f64>(section, ArmField.RESIDUAL);
    weight += load<f64>(section, ArmField.FREEDOM);
  }
  const pooled = squares / weight;
  for (let arm: u32 = 0; arm < arms; arm++) {
    const section = armOf(block, stride, arm);
    const own = load<f64>(section, ArmField.RESIDUAL) + prior * pooled;
    const noise = own / (load<f64>(section, ArmField.FREEDOM) + prior);
    store<f64>(section, max(LEAST_NOISE, noise), ArmField.NOISE);
  }
}

/** Every arm's own mean at the average prompt and how certain it is, then the mean that the other arms give it: a tree of scalars, model ← family ← all. */
function poolBiases(block: usize, scratch: usize, average: usize, stride: usize, now: f64): void {
  const arms = armsOf(block);
  const active = activeOf(block);
  averageInto(block, stride, active, average);
  for (let arm: u32 = 0; arm < arms; arm++) {
    const section = armOf(block, stride, arm);
    const gram = gramOf(section, stride);
    const weight = load<f64>(gram);
    store<f64>(section, 0, ArmField.CERTAINTY);
    if (!(weight > 0)) continue;
    memory.copy(scratch, vectorOf(section, stride, Vector.TURNED), stride);
    solveBackward(factorOf(section, stride), stride, active, scratch);
    // What the arm's own prompts made of its mean: the bias cancels.
    const own = dot(gram, scratch, active) / weight - dot(average, scratch, active);
    const mean = load<f64>(vectorOf(section, stride, Vector.REWARDS)) / weight;
    store<f64>(section, mean - own, ArmField.BIAS);
    const spread = 1 / BIAS + (load<f64>(section, ArmField.NOISE) * now) / weight;
    store<f64>(section, 1 / spread, ArmField.CERTAINTY);
  }
  for (let arm: u32 = 0; arm < arms; arm++) {
    store<f64>(armOf(block, stride, arm), biasFromOthers(block, stride, arm), ArmField.PRIOR_BIAS);
  }
}

/** Mean of the features over the rows of all arms. */
function averageInto(block: usize, stride: usize, active: u32, out: usize): void {
  memory.fill(out, 0, stride);
  for (let arm: u32 = 0; arm < armsOf(block); arm++)
    addScaled(out, 1, gramOf(armOf(block, stride, arm), stride), active);
  const scale = 1 / max(1e-300, load<f64>(out));
  for (let k: u32 = 0; k < active; k++) store<f64>(out + ((<usize>k) << 3), load<f64>(out + ((<usize>k) << 3)) * scale);
}

function biasFromOthers(block: usize, stride: usize, arm: u32): f64 {
  const own = load<u32>(armOf(block, stride, arm), ArmField.FAMILY);
  let precision = COMMON_BIAS;
  let sum = COMMON_BIAS * load<f64>(block, Header.PRIOR_MEAN);
  let siblings: f64 = 0;
  let siblingsSum: f64 = 0;
  for (let first: u32 = 0; first < armsOf(block); first++) {
    const family = load<u32>(armOf(block, stride, first), ArmField.FAMILY);
    if (!isFirstOf(block, stride, first, family)) continue;
    let certainty: f64 = 0;
    let total: f64 = 0;
    for (let other = first; other < armsOf(block); other++) {
      const section = armOf(block, stride, other);
      if (other == arm || load<u32>(section, ArmField.FAMILY) != family) continue;
      const c = load<f64>(section, ArmField.CERTAINTY);
      certainty += c;
      total += c * load<f64>(section, ArmField.BIAS);
    }
    if (!(certainty > 0)) continue;
    if (family == own) {
      siblings = certainty;
      siblingsSum = total;
    } else {
      const message = 1 / (1 / FAMILY_BIAS + 1 / certainty);
      precision += message;
      sum += (message * total) / certainty;
    }
  }
  const fromAbove = 1 / (1 / FAMILY_BIAS + 1 / precision);
  return ((fromAbove * sum) / precision + siblingsSum) / (fromAbove + siblings);
}

function isFirstOf(block: usize, stride: usize, arm: u32, family: u32): bool {
  for (let before: u32 = 0; before < arm; before++) {
    if (load<u32>(armOf(block, stride, before), ArmField.FAMILY) == family) return false;
  }
  return true;
}

/** M = Σ w x xᵀ + now · noise · precision, and z of rewards and of log costs; `cost` is what a call is expected to cost. */
function factoriseArm(block: usize, section: usize, stride: usize, active: u32, now: f64, cost: f64): void {
  const scale = now * load<f64>(section, ArmField.NOISE);
  const factor = factorOf(section, stride);
  const inverse = vectorOf(section, stride, Vector.PIVOTS);
  const precision = precisionOf(block);
  memory.copy(factor, gramOf(section, stride), <usize>active * stride);
  let floor = Infinity;
  for (let k: u32 = 0; k < active; k++) {
    const own = scale * load<f64>(precision + ((<usize>k) << 3));
    const diagonal = at(factor, stride, k, k);
    store<f64>(diagonal, load<f64>(diagonal) + own);
    floor = min(floor, own);
  }
  factorise(factor, stride, active, floor, 0, inverse);
  const bias = scale * BIAS;
  turn(section, stride, active, Vector.REWARDS, Vector.TURNED, bias * load<f64>(section, ArmField.PRIOR_BIAS));
  // An arm whose calls cost nothing has no logarithm to begin from.
  store<f64>(section, cost > 0 ? 1 : 0, ArmField.COST_READY);
  turn(section, stride, active, Vector.COSTS, Vector.COST_TURNED, cost > 0 ? bias * log(cost) : 0);
}

/** out := D⁻¹ L⁻¹ (sums + prior e₀). */
function turn(section: usize, stride: usize, active: u32, sums: usize, out: usize, prior: f64): void {
  const z = vectorOf(section, stride, out);
  memory.copy(z, vectorOf(section, stride, sums), stride);
  store<f64>(z, load<f64>(z) + prior);
  solveForward(factorOf(section, stride), stride, active, vectorOf(section, stride, Vector.PIVOTS), z);
}
