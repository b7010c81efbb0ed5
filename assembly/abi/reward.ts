import { compositeReward } from '../reward/composite';

export function composite_reward(
  validity: f64,
  latencyMs: f64,
  noRetry: f64,
  validityWeight: f64,
  latencyWeight: f64,
  retryWeight: f64,
  latencyMidpointMs: f64,
  latencyScaleMs: f64,
): f64 {
  return compositeReward(
    validity,
    latencyMs,
    noRetry,
    validityWeight,
    latencyWeight,
    retryWeight,
    latencyMidpointMs,
    latencyScaleMs,
  );
}
