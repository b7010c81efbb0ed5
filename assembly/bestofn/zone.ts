/**
 * One zone of the walk over deficits, where every model has one n and no model enters (docs/MATH.md §29). Panels of eight Gauss points as
 * those of decision/propensityIntegral.ts, whose reasons hold here; a step may also be no longer than the distance at which the inverse of
 * m_n is singular, m_n'²/(2 m_n'').
 *
 * The place is kept as the distance y behind an anchor, the latest deficit at which a singular density began, and as z, what is left
 * to the greatest deficit that matters, because near a singular end only one of them is exact.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { log1p } from '../special/logGamma';
import { LOG_WIDTH, logLength, MOST_PANELS, nearness, POWER_LENGTH } from '../decision/panelLength';
import { Arm } from '../decision/propensityArm';
import {
  collect,
  densities,
  JACOBIANS,
  linearNodes,
  logNodes,
  NODE_BYTES,
  PRODUCT,
  runningIntegrals,
  VECTORS_END,
} from '../decision/propensityPanel';
import { WEIGHTS } from '../quadrature/gauss';
import { bend, missAt, slope, solveHit, solveMiss } from './miss';
import { deficitAt, Field, priceOf, surplusAt } from './pieces';
import { fieldOf, LevelRecord, levelOf } from './walkRecord';

/** Probabilities below it are left out; the logarithm of what is left out at a singular end. */
const NEGLIGIBLE: f64 = 1e-13;
const LOG_END_MASS: f64 = -30;
const STEEPNESS: f64 = 3.3;

let order: usize = 0;
let entered: usize = 0;
let nodes: usize = 0;
let local: usize = 0; // points of one model
let panels: i32 = 0;

let lowest: f64 = 0; // greatest deficit that matters
let anchor: f64 = 0;
let depth: f64 = 0; // lowest - anchor
let y: f64 = 0;
let z: f64 = 0;
let end: f64 = 0; // of the zone, as y and as z
let zEnd: f64 = 0;
let rest: f64 = 1; // P(all deficits are greater)
let rate: f64 = 0; // -d log rest / dD

let width: f64 = 0; // longest panel that smooth densities allow
let rightEnd: f64 = 0; // to the nearest singular end at θ = 1
let leftEnd: f64 = 0; // to the nearest at θ = 0, and its distance behind z = 0
let leftDistance: f64 = 0;
let unlike: f64 = 0; // how unlike a power of z the product of all P(V < v) is from here on

export function beginZones(from: usize, greatest: f64, scratch: usize): void {
  order = from;
  nodes = scratch;
  local = scratch + NODE_BYTES;
  lowest = greatest;
  anchor = 0;
  y = 0;
  z = 0;
  rest = 1;
  rate = 0;
  panels = 0;
}

/** Is what is left negligible? */
export function isOver(): bool {
  return rest <= NEGLIGIBLE || (z > 0 && min(1.0, unlike) * rest <= NEGLIGIBLE && zEnd == 0);
}

/** Crosses from deficit `top` to `next`; `anew`: some begin at their end. False if it needs too many panels. */
export function crossZone(to: usize, anew: bool, top: f64, next: f64, isLast: bool): bool {
  entered = to;
  if (anew) anchor = top;
  depth = lowest - anchor;
  y = top - anchor;
  z = lowest - top;
  end = next - anchor;
  zEnd = lowest - next;
  for (let at = order; at < entered; at += sizeof<usize>()) place(load<usize>(at));
  if (anew) begin();
  updateRest();
  for (; panels < MOST_PANELS && y < end; panels++) {
    look();
    if (rest <= NEGLIGIBLE || (isLast && min(1.0, unlike) * rest <= NEGLIGIBLE)) return true;
    const step = min(width, min(end - y, z - zEnd));
    if (rightEnd < step) {
      if (leaveRightEnd(step)) continue;
    } else if (0.5 * leftEnd < min(step, LOG_WIDTH * width) && z > leftDistance) {
      approachLeftEnd(step);
      continue;
    }
    stepEvenly(min(step, min(rightEnd, 0.5 * leftEnd)));
  }
  return panels < MOST_PANELS;
}

/** Where a model's density stands to the coordinates of the zone. */
function place(record: usize): void {
  const field = fieldOf(record);
  const n = levelOf(record);
  store<f64>(record, anchor - (priceOf(field, n) - surplusAt(field, n)), LevelRecord.MISS);
  store<f64>(record, deficitAt(field, n, 1) - lowest, LevelRecord.HIT);
  store<f64>(record, 1e300, Arm.SLOPE);
}

