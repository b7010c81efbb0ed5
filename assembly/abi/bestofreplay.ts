import { initLevels, levelsBytes, setLevel } from '../bestofn/layout';
import { levelMeansInto } from '../bestofn/levels';
import { Scratch, scratchArray } from '../decision/decide';
import { weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes } from '../evidence/layout';
import { forecastInto } from '../evidence/posterior';
import { replayBestOf } from '../replay/bestOfRun';
import { u64Of } from './halves';

/** Size of a block of (model, n) arms with room for `samples` samples of a prompt. */
export function levels_bytes(arms: u32, models: u32, segments: u32, samples: u32): usize {
  return levelsBytes(arms, models, segments, samples);
}

export function levels_init(levels: usize, arms: u32, models: u32, segments: u32, samples: u32): void {
  initLevels(levels, arms, models, segments, samples);
}

/** Names the model and n of an arm; once an arm. */
export function levels_set_arm(levels: usize, arm: u32, model: u32, n: u32): void {
  setLevel(levels, arm, model, n);
}

/** Posterior mean quality of every (model, n) arm in a segment as of `clock`: f64 by arm. */
export function levels_means(
  evidence: usize,
  scratch: usize,
  levels: usize,
  segment: u32,
  clock: f64,
  out: usize,
): void {
  const now = weightAt(evidence, clock);
  const bytes = armBytes(evidence);
  const shapes = scratchArray(scratch, bytes, Scratch.SHAPES);
  const costs = scratchArray(scratch, bytes, Scratch.COST);
  const cells = scratchArray(scratch, bytes, Scratch.CELLS);
  forecastInto(evidence, segment, now, observationsPerUnit(evidence, now), NaN, 1, cells, shapes, costs);
  levelMeansInto(evidence, levels, segment, now, shapes, out);
}

export function replay_best_of_run(
  evidence: usize,
  scratch: usize,
  levels: usize,
  seedLow: u32,
  seedHigh: u32,
  from: u32,
  to: u32,
  order: usize,
  segments: usize,
  promptTokens: usize,
  samples: u32,
  recorded: usize,
  quality: usize,
  cost: usize,
  costWeight: f64,
  explorationScale: f64,
  knownCost: usize,
  threshold: f64,
  strong: u32,
  chosen: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  replayBestOf(
    evidence,
    scratch,
    levels,
    seed,
    from,
    to,
    order,
    segments,
    promptTokens,
    samples,
    recorded,
    quality,
    cost,
    costWeight,
    explorationScale,
    knownCost,
    threshold,
    strong,
    chosen,
  );
}
