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

/**
 * Row-wise choice over matrices: U = quality - costWeight * cost - riskWeight * uncertainty.
 * `quality`, `cost` and `uncertainty` (address 0 = none) are rows × arms f64, `mask` (address 0 = none) rows × arms
 * bytes, `utility` scratch for `arms` f64 padded to pairs; writes `rows` i32 to `out`.
 */
export function argmaxUtility(
  rows: u32,
  arms: u32,
  quality: usize,
  cost: usize,
  uncertainty: usize,
  mask: usize,
  costWeight: f64,
  riskWeight: f64,
  utility: usize,
  out: usize,
): void {
  const bytes = (<usize>arms) << 3;
  for (let row: u32 = 0; row < rows; row++) {
    for (let i: usize = 0; i < bytes; i += 8) {
      let u = load<f64>(quality + i) - costWeight * load<f64>(cost + i);
      if (uncertainty != 0) u -= riskWeight * load<f64>(uncertainty + i);
      store<f64>(utility + i, u);
    }
    excludeArms(utility, mask, arms);
    store<i32>(out + ((<usize>row) << 2), bestArm(utility, cost, arms));
    quality += bytes;
    cost += bytes;
    if (uncertainty != 0) uncertainty += bytes;
    if (mask != 0) mask += arms;
  }
}