/** Panels begin behind the place up to which the densities that begin here have next to no probability. */
function begin(): void {
  let reach = 0.5 * (end - y);
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    if (load<u32>(record, LevelRecord.WAITS) == 0) {
      reach = min(reach, 0.5 * load<f64>(record, Arm.WIDTH));
      continue;
    }
    const w = exp(max(-667.0, (load<f64>(record, Arm.LOG_END) + LOG_END_MASS) / load<f64>(record, Arm.RIGHT_POWER)));
    reach = min(reach, missOf(record, min(1, w)));
  }
  let before: f64 = 1;
  for (let at = order; at < entered; at += sizeof<usize>()) before *= 1 - load<f64>(load<usize>(at), Arm.ABOVE);
  linearNodes(nodes, y, reach);
  evaluatePanel(true);
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    if (load<u32>(record, LevelRecord.WAITS) == 0) continue;
    store<u32>(record, 0, LevelRecord.WAITS);
    const w = solve(record, reach);
    const above = exp(load<f64>(record, Arm.RIGHT_POWER) * log(w) - load<f64>(record, Arm.LOG_END));
    store<f64>(record, above, Arm.ABOVE);
    store<f64>(record, load<f64>(record, Arm.P) + before * above, Arm.P);
  }
  y += reach;
  z = depth - y;
}

// @ts-ignore: decorator
@inline
function missOf(record: usize, w: f64): f64 {
  const field = fieldOf(record);
  return missAt(levelOf(record), load<f64>(field, Field.STRENGTH), load<f64>(field, Field.GAIN), w);
}

/** w of a miss; leaves the slope there. */
// @ts-ignore: decorator
@inline
function solve(record: usize, miss: f64): f64 {
  const field = fieldOf(record);
  return solveMiss(levelOf(record), load<f64>(field, Field.STRENGTH), load<f64>(field, Field.GAIN), min(1, miss));
}

function updateRest(): void {
  rest = 1;
  for (let at = order; at < entered; at += sizeof<usize>()) rest *= 1 - load<f64>(load<usize>(at), Arm.ABOVE);
}

function look(): void {
  width = Infinity;
  rightEnd = Infinity;
  leftEnd = Infinity;
  unlike = 0;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const miss = y + load<f64>(record, LevelRecord.MISS);
    const hit = z + load<f64>(record, LevelRecord.HIT);
    solve(record, miss);
    let wide = load<f64>(record, Arm.WIDTH) * slope;
    if (bend > 0) wide = min(wide, (0.5 * slope * slope) / bend);
    width = min(width, wide);
    const bottom = load<f64>(record, LevelRecord.HIT) == 0;
    const change = bottom ? max((abs(load<f64>(record, Arm.B)) + 1) / slope, bend / slope) : 1 / wide;
    unlike = max(unlike, z * (bottom ? change : max(change, load<f64>(record, Arm.SLOPE))));
    if (load<f64>(record, Arm.RIGHT_POWER) > 0) rightEnd = min(rightEnd, miss);
    if (load<f64>(record, Arm.LEFT_POWER) > 0 && hit < leftEnd) {
      leftEnd = hit;
      leftDistance = load<f64>(record, LevelRecord.HIT);
    }
  }
  if (rate > 0) width = min(width, steepest() / rate);
}

/** e-folds of the product in a panel: the error is about product × e-folds^17 × 2e-23. */
// @ts-ignore: decorator
@inline
function steepest(): f64 {
  return STEEPNESS * exp(log(rest) * (-1.0 / 17));
}

/** A logarithmic panel away from the nearest singular end at θ = 1; false if an even one would reach as far. */
function leaveRightEnd(step: f64): bool {
  let power: f64 = 0;
  let mixed = rightEnd / width;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const b = load<f64>(record, Arm.RIGHT_POWER);
    if (b == 0) continue;
    power = max(power, b);
    const miss = y + load<f64>(record, LevelRecord.MISS);
    mixed = max(mixed, nearness(miss - rightEnd, rightEnd));
  }
  const length = min(POWER_LENGTH / power, logLength(mixed));
  const reach = min(rightEnd * (exp(length) - 1), min(step, LOG_WIDTH * width));
  if (reach <= min(rightEnd, step)) return false;
  logNodes(nodes, rightEnd, log1p(reach / rightEnd));
  shift(y - rightEnd);
  evaluate(true);
  moveRight(reach);
  return true;
}

