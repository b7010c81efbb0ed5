/**
 * The choice: the eligible arm of greatest utility. Ties go to the cheaper arm, then to the lower index; a NaN
 * utility never wins, not even alone, and that is how an arm is made ineligible.
 */

export const NO_ARM: i32 = -1;
const BITS: u32 = 32;

/**
 * Index of the winner, or NO_ARM. `utility` holds arms padded to pairs with NaN.
 * Perf: which arm leads is random by design, so nothing branches on it: first the maximum, then the set of arms that
 * reach it as bits.
 */
export function bestArm(utility: usize, cost: usize, arms: u32): i32 {
  const top = f64x2.splat(largest(utility, arms));
  let best = NO_ARM;
  let bestCost: f64 = Infinity;
  for (let start: u32 = 0; start < arms; start += BITS) {
    const end = min(arms, start + BITS);
    let tied: u32 = 0;
    for (let arm = start; arm < end; arm += 2) {
      const equal = f64x2.eq(v128.load(utility + ((<usize>arm) << 3)), top);
      tied |= (<u32>i64x2.bitmask(equal)) << (arm - start);
    }
    for (; tied != 0; tied &= tied - 1) {
      const arm = start + <u32>ctz(tied);
      const c = load<f64>(cost + ((<usize>arm) << 3));
      if (best != NO_ARM && !(c < bestCost)) continue;
      best = <i32>arm;
      bestCost = c;
    }
  }
  return best;
}

/** Largest utility that is not NaN; -Infinity if there is none. */
// @ts-ignore: decorator
@inline
function largest(utility: usize, arms: u32): f64 {
  let top = f64x2.splat(-Infinity);
  for (let arm: u32 = 0; arm < arms; arm += 2) top = f64x2.pmax(top, v128.load(utility + ((<usize>arm) << 3)));
  const first = f64x2.extract_lane(top, 0);
  const second = f64x2.extract_lane(top, 1);
  return first < second ? second : first;
}

/** Makes every arm whose byte in `mask` (address 0 = none) is 0 ineligible, and the padding behind the last arm. */
// @ts-ignore: decorator
@inline
export function excludeArms(utility: usize, mask: usize, arms: u32): void {
  if ((arms & 1) != 0) store<f64>(utility + ((<usize>arms) << 3), NaN);
  if (mask == 0) return;
  for (let arm: u32 = 0; arm < arms; arm++) {
    if (load<u8>(mask + arm) == 0) store<f64>(utility + ((<usize>arm) << 3), NaN);
  }
}

/** Of two arms that tie, the second one only if it costs less, or if there is no first. */
function cheaper(cost: usize, first: i32, second: i32): i32 {
  if (first == NO_ARM) return second;
  return load<f64>(cost + ((<usize>second) << 3)) < load<f64>(cost + ((<usize>first) << 3)) ? second : first;
}

/**
 * The choice in one row of `arms` f64 each: U = quality - costWeight * cost - riskWeight * uncertainty. `uncertainty` and
 * `mask` (bytes) are 0 where there is none.
 * Perf: eight arms at a time stay in registers, and nothing branches on which of them leads.
 */
// @ts-ignore: decorator
@inline
export function bestInRow(
  quality: usize,
  cost: usize,
  uncertainty: usize,
  mask: usize,
  arms: u32,
  costWeight: f64,
  riskWeight: f64,
): i32 {
  let best = NO_ARM;
  let bestUtility: f64 = -Infinity;
  let arm: u32 = 0;
  if (mask == 0) {
    const weight = f64x2.splat(costWeight);
    const risk = f64x2.splat(riskWeight);
    for (; arm + 8 <= arms; arm += 8) {
      const i = (<usize>arm) << 3;
      let a = f64x2.sub(v128.load(quality + i), f64x2.mul(weight, v128.load(cost + i)));
      let b = f64x2.sub(v128.load(quality + i, 16), f64x2.mul(weight, v128.load(cost + i, 16)));
      let c = f64x2.sub(v128.load(quality + i, 32), f64x2.mul(weight, v128.load(cost + i, 32)));
      let d = f64x2.sub(v128.load(quality + i, 48), f64x2.mul(weight, v128.load(cost + i, 48)));
      if (uncertainty != 0) {
        a = f64x2.sub(a, f64x2.mul(risk, v128.load(uncertainty + i)));
        b = f64x2.sub(b, f64x2.mul(risk, v128.load(uncertainty + i, 16)));
        c = f64x2.sub(c, f64x2.mul(risk, v128.load(uncertainty + i, 32)));
        d = f64x2.sub(d, f64x2.mul(risk, v128.load(uncertainty + i, 48)));
      }
      // pmax keeps its first operand where the second is NaN.
      let top = f64x2.pmax(f64x2.splat(bestUtility), a);
      top = f64x2.pmax(f64x2.pmax(f64x2.pmax(top, b), c), d);
      top = f64x2.pmax(top, v128.shuffle<f64>(top, top, 1, 0));
      const most = f64x2.extract_lane(top, 0);
      let tied =
        i64x2.bitmask(f64x2.eq(a, top)) |
        (i64x2.bitmask(f64x2.eq(b, top)) << 2) |
        (i64x2.bitmask(f64x2.eq(c, top)) << 4) |
        (i64x2.bitmask(f64x2.eq(d, top)) << 6);
      if (most > bestUtility) {
        bestUtility = most;
        best = <i32>arm + ctz(tied);
        tied &= tied - 1;
      }
      for (; tied != 0; tied &= tied - 1) best = cheaper(cost, best, <i32>arm + ctz(tied));
    }
  }
  for (; arm < arms; arm++) {
    const i = (<usize>arm) << 3;
    if (mask != 0 && load<u8>(mask + arm) == 0) continue;
    let utility = load<f64>(quality + i) - costWeight * load<f64>(cost + i);
    if (uncertainty != 0) utility -= riskWeight * load<f64>(uncertainty + i);
    if (utility > bestUtility) {
      bestUtility = utility;
      best = <i32>arm;
    } else if (utility == bestUtility) {
      best = cheaper(cost, best, <i32>arm);
    }
  }
  return best;
}

/**
 * Row-wise choice over matrices of rows × arms f64 (mask: bytes); see `bestInRow`. Writes `rows` i32 to `out`.
 */
// @ts-ignore: decorator
@inline
export function argmaxUtility(
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
  const bytes = (<usize>arms) << 3;
  for (let row: u32 = 0; row < rows; row++) {
    const best = bestInRow(quality, cost, uncertainty, mask, arms, costWeight, riskWeight);
    store<i32>(out + ((<usize>row) << 2), best);
    quality += bytes;
    cost += bytes;
    if (uncertainty != 0) uncertainty += bytes;
    if (mask != 0) mask += arms;
  }
}
