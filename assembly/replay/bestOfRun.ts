/**
 * The replay loop over (model, n) arms: as replay/run.ts, with what n samples add (bestofn/levels.ts). Each decision draws its samples
 * from the recorded ones by a stream of its own, the same for whatever is chosen.
 */
import { advanceLevels, modelOf } from '../bestofn/layout';
import { chooseLevel } from '../bestofn/levels';
import { MEANS, takeSamples } from '../bestofn/samples';
import { decide, Scratch, scratchArray } from '../decision/decide';
import { makeEdges } from '../distributions/zigguratEdges';
import { weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, armCount } from '../evidence/layout';
import { observePooled } from '../evidence/observe';
import { Purpose, streamBase } from '../rng/stream';

/**
 * Replays positions [from, to). `evidence` holds the models, `levels` the (model, n) arms; `quality` and `cost` are rows × models ×
 * `samples`, of which each model has `recorded` (u32 a model). Otherwise as `replay`, with `threshold` and `strong` as
 * `chooseLevel` has them.
 */
export function replayBestOf(
  evidence: usize,
  scratch: usize,
  levels: usize,
  seed: u64,
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
  makeEdges();
  const base = streamBase(seed, Purpose.SELECTION);
  const sampling = streamBase(seed, Purpose.BEST_OF_N);
  const models = armCount(evidence);
  const bytes = armBytes(evidence);
  const means = scratchArray(scratch, bytes, Scratch.CELLS);
  for (let position: u32 = from; position < to; position++) {
    const row = <usize>load<u32>(order + ((<usize>position) << 2));
    const segment = load<u32>(segments + (row << 2));
    const clock = <f64>position;
    advanceLevels(evidence, levels, clock);
    const now = weightAt(evidence, clock);
    const perUnit = observationsPerUnit(evidence, now);
    const tokens = load<f64>(promptTokens + (row << 3));
    decide(evidence, scratch, base, position, segment, now, perUnit, tokens, 0, 0, explorationScale, 0, 0, 0);
    const arm = chooseLevel(
      evidence,
      levels,
      segment,
      now,
      scratchArray(scratch, bytes, Scratch.SHAPES),
      scratchArray(scratch, bytes, Scratch.QUALITY),
      scratchArray(scratch, bytes, Scratch.COST),
      knownCost,
      costWeight,
      threshold,
      strong,
    );
    store<i32>(chosen + ((<usize>position) << 2), arm);
    const model = modelOf(levels, <u32>arm);
    const outcome = ((row * models + model) * <usize>samples) << 3;
    const mean = load<f64>(means + ((<usize>model) << 3));
    const weight = takeSamples(
      levels,
      scratch,
      sampling,
      position,
      segment,
      arm,
      load<u32>(recorded + ((<usize>model) << 2)),
      quality + outcome,
      cost + outcome,
      mean,
      now,
    );
    const taken = now * weight;
    observePooled(evidence, segment, model, load<f64>(MEANS), load<f64>(MEANS, 8), tokens, taken, perUnit, mean);
  }
}
