/** The only place that reads time. */

/** Milliseconds since some fixed moment, never running back: for durations. */
export function monotonicMs(): number {
  return performance.now();
}
