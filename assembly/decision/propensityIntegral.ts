/**
 * The walk of the propensity integral from the greatest utility to the lowest (docs/MATH.md §15).
 *
 * The place is kept twice: as u and as the distance y to the left of an anchor, the end of an arm, because near an end
 * only y is exact. At each step the arms that have entered say how far the next panel may reach:
 *   - 1.3 standard deviations of the narrowest arm;
 *   - while the product of all F falls steeply, some multiple of the length in which it falls to 1/e;
 *   - where a density is a fractional power of the distance to its end, as far as the end is, or a panel that is even
 *     in the logarithm of the distance, which may be the longer the better the power alone describes the density.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { makeCumulative } from '../quadrature/gauss';
import { log1p } from '../special/logGamma';
import { Arm } from './propensityArm';
import { evaluatePanel, JACOBIANS, linearNodes, logNodes } from './propensityPanel';

/** Probabilities below it are left out. */
const NEGLIGIBLE: f64 = 1e-13;
const MOST_PANELS: i32 = 20000;
/** A panel may see the product of all F fall by so many e-folds, if it is 1; more where it is small already. */
const STEEPNESS: f64 = 3.3;
/** e-folds of distance in one logarithmic panel near the inner end of the power law; e-folds of the power itself. */
const LOG_LENGTH: f64 = 2;
const POWER_LENGTH: f64 = 4;
/** Longest logarithmic panel, in units of an even one. */
const LOG_WIDTH: f64 = 0.1;
/** Where panels begin at a singular end: logarithms of the mass beyond and of its error. */
const LOG_END_MASS: f64 = -18.4;
const LOG_END_ERROR: f64 = -30;

let nodes: usize = 0;
let order: usize = 0; // addresses of the records, by the place where they enter
let entered: usize = 0; // end of those that have
let last: usize = 0; // end of all
let left: f64 = 0; // lowest u that matters

let anchor: f64 = 0;
let y: f64 = 0;
let u: f64 = 0;
let rest: f64 = 1; // P(all utilities <= u)
let rate: f64 = 0; // -d log rest / du

let toNext: f64 = 0; // to the entry of the next arm
let width: f64 = 0; // longest panel that smooth arms allow
let rightEnd: f64 = 0; // to the nearest singular right end, and the anchor there
let rightAnchor: f64 = 0;
let leftEnd: f64 = 0; // to the nearest singular left end, and its distance below u = 0
let leftDistance: f64 = 0;
let unlike: f64 = 0; // how unlike a power of u the product of all F is from here to u = 0

/** Leaves probabilities, not normalised, in the records at [from, to). False if it needed too many panels. */
export function integrate(from: usize, to: usize, lowest: f64, scratch: usize): bool {
  makeCumulative();
  nodes = scratch;
  order = from;
  entered = from;
  last = to;
  left = lowest;
  anchor = load<f64>(load<usize>(from), Arm.ENTRY);
  y = 0;
  rest = 1;
  rate = 0;
  u = 1 - anchor;
  let panels = 0;
  for (; panels < MOST_PANELS; panels++) {
    enterWhatIsDue();
    look();
    if (isDone()) break;
    const step = min(width, min(toNext, u - left));
    if (rightEnd < step) {
      if (leaveRightEnd(step)) continue;
    } else if (0.5 * leftEnd < min(step, LOG_WIDTH * width) && u > leftDistance) {
      approachLeftEnd(step);
      continue;
    }
    stepEvenly(min(step, min(rightEnd, 0.5 * leftEnd)));
  }
  shareRest(order, entered, u, rest);
  return panels < MOST_PANELS;
}

