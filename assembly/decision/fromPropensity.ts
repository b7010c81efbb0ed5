/**
 * Decisions drawn from given propensities: for requests whose utilities have the same distribution, one set of
 * propensities serves them all (docs/MATH.md §15).
 *
 * A decision takes 32 random bits and the propensities are rounded to multiples of 2^-32, so that the distribution is
 * exactly the rounded one whatever the way it is drawn:
 *   - up to CDF_ARMS arms, the number of cumulative sums that are not above the bits, four decisions at a time;
 *   - beyond, an alias table (Walker 1977, doi:10.1145/355744.355749; set up as Vose 1991, doi:10.1109/32.92917) of
 *     2^m columns: the upper m bits give the column, the lower ones are compared. In whole numbers it is exact.
 * Which one is used depends on the number of arms alone and is part of the contract.
 *
 * Decision n belongs to block n / 1,024, which has its own stream of four generators (stream.ts, `seedFour`):
 * chunking never changes a choice.
 */
import { fillFour, Purpose, seedFour, streamBase } from '../rng/stream';
import { NO_ARM } from './argmax';

const CDF_ARMS: u32 = 32;
const BLOCK: u32 = 1024;
const BLOCK_BYTES: usize = <usize>BLOCK * 4;
const WHOLE: u64 = 1 << 32;

// Scratch: the block's bits, then its choices where not all are wanted, then the tables.
const CHOICES: usize = BLOCK_BYTES;
const TABLE: usize = 2 * BLOCK_BYTES;
/** A column: its entry, its mass, and a place in the list of columns to fill, 8 bytes each. */
const COLUMN_BYTES: usize = 24;

/** Columns of the alias table: the least power of two that is not below the number of arms. */
// @ts-ignore: decorator
@inline
function log2Columns(arms: u32): u32 {
  return arms < 2 ? 1 : 32 - clz(arms - 1);
}

export function choiceScratchBytes(arms: u32): usize {
  return TABLE + max(COLUMN_BYTES << (<usize>log2Columns(arms)), <usize>CDF_ARMS * 16);
}

/** Writes `rows` arms (i32, -1 where all propensities are 0) for the decisions from `sequence` on. */
// @ts-ignore: decorator
@inline
export function choicesFromPropensities(
  seed: u64,
  sequence: u64,
  rows: u32,
  arms: u32,
  propensities: usize,
  scratch: usize,
  out: usize,
): void {
  const base = streamBase(seed, Purpose.FROM_PROPENSITY);
  const table = scratch + TABLE;
  const last = lastArm(arms, propensities);
  const byAlias = arms > CDF_ARMS;
  if (byAlias) aliasTable(arms, last, propensities, table);
  else thresholds(last, propensities, table);
  while (rows > 0) {
    const skipped = <u32>(sequence % BLOCK);
    const run = min(rows, BLOCK - skipped);
    const whole = run == BLOCK;
    const target = whole ? out : scratch + CHOICES;
    seedFour(base, sequence / BLOCK, scratch + CHOICES);
    fillFour(scratch + CHOICES, BLOCK_BYTES, scratch);
    if (byAlias) chooseByAlias(scratch, table, log2Columns(arms), target);
    else chooseByCdf(scratch, table, last, target);
    if (last == NO_ARM) memory.fill(target, 0xff, BLOCK_BYTES);
    const bytes = (<usize>run) << 2;
    if (!whole) memory.copy(out, target + ((<usize>skipped) << 2), bytes);
    out += bytes;
    sequence += run;
    rows -= run;
  }
}

/** The cumulative sum up to and with `arm`, in units of 2^-32. */
// @ts-ignore: decorator
@inline
function rounded(sum: f64): u64 {
  return min(WHOLE, <u64>nearest(sum * 4294967296.0));
}

/** The arm at which the rounded sum reaches 1, or the last one with a propensity: it takes what is left of 1. */
function lastArm(arms: u32, propensities: usize): i32 {
  let last = NO_ARM;
  let sum: f64 = 0;
  for (let arm: u32 = 0; arm < arms; arm++) {
    const p = load<f64>(propensities + ((<usize>arm) << 3));
    if (!(p > 0)) continue;
    if (rounded(sum) == WHOLE) break;
    sum += p;
    last = <i32>arm;
  }
  return last;
}

