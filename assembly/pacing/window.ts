/** A pacer over windows of requests, whose costs are known at once: for replays. Its three f64 stand in the pacer's header. */
import { pacedWeight } from './pacer';

/** USD a window; requests a window; USD spent in this one. */
const TARGET: usize = 24;
const WINDOW: usize = 32;
const SPENT: usize = 40;

export function setTarget(pacer: usize, usd: f64, requests: u32): void {
  store<f64>(pacer, usd, TARGET);
  store<f64>(pacer, <f64>requests, WINDOW);
}

/** The weight of cost at a position, counted from 0; the first of a window forgets what was spent. */
export function windowWeight(pacer: usize, position: u32, ownWeight: f64): f64 {
  const requests = <u32>load<f64>(pacer, WINDOW);
  const gone = position % requests;
  if (gone == 0) store<f64>(pacer, 0, SPENT);
  return pacedWeight(pacer, leftInWindow(pacer) / <f64>(requests - gone), ownWeight);
}

// @ts-ignore: decorator
@inline
export function leftInWindow(pacer: usize): f64 {
  return load<f64>(pacer, TARGET) - load<f64>(pacer, SPENT);
}

export function spend(pacer: usize, usd: f64): void {
  store<f64>(pacer, load<f64>(pacer, SPENT) + usd, SPENT);
}
