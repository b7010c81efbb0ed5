/**
 * (model, n) arms: the evidence of one sample a model is an evidence block's; this block holds what it lacks for n samples
 * (docs/MATH.md §29).
 *
 *   θ_mn = clip(g_n(θ_m) + (S_mns - W_mns g_n(E θ_m)) / (W_mns + κ)),  θ_m ~ the posterior of one sample in segment s
 *   ρ_m  = 1 - (D_m + 1/2)/(V_m + 1),  strength (1 - ρ)/ρ
 *
 * g_n is the best of n under the beta-binomial of mean θ and agreement ρ_m; S and W are the rewards and the weight of the
 * (model, n) cell of the segment; D and V the variance of samples within a prompt and around the cell's mean, from all runs of
 * several samples. One draw serves all n of a model: what is not known of it is not known of them alike.
 *
 *   header   u32 arms, models, segments, most samples
 *   arms     u32 pairs (model, n)
 *   models   f64 pairs (D, V)
 *   cells    segments × arms f64 pairs (S, W)
 *   scratch  most samples: u32 order; most samples + 1: f64 scores and one result
 *
 * All sums are in the evidence block's landmark units.
 */
import { powerOfTwo } from '../math/exp';
import { nextU64, seedStream, toUnit } from '../rng/stream';
import { advance, scale } from '../evidence/decay';
import { Header } from '../evidence/layout';
import { bestMean } from './betaBinomial';
import { expectedBest } from './expected';

/** What agreement ρ = 1/2 is worth before any repeats, in units of variance: that of four tosses of a coin. */
const AGREEMENT_WEIGHT: f64 = 1;
const SMALLEST_AGREEMENT: f64 = 0.02;

const HEADER_BYTES: usize = 16;

// @ts-ignore: decorator
@inline
function armsAt(levels: usize): usize {
  return levels + HEADER_BYTES;
}

// @ts-ignore: decorator
@inline
export function modelOf(levels: usize, arm: u32): u32 {
  return load<u32>(armsAt(levels) + ((<usize>arm) << 3));
}

// @ts-ignore: decorator
@inline
function samplesOf(levels: usize, arm: u32): u32 {
  return load<u32>(armsAt(levels) + ((<usize>arm) << 3), 4);
}

// @ts-ignore: decorator
@inline
function modelsAt(levels: usize): usize {
  return armsAt(levels) + ((<usize>load<u32>(levels)) << 3);
}

// @ts-ignore: decorator
@inline
function cellsAt(levels: usize): usize {
  return modelsAt(levels) + ((<usize>load<u32>(levels, 4)) << 4);
}

// @ts-ignore: decorator
@inline
function rowAt(levels: usize, segment: u32): usize {
  return cellsAt(levels) + ((<usize>segment * load<u32>(levels)) << 4);
}

// @ts-ignore: decorator
@inline
function scoresAt(levels: usize): usize {
  return rowAt(levels, load<u32>(levels, 8));
}

// @ts-ignore: decorator
@inline
function orderAt(levels: usize): usize {
  return scoresAt(levels) + ((<usize>load<u32>(levels, 12) + 1) << 3);
}

export function levelsBytes(arms: u32, models: u32, segments: u32, samples: u32): usize {
  const cells = <usize>models + <usize>segments * arms;
  return HEADER_BYTES + ((<usize>arms) << 3) + (cells << 4) + ((<usize>samples + 1) << 3) + ((<usize>samples) << 2);
}

export function initLevels(levels: usize, arms: u32, models: u32, segments: u32, samples: u32): void {
  memory.fill(levels, 0, levelsBytes(arms, models, segments, samples));
  store<u32>(levels, arms);
  store<u32>(levels, models, 4);
  store<u32>(levels, segments, 8);
  store<u32>(levels, samples, 12);
}

/** `advance` of the evidence, and the same for the sums here. */
export function advanceLevels(evidence: usize, levels: usize, clock: f64): void {
  const landmark = load<f64>(evidence, Header.LANDMARK);
  advance(evidence, clock);
  const age = load<f64>(evidence, Header.LANDMARK) - landmark;
  if (age > 0) scale(modelsAt(levels), scoresAt(levels), age > 500 ? 0 : powerOfTwo(-(<i64>age)));
}

/** ρ of a model. */
function agreement(levels: usize, model: u32, now: f64): f64 {
  const at = modelsAt(levels) + ((<usize>model) << 4);
  const weight = AGREEMENT_WEIGHT * now;
  const rho = 1 - (load<f64>(at) + 0.5 * weight) / (load<f64>(at, 8) + weight);
  return min(max(rho, SMALLEST_AGREEMENT), 1 - SMALLEST_AGREEMENT);
}

// @ts-ignore: decorator
@inline
function meanOf(shapes: usize, model: u32): f64 {
  const at = shapes + ((<usize>model) << 4);
  return load<f64>(at) / (load<f64>(at) + load<f64>(at, 8));
}

