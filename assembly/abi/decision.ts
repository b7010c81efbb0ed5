import { argmaxUtility } from '../decision/argmax';
import { decideBatch } from '../decision/batch';
import { Scratch, scratchArray, scratchBytes } from '../decision/decide';
import { choicesFromTables, tableChoicesScratchBytes } from '../decision/tableChoices';
import { paddedBytes } from '../evidence/layout';
import { u64Of } from './halves';

export function scratch_bytes(arms: u32): usize {
  return scratchBytes(paddedBytes(arms));
}

/** Address of the pooled cell means (f64 an arm) in a scratch. */
export function scratch_means(scratch: usize, arms: u32): usize {
  return scratchArray(scratch, paddedBytes(arms), Scratch.CELLS);
}

/** Address of the Beta shapes (a, b an arm). */
export function scratch_shapes(scratch: usize, arms: u32): usize {
  return scratchArray(scratch, paddedBytes(arms), Scratch.SHAPES);
}

/** Address of the expected costs (f64 an arm). */
export function scratch_costs(scratch: usize, arms: u32): usize {
  return scratchArray(scratch, paddedBytes(arms), Scratch.COST);
}

/** Decides `rows` requests; of `policy` (address 0 = none; see policy_bytes) risk and traces are minded here. */
export function decide_batch(
  evidence: usize,
  scratch: usize,
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
  policy: usize,
  out: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  const sequence = u64Of(sequenceLow, sequenceHigh);
  decideBatch(
    evidence,
    scratch,
    seed,
    sequence,
    rows,
    segments,
    promptTokens,
    clocks,
    masks,
    costWeight,
    explorationScale,
    0,
    0,
    0,
    0,
    0,
    policy,
    out,
  );
}

export function argmax_utility(
  rows: u32,
  arms: u32,
  quality: usize,
  cost: usize,
  uncertainty: usize,
  mask: usize,
  costWeight: f64,
  riskWeight: f64,
  out: usize,
): void {
  argmaxUtility(rows, arms, quality, cost, uncertainty, mask, costWeight, riskWeight, out);
}

export function table_choices_scratch_bytes(arms: u32): usize {
  return tableChoicesScratchBytes(arms);
}

export function choices_from_tables(
  seedLow: u32,
  seedHigh: u32,
  sequenceLow: u32,
  sequenceHigh: u32,
  rows: u32,
  arms: u32,
  tables: usize,
  costs: usize,
  costWeight: f64,
  scratch: usize,
  out: usize,
): void {
  const seed = u64Of(seedLow, seedHigh);
  const sequence = u64Of(sequenceLow, sequenceHigh);
  choicesFromTables(seed, sequence, rows, arms, tables, costs, costWeight, scratch, out);
}