/** For each arm before `last` four times its cumulative sum, as a signed number: the bits are read so. */
function thresholds(last: i32, propensities: usize, table: usize): void {
  let sum: f64 = 0;
  for (let arm = 0; arm < last; arm++) {
    sum += load<f64>(propensities + ((<usize>arm) << 3));
    v128.store(table + ((<usize>arm) << 4), i32x4.splat(<i32>((<u32>rounded(sum)) ^ 0x80000000)));
  }
}

/** Perf: 16 decisions a round, so that four chains of additions run side by side. */
function chooseByCdf(bits: usize, table: usize, last: i32, out: usize): void {
  const end = table + ((<usize>max(last, 0)) << 4);
  for (let i: usize = 0; i < BLOCK_BYTES; i += 64) {
    const p = v128.load(bits + i);
    const q = v128.load(bits + i, 16);
    const r = v128.load(bits + i, 32);
    const s = v128.load(bits + i, 48);
    let a = i32x4.splat(last);
    let b = a;
    let c = a;
    let d = a;
    for (let at = table; at < end; at += 16) {
      const threshold = v128.load(at);
      a = i32x4.add(a, i32x4.gt_s(threshold, p));
      b = i32x4.add(b, i32x4.gt_s(threshold, q));
      c = i32x4.add(c, i32x4.gt_s(threshold, r));
      d = i32x4.add(d, i32x4.gt_s(threshold, s));
    }
    v128.store(out + i, a);
    v128.store(out + i, b, 16);
    v128.store(out + i, c, 32);
    v128.store(out + i, d, 48);
  }
}

/**
 * Entries of 64 bits: below the threshold (u32) the first arm (u16), else the second one (u16). Every column holds
 * 2^(32 - m); one with less is filled up from one with more, which then may have less.
 */
function aliasTable(arms: u32, last: i32, propensities: usize, table: usize): void {
  const log2 = log2Columns(arms);
  const columns: u32 = 1 << log2;
  const full: u64 = WHOLE >> log2;
  const masses = table + ((<usize>columns) << 3);
  const small = masses + ((<usize>columns) << 3);
  const large = small + ((<usize>columns) << 2);
  let smallEnd = small;
  let largeEnd = large;
  let sum: f64 = 0;
  let before: u64 = 0;
  for (let column: u32 = 0; column < columns; column++) {
    if (<i32>column < last) sum += load<f64>(propensities + ((<usize>column) << 3));
    const upTo = <i32>column >= last ? WHOLE : rounded(sum);
    const mass = upTo - before;
    before = upTo;
    store<u64>(masses + ((<usize>column) << 3), mass);
    store<u64>(table + ((<usize>column) << 3), full | ((<u64>column) << 32) | ((<u64>column) << 48));
    if (mass < full) {
      store<u32>(smallEnd, column);
      smallEnd += 4;
    } else {
      store<u32>(largeEnd, column);
      largeEnd += 4;
    }
  }
  while (smallEnd > small && largeEnd > large) {
    smallEnd -= 4;
    const poor = load<u32>(smallEnd);
    const rich = load<u32>(largeEnd - 4);
    const mass = load<u64>(masses + ((<usize>poor) << 3));
    store<u64>(table + ((<usize>poor) << 3), mass | ((<u64>poor) << 32) | ((<u64>rich) << 48));
    const left = load<u64>(masses + ((<usize>rich) << 3)) - (full - mass);
    store<u64>(masses + ((<usize>rich) << 3), left);
    if (left >= full) continue;
    largeEnd -= 4;
    store<u32>(smallEnd, rich);
    smallEnd += 4;
  }
}

/** Perf: the comparison picks a shift, so that nothing branches on random bits; two decisions a round. */
function chooseByAlias(bits: usize, table: usize, log2: u32, out: usize): void {
  const fraction: u64 = (WHOLE >> log2) - 1;
  const shift: u64 = 32 - log2;
  for (let i: usize = 0; i < BLOCK_BYTES; i += 8) {
    const words = load<u64>(bits + i);
    const first = entryOf(words & 0xffffffff, table, shift, fraction);
    const second = entryOf(words >> 32, table, shift, fraction);
    store<u64>(out + i, first | (second << 32));
  }
}

// @ts-ignore: decorator
@inline
function entryOf(word: u64, table: usize, shift: u64, fraction: u64): u64 {
  const entry = load<u64>(table + ((<usize>(word >> shift)) << 3));
  // Negative, so that its 64th bit is set, where the first arm is meant.
  const first = ((word & fraction) - (entry & 0xffffffff)) >> 63;
  return (entry >> (48 - (first << 4))) & 0xffff;
}
