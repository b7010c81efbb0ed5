/**
 * Composite reward of one answer without a label:
 *
 *   r = (v * validity + l / (1 + exp((latency - midpoint)/scale)) + n * noRetry) / (v + l + n)
 *
 * The sigmoid falls from 1 to 0 as the latency passes the midpoint. It lives here because its bits become evidence.
 */
import { exp } from '../math/exp';

/**
 * `validity` in [0, 1], `latencyMs` >= 0 (NaN = not known: the latency term is left out and the weights
 * renormalised).
 */
export function compositeReward(
  validity: f64,
  latencyMs: f64,
  noRetry: f64,
  validityWeight: f64,
  latencyWeight: f64,
  retryWeight: f64,
  latencyMidpointMs: f64,
  latencyScaleMs: f64,
): f64 {
  let sum = validityWeight * validity + retryWeight * noRetry;
  let weight = validityWeight + retryWeight;
  if (latencyMs == latencyMs) {
    sum += latencyWeight / (1 + exp((latencyMs - latencyMidpointMs) / latencyScaleMs));
    weight += latencyWeight;
  }
  return sum / weight;
}
