/**
 * Has an arm changed? Two risk-adjusted cumulative sums an arm (Page 1954, doi:10.1093/biomet/41.1-2.100; Steiner, Cook, Farewell &
 * Treasure 2000, doi:10.1093/biostatistics/1.4.441): log likelihood ratios of each reward under odds doubled, and under odds halved, against
 * the mean that its own cell forecast, so that a change of the mix of segments moves nothing (docs/MATH.md §26).
 *
 *   p      = (κ m_ms + S_ms/φ)/(κ + W_ms/φ)            forecast of the cell before the reward
 *   t      = (W_ms/φ)/(κ + W_ms/φ)                      how much of it the cell has seen itself
 *   rise  <- max(0, rise + t (r ln 2 - ln(1 + p))/φ),   fall <- max(0, fall - t (r ln 2 + ln(1 - p/2))/φ)
 *
 * Above the threshold the arm's evidence is widened and both sums begin anew.
 *
 * The block: threshold, factor, alarms so far, one unused (f64 each), then (rise, fall) of every arm.
 */
import { advance, weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, at, Header, RowField, rowOf } from '../evidence/layout';
import { cellMean, poolModels } from '../evidence/pooling';
import { widenArm } from '../evidence/widen';
import { log } from '../math/log';

const LN2: f64 = 0.6931471805599453;
const HEADER_BYTES: usize = 32;
const ALARMS: usize = 16;

/** What an observation was found to be. */
const STEADY: i32 = 0;
const RISEN: i32 = 1;
const FALLEN: i32 = 2;

export function driftBytes(arms: u32): usize {
  return HEADER_BYTES + ((<usize>arms) << 4);
}

export function driftAlarms(drift: usize): f64 {
  return load<f64>(drift, ALARMS);
}

export function initDrift(drift: usize, arms: u32, threshold: f64, factor: f64): void {
  memory.fill(drift, 0, driftBytes(arms));
  store<f64>(drift, threshold);
  store<f64>(drift, factor, 8);
}

/**
 * Takes a reward in [0, 1] that the evidence has not yet taken; the evidence has the clock of now. `pooledMean` is m_ms, `perUnit` is
 * `observationsPerUnit`, `now` the weight of the present.
 */
export function watch(
  drift: usize,
  evidence: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  pooledMean: f64,
  perUnit: f64,
  now: f64,
): i32 {
  const bytes = armBytes(evidence);
  const cell = at(rowOf(evidence, segment), arm);
  const kappa = load<f64>(evidence, Header.KAPPA);
  const s = load<f64>(cell) * perUnit;
  const own = s + load<f64>(cell + RowField.FAILURES * bytes) * perUnit;
  const p = (kappa * pooledMean + s) / (kappa + own);
  // t/φ, as perUnit is 1/(now φ).
  const share = (own / (kappa + own)) * (perUnit * now);
  const sums = drift + HEADER_BYTES + ((<usize>arm) << 4);
  const gain = reward * LN2;
  const rise = max(0, load<f64>(sums) + share * (gain - log(1 + p)));
  const fall = max(0, load<f64>(sums, 8) - share * (gain + log(1 - 0.5 * p)));
  const threshold = load<f64>(drift);
  const drifted = rise > threshold || fall > threshold;
  store<f64>(sums, drifted ? 0 : rise);
  store<f64>(sums, drifted ? 0 : fall, 8);
  if (!drifted) return STEADY;
  store<f64>(drift, load<f64>(drift, ALARMS) + 1, ALARMS);
  widenArm(evidence, arm, load<f64>(drift, 8));
  return rise > fall ? RISEN : FALLEN;
}

/** `watch` for a caller that has not pooled the row; `means` is scratch for one f64 an arm, padded to pairs. */
export function observeDrift(
  drift: usize,
  evidence: usize,
  segment: u32,
  arm: u32,
  reward: f64,
  clock: f64,
  means: usize,
): i32 {
  advance(evidence, clock);
  const now = weightAt(evidence, load<f64>(evidence, Header.CLOCK));
  const effect = poolModels(evidence, rowOf(evidence, segment), now, means);
  const mean = cellMean(load<f64>(at(means, arm)), effect);
  return watch(drift, evidence, segment, arm, reward, mean, observationsPerUnit(evidence, now), now);
}
