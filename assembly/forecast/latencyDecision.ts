/** What a decision needs of the latencies: a term of the utility an arm, and who may serve (docs/MATH.md §21). */
import { at } from '../evidence/layout';
import { refresh } from './latency';
import { advanceLatency, Field, field, Header, weightOf } from './latencyBlock';

/** Brings the block to `clock`, narrows `mask` in place and returns the address of the arms' offsets. */
export function applyLatency(block: usize, mask: usize, clock: f64): usize {
  advanceLatency(block, clock);
  refresh(block);
  if (load<f64>(block, Header.LIMIT) < Infinity) narrow(block, mask, weightOf(block, clock));
  return field(block, Field.OFFSET);
}

/** Writes expected latency and P(latency <= limit) of an arm. */
export function recordLatency(block: usize, arm: i32, out: usize): void {
  store<f64>(out, load<f64>(at(field(block, Field.MEAN), arm)));
  store<f64>(out, load<f64>(at(field(block, Field.PROBABILITY), arm)), 8);
}

/** The block's own mask, every model allowed. */
export function fullMask(block: usize): usize {
  const mask = field(block, Field.MASK);
  memory.fill(mask, 1, load<u32>(block, Header.MODELS));
  return mask;
}

/**
 * The chance constraint: sets the byte of every model to 0 that has its trial reports and P(latency <= limit) below what is
 * asked. Where that would leave none of `mask`, the one of greatest probability stays (ties: the lower index).
 */
function narrow(block: usize, mask: usize, now: f64): void {
  const models = load<u32>(block, Header.MODELS);
  const probabilities = field(block, Field.PROBABILITY);
  const reports = field(block, Field.SUMS + 3);
  const least = load<f64>(block, Header.LEAST);
  const trials = load<f64>(block, Header.TRIALS) * now;
  let passing: u32 = 0;
  let best: i32 = -1;
  for (let model: u32 = 0; model < models; model++) {
    if (load<u8>(mask + model) == 0) continue;
    const p = load<f64>(at(probabilities, model));
    if (best < 0 || p > load<f64>(at(probabilities, best))) best = <i32>model;
    if (p >= least || load<f64>(at(reports, model)) < trials) {
      passing++;
      store<u8>(mask + model, 2);
    }
  }
  for (let model: u32 = 0; model < models; model++) {
    const passes = load<u8>(mask + model) == 2;
    store<u8>(mask + model, u8(passes || (passing == 0 && <i32>model == best)));
  }
}
