import { initLatency, latencyBytes, mergeLatency, setGroup, setPolicy } from '../forecast/latencyBlock';
import { observeLatency, refresh } from '../forecast/latency';
import { forecastLatency, latencyCdf, latencyQuantile } from '../forecast/latencyForecast';

/** Bytes of a latency block; its layout is in `assembly/forecast/latencyBlock.ts`. */
export function latency_bytes(models: u32, groups: u32): usize {
  return latencyBytes(models, groups);
}

/** An empty block. `halfLife` in clock units, Infinity: no forgetting. */
export function latency_init(latency: usize, models: u32, groups: u32, halfLife: f64): void {
  initLatency(latency, models, groups, halfLife);
}

/** Names the group (provider) of a model; before any report. */
export function latency_set_group(latency: usize, model: u32, group: u32): void {
  setGroup(latency, model, group);
}

/**
 * What decisions do with it: utility is lowered by `weight` a ms of expected latency, and only models with P(latency <= limitMs) >=
 * leastProbability, or with fewer than `trialReports` reports, may serve. `limitMs` Infinity: all may.
 */
export function latency_set_policy(
  latency: usize,
  weight: f64,
  limitMs: f64,
  leastProbability: f64,
  trialReports: f64,
): void {
  setPolicy(latency, weight, limitMs, leastProbability, trialReports);
}

/**
 * Takes one report. `firstTokenMs` (<= latencyMs) and `outputTokens` may be NaN. What a report does not tell is split by the moments of
 * `reference`: the same block online; in a batch fit the block of the pass before.
 */
export function latency_observe(
  latency: usize,
  reference: usize,
  model: u32,
  latencyMs: f64,
  firstTokenMs: f64,
  outputTokens: f64,
  clock: f64,
): void {
  observeLatency(latency, reference, model, latencyMs, firstTokenMs, outputTokens, clock);
}

/** Adds the sums of `other`, of equal models, groups and half-life; its block is used up. */
export function latency_merge(latency: usize, other: usize): void {
  mergeLatency(latency, other);
}

/**
 * Writes a distribution, six f64: mean and variance of the log of the first token's ms, of the log of the rest's, mean, standard deviation (ms).
 * `tokens` NaN: output tokens as learned; else their median, and `upperTokens` their quantile at Φ(1) = 0.8413, the median itself where they are known.
 */
export function latency_forecast(latency: usize, model: u32, tokens: f64, upperTokens: f64, out: usize): void {
  refresh(latency);
  forecastLatency(latency, model, tokens, upperTokens, out);
}

/** P(latency <= x) of a distribution written by latency_forecast. */
export function latency_cdf(forecast: usize, x: f64): f64 {
  return latencyCdf(forecast, x);
}

/** x with P(latency <= x) = p, p in (0, 1). */
export function latency_quantile(forecast: usize, p: f64): f64 {
  return latencyQuantile(forecast, p);
}
