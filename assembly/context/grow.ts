/** Context blocks that take more arms while they are in use, and arms whose price changes (docs/MATH.md §24). */
import { add } from '../evidence/layout';
import { addScaled } from '../linalg/vector';
import { log } from '../math/log';
import {
  ArmField,
  armOf,
  armsOf,
  contextBytes,
  dimensionsOf,
  gramOf,
  Header,
  strideOf,
  Vector,
  vectorOf,
} from './layout';
import { LEAST_COST_USD } from './observe';

/** Copies a block to `to`, which may be the same place, with room for more arms; families are named afterwards. */
export function growContext(context: usize, to: usize, arms: u32): void {
  const d = dimensionsOf(context);
  const bytes = contextBytes(d, armsOf(context));
  memory.copy(to, context, bytes);
  memory.fill(to + bytes, 0, contextBytes(d, arms) - bytes);
  store<u32>(to, arms, Header.ARMS);
  // The new arms have no factors yet.
  store<u32>(to, 1, Header.STALE);
}

/**
 * Multiplies all costs that were learned of an arm by `ratio`, which adds to their logarithms: the rows' sum of w x x₀, with x₀ = 1, is the first of
 * the Gram matrix. A ratio that is not above 0 and finite makes them all `cost`.
 */
export function scaleCosts(context: usize, arm: u32, ratio: f64, cost: f64): void {
  const stride = strideOf(dimensionsOf(context));
  const section = armOf(context, stride, arm);
  const costs = vectorOf(section, stride, Vector.COSTS);
  const squares = section + ArmField.LOG_COST_SQUARES;
  const rows = gramOf(section, stride);
  const scales = ratio > 0 && ratio < Infinity;
  if (!scales) {
    memory.fill(costs, 0, stride);
    store<f64>(squares, 0);
  }
  const more = log(scales ? ratio : max(cost, LEAST_COST_USD));
  add(squares, more * (2 * load<f64>(costs) + more * load<f64>(rows)));
  addScaled(costs, more, rows, dimensionsOf(context));
  store<u32>(context, 1, Header.STALE);
}
