/**
 * The price of money that keeps to a spend target (docs/MATH.md §27). The Lagrange multiplier of "spend ρ a request on average" is found on
 * what the last decisions drew: the least weight of cost, not below the caller's own, at which they would have spent at most ρ a request.
 * As ρ is what remains of the window over the requests that remain, an error is paid back over the rest of the window, and no step size
 * has to be chosen.
 *
 * The block: rows that it remembers at most (u32), arms (u32), rows written so far (f64), the weight in force (f64), three f64 of
 * window.ts, one unused, then a ring of rows of 2 f64 an arm: drawn quality and expected cost; the quality of an arm that was not eligible is
 * -Infinity. Last one byte an arm.
 */

const HEADER_BYTES: usize = 64;
/** A full ring is asked anew every so many decisions; one that fills, at each. */
const DECISIONS_A_SOLUTION: u32 = 4;
/** Ends of the search, 1/USD: willingness to pay from 1e-12 to 1e6 USD. */
const LEAST_WEIGHT: f64 = 1e-6;
const LARGEST_WEIGHT: f64 = 1e12;
/** Halvings of 60 octaves: to 2e-5 of the weight. */
const HALVINGS: u32 = 21;

export function pacerBytes(arms: u32, rows: u32): usize {
  return ringEnd(arms, rows) + ((arms + 7) & ~7);
}

// @ts-ignore: decorator
@inline
function ringEnd(arms: u32, rows: u32): usize {
  return HEADER_BYTES + ((<usize>rows * arms) << 4);
}

/** One byte an arm, all 1: the mask of a decision that has none. */
export function ownMask(pacer: usize): usize {
  const arms = load<u32>(pacer, 4);
  const mask = pacer + ringEnd(arms, load<u32>(pacer));
  memory.fill(mask, 1, arms);
  return mask;
}

export function initPacer(pacer: usize, arms: u32, rows: u32): void {
  memory.fill(pacer, 0, pacerBytes(arms, rows));
  store<u32>(pacer, rows);
  store<u32>(pacer, arms, 4);
}

/** The same pacer at `to`, elsewhere, with more arms, which were not eligible in what it remembers. */
export function growPacer(pacer: usize, to: usize, arms: u32): void {
  const before = load<u32>(pacer, 4);
  const rows = load<u32>(pacer);
  initPacer(to, arms, rows);
  memory.copy(to + 8, pacer + 8, HEADER_BYTES - 8);
  let from = pacer + HEADER_BYTES;
  let out = to + HEADER_BYTES;
  for (let row: u32 = 0; row < rows; row++) {
    memory.copy(out, from, (<usize>before) << 4);
    for (let arm = before; arm < arms; arm++) store<f64>(out + ((<usize>arm) << 4), -Infinity);
    from += (<usize>before) << 4;
    out += (<usize>arms) << 4;
  }
}

/** Keeps what a decision drew: one f64 an arm of quality and cost; `mask` (address 0 = all eligible) one byte an arm. */
export function remember(pacer: usize, quality: usize, cost: usize, mask: usize): void {
  const arms = load<u32>(pacer, 4);
  const written = load<f64>(pacer, 8);
  const row = <u32>(<u64>written % load<u32>(pacer));
  let out = pacer + HEADER_BYTES + ((<usize>row * arms) << 4);
  for (let arm: usize = 0; arm < <usize>arms; arm++) {
    const eligible = mask == 0 || load<u8>(mask + arm) != 0;
    store<f64>(out, eligible ? load<f64>(quality + (arm << 3)) : -Infinity);
    store<f64>(out, load<f64>(cost + (arm << 3)), 8);
    out += 16;
  }
  store<f64>(pacer, written + 1, 8);
}

/**
 * Weight of cost, 1/USD, for the next decision: `ownWeight` (1/willingness to pay) where the target leaves room for it, else more.
 * `usdPerRequest` is what may be spent a request, <= 0 where nothing remains.
 */
export function pacedWeight(pacer: usize, usdPerRequest: f64, ownWeight: f64): f64 {
  const written = load<f64>(pacer, 8);
  const rows = <u32>min(written, <f64>load<u32>(pacer));
  if (rows == 0) return ownWeight;
  const due = rows < load<u32>(pacer) || <u64>written % DECISIONS_A_SOLUTION == 0;
  if (!due) return max(ownWeight, load<f64>(pacer, 16));
  const weight = solve(pacer, rows, max(usdPerRequest, 0) * <f64>rows, ownWeight);
  store<f64>(pacer, weight, 16);
  return weight;
}

function solve(pacer: usize, rows: u32, target: f64, ownWeight: f64): f64 {
  if (spendAt(pacer, rows, ownWeight) <= target) return ownWeight;
  let low = max(ownWeight, LEAST_WEIGHT);
  let high = LARGEST_WEIGHT;
  for (let i: u32 = 0; i < HALVINGS && low < high; i++) {
    const middle = sqrt(low) * sqrt(high);
    if (spendAt(pacer, rows, middle) <= target) high = middle;
    else low = middle;
  }
  return max(high, ownWeight);
}

/** What the remembered decisions would have spent at a weight; ties go to the cheaper arm, as in decisions. */
function spendAt(pacer: usize, rows: u32, weight: f64): f64 {
  const arms = load<u32>(pacer, 4);
  let at = pacer + HEADER_BYTES;
  let spend: f64 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    let best = -Infinity;
    let price: f64 = 0;
    for (let arm: u32 = 0; arm < arms; arm++) {
      const cost = load<f64>(at, 8);
      const utility = load<f64>(at) - weight * cost;
      if (utility > best || (utility == best && cost < price)) {
        best = utility;
        price = cost;
      }
      at += 16;
    }
    spend += price;
  }
  return spend;
}

/**
 * Takes from `mask` (one byte an arm) what cannot be afforded: arms whose expected cost (f64 an arm) is above `ceiling` (no arm that costs
 * nothing is), and those above `most`, but for the cheapest: a target bends where a ceiling does not.
 */
export function afford(cost: usize, arms: u32, most: f64, ceiling: f64, mask: usize): void {
  let cheapest = Infinity;
  for (let arm: usize = 0; arm < <usize>arms; arm++) {
    const usd = load<f64>(cost + (arm << 3));
    if (usd > max(ceiling, 0)) store<u8>(mask + arm, 0);
    else if (load<u8>(mask + arm) != 0) cheapest = min(cheapest, usd);
  }
  const limit = max(most, cheapest);
  for (let arm: usize = 0; arm < <usize>arms; arm++) {
    if (load<f64>(cost + (arm << 3)) > limit) store<u8>(mask + arm, 0);
  }
}
