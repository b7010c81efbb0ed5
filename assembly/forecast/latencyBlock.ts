/**
 * The latency block: what is known of how long models take to answer, in one contiguous run of memory that is saved and
 * restored by a copy. Little-endian, every field 8-byte aligned, every array padded to pairs and 16-byte aligned.
 *
 *   header   HEADER_BYTES
 *   models   arrays of `stride` f64, see Field
 *   mask     a byte a model, in one more array
 *   groups   2 arrays of f64 a group (provider): scratch of `refresh`
 *
 * Three components, each a normal variable in log space (docs/MATH.md §21): time to the first token (ms), time an output
 * token (ms), output tokens. Sums are in units of the landmark's weight (forward decay, §4), and merge by addition.
 */
import { LANDMARK_SPAN, scale, weightSince } from '../evidence/decay';
import { spreadArrays } from '../evidence/grow';
import { at, paddedBytes } from '../evidence/layout';
import { powerOfTwo } from '../math/exp';

export const HEADER_BYTES: usize = 128;
export const COMPONENTS: usize = 3;
/** Of a component in log space: keeps the mean of its exponential within e^(1/2 of it) of the median. */
export const LARGEST_VARIANCE: f64 = 4;
/** Tokens that fewer count as: 0 has no logarithm. */
export const LEAST_TOKENS: f64 = 0.5;

/** Byte offsets in the header; f64 unless said. */
export namespace Header {
  export const MODELS: usize = 0; // u32
  export const GROUPS: usize = 4; // u32
  export const REPORTS: usize = 8; // latencies observed, undecayed
  export const HALF_LIFE: usize = 16; // clock units; Infinity = no forgetting
  export const LANDMARK: usize = 24; // whole half-lives
  export const CLOCK: usize = 32; // latest clock seen
  export const FRESH: usize = 40; // clock of the moments and terms below; -1 = out of date
  export const WEIGHT: usize = 48; // utility that a ms costs
  export const LIMIT: usize = 56; // ms; Infinity = none
  export const LEAST: usize = 64; // least P(latency <= limit) of an eligible model
  export const TRIALS: usize = 72; // reports before a model may be excluded
}

/** Index of each array of f64. Sums and moments hold three arrays a component. */
export namespace Field {
  export const GROUP: usize = 0; // u32 in the low half
  export const OFFSET: usize = 1; // what utility is lowered by
  export const MEAN: usize = 2; // expected latency, ms
  export const PROBABILITY: usize = 3; // P(latency <= limit)
  export const SUMS: usize = 4; // weight, Σ y, Σ y²
  export const MOMENTS: usize = SUMS + 3 * COMPONENTS; // mean, predictive variance, variance of the noise alone
  export const MASK: usize = MOMENTS + 3 * COMPONENTS;
  export const COUNT: usize = MASK + 1;
}

// @ts-ignore: decorator
@inline
export function modelBytes(block: usize): usize {
  return paddedBytes(load<u32>(block, Header.MODELS));
}

export function field(block: usize, index: usize): usize {
  return block + HEADER_BYTES + index * modelBytes(block);
}

export function latencyBytes(models: u32, groups: u32): usize {
  return HEADER_BYTES + Field.COUNT * paddedBytes(models) + 2 * paddedBytes(groups);
}

/** Makes an empty block of models in group 0 that lets every model pass. */
export function initLatency(block: usize, models: u32, groups: u32, halfLife: f64): void {
  memory.fill(block, 0, latencyBytes(models, groups));
  store<u32>(block, models, Header.MODELS);
  store<u32>(block, groups, Header.GROUPS);
  store<f64>(block, halfLife, Header.HALF_LIFE);
  setPolicy(block, 0, Infinity, 0, 0);
}

/** Copies a block to `to`, which may be the same place, with room for more models and groups. */
export function growLatency(block: usize, to: usize, models: u32, groups: u32): void {
  const bytes = modelBytes(block);
  spreadArrays(block + HEADER_BYTES, to + HEADER_BYTES, Field.COUNT, bytes, paddedBytes(models));
  memory.copy(to, block, HEADER_BYTES);
  store<u32>(to, models, Header.MODELS);
  store<u32>(to, groups, Header.GROUPS);
  store<f64>(to, -1, Header.FRESH);
}

/** What decisions do with the forecasts. */
export function setPolicy(block: usize, weight: f64, limit: f64, least: f64, trials: f64): void {
  store<f64>(block, -1, Header.FRESH);
  store<f64>(block, weight, Header.WEIGHT);
  store<f64>(block, limit, Header.LIMIT);
  store<f64>(block, least, Header.LEAST);
  store<f64>(block, trials, Header.TRIALS);
}

export function setGroup(block: usize, model: u32, group: u32): void {
  store<u32>(at(field(block, Field.GROUP), model), group);
}

/** Weight of an event at `clock`, relative to the landmark. */
export function weightOf(block: usize, clock: f64): f64 {
  return weightSince(load<f64>(block, Header.HALF_LIFE), load<f64>(block, Header.LANDMARK), clock);
}

/** Moves the clock forward to `clock`, never back. */
export function advanceLatency(block: usize, clock: f64): void {
  if (!(clock > load<f64>(block, Header.CLOCK))) return;
  store<f64>(block, clock, Header.CLOCK);
  const halfLife = load<f64>(block, Header.HALF_LIFE);
  const landmark = floor(clock / halfLife);
  if (landmark - load<f64>(block, Header.LANDMARK) >= LANDMARK_SPAN) moveLandmark(block, landmark);
}

function moveLandmark(block: usize, landmark: f64): void {
  const halfLives = landmark - load<f64>(block, Header.LANDMARK);
  store<f64>(block, landmark, Header.LANDMARK);
  const factor = halfLives > 500 ? 0 : powerOfTwo(-(<i64>halfLives));
  scale(field(block, Field.SUMS), field(block, Field.MOMENTS), factor);
}

/** Adds the sums of `other`, of equal models and half-life; its memory is brought to the common landmark. */
export function mergeLatency(block: usize, other: usize): void {
  const landmark = max(load<f64>(block, Header.LANDMARK), load<f64>(other, Header.LANDMARK));
  moveLandmark(block, landmark);
  moveLandmark(other, landmark);
  store<f64>(block, max(load<f64>(block, Header.CLOCK), load<f64>(other, Header.CLOCK)), Header.CLOCK);
  store<f64>(block, load<f64>(block, Header.REPORTS) + load<f64>(other, Header.REPORTS), Header.REPORTS);
  store<f64>(block, -1, Header.FRESH);
  const end = field(block, Field.MOMENTS);
  let from = field(other, Field.SUMS);
  for (let sum = field(block, Field.SUMS); sum < end; sum += 8, from += 8)
    store<f64>(sum, load<f64>(sum) + load<f64>(from));
}
