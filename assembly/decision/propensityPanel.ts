/**
 * One panel of the propensity integral: eight points z with Jacobians, linear or exponential in the panel's parameter,
 * and the densities, running integrals and products of all arms at them.
 */
import { expPair, expV } from '../math/exp';
import { logNearV } from '../math/log';
import { CUMULATIVE, NODES, WEIGHTS } from '../quadrature/gauss';
import { Arm } from './propensityArm';

/** z, then the Jacobians |dz/dξ|, then the running product of F. */
export const JACOBIANS: usize = 64;
export const PRODUCT: usize = 128;
export const NODE_BYTES: usize = 192;
export const VECTORS_END: usize = 64;

/** Points from `start` on over `step` (of either sign). */
export function linearNodes(nodes: usize, start: f64, step: f64): void {
  const jacobian = f64x2.splat(abs(step));
  for (let k: usize = 0; k < VECTORS_END; k += 16) {
    v128.store(nodes + k, f64x2.add(f64x2.splat(start), f64x2.mul(f64x2.splat(step), v128.load(NODES + k))));
    v128.store(nodes + k, jacobian, JACOBIANS);
  }
}

/** Points from `start` to start·e^length, equal steps in the logarithm. */
export function logNodes(nodes: usize, start: f64, length: f64): void {
  for (let k: usize = 0; k < VECTORS_END; k += 16) {
    const z = f64x2.mul(f64x2.splat(start), expPair(f64x2.mul(f64x2.splat(length), v128.load(NODES + k))));
    v128.store(nodes + k, z);
    v128.store(nodes + k, f64x2.mul(f64x2.splat(abs(length)), z), JACOBIANS);
  }
}

/**
 * Adds the panel to P and ABOVE of the records whose addresses are at [order, end). Points are u, or, `fromRight`, the
 * distance to the left of the end of an arm at distance `anchor`.
 */
export function evaluatePanel(order: usize, end: usize, nodes: usize, fromRight: bool, anchor: f64): void {
  for (let k: usize = 0; k < VECTORS_END; k += 16) v128.store(nodes + k, f64x2.splat(1), PRODUCT);
  for (let at = order; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const d = load<f64>(record, Arm.DISTANCE);
    if (d == d) densities(record, nodes, fromRight, fromRight ? anchor - d : d);
    else normalDensities(record, nodes);
    runningIntegrals(record, nodes);
  }
  for (let k: usize = 0; k < VECTORS_END; k += 16) v128.store(nodes + k, v128.load(WEIGHTS + k), PRODUCT);
  while (end > order) {
    end -= sizeof<usize>();
    collect(load<usize>(end), nodes);
  }
}

/** Density × Jacobian at the points; x, or from the right 1 - x, is z + shift. */
export function densities(record: usize, nodes: usize, fromRight: bool, shift: f64): void {
  const one = f64x2.splat(1);
  const tiny = f64x2.splat(1e-300);
  const centre = load<f64>(record, Arm.CENTRE);
  const a = v128.load64_splat(record, Arm.A);
  const b = v128.load64_splat(record, Arm.B);
  const scale = v128.load64_splat(record, Arm.LOG_SCALE);
  const shifts = f64x2.splat(shift);
  for (let k: usize = 0; k < VECTORS_END; k += 16) {
    const near = f64x2.pmax(f64x2.add(v128.load(nodes + k), shifts), tiny);
    const other = f64x2.pmax(f64x2.sub(one, near), tiny);
    const x = fromRight ? other : near;
    const y = fromRight ? near : other;
    // Both logarithms are of 1 + something: x = 1 - y and y = 1 - x, or their ratios to those of the centre.
    let u = f64x2.neg(y);
    let v = f64x2.neg(x);
    let ratioX = x;
    let ratioY = y;
    if (centre != 0) {
      const t = f64x2.sub(x, f64x2.splat(centre));
      u = f64x2.mul(t, v128.load64_splat(record, Arm.PER_CENTRE));
      v = f64x2.neg(f64x2.mul(t, v128.load64_splat(record, Arm.PER_REST)));
      ratioX = f64x2.pmax(f64x2.add(one, u), tiny);
      ratioY = f64x2.pmax(f64x2.add(one, v), tiny);
    }
    const logX = logNearV(ratioX, u);
    const logY = logNearV(ratioY, v);
    const logDensity = f64x2.add(scale, f64x2.add(f64x2.mul(a, logX), f64x2.mul(b, logY)));
    const value = expV(f64x2.pmin(f64x2.splat(700), f64x2.pmax(f64x2.splat(-700), logDensity)));
    v128.store(record + k, f64x2.mul(value, v128.load(nodes + k, JACOBIANS)), Arm.VALUES);
  }
}

