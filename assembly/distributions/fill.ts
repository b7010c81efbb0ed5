/**
 * Bulk fills. A sampler walks an infinite sequence in blocks of 1,024 values; block i of a seed is made from its own
 * stream, and values are drawn one after another, so a fill is a slice of the sequence whatever its chunking.
 */
import { nextBeta } from './beta';
import { nextExponential } from './exponential';
import { nextGamma } from './gamma';
import { nextNormal } from './normal';
import { nextUnit, Purpose, seedStream, streamBase, STREAM_BYTES } from '../rng/stream';

/** Values a block: large enough to amortise seeding, small enough that blocks can be shared out. */
const BLOCK_VALUES: u32 = 1024;

const BASE: usize = STREAM_BYTES;
const BLOCK: usize = BASE + 8;
const USED: usize = BLOCK + 8;
export const SAMPLER_BYTES: usize = USED + 8;

export namespace Distribution {
  export const UNIFORM: i32 = 0;
  export const NORMAL: i32 = 1;
  export const EXPONENTIAL: i32 = 2;
  export const GAMMA: i32 = 3;
  export const BETA: i32 = 4;
}

/** Puts a sampler at block 0 of its seed. */
export function initSampler(sampler: usize, seed: u64): void {
  store<u64>(sampler, streamBase(seed, Purpose.SAMPLER), BASE);
  openBlock(sampler, 0);
}

/** Leaves the current block and starts the next one: done when the distribution or its parameters change. */
export function skipToNextBlock(sampler: usize): void {
  if (load<u32>(sampler, USED) != 0) openBlock(sampler, load<u64>(sampler, BLOCK) + 1);
}

function openBlock(sampler: usize, block: u64): void {
  store<u64>(sampler, block, BLOCK);
  store<u32>(sampler, 0, USED);
  seedStream(sampler, load<u64>(sampler, BASE), block);
}

/**
 * Writes the next `count` values. Parameters (p, q): uniform [p, q), normal (mean p, sd q), exponential (rate p),
 * Gamma (shape p, scale q), Beta (p, q). Ranges are the caller's to check.
 */
export function fill(sampler: usize, distribution: i32, count: u32, p: f64, q: f64, out: usize): void {
  while (count > 0) {
    let used = load<u32>(sampler, USED);
    if (used == BLOCK_VALUES) {
      openBlock(sampler, load<u64>(sampler, BLOCK) + 1);
      used = 0;
    }
    const run = min(count, BLOCK_VALUES - used);
    const end = out + ((<usize>run) << 3);
    fillRun(sampler, distribution, p, q, out, end);
    store<u32>(sampler, used + run, USED);
    out = end;
    count -= run;
  }
}

function fillRun(stream: usize, distribution: i32, p: f64, q: f64, out: usize, end: usize): void {
  switch (distribution) {
    case Distribution.UNIFORM:
      for (; out < end; out += 8) store<f64>(out, uniformBetween(p, q, stream));
      break;
    case Distribution.NORMAL:
      for (; out < end; out += 8) store<f64>(out, p + q * nextNormal(stream));
      break;
    case Distribution.EXPONENTIAL:
      for (; out < end; out += 8) store<f64>(out, nextExponential(stream) / p);
      break;
    case Distribution.GAMMA:
      for (; out < end; out += 8) store<f64>(out, nextGamma(p, stream) * q);
      break;
    case Distribution.BETA:
      for (; out < end; out += 8) store<f64>(out, nextBeta(p, q, stream));
      break;
  }
}

/** Uniform on [low, high): rounding may reach `high`, which is then drawn again. */
// @ts-ignore: decorator
@inline
function uniformBetween(low: f64, high: f64, stream: usize): f64 {
  let value: f64;
  do {
    value = low + nextUnit(stream) * (high - low);
  } while (value >= high);
  return value;
}
