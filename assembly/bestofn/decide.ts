/**
 * Decisions among (model, n) arms (docs/MATH.md §29): one draw a model, then each model stands for its best n, so that all else is as with models alone.
 *
 * The room of a batch holds a view (view.ts), wide arrays of an f64 a (model, n), n running first, and what the propensities need.
 */
import { bestArm, excludeArms, NO_ARM } from '../decision/argmax';
import { record } from '../decision/batch';
import { decide, Scratch, scratchArray } from '../decision/decide';
import { Baseline, drawFloor, mixFloor } from '../decision/floor';
import { slotOf, Trace, trace, traceArray, TRACED_ARRAYS } from '../decision/trace';
import { makeEdges } from '../distributions/zigguratEdges';
import { weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, armCount, paddedBytes } from '../evidence/layout';
import { Purpose, streamBase } from '../rng/stream';
import { advanceLevels, firstOf, Levels, mostOf, rowAt } from './layout';
import { kappaOf, levelQuality, meanOf, strengthOf, surplusOf } from './levels';
import { levelPropensities, levelPropensityBytes } from './propensity';
import { View, viewArray, viewArrays } from './view';

/** Fields of a record, f64 each: those of `decideBatch` with its two for the floor, and the n executed. */
const RECORD_BYTES: usize = 72;

/** Wide arrays of a room. */
const QUALITY: usize = 0;
const COST: usize = 1;
const WEIGHT: usize = 2;
const WIDE_ARRAYS: usize = 3;

export function viewBytes(models: u32, samples: u32): usize {
  return viewArrays(samples) * paddedBytes(models);
}

export function roomBytes(models: u32, samples: u32): usize {
  const wide = WIDE_ARRAYS * paddedBytes(models * samples);
  return viewBytes(models, samples) + wide + levelPropensityBytes(models, samples);
}

// @ts-ignore: decorator
@inline
function wideArray(room: usize, models: u32, samples: u32, index: usize): usize {
  return room + viewBytes(models, samples) + index * paddedBytes(models * samples);
}

/** Drawn qualities and expected costs of the latest decision, an f64 a (model, n); -Infinity for what was not allowed. */
export function wideQualities(room: usize, models: u32, samples: u32): usize {
  return wideArray(room, models, samples, QUALITY);
}

export function wideCosts(room: usize, models: u32, samples: u32): usize {
  return wideArray(room, models, samples, COST);
}

/** Decides as `decideBatch` does; a byte of `masks` is the most samples of a model that a request allows, 0 = not eligible. */
export function decideLevels(
  evidence: usize,
  scratch: usize,
  levels: usize,
  room: usize,
  seed: u64,
  sequence: u64,
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
  makeEdges();
  const base = streamBase(seed, Purpose.SELECTION);
  const floorBase = streamBase(seed, Purpose.FLOOR);
  const models = armCount(evidence);
  const samples = load<u32>(levels, Levels.SAMPLES);
  const stride = armBytes(evidence);
  const costs = scratchArray(scratch, stride, Scratch.COST);
  const qualities = scratchArray(scratch, stride, Scratch.QUALITY);
  const shapes = scratchArray(scratch, stride, Scratch.SHAPES);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const clock = load<f64>(clocks + (row << 3));
    advanceLevels(evidence, levels, clock);
    const now = weightAt(evidence, clock);
    const perUnit = observationsPerUnit(evidence, now);
    const mask: usize = masks == 0 ? 0 : masks + row * models;
    const segment = load<u32>(segments + (row << 2));
    const tokens = load<f64>(promptTokens + (row << 3));
    decide(
      evidence,
      scratch,
      base,
      sequence + row,
      segment,
      now,
      perUnit,
      tokens,
      mask,
      costWeight,
      explorationScale,
      0,
      0,
      0,
    );
    standForBest(
      levels,
      scratch,
      room,
      models,
      samples,
      stride,
      segment,
      now,
      kappaOf(evidence, now),
      mask,
      costWeight,
    );
    const chosen = bestArm(scratchArray(scratch, stride, Scratch.UTILITY), costs, models);
    store<f64>(out, <f64>NO_ARM);
    store<f64>(out, 0, 64);
    const p: usize = propensities == 0 ? 0 : propensities + ((row * models * samples) << 3);
    const best = chosen == NO_ARM ? NO_ARM : wideIndex(room, stride, samples, chosen);
    const executed = execute(
      models,
      samples,
      stride,
      room,
      room,
      shapes,
      scratch,
      floorBase,
      sequence + row,
      best,
      costWeight,
      explorationScale,
      epsilon,
      baseline,
      p,
      out + 48,
    );
    if (executed != NO_ARM) {
      const model = <i32>(<u32>executed / samples);
      const n = (<u32>executed % samples) + 1;
      trace(policy, stride, scratch, sequence + row, model, chosen, costWeight, explorationScale, 0, 0, 0, false);
      keepView(policy, stride, sequence + row, n, room, viewBytes(models, samples));
      // The floor may have drawn another n.
      const at = (<usize>model) << 3;
      const wide = (<usize>executed) << 3;
      const quality = load<f64>(wideQualities(room, models, samples) + wide);
      const cost = load<f64>(wideCosts(room, models, samples) + wide);
      store<f64>(qualities + at, quality);
      store<f64>(costs + at, cost);
      store<f64>(scratchArray(scratch, stride, Scratch.UTILITY) + at, quality - costWeight * cost);
      record(evidence, scratch, costs, model, out);
      store<f64>(out, <f64>n, 64);
    }
    out += RECORD_BYTES;
  }
}

