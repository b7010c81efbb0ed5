/**
 * Exact Thompson propensities of (model, n): P(model m maximises V_m, and n is its best at the draw), V_m = max_n q_mn(θ_m) - costWeight n c_m,
 * θ_m ~ Beta(a_m, b_m) independent (docs/MATH.md §29).
 *
 *   p_mn = ∫ over {θ: n is m's best} ∏_{j≠m} P(V_j < V_m(θ)) dF_m(θ), and what ties win
 *
 * The integral runs over the deficit D = 1 - V from the greatest utility to the lowest, as that of decision/propensityIntegral.ts does;
 * zones between the borders of all models' pieces, atoms where a clip makes V flat.
 */
import { PropensityStatus } from '../decision/propensity';
import { prepareArm } from '../decision/propensityArm';
import { NODE_BYTES } from '../decision/propensityPanel';
import { placeRecord, LevelRecord, RECORD_BYTES } from './walkRecord';
import { Field, fieldBytes, findPieces } from './pieces';
import { View, viewArray } from './view';
import { walkLevels } from './walk';

const SMALLEST_SHAPE: f64 = 0.05;
const LARGEST_SHAPE: f64 = 1e6;

/** Bytes of the scratch: two panels' points; a record, an address and the pieces of every model. */
export function levelPropensityBytes(models: u32, samples: u32): usize {
  return 2 * NODE_BYTES + <usize>models * (RECORD_BYTES + sizeof<usize>() + fieldBytes(samples));
}

/**
 * Writes models × samples probabilities to `p`, and returns a PropensityStatus. `shapes` are of one sample; `view` is what the decision saw
 * (view.ts), in which a model without a sample allowed is not eligible.
 */
export function levelPropensities(
  models: u32,
  samples: u32,
  shapes: usize,
  view: usize,
  stride: usize,
  costWeight: f64,
  scratch: usize,
  p: usize,
): i32 {
  memory.fill(p, 0, (<usize>models * samples) << 3);
  const records = scratch + 2 * NODE_BYTES;
  const order = records + <usize>models * RECORD_BYTES;
  const fields = order + <usize>models * sizeof<usize>();
  let status = PropensityStatus.ACCURATE;
  let lowest: f64 = Infinity;
  let last = order;
  for (let model: u32 = 0; model < models; model++) {
    const at = (<usize>model) << 3;
    const most = <u32>load<f64>(viewArray(view, stride, View.ALLOWED) + at);
    if (most == 0) continue;
    const index = (last - order) / sizeof<usize>();
    const record = records + index * RECORD_BYTES;
    const field = fields + index * fieldBytes(samples);
    const a = load<f64>(shapes + 2 * at);
    const b = load<f64>(shapes + 2 * at, 8);
    if (!(min(a, b) >= SMALLEST_SHAPE && max(a, b) <= LARGEST_SHAPE)) status = PropensityStatus.ROUGH;
    store<f64>(field, load<f64>(viewArray(view, stride, View.STRENGTH) + at), Field.STRENGTH);
    store<f64>(field, load<f64>(viewArray(view, stride, View.GAIN) + at), Field.GAIN);
    store<f64>(field, load<f64>(viewArray(view, stride, View.COST) + at), Field.COST);
    store<f64>(field, costWeight, Field.COST_WEIGHT);
    store<u32>(field, most, Field.MOST);
    for (let n: usize = 0; n < <usize>most; n++) {
      const surplus: f64 = n == 0 ? 0 : load<f64>(viewArray(view, stride, View.SURPLUS + n - 1) + at);
      store<f64>(field + Field.SURPLUS + (n << 3), surplus);
    }
    findPieces(field, samples);
    prepareArm(record, model, a, b, 0);
    lowest = min(lowest, placeRecord(record, field, samples));
    // By where they enter.
    let place = last;
    for (; place > order && enters(record) < enters(load<usize>(place - sizeof<usize>())); place -= sizeof<usize>()) {
      store<usize>(place, load<usize>(place - sizeof<usize>()));
    }
    store<usize>(place, record);
    last += sizeof<usize>();
  }
  if (last == order) return PropensityStatus.NO_ARM;
  while (last > order + sizeof<usize>() && enters(load<usize>(last - sizeof<usize>())) > lowest)
    last -= sizeof<usize>();
  if (!walkLevels(order, last, lowest, samples, scratch, p)) status = PropensityStatus.ROUGH;
  normalise(p, (<usize>models * samples) << 3);
  return status;
}

// @ts-ignore: decorator
@inline
function enters(record: usize): f64 {
  return load<f64>(record, LevelRecord.ENTERS);
}

function normalise(p: usize, bytes: usize): void {
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) sum += load<f64>(p + i);
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(p + i, load<f64>(p + i) / sum);
}
