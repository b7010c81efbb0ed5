import { decideLevels, explainLevels, roomBytes, viewBytes, wideCosts, wideQualities } from '../bestofn/decide';
import { advanceLevels, growLevels, modelsAt, setLevelsPrior, widenLevels } from '../bestofn/layout';
import { levelShapesInto } from '../bestofn/levels';
import { levelPropensities, levelPropensityBytes } from '../bestofn/propensity';
import { observeRun } from '../bestofn/samples';
import { Scratch, scratchArray } from '../decision/decide';
import { traceBytes } from '../decision/trace';
import { weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, Header, paddedBytes } from '../evidence/layout';
import { forecastInto } from '../evidence/posterior';
import { remember } from '../pacing/pacer';
import { Purpose, streamBase } from '../rng/stream';
import { u64Of } from './halves';

/** Size of the scratch of level_propensities. */
export function level_propensity_bytes(models: u32, samples: u32): usize {
  return levelPropensityBytes(models, samples);
}

/** Size of a view: what a decision saw of the (model, n) arms. See `assembly/bestofn/view.ts`. */
export function level_view_bytes(models: u32, samples: u32): usize {
  return viewBytes(models, samples);
}

/**
 * P(model and n maximise utility), models × samples f64, to `p`. `shapes` holds pairs (a, b) of one sample a model, `view` a view of the
 * models. Returns 0, or 1 outside the region of stated accuracy, or 2 where no model is eligible and all are 0.
 */
export function level_propensities(
  models: u32,
  samples: u32,
  shapes: usize,
  view: usize,
  costWeight: f64,
  scratch: usize,
  p: usize,
): i32 {
  return levelPropensities(models, samples, shapes, view, paddedBytes(models), costWeight, scratch, p);
}

/** What is known before any repeats: the proxy's gain in [0, 1], an agreement in (0, 1) and its weight in units of variance, > 0. */
export function levels_set_prior(levels: usize, gain: f64, agreement: f64, weight: f64): void {
  setLevelsPrior(levels, gain, agreement, weight);
}

/** Address of the sums: pairs (D, V) of all models, then pairs (S, W) of all arms, segment by segment; the landmark (f64) stands at 16. */
export function levels_sums(levels: usize): usize {
  return modelsAt(levels);
}

/** The same block at `to`, elsewhere, with room for more arms, which are named afterwards, models and segments. */
export function levels_grow(levels: usize, to: usize, arms: u32, models: u32, segments: u32): void {
  growLevels(levels, to, arms, models, segments);
}

/** Every run of several samples of a model weighs `factor` of what it did. */
export function levels_widen(levels: usize, model: u32, factor: f64): void {
  widenLevels(levels, model, factor);
}

/** Size of the room of levels_decide. */
export function level_room_bytes(models: u32, samples: u32): usize {
  return roomBytes(models, samples);
}

/** Bytes of a slot of the ring of traces of decisions among (model, n) arms. */
export function level_trace_bytes(models: u32, samples: u32): usize {
  return traceBytes(paddedBytes(models), false, false, false) + viewBytes(models, samples);
}

/**
 * As decide_batch_floored, among (model, n) arms, in a block whose arms are all n = 1, 2, … of the first model, then of the next: a byte of `masks`
 * (address 0 = none) is the most samples that a request allows of a model, and `propensities` takes models × samples f64 a request. Writes nine f64 a request:
 * those of decide_batch for the model executed at its n, 1 where the floor chose, the status of the propensities, n.
 */
export function levels_decide(
  evidence: usize,
  scratch: usize,
  levels: usize,
  room: usize,
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  segments: usize,
  promptTokens: usize,
  clocks: usize,
  masks: usize,
  costWeight: f64,
  explorationScale: f64,
  epsilon: f64,
  baseline: i32,
  propensities: usize,
  policy: usize,
  out: usize,
): void {
  decideLevels(
    evidence,
    scratch,
    levels,
    room,
    u64Of(seedLow, seedHigh),
    u64Of(sequenceLow, sequenceHigh),
    rows,
    segments,
    promptTokens,
    clocks,
    masks,
    costWeight,
    explorationScale,
    epsilon,
    baseline,
    propensities,
    policy,
    out,
  );
}

/** As trace_explain, of a slot of level_trace_bytes: propensities models × samples to `p`; returns (model × samples + n - 1) executed. */
export function levels_explain(
  models: u32,
  samples: u32,
  slot: usize,
  seedLow: u32,
  seedHigh: u32,
  epsilon: f64,
  baseline: i32,
  scratch: usize,
  room: usize,
  p: usize,
  out: usize,
): i32 {
  const base = streamBase(u64Of(seedLow, seedHigh), Purpose.FLOOR);
  return explainLevels(models, samples, slot, base, epsilon, baseline, scratch, room, p, out);
}

/**
 * Takes the report of a run of a model in: `count` samples that came, with all their scores (f64 in [0, 1]) at `scores`, or (address 0) the `reward` of the best of
 * them, NaN = not known; `cost` is the mean of the `started` ones, NaN = not known.
 */
export function levels_observe(
  evidence: usize,
  scratch: usize,
  levels: usize,
  segment: u32,
  model: u32,
  count: u32,
  scores: usize,
  reward: f64,
  started: u32,
  cost: f64,
  promptTokens: f64,
  clock: f64,
): void {
  const means = scratchArray(scratch, armBytes(evidence), Scratch.CELLS);
  observeRun(evidence, levels, segment, model, count, scores, reward, started, cost, promptTokens, clock, means);
}

/** Shapes (alpha, beta) of the quality of every (model, n) arm in a segment as of `clock`: two f64 by arm. */
export function levels_shapes(
  evidence: usize,
  scratch: usize,
  levels: usize,
  segment: u32,
  clock: f64,
  out: usize,
): void {
  advanceLevels(evidence, levels, clock);
  const now = weightAt(evidence, load<f64>(evidence, Header.CLOCK));
  const bytes = armBytes(evidence);
  const shapes = scratchArray(scratch, bytes, Scratch.SHAPES);
  const costs = scratchArray(scratch, bytes, Scratch.COST);
  const cells = scratchArray(scratch, bytes, Scratch.CELLS);
  forecastInto(evidence, segment, now, observationsPerUnit(evidence, now), NaN, 1, cells, shapes, costs);
  levelShapesInto(evidence, levels, segment, now, shapes, out);
}

/** Address of drawn qualities (f64 a (model, n), -Infinity where not allowed) in the room of a decision made or explained; costs stand behind, padded to pairs. */
export function level_room_wide(room: usize, models: u32, samples: u32): usize {
  return wideQualities(room, models, samples);
}

/** pacing_remember of the latest decision of levels_decide: the pacer's arms are models × samples. */
export function level_remember(pacer: usize, room: usize, models: u32, samples: u32): void {
  remember(pacer, wideQualities(room, models, samples), wideCosts(room, models, samples), 0);
}