// @ts-ignore: decorator
@inline
function wideIndex(view: usize, stride: usize, samples: u32, model: i32): i32 {
  const n = load<f64>(viewArray(view, stride, View.SAMPLES) + ((<usize>model) << 3));
  return model * samples + <i32>n - 1;
}

/** Puts quality, cost and utility of each model's best n in the place of those of one sample, and fills the room. */
function standForBest(
  levels: usize,
  scratch: usize,
  room: usize,
  models: u32,
  samples: u32,
  stride: usize,
  segment: u32,
  now: f64,
  kappa: f64,
  mask: usize,
  costWeight: f64,
): void {
  const shapes = scratchArray(scratch, stride, Scratch.SHAPES);
  const utilities = scratchArray(scratch, stride, Scratch.UTILITY);
  const row = rowAt(levels, segment);
  const gain = load<f64>(levels, Levels.GAIN);
  let wideQuality = wideQualities(room, models, samples);
  let wideCost = wideCosts(room, models, samples);
  for (let model: u32 = 0; model < models; model++) {
    const at = (<usize>model) << 3;
    const most = mostOf(levels, model);
    const allowed = mask == 0 ? most : min(most, <u32>load<u8>(mask + model));
    const drawn = load<f64>(scratchArray(scratch, stride, Scratch.QUALITY) + at);
    const single = load<f64>(scratchArray(scratch, stride, Scratch.COST) + at);
    const mean = meanOf(shapes, model);
    const strength = strengthOf(levels, model, now);
    let best: u32 = 0;
    let bestUtility: f64 = -Infinity;
    for (let n: u32 = 1; n <= samples; n++) {
      const cost = <f64>n * single;
      let quality = drawn;
      if (n > allowed) quality = -Infinity;
      else if (n > 1) {
        const surplus = surplusOf(levels, firstOf(levels, model) + n - 1, row, kappa, mean, strength);
        store<f64>(viewArray(room, stride, View.SURPLUS + n - 2) + at, surplus);
        quality = levelQuality(drawn, strength, <f64>n, gain, surplus);
      }
      const utility = quality - costWeight * cost;
      store<f64>(wideQuality, quality);
      store<f64>(wideCost, cost);
      if (utility > bestUtility) {
        best = n;
        bestUtility = utility;
        store<f64>(scratchArray(scratch, stride, Scratch.QUALITY) + at, quality);
        store<f64>(scratchArray(scratch, stride, Scratch.COST) + at, cost);
        store<f64>(utilities + at, utility);
      }
      wideQuality += 8;
      wideCost += 8;
    }
    store<f64>(viewArray(room, stride, View.DRAWN) + at, drawn);
    store<f64>(viewArray(room, stride, View.SAMPLES) + at, <f64>best);
    store<f64>(viewArray(room, stride, View.ALLOWED) + at, <f64>allowed);
    store<f64>(viewArray(room, stride, View.COST) + at, single);
    store<f64>(viewArray(room, stride, View.STRENGTH) + at, strength);
    store<f64>(viewArray(room, stride, View.GAIN) + at, gain);
  }
  excludeArms(utilities, mask, models);
}

/**
 * Returns the (model, n) executed, given that `best` has the greatest utility: that one, or what the floor draws from its baseline over all (model, n)
 * allowed. Writes 1 (the floor chose) or 0 to `out` and the status of the propensities after it; `p` (address 0 = not asked for) takes one a (model, n).
 * `view` may be a trace's.
 */
