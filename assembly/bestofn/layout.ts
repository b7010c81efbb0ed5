/**
 * The block of (model, n) arms: the evidence of one sample a model is an evidence block's; this one holds what it lacks for n samples
 * (docs/MATH.md §29).
 *
 *   header   u32 arms, models, segments, most samples; f64 landmark, gain of the proxy, agreement before any repeats and its weight
 *   arms     u32 pairs (model, n)
 *   ranges   u32 pairs a model (its first arm, how many), right where its arms follow each other with n = 1, 2, …
 *   models   f64 pairs (D, V): variance of samples within a prompt and around the cell's mean, from all runs of several samples
 *   cells    segments × arms f64 pairs (S, W): rewards and weight of the best of n
 *   scratch  most samples: u32 order; most samples + 1: f64 scores and one result
 *
 * All sums are in units of the evidence block's landmark.
 */
import { powerOfTwo } from '../math/exp';
import { advance, scale } from '../evidence/decay';
import { Header } from '../evidence/layout';

/** What agreement ρ = 1/2 is worth before any repeats, in units of variance: that of four tosses of a coin. */
const AGREEMENT_WEIGHT: f64 = 1;

export namespace Levels {
  export const ARMS: usize = 0; // u32
  export const MODELS: usize = 4; // u32
  export const SEGMENTS: usize = 8; // u32
  export const SAMPLES: usize = 12; // u32
  export const LANDMARK: usize = 16;
  export const GAIN: usize = 24; // in [0, 1]
  export const AGREEMENT: usize = 32; // in (0, 1)
  export const WEIGHT: usize = 40; // of it, in units of variance, > 0
}
const HEADER_BYTES: usize = 48;

// @ts-ignore: decorator
@inline
function armsAt(levels: usize): usize {
  return levels + HEADER_BYTES;
}

// @ts-ignore: decorator
@inline
export function levelCount(levels: usize): u32 {
  return load<u32>(levels, Levels.ARMS);
}

// @ts-ignore: decorator
@inline
export function modelOf(levels: usize, arm: u32): u32 {
  return load<u32>(armsAt(levels) + ((<usize>arm) << 3));
}

// @ts-ignore: decorator
@inline
export function samplesOf(levels: usize, arm: u32): u32 {
  return load<u32>(armsAt(levels) + ((<usize>arm) << 3), 4);
}

// @ts-ignore: decorator
@inline
function rangesAt(levels: usize): usize {
  return armsAt(levels) + ((<usize>levelCount(levels)) << 3);
}

/** The arm of one sample of a model; those of more follow. */
// @ts-ignore: decorator
@inline
export function firstOf(levels: usize, model: u32): u32 {
  return load<u32>(rangesAt(levels) + ((<usize>model) << 3));
}

/** Most samples of a model. */
// @ts-ignore: decorator
@inline
export function mostOf(levels: usize, model: u32): u32 {
  return load<u32>(rangesAt(levels) + ((<usize>model) << 3), 4);
}

// @ts-ignore: decorator
@inline
export function modelsAt(levels: usize): usize {
  return rangesAt(levels) + ((<usize>load<u32>(levels, Levels.MODELS)) << 3);
}

// @ts-ignore: decorator
@inline
function cellsAt(levels: usize): usize {
  return modelsAt(levels) + ((<usize>load<u32>(levels, Levels.MODELS)) << 4);
}

/** Cells of a segment; those of its arms follow each other. */
// @ts-ignore: decorator
@inline
export function rowAt(levels: usize, segment: u32): usize {
  return cellsAt(levels) + ((<usize>segment * levelCount(levels)) << 4);
}

// @ts-ignore: decorator
@inline
export function scoresAt(levels: usize): usize {
  return rowAt(levels, load<u32>(levels, Levels.SEGMENTS));
}

// @ts-ignore: decorator
@inline
export function orderAt(levels: usize): usize {
  return scoresAt(levels) + ((<usize>load<u32>(levels, Levels.SAMPLES) + 1) << 3);
}

