import { firstUnit, streamBase } from '../rng/stream';
import { u64Of } from './halves';

/** The first uniform on [0, 1) of the stream (seed, purpose, index). */
export function stream_unit(seedLow: u32, seedHigh: u32, purpose: u32, indexLow: u32, indexHigh: u32): f64 {
  return firstUnit(streamBase(u64Of(seedLow, seedHigh), purpose), u64Of(indexLow, indexHigh));
}
