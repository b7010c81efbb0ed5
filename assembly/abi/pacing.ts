import { Scratch, scratchArray } from '../decision/decide';
import { paddedBytes } from '../evidence/layout';
import { afford, growPacer, initPacer, pacedWeight, pacerBytes, remember } from '../pacing/pacer';
import { setTarget } from '../pacing/window';

/** Size of a pacer of `arms` arms that remembers `rows` decisions. */
export function pacing_bytes(arms: u32, rows: u32): usize {
  return pacerBytes(arms, rows);
}

export function pacing_init(pacer: usize, arms: u32, rows: u32): void {
  initPacer(pacer, arms, rows);
}

/** Copies a pacer to `to`, which has room for `arms`, no fewer than before; the new ones count as not eligible in what it remembers. */
export function pacing_grow(pacer: usize, to: usize, arms: u32): void {
  growPacer(pacer, to, arms);
}

/** The weight of cost for the next decision, at least `ownWeight`, so that decisions like the last ones spend `usdPerRequest`. */
export function pacing_weight(pacer: usize, usdPerRequest: f64, ownWeight: f64): f64 {
  return pacedWeight(pacer, usdPerRequest, ownWeight);
}

/** Remembers the decision that `scratch` still holds; `mask` (address 0 = all eligible) one byte an arm. */
export function pacing_remember(pacer: usize, scratch: usize, arms: u32, mask: usize): void {
  const bytes = paddedBytes(arms);
  const quality = scratchArray(scratch, bytes, Scratch.QUALITY);
  remember(pacer, quality, scratchArray(scratch, bytes, Scratch.COST), mask);
}

/** The spend target of a replay: USD a window of `requests` >= 1. */
export function pacing_target(pacer: usize, usd: f64, requests: u32): void {
  setTarget(pacer, usd, requests);
}

/**
 * Takes from `mask` (one byte an arm) the arms whose expected cost, which `scratch` holds after a forecast, is above `ceiling`, and those above
 * `most` but for the cheapest that is left.
 */
export function pacing_afford(scratch: usize, arms: u32, most: f64, ceiling: f64, mask: usize): void {
  afford(scratchArray(scratch, paddedBytes(arms), Scratch.COST), arms, most, ceiling, mask);
}
