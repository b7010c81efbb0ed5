import { BETA_TABLE_BYTES, buildBetaTable } from '../distributions/betaTable';
import { fill, fillBetasEach, fillFromTable } from '../distributions/fill';
import { initSampler, SAMPLER_BYTES, skipToNextBlock } from '../distributions/sampler';
import { u64Of } from './halves';

export function sampler_bytes(): usize {
  return SAMPLER_BYTES;
}

export function sampler_init(sampler: usize, seedLow: u32, seedHigh: u32): void {
  initSampler(sampler, u64Of(seedLow, seedHigh));
}

export function sampler_next_block(sampler: usize): void {
  skipToNextBlock(sampler);
}

export function sampler_fill(sampler: usize, distribution: i32, count: u32, p: f64, q: f64, out: usize): void {
  fill(sampler, distribution, count, p, q, out);
}

/** `count` draws from Beta(alphas[i], betas[i]). */
export function sampler_fill_betas(sampler: usize, count: u32, alphas: usize, betas: usize, out: usize): void {
  fillBetasEach(sampler, count, alphas, betas, out);
}

export function beta_table_bytes(): usize {
  return BETA_TABLE_BYTES;
}

/** Builds the quantile table of Beta(a, b), shapes in [0.1, 1e6]. */
export function beta_table_build(table: usize, a: f64, b: f64): void {
  buildBetaTable(table, a, b);
}

export function sampler_fill_table(sampler: usize, table: usize, count: u32, out: usize): void {
  fillFromTable(sampler, table, count, out);
}