function execute(
  models: u32,
  samples: u32,
  stride: usize,
  view: usize,
  room: usize,
  shapes: usize,
  stream: usize,
  base: u64,
  sequence: u64,
  best: i32,
  costWeight: f64,
  explorationScale: f64,
  epsilon: f64,
  baseline: i32,
  p: usize,
  out: usize,
): i32 {
  const bytes = (<usize>models * samples) << 3;
  store<f64>(out, 0);
  store<f64>(out, 0, 8);
  if (p != 0) memory.fill(p, 0, bytes);
  if (best == NO_ARM) return NO_ARM;
  if (p != 0) {
    if (explorationScale > 0) {
      const own = wideArray(room, models, samples, WIDE_ARRAYS);
      store<f64>(out, <f64>levelPropensities(models, samples, shapes, view, stride, costWeight, own, p), 8);
    } else store<f64>(p + ((<usize>best) << 3), 1);
  }
  if (!(epsilon > 0)) return best;
  const weights = wideArray(room, models, samples, WEIGHT);
  const total = baselineInto(models, samples, stride, view, baseline, weights);
  if (p != 0) mixFloor(p, bytes, epsilon, weights, total);
  const floored = drawFloor(stream, base, sequence, epsilon, weights, total, bytes);
  if (floored == NO_ARM) return best;
  store<f64>(out, 1);
  return floored;
}

/** As `baselineInto` of decision/floor.ts, over (model, n): weights of the baseline and their sum. */
function baselineInto(models: u32, samples: u32, stride: usize, view: usize, baseline: i32, out: usize): f64 {
  let least: f64 = Infinity;
  const costs = viewArray(view, stride, View.COST);
  const most = viewArray(view, stride, View.ALLOWED);
  if (baseline == Baseline.INVERSE_COST) {
    for (let i: usize = 0; i < (<usize>models) << 3; i += 8) {
      if (load<f64>(most + i) > 0) least = min(least, load<f64>(costs + i));
    }
  }
  let total: f64 = 0;
  for (let i: usize = 0; i < (<usize>models) << 3; i += 8) {
    for (let n: f64 = 1; n <= <f64>samples; n++, out += 8) {
      const cost = n * load<f64>(costs + i);
      const weight = n > load<f64>(most + i) ? 0 : cost > least ? least / cost : 1;
      store<f64>(out, weight);
      total += weight;
    }
  }
  return total;
}

/** Fills the wide arrays from a view. */
function widen(models: u32, samples: u32, stride: usize, view: usize, room: usize): void {
  let qualities = wideQualities(room, models, samples);
  let costs = wideCosts(room, models, samples);
  for (let i: usize = 0; i < (<usize>models) << 3; i += 8) {
    for (let n: u32 = 1; n <= samples; n++, qualities += 8, costs += 8) {
      let quality = load<f64>(viewArray(view, stride, View.DRAWN) + i);
      if (<f64>n > load<f64>(viewArray(view, stride, View.ALLOWED) + i)) quality = -Infinity;
      else if (n > 1) {
        const strength = load<f64>(viewArray(view, stride, View.STRENGTH) + i);
        const gain = load<f64>(viewArray(view, stride, View.GAIN) + i);
        quality = levelQuality(
          quality,
          strength,
          <f64>n,
          gain,
          load<f64>(viewArray(view, stride, View.SURPLUS + n - 2) + i),
        );
      }
      store<f64>(qualities, quality);
      store<f64>(costs, <f64>n * load<f64>(viewArray(view, stride, View.COST) + i));
    }
  }
}

function keepView(policy: usize, stride: usize, sequence: u64, n: u32, view: usize, bytes: usize): void {
  const slot = slotOf(policy, sequence);
  if (slot == 0) return;
  store<u32>(slot, n, Trace.SAMPLES);
  memory.copy(traceArray(slot, stride, TRACED_ARRAYS), view, bytes);
}

/** The propensities of a traced decision, as `execute` gave them, and its wide arrays in the room. Returns the (model, n) executed. */
export function explainLevels(
  models: u32,
  samples: u32,
  slot: usize,
  base: u64,
  epsilon: f64,
  baseline: i32,
  scratch: usize,
  room: usize,
  p: usize,
  out: usize,
): i32 {
  const stride = paddedBytes(models);
  const view = traceArray(slot, stride, TRACED_ARRAYS);
  widen(models, samples, stride, view, room);
  const best = wideIndex(view, stride, samples, load<i32>(slot, Trace.CHOSEN));
  const sequence = load<u64>(slot, Trace.NUMBER) - 1;
  const weight = load<f64>(slot, Trace.COST_WEIGHT);
  const scale = load<f64>(slot, Trace.EXPLORATION_SCALE);
  const shapes = traceArray(slot, stride, Scratch.SHAPES - Scratch.COST);
  return execute(
    models,
    samples,
    stride,
    view,
    room,
    shapes,
    scratch,
    base,
    sequence,
    best,
    weight,
    scale,
    epsilon,
    baseline,
    p,
    out,
  );
}