function approachLeftEnd(step: f64): void {
  let mixed = z / width;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    if (load<f64>(record, Arm.LEFT_POWER) > 0) mixed = max(mixed, nearness(load<f64>(record, LevelRecord.HIT), z));
  }
  const length = min(logLength(mixed), steepest() / (rate * z));
  const low = max(z * exp(-length), z - min(step, LOG_WIDTH * width));
  logNodes(nodes, z, log(low / z));
  evaluate(false);
  moveLeft(z - low);
}

function shift(by: f64): void {
  if (by == 0) return;
  for (let k: usize = 0; k < VECTORS_END; k += 8) store<f64>(nodes + k, load<f64>(nodes + k) + by);
}

function stepEvenly(step: f64): void {
  const far = min(end - y, z - zEnd);
  if (step < far && 2 * step > far) step = 0.5 * far;
  if (z > 0.125 || rightEnd < z) {
    linearNodes(nodes, y, step);
    evaluate(true);
    moveRight(step);
  } else {
    linearNodes(nodes, z, -step);
    evaluate(false);
    moveLeft(step);
  }
}

function moveRight(step: f64): void {
  if (ends(step)) return;
  y += step;
  z = depth - y;
}

function moveLeft(step: f64): void {
  if (ends(step)) return;
  z -= step;
  y = depth - z;
}

/** Is it the zone's last? Its end is met exactly. */
function ends(step: f64): bool {
  if (step < end - y && step < z - zEnd) return false;
  y = end;
  z = zEnd;
  return true;
}

function evaluate(fromRight: bool): void {
  evaluatePanel(fromRight);
  rate = 0;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const below = max(1e-300, load<f64>(record, Arm.BELOW + 56));
    const steep = load<f64>(record, Arm.VALUES + 56) / (below * load<f64>(nodes, JACOBIANS + 56));
    store<f64>(record, steep, Arm.SLOPE);
    rate += steep;
  }
  updateRest();
}

/** Adds the panel to the records' P and ABOVE; the points are y, or z. */
function evaluatePanel(fromRight: bool): void {
  for (let k: usize = 0; k < VECTORS_END; k += 16) v128.store(nodes + k, f64x2.splat(1), PRODUCT);
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    if (load<u32>(record, LevelRecord.WAITS) != 0) memory.fill(record + Arm.VALUES, 0, 64);
    else fill(record, fromRight);
    runningIntegrals(record, nodes);
  }
  for (let k: usize = 0; k < VECTORS_END; k += 16) v128.store(nodes + k, v128.load(WEIGHTS + k), PRODUCT);
  for (let at = entered; at > order;) {
    at -= sizeof<usize>();
    collect(load<usize>(at), nodes);
  }
}

/** Density × Jacobian of a model at the points, which are its w or θ first. */
function fill(record: usize, fromRight: bool): void {
  const off = fromRight ? load<f64>(record, LevelRecord.MISS) : load<f64>(record, LevelRecord.HIT);
  if (levelOf(record) == 1) {
    densities(record, nodes, fromRight, off);
    return;
  }
  const field = fieldOf(record);
  for (let k: usize = 0; k < VECTORS_END; k += 8) {
    const at = load<f64>(nodes + k) + off;
    const strength = load<f64>(field, Field.STRENGTH);
    const gain = load<f64>(field, Field.GAIN);
    const near = fromRight ? solve(record, at) : solveHit(levelOf(record), strength, gain, min(1, at));
    store<f64>(local + k, near);
    store<f64>(local + k, load<f64>(nodes + k, JACOBIANS) / slope, JACOBIANS);
  }
  densities(record, local, fromRight, 0);
}

/** Shares what is left in proportion to z d log P(V < v)/dz, which is a for the power law of a model whose lowest utility is at z = 0. */
export function finishZones(to: usize): void {
  entered = to;
  updateRest();
  let sum: f64 = 0;
  for (let at = order; at < entered; at += sizeof<usize>()) sum += lowWeight(load<usize>(at));
  if (!(sum > 0)) return;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    store<f64>(record, load<f64>(record, Arm.P) + rest * (lowWeight(record) / sum), Arm.P);
  }
}

// @ts-ignore: decorator
@inline
function lowWeight(record: usize): f64 {
  const bottom = load<f64>(record, LevelRecord.HIT) == 0;
  return bottom ? load<f64>(record, Arm.A) + 1 : max(z, 1e-300) * load<f64>(record, Arm.SLOPE);
}
