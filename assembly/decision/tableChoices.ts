/**
 * Decisions with costs of their own between arms whose posteriors stand still: quality draws by inversion from one
 * quantile table an arm, then the greatest utility.
 *
 * An arm's draws for 256 decisions come from one stream, addressed by (seed, TABLE_SELECTION, block, arm): the choice
 * for a sequence number does not depend on how the decisions are cut into calls.
 */
import { betaTableDraws } from '../distributions/betaTable';
import { fillFour, FOUR_BYTES, Purpose, seedFour, streamBase } from '../rng/stream';
import { bestArm } from './argmax';

const BLOCK_SHIFT: u32 = 8;
const BLOCK: u32 = 1 << BLOCK_SHIFT;
const BLOCK_BYTES: usize = (<usize>BLOCK) << 3;
/** Arms a block has room for in the streams' numbering. */
const ARM_BITS: u64 = 12;

/** Scratch: generators, words, then an array of draws an arm and a row of utilities. */
const WORDS: usize = FOUR_BYTES;
const DRAWS: usize = WORDS + BLOCK_BYTES;

export function tableChoicesScratchBytes(arms: u32): usize {
  return DRAWS + (BLOCK_BYTES + 16) * <usize>arms;
}

/**
 * Writes one i32 a row: the arm of greatest draw - costWeight × cost, or -1 where every cost is NaN, which is how an
 * arm is left out. `tables` holds the tables' addresses, `costs` rows × arms f64.
 */
// @ts-ignore: decorator
@inline
export function choicesFromTables(
  seed: u64,
  sequence: u64,
  rows: u32,
  arms: u32,
  tables: usize,
  costs: usize,
  costWeight: f64,
  scratch: usize,
  out: usize,
): void {
  const base = streamBase(seed, Purpose.TABLE_SELECTION);
  while (rows > 0) {
    const place = (<u32>sequence) & (BLOCK - 1);
    const run = min(rows, BLOCK - place);
    // Vectors need even ends; the decisions beyond one are drawn as well and left out.
    const from = ((<usize>place) & ~1) << 3;
    const bytes = (((<usize>(place + run) + 1) & ~1) << 3) - from;
    for (let arm: u32 = 0; arm < arms; arm++) {
      seedFour(base, ((sequence >> BLOCK_SHIFT) << ARM_BITS) + arm, scratch);
      fillFour(scratch, ((<usize>(place + run + 3)) & ~3) << 3, scratch + WORDS);
      const table = load<usize>(tables + ((<usize>arm) << 2));
      betaTableDraws(table, scratch + WORDS + from, bytes, scratch + DRAWS + <usize>arm * BLOCK_BYTES);
    }
    chooseRows(scratch + DRAWS + (((<usize>place) << 3) - from), run, arms, costs, costWeight, out);
    sequence += run;
    rows -= run;
    costs += (<usize>run * arms) << 3;
    out += (<usize>run) << 2;
  }
}

/** Two rows at a time; where two arms tie, and for an odd last row, by the full rule. */
function chooseRows(draws: usize, rows: u32, arms: u32, costs: usize, costWeight: f64, out: usize): void {
  const utilities = (draws & ~15) + <usize>arms * BLOCK_BYTES;
  const rowBytes = (<usize>arms) << 3;
  const weight = f64x2.splat(costWeight);
  let row: u32 = 0;
  for (; row + 1 < rows; row += 2) {
    let best = f64x2.splat(-Infinity);
    let choice = f64x2.splat(-1);
    let tied = f64x2.splat(0);
    let draw = draws + ((<usize>row) << 3);
    let cost = costs;
    for (let arm: u32 = 0; arm < arms; arm++) {
      const pair = v128.load64_lane(cost + rowBytes, v128.load64_zero(cost), 1);
      const utility = f64x2.sub(v128.load(draw), f64x2.mul(weight, pair));
      const better = f64x2.gt(utility, best);
      tied = v128.or(tied, f64x2.eq(utility, best));
      best = f64x2.pmax(best, utility);
      choice = v128.bitselect(f64x2.splat(<f64>arm), choice, better);
      draw += BLOCK_BYTES;
      cost += 8;
    }
    v128.store64_lane(out, i32x4.trunc_sat_f64x2_s_zero(choice), 0);
    if (v128.any_true(tied)) {
      chooseRow(draws + ((<usize>row) << 3), arms, costs, costWeight, utilities, out);
      chooseRow(draws + ((<usize>row) << 3) + 8, arms, costs + rowBytes, costWeight, utilities, out + 4);
    }
    costs += 2 * rowBytes;
    out += 8;
  }
  if (row < rows) chooseRow(draws + ((<usize>row) << 3), arms, costs, costWeight, utilities, out);
}

function chooseRow(draw: usize, arms: u32, costs: usize, costWeight: f64, utilities: usize, out: usize): void {
  for (let arm: usize = 0; arm < arms; arm++) {
    store<f64>(
      utilities + (arm << 3),
      load<f64>(draw + arm * BLOCK_BYTES) - costWeight * load<f64>(costs + (arm << 3)),
    );
  }
  if ((arms & 1) != 0) store<f64>(utilities + ((<usize>arms) << 3), NaN);
  store<i32>(out, bestArm(utilities, costs, arms));
}
