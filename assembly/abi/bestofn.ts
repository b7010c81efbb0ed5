import { bestMean, fitRepeats } from '../bestofn/betaBinomial';
import { expectedBest } from '../bestofn/expected';
import { nextU64, Purpose, seedStream, streamBase, STREAM_BYTES } from '../rng/stream';
import { u64Of } from './halves';

/** Expected `values` at the best of n samples by `scores`, for `rows` rows of `samples`; 1 <= n <= samples. */
export function best_of_expected(rows: u32, samples: u32, n: u32, scores: usize, values: usize, out: usize): void {
  expectedBest(rows, samples, n, scores, values, out);
}

/** Fits a beta-binomial to repeats: writes mean, strength and log-likelihood; 0 done, 1 no repeats, 2 all alike. */
export function best_of_fit(prompts: u32, successes: usize, trials: usize, out: usize): i32 {
  return fitRepeats(prompts, successes, trials, out);
}

/** Expected best of n under a beta-binomial of `mean` and `strength` (NaN: the mean), realised by the share `gain`. */
export function best_of_mean(mean: f64, strength: f64, n: f64, gain: f64): f64 {
  return bestMean(mean, strength, n, gain);
}

const STREAM = memory.data(<i32>STREAM_BYTES, 16);

/** Writes `count` u32 in [0, 2^31 - 1]: seeds of the samples of one decision. */
export function best_of_seeds(
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  count: u32,
  out: usize,
): void {
  const base = streamBase(u64Of(seedLow, seedHigh), Purpose.BEST_OF_N);
  seedStream(STREAM, base, u64Of(sequenceLow, sequenceHigh));
  for (let i: usize = 0; i < <usize>count; i++) store<u32>(out + (i << 2), <u32>(nextU64(STREAM) >> 33));
}
