/**
 * SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195): an equidistributed counter behind a
 * bijective mixer. Used only to turn keys into generator states, never as a stream of its own.
 */

/** 2^64 / golden ratio, odd: the counter's step. */
export const GOLDEN_GAMMA: u64 = 0x9e3779b97f4a7c15;

/** The finaliser (Stafford's variant 13): a bijection of u64 in which every input bit reaches every output bit. */
// @ts-ignore: decorator
@inline
export function mix64(z: u64): u64 {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