/** θ_mn of an arm, from θ_m of its model. */
// @ts-ignore: decorator
@inline
function levelQuality(levels: usize, arm: u32, row: usize, now: f64, kappa: f64, shapes: usize, quality: f64): f64 {
  const n = <f64>samplesOf(levels, arm);
  if (n < 2) return quality;
  const model = modelOf(levels, arm);
  const rho = agreement(levels, model, now);
  const strength = (1 - rho) / rho;
  const cell = row + ((<usize>arm) << 4);
  const weight = load<f64>(cell, 8);
  const surplus = load<f64>(cell) - weight * bestMean(meanOf(shapes, model), strength, n, 1);
  return min(max(bestMean(quality, strength, n, 1) + surplus / (weight + kappa), 0), 1);
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
  const kappa = load<f64>(evidence, Header.KAPPA) * now;
  for (let arm: u32 = 0; arm < load<u32>(levels); arm++, out += 8) {
    const mean = meanOf(shapes, modelOf(levels, arm));
    store<f64>(out, levelQuality(levels, arm, row, now, kappa, shapes, mean));
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
  const arms = load<u32>(levels);
  const row = rowAt(levels, segment);
  const byRule = threshold == threshold;
  const strongQuality = byRule ? load<f64>(qualities + ((<usize>modelOf(levels, strong)) << 3)) : 0;
  const kappa = load<f64>(evidence, Header.KAPPA) * now;
  let best: i32 = byRule ? <i32>strong : -1;
  let bestUtility: f64 = -Infinity;
  let bestCost: f64 = Infinity;
  for (let arm: u32 = 0; arm < arms; arm++) {
    const model = modelOf(levels, arm);
    const n = <f64>samplesOf(levels, arm);
    const cost =
      knownCost != 0 ? load<f64>(knownCost + ((<usize>arm) << 3)) : n * load<f64>(costs + ((<usize>model) << 3));
    const drawn = load<f64>(qualities + ((<usize>model) << 3));
    const quality = levelQuality(levels, arm, row, now, kappa, shapes, drawn);
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

/**
 * Draws n of the `recorded` samples of a request in an order of the stream's, reads their qualities and costs (f64 arrays at the
 * addresses) and takes them in: into the cells of every (model, k <= n) by the exact expectation of the best of k. Leaves the
 * mean quality and cost in `MEANS` and returns the weight that they carry, n/(1 + (n - 1) ρ), in samples.
 */
export function takeSamples(
  levels: usize,
  stream: usize,
  base: u64,
  sequence: u64,
  segment: u32,
  arm: u32,
  recorded: u32,
  qualities: usize,
  costs: usize,
  expected: f64,
  now: f64,
): f64 {
  const model = modelOf(levels, arm);
  const n = samplesOf(levels, arm);
  const scores = scoresAt(levels);
  const order = orderAt(levels);
  seedStream(stream, base, sequence);
  for (let i: usize = 0; i < recorded; i++) store<u32>(order + (i << 2), <u32>i);
  let quality: f64 = 0;
  let cost: f64 = 0;
  let squares: f64 = 0;
  let around: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    // Fisher & Yates, as far as it is needed: the first n do not depend on n.
    const j = i + <usize>(toUnit(nextU64(stream)) * <f64>(<usize>recorded - i));
    const drawn = load<u32>(order + (j << 2));
    store<u32>(order + (j << 2), load<u32>(order + (i << 2)));
    const x = load<f64>(qualities + ((<usize>drawn) << 3));
    store<f64>(scores + (i << 3), x);
    quality += x;
    cost += load<f64>(costs + ((<usize>drawn) << 3));
    squares += x * x;
    around += (x - expected) * (x - expected);
  }
  const count = <f64>n;
  const mean = quality / count;
  store<f64>(MEANS, mean);
  store<f64>(MEANS, cost / count, 8);
  if (n == 1) return 1;
  const weight = count / (1 + (count - 1) * agreement(levels, model, now));
  const sums = modelsAt(levels) + ((<usize>model) << 4);
  store<f64>(sums, load<f64>(sums) + now * max(0, (squares - quality * mean) / (count - 1)));
  store<f64>(sums, load<f64>(sums, 8) + now * (around / count), 8);
  const arms = load<u32>(levels);
  const row = rowAt(levels, segment);
  const out = scores + ((<usize>n) << 3);
  for (let other: u32 = 0; other < arms; other++) {
    const k = samplesOf(levels, other);
    if (modelOf(levels, other) != model || k < 2 || k > n) continue;
    expectedBest(1, n, k, scores, scores, out);
    const cell = row + ((<usize>other) << 4);
    store<f64>(cell, load<f64>(cell) + now * load<f64>(out));
    store<f64>(cell, load<f64>(cell, 8) + now, 8);
  }
  return weight;
}

/** Of the samples taken last: mean quality, mean cost. */
export const MEANS = memory.data(16, 16);

/** Names the model and n of an arm. */
export function setLevel(levels: usize, arm: u32, model: u32, n: u32): void {
  store<u32>(armsAt(levels) + ((<usize>arm) << 3), model);
  store<u32>(armsAt(levels) + ((<usize>arm) << 3), n, 4);
}
