import { resampleCounts, weightedSums } from '../linalg/bootstrap';
import { replay } from '../replay/run';
import { STREAM_BYTES } from '../rng/stream';
import { u64Of } from './halves';

export function replay_run(
  evidence: usize,
  scratch: usize,
  seedLow: u32,
  seedHigh: u32,
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
  const seed = u64Of(seedLow, seedHigh);
  replay(
    evidence,
    scratch,
    seed,
    from,
    to,
    order,
    segments,
    promptTokens,
    quality,
    cost,
    costWeight,
    explorationScale,
    knownCost,
    latency,
    latencyMs,
    outputTokens,
    clocks,
    drift,
    pacer,
    chosen,
  );
}

export function stream_bytes(): usize {
  return STREAM_BYTES;
}

export function bootstrap_counts(
  stream: usize,
  seedLow: u32,
  seedHigh: u32,
  group: u32,
  rows: u32,
  counts: usize,
): void {
  resampleCounts(stream, u64Of(seedLow, seedHigh), group, rows, counts);
}

export function bootstrap_sums(rows: u32, counts: usize, panel: usize, out: usize): void {
  weightedSums(rows, counts, panel, out);
}