/** Lets the arms whose end has been reached enter, together where they share it. */
function enterWhatIsDue(): void {
  if (entered == last) return;
  const entry = load<f64>(load<usize>(entered), Arm.ENTRY);
  if (entry - anchor > y) return;
  let first = entered;
  do entered += sizeof<usize>();
  while (entered < last && load<f64>(load<usize>(entered), Arm.ENTRY) == entry);
  while (first < entered && load<f64>(load<usize>(first), Arm.RIGHT_POWER) == 0) first += sizeof<usize>();
  anchor = entry;
  u = 1 - anchor;
  let most = entered < last ? load<f64>(load<usize>(entered), Arm.ENTRY) - anchor : Infinity;
  let steepness: f64 = 1;
  for (let at = order; at < first; at += sizeof<usize>()) {
    const record = load<usize>(at);
    if (load<f64>(record, Arm.RIGHT_POWER) > 0) most = min(most, anchor - load<f64>(record, Arm.DISTANCE));
    steepness = max(steepness, 1 / load<f64>(record, Arm.WIDTH));
    most = min(most, 0.5 * load<f64>(record, Arm.WIDTH));
  }
  if (rate > 0) most = min(most, steepest() / rate);
  y = singularReach(first, entered, steepness, min(most, u - left));
  if (y > 0) {
    shareEnd(first, entered, rest);
    linearNodes(nodes, 0, y);
    evaluatePanel(order, first, nodes, true, anchor);
  }
  u = 1 - anchor - y;
  updateRest();
}

function updateRest(): void {
  rest = 1;
  for (let at = order; at < entered; at += sizeof<usize>()) rest *= 1 - load<f64>(load<usize>(at), Arm.ABOVE);
}

function look(): void {
  toNext = entered < last ? load<f64>(load<usize>(entered), Arm.ENTRY) - anchor - y : Infinity;
  width = Infinity;
  rightEnd = Infinity;
  leftEnd = Infinity;
  unlike = 0;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const d = load<f64>(record, Arm.DISTANCE);
    width = min(width, load<f64>(record, Arm.WIDTH));
    // An arm that has just entered has a slope beyond all bounds: no end before a panel has seen it.
    const change = d == 0 ? abs(load<f64>(record, Arm.B)) + 1 : 1 / load<f64>(record, Arm.WIDTH);
    unlike = max(unlike, u * (d == 0 ? change : max(change, load<f64>(record, Arm.SLOPE))));
    const gap = y + (anchor - d);
    if (load<f64>(record, Arm.RIGHT_POWER) > 0 && gap < rightEnd) {
      rightEnd = gap;
      rightAnchor = d;
    }
    if (load<f64>(record, Arm.LEFT_POWER) > 0 && u + d < leftEnd) {
      leftEnd = u + d;
      leftDistance = d;
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

// @ts-ignore: decorator
@inline
function isDone(): bool {
  if (rest <= NEGLIGIBLE || u <= left || u < 1e-290) return true;
  return entered == last && min(1.0, unlike) * rest <= NEGLIGIBLE;
}

/** A logarithmic panel away from the nearest singular right end; false if an even one would reach as far. */
function leaveRightEnd(step: f64): bool {
  y = rightEnd;
  anchor = rightAnchor;
  let power: f64 = 0;
  let mixed = y / width;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const b = load<f64>(record, Arm.RIGHT_POWER);
    if (b == 0) continue;
    power = max(power, b);
    mixed = max(mixed, nearness(anchor - load<f64>(record, Arm.DISTANCE), y));
  }
  const length = min(POWER_LENGTH / power, logLength(mixed));
  const reach = min(y * (exp(length) - 1), min(step, LOG_WIDTH * width));
  if (reach <= min(y, step)) return false;
  logNodes(nodes, y, log1p(reach / y));
  evaluate(true);
  moveRight(reach);
  return true;
}

function approachLeftEnd(step: f64): void {
  let mixed = u / width;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    if (load<f64>(record, Arm.LEFT_POWER) > 0) mixed = max(mixed, nearness(load<f64>(record, Arm.DISTANCE), u));
  }
  const length = min(logLength(mixed), steepest() / (rate * u));
  const low = max(u * exp(-length), u - min(step, LOG_WIDTH * width));
  logNodes(nodes, u, log(low / u));
  evaluate(false);
  moveLeft(u - low);
}

/** A logarithmic panel may be the longer the further inside the range of the power law it is. */
// @ts-ignore: decorator
@inline
function logLength(mixed: f64): f64 {
  return LOG_LENGTH - 0.1 * log(min(1.0, mixed));
}

