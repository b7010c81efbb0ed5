/**
 * The replay loop with prompts: as replay/run.ts, with the context block deciding alone or beside the Beta cells. Prompts come as counts
 * (encoder/encode.ts), by row, and are encoded here, one at a time.
 *
 * Before position `freezeAt` the encoder's directions would not have been found yet: only the named features take part. At it, all rewards so far are
 * taken in anew with all features.
 */
import { BY_CONTEXT, contextArray, decideMixed } from '../context/decide';
import { scoreExperts } from '../context/experts';
import { dimensionsOf, Scratch as ContextScratch } from '../context/layout';
import { advanceContext, contextWeight, observeContext, restart } from '../context/observe';
import { predictArm, presentOf } from '../context/predict';
import { Scratch, scratchArray } from '../decision/decide';
import { encodeRows } from '../encoder/encode';
import { SURFACE_COUNTS } from '../encoder/layout';
import { advance, weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, armCount } from '../evidence/layout';
import { observePooled } from '../evidence/observe';
import { observeLatency } from '../forecast/latency';
import { applyLatency, fullMask } from '../forecast/latencyDecision';
import { Purpose, streamBase } from '../rng/stream';

/** Prompts of a table and their encoder; `features` is room for one prompt's. */
let encoder: usize = 0;
let surface: usize = 0;
let starts: usize = 0;
let indices: usize = 0;
let values: usize = 0;
let features: usize = 0;

export function setPrompts(
  theEncoder: usize,
  theSurface: usize,
  theStarts: usize,
  theIndices: usize,
  theValues: usize,
  theFeatures: usize,
): void {
  encoder = theEncoder;
  surface = theSurface;
  starts = theStarts;
  indices = theIndices;
  values = theValues;
  features = theFeatures;
}

// @ts-ignore: decorator
@inline
function encodeRow(row: usize): void {
  encodeRows(encoder, 1, surface + row * (SURFACE_COUNTS << 3), starts + (row << 2), indices, values, features);
}

/** Arguments as `replay` has them; `freezeAt` as above, `context` a block whose clock is the position. */
export function replayContext(
  evidence: usize,
  scratch: usize,
  context: usize,
  contextScratch: usize,
  seed: u64,
  from: u32,
  to: u32,
  freezeAt: u32,
  order: usize,
  segments: usize,
  promptTokens: usize,
  quality: usize,
  cost: usize,
  costWeight: f64,
  explorationScale: f64,
  knownCost: usize,
  latency: usize,
  latencyMs: usize,
  outputTokens: usize,
  chosen: usize,
): void {
  const base = streamBase(seed, Purpose.SELECTION);
  const expertBase = streamBase(seed, Purpose.EXPERT);
  const contextBase = streamBase(seed, Purpose.CONTEXT);
  const arms = armCount(evidence);
  const cells = scratchArray(scratch, armBytes(evidence), Scratch.CELLS);
  const shapes = scratchArray(scratch, armBytes(evidence), Scratch.SHAPES);
  const cellCosts = scratchArray(scratch, armBytes(evidence), Scratch.COST);
  const means = contextArray(context, contextScratch, arms, ContextScratch.MEANS);
  for (let position: u32 = from; position < to; position++) {
    if (position == freezeAt) {
      learnAnew(context, contextScratch, arms, position, order, quality, cost, chosen, cellCosts);
    }
    const row = <usize>load<u32>(order + ((<usize>position) << 2));
    const segment = load<u32>(segments + (row << 2));
    const clock = <f64>position;
    advance(evidence, clock);
    advanceContext(context, clock);
    const now = weightAt(evidence, clock);
    const perUnit = observationsPerUnit(evidence, now);
    const tokens = load<f64>(promptTokens + (row << 3));
    encodeRow(row);
    let mask: usize = 0;
    let offsets: usize = 0;
    if (latency != 0) {
      mask = fullMask(latency);
      offsets = applyLatency(latency, mask, clock);
    }
    const decided = decideMixed(
      evidence,
      scratch,
      context,
      contextScratch,
      base,
      expertBase,
      contextBase,
      position,
      segment,
      now,
      perUnit,
      tokens,
      mask,
      costWeight,
      explorationScale,
      knownCost,
      offsets,
      features,
      0,
    );
    const arm = decided & ~BY_CONTEXT;
    store<i32>(chosen + ((<usize>position) << 2), arm);
    const outcome = (row * arms + arm) << 3;
    const reward = load<f64>(quality + outcome);
    const spent = load<f64>(cost + outcome);
    const at = (<usize>arm) << 3;
    const a = load<f64>(shapes + 2 * at);
    const b = load<f64>(shapes + 2 * at, 8);
    if (arm == decided) predictArm(context, contextScratch, features, arm, presentOf(context));
    scoreExperts(context, reward, load<f64>(means + at), a / (a + b));
    observePooled(evidence, segment, arm, reward, spent, tokens, now, perUnit, load<f64>(cells + at));
    observeContext(
      context,
      contextScratch,
      arm,
      features,
      reward,
      spent,
      contextWeight(context, clock),
      true,
      cellCosts,
    );
    if (latency == 0) continue;
    const took = load<f64>(latencyMs + outcome);
    if (took == took) observeLatency(latency, latency, arm, took, NaN, load<f64>(outputTokens + outcome), clock);
  }
}

function learnAnew(
  context: usize,
  contextScratch: usize,
  arms: u32,
  before: u32,
  order: usize,
  quality: usize,
  cost: usize,
  chosen: usize,
  cellCosts: usize,
): void {
  restart(context, dimensionsOf(context), false);
  for (let position: u32 = 0; position < before; position++) {
    const row = <usize>load<u32>(order + ((<usize>position) << 2));
    const arm = load<i32>(chosen + ((<usize>position) << 2));
    const outcome = (row * arms + arm) << 3;
    encodeRow(row);
    const weight = contextWeight(context, <f64>position);
    observeContext(
      context,
      contextScratch,
      arm,
      features,
      load<f64>(quality + outcome),
      load<f64>(cost + outcome),
      weight,
      false,
      cellCosts,
    );
  }
}
