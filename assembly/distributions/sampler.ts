/**
 * State of a bulk sampler: where it stands in its infinite sequence, and the words of the run it is in.
 *
 * The sequence comes in blocks of 1,024 values, each with four generators of its own, and a block in runs of 128,
 * whose words are made at once. What a first test turns down is settled from a stream addressed by the value's place
 * in the sequence. So a value depends on seed, place and parameters alone, however the fills are cut.
 */
import { fillFour, FOUR_BYTES, Purpose, seedFour, seedStream, streamBase, STREAM_BYTES } from '../rng/stream';

/** Values a block: blocks can be shared out. */
const BLOCK_VALUES: u32 = 1024;
/** Values a run: words and scratch stay in the first-level cache, and a single value costs little. */
export const RUN_VALUES: u32 = 128;
const RUN_BYTES: usize = (<usize>RUN_VALUES) << 3;
/** Words a value takes at most: a Beta with a shape below 1 has 2 normals, 2 half uniforms and 2 exponentials. */
const MOST_WORDS: usize = 5;

// The settling stream stands first, so that the sampler's address is the stream's.
const GENERATORS: usize = STREAM_BYTES;
const BASE: usize = GENERATORS + FOUR_BYTES;
const SETTLING_BASE: usize = BASE + 8;
const BLOCK: usize = SETTLING_BASE + 8;
const USED: usize = BLOCK + 8;
const WORDS: usize = USED + 8;

/** Scratch of a run behind its words: two elements a value where a Beta takes two Gammas, and shapes as pairs. */
export namespace Scratch {
  export const EXPONENTIALS: usize = WORDS + MOST_WORDS * RUN_BYTES;
  export const GAMMAS: usize = EXPONENTIALS + 2 * RUN_BYTES + 16;
  export const VALUES: usize = GAMMAS + 2 * RUN_BYTES;
  export const NOTED: usize = VALUES + RUN_BYTES;
}

export const SAMPLER_BYTES: usize = Scratch.NOTED + RUN_BYTES + 16;

/** Puts a sampler at block 0 of its seed. */
export function initSampler(sampler: usize, seed: u64): void {
  store<u64>(sampler, streamBase(seed, Purpose.SAMPLER), BASE);
  store<u64>(sampler, streamBase(seed, Purpose.SETTLING), SETTLING_BASE);
  openBlock(sampler, 0);
}

/** Leaves the current block and starts the next one: done when the distribution or its parameters change. */
export function skipToNextBlock(sampler: usize): void {
  if (load<u32>(sampler, USED) != 0) openBlock(sampler, load<u64>(sampler, BLOCK) + 1);
}

function openBlock(sampler: usize, block: u64): void {
  store<u64>(sampler, block, BLOCK);
  store<u32>(sampler, 0, USED);
  seedFour(load<u64>(sampler, BASE), block, sampler + GENERATORS);
}

/** Place of the next value in its run; a new run gets `words` words a run first. */
export function openRun(sampler: usize, words: u32): u32 {
  if (load<u32>(sampler, USED) == BLOCK_VALUES) openBlock(sampler, load<u64>(sampler, BLOCK) + 1);
  const place = load<u32>(sampler, USED) & (RUN_VALUES - 1);
  if (place == 0) fillFour(sampler + GENERATORS, (<usize>words) << 3, sampler + WORDS);
  return place;
}

/** Counts `values` of the run as used. */
// @ts-ignore: decorator
@inline
export function useRun(sampler: usize, values: u32): void {
  store<u32>(sampler, load<u32>(sampler, USED) + values, USED);
}

/** Address of the run's words. */
// @ts-ignore: decorator
@inline
export function runWords(sampler: usize): usize {
  return sampler + WORDS;
}

/** What a settling stream is for: an element may need one at several stages. */
export namespace Stage {
  export const NORMAL: u64 = 0;
  export const GAMMA: u64 = 1;
  export const EXPONENTIAL: u64 = 2;
  export const VALUE: u64 = 3;
}

/**
 * Puts the sampler's settling stream at its start for the element at byte offset `element` of the run (two elements a
 * value for Beta) and a stage. Call it between `openRun` and `useRun`.
 */
export function openSettling(sampler: usize, element: usize, stage: u64): usize {
  const run = (load<u64>(sampler, BLOCK) << 10) + (load<u32>(sampler, USED) & (BLOCK_VALUES - RUN_VALUES));
  seedStream(sampler, load<u64>(sampler, SETTLING_BASE), (((run << 1) + (element >> 3)) << 2) + stage);
  return sampler;
}
