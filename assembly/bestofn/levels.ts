/**
 * (model, n) arms as they are believed and chosen (docs/MATH.md §29).
 *
 *   θ_mn = clip(g_n(θ_m) + (S_mns - W_mns g_n(E θ_m)) / (W_mns + κ)),  θ_m ~ the posterior of one sample in segment s
 *   ρ_m  = 1 - (D_m + (1 - ρ₀) w₀)/(V_m + w₀),  strength (1 - ρ)/ρ
 *
 * g_n is the best of n under the beta-binomial of mean θ and agreement ρ_m. One draw serves all n of a model: what is not known of
 * it is not known of them alike.
 */
import { Header } from '../evidence/layout';
import { bestMean } from './betaBinomial';
import { levelCount, Levels, modelOf, modelsAt, rowAt, samplesOf } from './layout';
import { missAt, slope } from './miss';

const SMALLEST_AGREEMENT: f64 = 0.02;

/** ρ of a model. */
export function agreement(levels: usize, model: u32, now: f64): f64 {
  const at = modelsAt(levels) + ((<usize>model) << 4);
  const weight = load<f64>(levels, Levels.WEIGHT) * now;
  const disagreement = (1 - load<f64>(levels, Levels.AGREEMENT)) * weight;
  const rho = 1 - (load<f64>(at) + disagreement) / (load<f64>(at, 8) + weight);
  return min(max(rho, SMALLEST_AGREEMENT), 1 - SMALLEST_AGREEMENT);
}

/** Of the beta-binomial. */
export function strengthOf(levels: usize, model: u32, now: f64): f64 {
  const rho = agreement(levels, model, now);
  return (1 - rho) / rho;
}

// @ts-ignore: decorator
@inline
export function meanOf(shapes: usize, model: u32): f64 {
  const at = shapes + ((<usize>model) << 4);
  return load<f64>(at) / (load<f64>(at) + load<f64>(at, 8));
}

/** What the cell of an arm of n > 1 samples has seen beyond g_n; `kappa` is κ in weights of the present. */
export function surplusOf(levels: usize, arm: u32, row: usize, kappa: f64, mean: f64, strength: f64): f64 {
  const cell = row + ((<usize>arm) << 4);
  const weight = load<f64>(cell, 8);
  const gain = load<f64>(levels, Levels.GAIN);
  const surplus = load<f64>(cell) - weight * bestMean(mean, strength, <f64>samplesOf(levels, arm), gain);
  return surplus / (weight + kappa);
}

/** θ_mn of n > 1 samples, from a θ_m. */
export function levelQuality(quality: f64, strength: f64, n: f64, gain: f64, surplus: f64): f64 {
  return min(max(bestMean(quality, strength, n, gain) + surplus, 0), 1);
}

/** κ of the cells, in weights of the present. */
// @ts-ignore: decorator
@inline
export function kappaOf(evidence: usize, now: f64): f64 {
  return load<f64>(evidence, Header.KAPPA) * now;
}

/** θ_mn of any arm, from θ_m of its model. */
function armQuality(levels: usize, arm: u32, row: usize, now: f64, kappa: f64, shapes: usize, quality: f64): f64 {
  const n = <f64>samplesOf(levels, arm);
  if (n < 2) return quality;
  const model = modelOf(levels, arm);
  const strength = strengthOf(levels, model, now);
  const surplus = surplusOf(levels, arm, row, kappa, meanOf(shapes, model), strength);
  return levelQuality(quality, strength, n, load<f64>(levels, Levels.GAIN), surplus);
}

/** Posterior mean quality of every arm in a segment, given the shapes of one sample of every model; writes f64 by arm. */
export function levelMeansInto(
  evidence: usize,
  levels: usize,
  segment: u32,
  now: f64,
  shapes: usize,
  out: usize,
): void {
  const row = rowAt(levels, segment);
  const kappa = kappaOf(evidence, now);
  for (let arm: u32 = 0; arm < levelCount(levels); arm++, out += 8) {
    const mean = meanOf(shapes, modelOf(levels, arm));
    store<f64>(out, armQuality(levels, arm, row, now, kappa, shapes, mean));
  }
}

