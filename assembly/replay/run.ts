/**
 * The replay loop: for each request draw, choose, observe the chosen arm's outcome only (bandit feedback), learn.
 *
 * A table is rows × arms of quality and cost; `order` lists the rows in the order of their arrival. The clock is the
 * position in that order and so is the sequence number: a run may stop and go on at any position with the same bits.
 */
import { decide, Scratch, scratchArray } from '../decision/decide';
import { makeEdges } from '../distributions/zigguratEdges';
import { advance, weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { armBytes, armCount } from '../evidence/layout';
import { forecastInto } from '../evidence/posterior';
import { observe, observePooled } from '../evidence/observe';
import { watch } from '../drift/cusum';
import { afford, ownMask, remember } from '../pacing/pacer';
import { leftInWindow, spend, windowWeight } from '../pacing/window';
import { observeLatency } from '../forecast/latency';
import { applyLatency, fullMask } from '../forecast/latencyDecision';
import { Purpose, streamBase } from '../rng/stream';

/**
 * Replays positions [from, to). `segments` (u32), `promptTokens` (f64, NaN = unknown), `quality` and `cost` are by
 * row; `knownCost` (address 0 = learn the costs) holds one f64 an arm. Writes the chosen arm of each position to
 * `chosen` (i32).
 *
 * With `latency` (a latency block of the same arms, address 0 = none) its term and its constraint take part, and it learns
 * from `latencyMs` and `outputTokens` (by row like `quality`, NaN = not known). `clocks` (address 0 = the
 * positions) holds a rising f64 a position, `drift` are detectors and `pacer` a pacer with a target (address 0 = none).
 */
// @ts-ignore: decorator
@inline
export function replay(
  evidence: usize,
  scratch: usize,
  seed: u64,
  from: u32,
  to: u32,
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
  clocks: usize,
  drift: usize,
  pacer: usize,
  chosen: usize,
): void {
  makeEdges();
  const base = streamBase(seed, Purpose.SELECTION);
  const arms = armCount(evidence);
  const cells = scratchArray(scratch, armBytes(evidence), Scratch.CELLS);
  const expected = scratchArray(scratch, armBytes(evidence), Scratch.COST);
  const drawn = scratchArray(scratch, armBytes(evidence), Scratch.QUALITY);
  for (let position: u32 = from; position < to; position++) {
    const row = <usize>load<u32>(order + ((<usize>position) << 2));
    const segment = load<u32>(segments + (row << 2));
    const clock = clocks == 0 ? <f64>position : load<f64>(clocks + ((<usize>position) << 3));
    advance(evidence, clock);
    const now = weightAt(evidence, clock);
    const perUnit = observationsPerUnit(evidence, now);
    const tokens = load<f64>(promptTokens + (row << 3));
    let mask: usize = 0;
    let offsets: usize = 0;
    if (latency != 0) {
      mask = fullMask(latency);
      offsets = applyLatency(latency, mask, clock);
    }
    let weight = costWeight;
    if (pacer != 0) {
      weight = windowWeight(pacer, position, costWeight);
      const shapes = scratchArray(scratch, armBytes(evidence), Scratch.SHAPES);
      forecastInto(evidence, segment, now, perUnit, tokens, 1, cells, shapes, expected);
      if (mask == 0) mask = ownMask(pacer);
      afford(expected, arms, leftInWindow(pacer), Infinity, mask);
    }
    const arm = decide(
      evidence,
      scratch,
      base,
      position,
      segment,
      now,
      perUnit,
      tokens,
      mask,
      weight,
      explorationScale,
      knownCost,
      offsets,
      0,
    );
    store<i32>(chosen + ((<usize>position) << 2), arm);
    const outcome = (row * arms + arm) << 3;
    const mean = load<f64>(cells + ((<usize>arm) << 3));
    const reward = load<f64>(quality + outcome);
    const usd = load<f64>(cost + outcome);
    if (pacer != 0) {
      remember(pacer, drawn, expected, mask);
      spend(pacer, usd == usd ? usd : load<f64>(expected + ((<usize>arm) << 3)));
    }
    if (drift != 0 && watch(drift, evidence, segment, arm, reward, mean, perUnit, now) != 0) {
      // The evidence has changed under the means of this decision.
      observe(evidence, segment, arm, reward, usd, tokens, clock, 1, cells);
    } else {
      observePooled(evidence, segment, arm, reward, usd, tokens, now, perUnit, mean);
    }
    if (latency == 0) continue;
    const took = load<f64>(latencyMs + outcome);
    if (took == took) observeLatency(latency, latency, arm, took, NaN, load<f64>(outputTokens + outcome), clock);
  }
}