export function levelsBytes(arms: u32, models: u32, segments: u32, samples: u32): usize {
  const pairs = <usize>arms + models;
  const cells = <usize>models + <usize>segments * arms;
  return HEADER_BYTES + (pairs << 3) + (cells << 4) + ((<usize>samples + 1) << 3) + ((<usize>samples) << 2);
}

export function initLevels(levels: usize, arms: u32, models: u32, segments: u32, samples: u32): void {
  memory.fill(levels, 0, levelsBytes(arms, models, segments, samples));
  store<u32>(levels, arms, Levels.ARMS);
  store<u32>(levels, models, Levels.MODELS);
  store<u32>(levels, segments, Levels.SEGMENTS);
  store<u32>(levels, samples, Levels.SAMPLES);
  setLevelsPrior(levels, 1, 0.5, AGREEMENT_WEIGHT);
}

/** What is known before any repeats: the proxy's gain, and an agreement worth `weight` units of variance. */
export function setLevelsPrior(levels: usize, gain: f64, agreement: f64, weight: f64): void {
  store<f64>(levels, gain, Levels.GAIN);
  store<f64>(levels, agreement, Levels.AGREEMENT);
  store<f64>(levels, weight, Levels.WEIGHT);
}

/** Names the model and n of an arm. */
export function setLevel(levels: usize, arm: u32, model: u32, n: u32): void {
  const at = armsAt(levels) + ((<usize>arm) << 3);
  store<u32>(at, model);
  store<u32>(at, n, 4);
  const range = rangesAt(levels) + ((<usize>model) << 3);
  if (n == 1) store<u32>(range, arm);
  store<u32>(range, max(n, load<u32>(range, 4)), 4);
}

/** The same block at `to`, elsewhere, with room for more arms (named afterwards), models and segments. */
export function growLevels(levels: usize, to: usize, arms: u32, models: u32, segments: u32): void {
  const before = <usize>levelCount(levels);
  const known = <usize>load<u32>(levels, Levels.MODELS);
  initLevels(to, arms, models, segments, load<u32>(levels, Levels.SAMPLES));
  memory.copy(to + Levels.LANDMARK, levels + Levels.LANDMARK, HEADER_BYTES - Levels.LANDMARK);
  memory.copy(armsAt(to), armsAt(levels), before << 3);
  memory.copy(rangesAt(to), rangesAt(levels), known << 3);
  memory.copy(modelsAt(to), modelsAt(levels), known << 4);
  for (let segment: u32 = 0; segment < load<u32>(levels, Levels.SEGMENTS); segment++) {
    memory.copy(rowAt(to, segment), rowAt(levels, segment), before << 4);
  }
}

/** Brings the sums to the evidence's landmark. */
export function syncLevels(evidence: usize, levels: usize): void {
  const landmark = load<f64>(evidence, Header.LANDMARK);
  const age = landmark - load<f64>(levels, Levels.LANDMARK);
  if (!(age > 0)) return;
  store<f64>(levels, landmark, Levels.LANDMARK);
  scale(modelsAt(levels), scoresAt(levels), age > 500 ? 0 : powerOfTwo(-(<i64>age)));
}

/** `advance` of the evidence, and the same for the sums here. */
export function advanceLevels(evidence: usize, levels: usize, clock: f64): void {
  advance(evidence, clock);
  syncLevels(evidence, levels);
}

/** Every run of several samples of a model weighs `factor` of what it did. */
export function widenLevels(levels: usize, model: u32, factor: f64): void {
  const sums = modelsAt(levels) + ((<usize>model) << 4);
  scale(sums, sums + 16, factor);
  for (let segment: u32 = 0; segment < load<u32>(levels, Levels.SEGMENTS); segment++) {
    const cells = rowAt(levels, segment) + ((<usize>firstOf(levels, model)) << 4);
    scale(cells, cells + ((<usize>mostOf(levels, model)) << 4), factor);
  }
}
