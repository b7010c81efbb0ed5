/**
 * Propensities of arms whose utilities are normal and independent, p_i = ∫ f_i ∏_{j≠i} F_j du (docs/MATH.md §22): the panels of the Beta arms
 * (decision/propensityPanel.ts), walked from the greatest utility that matters to the lowest.
 *
 * An arm matters within REACH standard deviations of its mean; below the lowest such utility of any arm that one's F is 0. So from an arm's
 * entry on all panels lie within its stretch, and their number is at most some 2 REACH / STEP an arm.
 */
import { log } from '../math/log';
import { makeCumulative } from '../quadrature/gauss';
import { Arm, ARM_BYTES } from './propensityArm';
import { evaluatePanel, linearNodes, NODE_BYTES } from './propensityPanel';
import { PropensityStatus } from './propensity';

/** P(|Z| > 8) = 1.2e-15. */
const REACH: f64 = 8;
/** Longest panel, in standard deviations of the narrowest arm. */
const STEP: f64 = 0.9;
/** Deviations below this count as this: a panel must not vanish beside its place. */
const LEAST_DEVIATION: f64 = 1e-7;
const LOG_SQRT_TWO_PI: f64 = 0.9189385332046728;

/**
 * Writes p of every arm whose utility is not NaN, else 0; their sum is 1. `means` and `deviations` are of utilities; scratch as of `propensities`.
 */
export function normalPropensities(
  arms: u32,
  means: usize,
  deviations: usize,
  utility: usize,
  scratch: usize,
  out: usize,
): i32 {
  makeCumulative();
  const records = scratch + NODE_BYTES;
  const order = records + <usize>arms * ARM_BYTES;
  memory.fill(out, 0, (<usize>arms) << 3);
  let lowest = -Infinity;
  for (let i: usize = 0; i < (<usize>arms) << 3; i += 8) {
    if (load<f64>(utility + i) != load<f64>(utility + i)) continue;
    lowest = max(lowest, load<f64>(means + i) - REACH * max(LEAST_DEVIATION, load<f64>(deviations + i)));
  }
  let last = order;
  for (let arm: u32 = 0; arm < arms; arm++) {
    const i = (<usize>arm) << 3;
    const deviation = max(LEAST_DEVIATION, load<f64>(deviations + i));
    const mean = load<f64>(means + i);
    if (load<f64>(utility + i) != load<f64>(utility + i) || mean + REACH * deviation <= lowest) continue;
    const record = records + ((last - order) / sizeof<usize>()) * ARM_BYTES;
    memory.fill(record, 0, ARM_BYTES);
    store<u32>(record, arm, Arm.INDEX);
    store<f64>(record, NaN, Arm.DISTANCE);
    store<f64>(record, mean, Arm.CENTRE);
    store<f64>(record, 1 / deviation, Arm.PER_CENTRE);
    store<f64>(record, -log(deviation) - LOG_SQRT_TWO_PI, Arm.LOG_SCALE);
    store<f64>(record, mean + REACH * deviation, Arm.ENTRY);
    store<f64>(record, STEP * deviation, Arm.WIDTH);
    let place = last;
    for (; place > order && load<f64>(load<usize>(place - sizeof<usize>()), Arm.ENTRY) < mean + REACH * deviation;) {
      place -= sizeof<usize>();
      store<usize>(place, load<usize>(place), sizeof<usize>());
    }
    store<usize>(place, record);
    last += sizeof<usize>();
  }
  if (last == order) return PropensityStatus.NO_ARM;
  walk(order, last, lowest, scratch);
  share(order, last, out);
  return PropensityStatus.ACCURATE;
}

function walk(order: usize, last: usize, lowest: f64, nodes: usize): void {
  let entered = order;
  let width = Infinity;
  let u = load<f64>(load<usize>(order), Arm.ENTRY);
  while (u > lowest) {
    for (; entered < last && load<f64>(load<usize>(entered), Arm.ENTRY) >= u; entered += sizeof<usize>()) {
      width = min(width, load<f64>(load<usize>(entered), Arm.WIDTH));
    }
    const end = entered < last ? load<f64>(load<usize>(entered), Arm.ENTRY) : lowest;
    const panels = ceil((u - end) / width);
    const step = (u - end) / panels;
    for (let panel: f64 = 0; panel < panels; panel++) {
      linearNodes(nodes, u - panel * step, -step);
      evaluatePanel(order, entered, nodes, false, 0);
    }
    u = end;
  }
}

function share(order: usize, last: usize, out: usize): void {
  let sum: f64 = 0;
  for (let at = order; at < last; at += sizeof<usize>()) sum += load<f64>(load<usize>(at), Arm.P);
  for (let at = order; at < last; at += sizeof<usize>()) {
    const record = load<usize>(at);
    store<f64>(out + ((<usize>load<u32>(record, Arm.INDEX)) << 3), load<f64>(record, Arm.P) / sum);
  }
}