/** 1 where two distances are alike, towards 0 where one is much smaller: then each looks like a power alone. */
// @ts-ignore: decorator
@inline
function nearness(a: f64, b: f64): f64 {
  return a == 0 ? 0 : min(a / b, b / a);
}

function stepEvenly(step: f64): void {
  const far = min(toNext, u - left);
  if (step < far && 2 * step > far) step = 0.5 * far;
  if (u > 0.125 || rightEnd < u) {
    linearNodes(nodes, y, step);
    evaluate(true);
    moveRight(step);
  } else {
    linearNodes(nodes, u, -step);
    evaluate(false);
    moveLeft(step);
  }
}

/** Moves on by y. Where an arm enters, y is set to its entry exactly. */
function moveRight(step: f64): void {
  y = step == toNext ? load<f64>(load<usize>(entered), Arm.ENTRY) - anchor : y + step;
  u = step == u - left ? left : 1 - anchor - y;
}

/** Moves on by u. */
function moveLeft(step: f64): void {
  u = step == u - left ? left : u - step;
  y = step == toNext ? load<f64>(load<usize>(entered), Arm.ENTRY) - anchor : 1 - anchor - u;
}

function evaluate(fromRight: bool): void {
  evaluatePanel(order, entered, nodes, fromRight, anchor);
  rate = 0;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const below = max(1e-300, load<f64>(record, Arm.BELOW + 56));
    const slope = load<f64>(record, Arm.VALUES + 56) / (below * load<f64>(nodes, JACOBIANS + 56));
    store<f64>(record, slope, Arm.SLOPE);
    rate += slope;
  }
  updateRest();
}

/**
 * Shares `rest` in proportion to u d log F/du, which is a for the power law of an arm whose lowest utility is at u = 0:
 * exact in the limit; otherwise `rest` is negligible.
 */
function shareRest(order: usize, end: usize, u: f64, rest: f64): void {
  let sum: f64 = 0;
  const at0 = max(u, 1e-300);
  for (let at = order; at < end; at += sizeof<usize>()) sum += lowWeight(load<usize>(at), at0);
  if (!(sum > 0)) return;
  for (let at = order; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    store<f64>(record, load<f64>(record, Arm.P) + rest * (lowWeight(record, at0) / sum), Arm.P);
  }
}

// @ts-ignore: decorator
@inline
function lowWeight(record: usize, u: f64): f64 {
  return load<f64>(record, Arm.DISTANCE) == 0 ? load<f64>(record, Arm.A) + 1 : u * load<f64>(record, Arm.SLOPE);
}

/**
 * Distance from their common end at which panels begin for the arms at [first, end): 0 if no density is singular there.
 * Within it F is 1 - y^b/(b B(a, b)), so close to 1 that its products with other arms' changes are negligible.
 */
function singularReach(first: usize, end: usize, steepness: f64, most: f64): f64 {
  let reach = Infinity;
  for (let at = first; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const b = load<f64>(record, Arm.RIGHT_POWER);
    const logEnd = load<f64>(record, Arm.LOG_END);
    const steepest = max(steepness, abs(load<f64>(record, Arm.A)) + 1);
    const few = (logEnd + LOG_END_MASS) / b;
    const straight = (logEnd + LOG_END_ERROR - log(steepest)) / (b + 1);
    reach = min(reach, min(few, straight));
  }
  return reach == Infinity ? 0 : min(most, exp(max(-667.0, reach)));
}

/** Shares the probability that the maximum is within y of the end, in proportion to the hazards -log F. */
function shareEnd(first: usize, end: usize, before: f64): void {
  let hazards: f64 = 0;
  for (let at = first; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const b = load<f64>(record, Arm.RIGHT_POWER);
    const above = min(1 - 1e-16, exp(b * log(y) - load<f64>(record, Arm.LOG_END)));
    store<f64>(record, above, Arm.ABOVE);
    hazards -= log1p(-above);
  }
  if (hazards == 0) return;
  const mass = (before * (1 - exp(-hazards))) / hazards;
  for (let at = first; at < end; at += sizeof<usize>()) {
    const record = load<usize>(at);
    store<f64>(record, load<f64>(record, Arm.P) - mass * log1p(-load<f64>(record, Arm.ABOVE)), Arm.P);
  }
}