/** Least variance of a quality relative to m (1 - m): a sum of shapes of a million. */
const LEAST_VARIANCE: f64 = 1e-6;
const LEAST_MEAN: f64 = 1e-6;

/**
 * Beta shapes of every arm with the mean of `levelMeansInto` and, to first order, the variance that θ_mn is drawn with: that of θ_m times the square of
 * dθ_mn/dθ_m. Pairs (a, b) by arm.
 */
export function levelShapesInto(
  evidence: usize,
  levels: usize,
  segment: u32,
  now: f64,
  shapes: usize,
  out: usize,
): void {
  const row = rowAt(levels, segment);
  const kappa = kappaOf(evidence, now);
  for (let arm: u32 = 0; arm < levelCount(levels); arm++, out += 16) {
    const model = modelOf(levels, arm);
    const own = shapes + ((<usize>model) << 4);
    const a = load<f64>(own);
    const b = load<f64>(own, 8);
    store<f64>(out, a);
    store<f64>(out, b, 8);
    if (samplesOf(levels, arm) < 2) continue;
    const drawn = armQuality(levels, arm, row, now, kappa, shapes, a / (a + b));
    const mean = min(max(drawn, LEAST_MEAN), 1 - LEAST_MEAN);
    missAt(samplesOf(levels, arm), strengthOf(levels, model, now), load<f64>(levels, Levels.GAIN), b / (a + b));
    const variance = (((slope * a) / (a + b)) * ((slope * b) / (a + b))) / (a + b + 1);
    const sum = (mean * (1 - mean)) / max(variance, LEAST_VARIANCE * mean * (1 - mean)) - 1;
    store<f64>(out, mean * max(sum, LEAST_MEAN));
    store<f64>(out, (1 - mean) * max(sum, LEAST_MEAN), 8);
  }
}

/**
 * The (model, n) arm of a request, from the drawn qualities and expected costs of one sample of every model. By utility, or by
 * BEST-Route's rule where `threshold` is not NaN: the cheapest arm whose drawn probability of matching an answer of `strong`,
 * 1 - θ_strong (1 - θ_mn), reaches it, else `strong` (an arm). `knownCost` (0 = n times one sample's) is by arm. Ties go to the
 * cheaper, then to the lower index.
 */
export function chooseLevel(
  evidence: usize,
  levels: usize,
  segment: u32,
  now: f64,
  shapes: usize,
  qualities: usize,
  costs: usize,
  knownCost: usize,
  costWeight: f64,
  threshold: f64,
  strong: u32,
): i32 {
  const row = rowAt(levels, segment);
  const byRule = threshold == threshold;
  const strongQuality = byRule ? load<f64>(qualities + ((<usize>modelOf(levels, strong)) << 3)) : 0;
  const kappa = kappaOf(evidence, now);
  let best: i32 = byRule ? <i32>strong : -1;
  let bestUtility: f64 = -Infinity;
  let bestCost: f64 = Infinity;
  for (let arm: u32 = 0; arm < levelCount(levels); arm++) {
    const model = modelOf(levels, arm);
    const n = <f64>samplesOf(levels, arm);
    const cost =
      knownCost != 0 ? load<f64>(knownCost + ((<usize>arm) << 3)) : n * load<f64>(costs + ((<usize>model) << 3));
    const drawn = load<f64>(qualities + ((<usize>model) << 3));
    const quality = armQuality(levels, arm, row, now, kappa, shapes, drawn);
    let utility = quality - costWeight * cost;
    if (byRule) {
      if (arm != strong && !(1 - strongQuality * (1 - quality) >= threshold)) continue;
      utility = -cost;
    }
    if (utility > bestUtility || (utility == bestUtility && cost < bestCost)) {
      best = <i32>arm;
      bestUtility = utility;
      bestCost = cost;
    }
  }
  return best;
}
