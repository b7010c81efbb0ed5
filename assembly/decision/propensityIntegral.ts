/**
 * The walk of the propensity integral from the greatest utility to the lowest (docs/MATH.md §15).
 *
 * The place is kept twice: as u and as the distance y to the left of an anchor, the end of an arm, because near an end
 * only y is exact. At each step the arms that have entered say how far the next panel may reach:
 *   - 1.2 standard deviations of the narrowest arm, more where an arm is far above its mean, or the product of all F small;
 *   - while the product of all F falls steeply, so far that it falls by some e-folds, the growth of its slope counted in;
 *   - where a density is a fractional power of the distance to its end, as far as the end is, or a panel that is even
 *     in the logarithm of the distance, which may be the longer the better the power alone describes the density.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { makeCumulative } from '../quadrature/gauss';
import { log1p } from '../special/logGamma';
import { LOG_WIDTH, logLength, MOST_PANELS, nearness, POWER_LENGTH } from './panelLength';
import { Arm, FAR } from './propensityArm';
import { shareEnd, shareRest, singularReach } from './propensityEnds';
import { evaluatePanel, JACOBIANS, linearNodes, logNodes } from './propensityPanel';

/** Probabilities below it are left out. */
const NEGLIGIBLE: f64 = 1e-12;
/** A panel may see the product of all F fall by so many e-folds, if it is 1; more where it is small already. */
const STEEPNESS: f64 = 3.6;
/** Bits of 1, and 18/17 of them: an f64's bits are nearly its logarithm, near enough for the length of a panel. */
const ONE_BITS: i64 = 0x3ff0000000000000;
const ROOT_BITS: i64 = ONE_BITS + ONE_BITS / 17;
const LN2: f64 = 0.6931471805599453;

let nodes: usize = 0;
let order: usize = 0; // addresses of the records, by the place where they enter
let entered: usize = 0; // end of those that have
let last: usize = 0; // end of all
let left: f64 = 0; // lowest u that matters

let anchor: f64 = 0;
let y: f64 = 0;
let u: f64 = 0;
let rest: f64 = 1; // P(all utilities <= u)
let rate: f64 = 0; // d log rest / du
let growth: f64 = 0; // d log rate / du, downwards

let toNext: f64 = 0; // to the entry of the next arm
let width: f64 = 0; // longest panel that smooth arms allow
let longest: f64 = 0; // the same of an even one: longer far above the means
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
  growth = 0;
  u = 1 - anchor;
  let panels = 0;
  for (; panels < MOST_PANELS; panels++) {
    enterWhatIsDue();
    look();
    if (isDone()) break;
    const step = admit(min(longest, u - left));
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
    shareEnd(first, entered, y, rest);
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
  longest = Infinity;
  rightEnd = Infinity;
  leftEnd = Infinity;
  unlike = 0;
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const d = load<f64>(record, Arm.DISTANCE);
    width = min(width, load<f64>(record, Arm.WIDTH));
    longest = min(longest, longestOf(record));
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
  if (rate > 0) {
    const most = steepest();
    width = min(width, most / rate);
    longest = min(longest * (most / STEEPNESS), growth > 0 ? roughLog1p((most * growth) / rate) / growth : most / rate);
  }
}

/** Longest even panel from here on of an arm. */
// @ts-ignore: decorator
@inline
function longestOf(record: usize): f64 {
  return max(load<f64>(record, Arm.WIDTH), FAR * u + load<f64>(record, Arm.REACH));
}

/**
 * Lets arms enter that a panel of length `step` would reach, if it may see their ends, and returns how long it may be with
 * them: at most to the end of the next one.
 */
function admit(step: f64): f64 {
  while (entered < last) {
    const record = load<usize>(entered);
    toNext = load<f64>(record, Arm.ENTRY) - anchor - y;
    const early = load<u32>(record, Arm.EARLY) != 0;
    if (!(toNext < step)) {
      if (early) toNext = Infinity;
      return step;
    }
    const most = early ? longestOf(record) : 0;
    if (!(most > toNext)) return toNext;
    step = min(step, most);
    entered += sizeof<usize>();
  }
  toNext = Infinity;
  return step;
}

/** e-folds of the product in a panel, STEEPNESS rest^(-1/17): the error is about product × e-folds^17 × 2e-23. */
// @ts-ignore: decorator
@inline
function steepest(): f64 {
  return STEEPNESS * reinterpret<f64>(ROOT_BITS - reinterpret<i64>(rest) / 17);
}

/** log(1 + x), x >= 0, to a few per cent. */
// @ts-ignore: decorator
@inline
function roughLog1p(x: f64): f64 {
  if (x < 1) return x - x * x * (1.0 / 3);
  return (LN2 / 4503599627370496.0) * <f64>(reinterpret<i64>(1 + x) - ONE_BITS);
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
  const jacobians = v128.load(nodes, JACOBIANS + 48);
  let rates = f64x2.splat(0);
  for (let at = order; at < entered; at += sizeof<usize>()) {
    const record = load<usize>(at);
    const below = f64x2.pmax(f64x2.splat(1e-300), v128.load(record, Arm.BELOW + 48));
    const slopes = f64x2.div(v128.load(record, Arm.VALUES + 48), f64x2.mul(below, jacobians));
    store<f64>(record, f64x2.extract_lane(slopes, 1), Arm.SLOPE);
    rates = f64x2.add(rates, slopes);
  }
  rate = f64x2.extract_lane(rates, 1);
  const before = f64x2.extract_lane(rates, 0);
  const apart = abs(load<f64>(nodes, 56) - load<f64>(nodes, 48));
  growth = before * apart > 0 ? (rate - before) / (0.5 * (rate + before) * apart) : 0;
  updateRest();
}
