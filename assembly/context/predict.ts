/**
 * What the features of a prompt say of every arm: mean and variance of x·w from one forward substitution an arm, and the expected cost.
 *
 * With M = L D Lᵀ, t = L⁻¹ x and z = D⁻¹ L⁻¹ b: x·M⁻¹b = Σ t z, of rewards as of log costs, and xᵀM⁻¹x = Σ t²/D.
 */
import { weightSince } from '../evidence/decay';
import { exp } from '../math/exp';
import { dot } from '../linalg/vector';
import {
  activeOf,
  ArmField,
  armOf,
  armsOf,
  dimensionsOf,
  factorOf,
  Header,
  scratchArray,
  Scratch,
  strideOf,
  Vector,
  vectorOf,
} from './layout';

/** An expected cost is at most so many times the arm's mean. */
const MOST_COST: f64 = 8;
/** Variance of log costs before any. */
export const COST_VARIANCE: f64 = 0.3;

/** Weight of the present. */
export function presentOf(block: usize): f64 {
  return weightSince(
    load<f64>(block, Header.HALF_LIFE),
    load<f64>(block, Header.LANDMARK),
    load<f64>(block, Header.CLOCK),
  );
}

/** Means, variances and log costs of all arms to the scratch; x of the block's dimensions. */
export function predictAll(block: usize, scratch: usize, x: usize, now: f64): void {
  const arms = armsOf(block);
  for (let arm: u32 = 0; arm < arms; arm++) predictArm(block, scratch, x, arm, now);
}

/** Mean, variance and log cost of one arm to the scratch. */
export function predictArm(block: usize, scratch: usize, x: usize, arm: u32, now: f64): void {
  const stride = strideOf(dimensionsOf(block));
  const padded = (<usize>armsOf(block) + 1) & ~1;
  const section = armOf(block, stride, arm);
  const active = activeOf(block);
  memory.copy(scratch, x, (<usize>active) << 3);
  memory.fill(scratch + ((<usize>active) << 3), 0, 16);
  const at = (<usize>arm) << 3;
  const variance = substitute(
    factorOf(section, stride),
    stride,
    active,
    vectorOf(section, stride, Vector.PIVOTS),
    vectorOf(section, stride, Vector.TURNED),
    scratch,
    scratchArray(scratch, stride, padded, Scratch.MEANS) + at,
  );
  const scale = load<f64>(section, ArmField.NOISE) * now;
  store<f64>(scratchArray(scratch, stride, padded, Scratch.VARIANCES) + at, scale * variance);
  const logCost = dot(scratch, vectorOf(section, stride, Vector.COST_TURNED), active);
  store<f64>(scratchArray(scratch, stride, padded, Scratch.LOG_COSTS) + at, logCost);
}

/**
 * Writes Σ t z to `mean` and returns Σ t²/D; x (d values, d even) becomes t. Perf: two columns at once halve the traffic of x; of the
 * matrix every element is read once, which is what it costs.
 */
export function substitute(m: usize, stride: usize, d: u32, inverse: usize, z: usize, x: usize, mean: usize): f64 {
  let sum: f64 = 0;
  let square: f64 = 0;
  for (let k: u32 = 0; k < d; k += 2) {
    const t0 = load<f64>(x);
    const t1 = load<f64>(x, 8) - t0 * load<f64>(m, 8);
    store<f64>(x, t1, 8);
    sum += t0 * load<f64>(z) + t1 * load<f64>(z, 8);
    square += t0 * t0 * load<f64>(inverse) + t1 * t1 * load<f64>(inverse, 8);
    eliminate(m + 16, m + stride + 16, x + 16, d - k - 2, t0, t1);
    m += 2 * stride + 16;
    x += 16;
    z += 16;
    inverse += 16;
  }
  store<f64>(mean, sum);
  return square;
}

/** x -= t0 a + t1 b. */
// @ts-ignore: decorator
@inline
function eliminate(a: usize, b: usize, x: usize, count: u32, t0: f64, t1: f64): void {
  const u = f64x2.splat(t0);
  const v = f64x2.splat(t1);
  for (const end = x + ((<usize>count) << 3); x < end; x += 16, a += 16, b += 16) {
    const taken = f64x2.add(f64x2.mul(u, v128.load(a)), f64x2.mul(v, v128.load(b)));
    v128.store(x, f64x2.sub(v128.load(x), taken));
  }
}

/**
 * Expected cost of every arm to `out`, from its prediction in the scratch where costs are known and else as `costs` has it; all an f64 an arm. `doubts`
 * takes the standard deviation of that expectation, in USD.
 */
export function expectCosts(block: usize, scratch: usize, now: f64, costs: usize, out: usize, doubts: usize): void {
  const stride = strideOf(dimensionsOf(block));
  let logCost = scratchArray(scratch, stride, (<usize>armsOf(block) + 1) & ~1, Scratch.LOG_COSTS);
  for (let arm: u32 = 0; arm < armsOf(block); arm++) {
    const section = armOf(block, stride, arm);
    let cost = load<f64>(costs);
    const weight = load<f64>(section, ArmField.COST_WEIGHT);
    const known = load<f64>(section, ArmField.COST_VARIANCE);
    const spread = known > 0 ? known : COST_VARIANCE;
    if (weight > 0) cost = min(MOST_COST * cost, exp(load<f64>(logCost) + 0.5 * spread));
    store<f64>(out, cost);
    store<f64>(doubts, cost * sqrt((spread * now) / (weight + now)));
    logCost += 8;
    costs += 8;
    out += 8;
    doubts += 8;
  }
}