/** The same of a normal arm (NORMAL_ARM as its distance): points are utilities. */
function normalDensities(record: usize, nodes: usize): void {
  const centre = v128.load64_splat(record, Arm.CENTRE);
  const perDeviation = v128.load64_splat(record, Arm.PER_CENTRE);
  const scale = v128.load64_splat(record, Arm.LOG_SCALE);
  const half = f64x2.splat(-0.5);
  for (let k: usize = 0; k < VECTORS_END; k += 16) {
    const t = f64x2.mul(f64x2.sub(v128.load(nodes + k), centre), perDeviation);
    const logDensity = f64x2.add(scale, f64x2.mul(half, f64x2.mul(t, t)));
    const value = expV(f64x2.pmax(f64x2.splat(-700), logDensity));
    v128.store(record + k, f64x2.mul(value, v128.load(nodes + k, JACOBIANS)), Arm.VALUES);
  }
}

/** F at the points, the product of those before it, and P(U > u) at the panel's far end. */
export function runningIntegrals(record: usize, nodes: usize): void {
  let p = f64x2.splat(load<f64>(record, Arm.ABOVE));
  let q = p;
  let r = p;
  let s = p;
  let total: f64 = 0;
  for (let l: usize = 0; l < 8; l++) {
    const value = v128.load64_splat(record + (l << 3), Arm.VALUES);
    const column = CUMULATIVE + (l << 6);
    p = f64x2.add(p, f64x2.mul(value, v128.load(column)));
    q = f64x2.add(q, f64x2.mul(value, v128.load(column, 16)));
    r = f64x2.add(r, f64x2.mul(value, v128.load(column, 32)));
    s = f64x2.add(s, f64x2.mul(value, v128.load(column, 48)));
    total += load<f64>(record + (l << 3), Arm.VALUES) * load<f64>(WEIGHTS + (l << 3));
  }
  store<f64>(record, min(1.0, load<f64>(record, Arm.ABOVE) + total), Arm.ABOVE);
  settle(record, nodes, p);
  settle(record + 16, nodes + 16, q);
  settle(record + 32, nodes + 32, r);
  settle(record + 48, nodes + 48, s);
}

// @ts-ignore: decorator
@inline
function settle(record: usize, nodes: usize, above: v128): void {
  const below = f64x2.pmax(f64x2.splat(0), f64x2.sub(f64x2.splat(1), above));
  const product = v128.load(nodes, PRODUCT);
  v128.store(record, below, Arm.BELOW);
  v128.store(record, product, Arm.PREFIX);
  v128.store(nodes, f64x2.mul(product, below), PRODUCT);
}

/** Adds ∫ f_i ∏_{j≠i} F_j; the running product comes from the other side now and holds the weights. */
export function collect(record: usize, nodes: usize): void {
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < VECTORS_END; k += 16) {
    const product = v128.load(nodes + k, PRODUCT);
    const others = f64x2.mul(product, v128.load(record + k, Arm.PREFIX));
    sum = f64x2.add(sum, f64x2.mul(others, v128.load(record + k, Arm.VALUES)));
    v128.store(nodes + k, f64x2.mul(product, v128.load(record + k, Arm.BELOW)), PRODUCT);
  }
  const p = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  store<f64>(record, load<f64>(record, Arm.P) + p, Arm.P);
}
