/**
 * Widens what is believed of one arm: every report of it weighs `factor` of what it did, as if it had been made that much lighter.
 * Means stay, effective counts and their shares stay, weights shrink, so the posterior leans on the pooled mean again and new reports
 * count. Cost sums shrink alike. What all models share (κ's scores, the length of answers) stays.
 */
import { moveCell } from './dispersion';
import {
  add,
  armArray,
  armBytes,
  ArmField,
  at,
  familyArray,
  FamilyField,
  Header,
  RowField,
  rowOf,
  segmentCount,
} from './layout';

/** `factor` in (0, 1]. */
export function widenArm(evidence: usize, arm: u32, factor: f64): void {
  const bytes = armBytes(evidence);
  const segments = segmentCount(evidence);
  for (let segment: u32 = 0; segment < segments; segment++) {
    const cell = at(rowOf(evidence, segment), arm);
    const s = load<f64>(cell);
    const f = load<f64>(cell + RowField.FAILURES * bytes);
    const q = load<f64>(cell + RowField.SQUARES * bytes);
    const v = load<f64>(cell + RowField.SQUARED_WEIGHTS * bytes);
    for (let field: usize = 0; field < RowField.COUNT; field++) lighten(cell + field * bytes, factor);
    // Squares of weights.
    lighten(cell + RowField.SQUARED_WEIGHTS * bytes, factor);
    moveCell(evidence, cell, bytes, s, f, q, v);
  }
  const model = at(armArray(evidence, 0), arm);
  const family = load<u32>(at(armArray(evidence, ArmField.FAMILY), arm));
  const lostSuccesses = lighten(model, factor);
  const lostFailures = lighten(model + ArmField.FAILURES * bytes, factor);
  add(at(familyArray(evidence, FamilyField.SUCCESSES), family), -lostSuccesses);
  add(at(familyArray(evidence, FamilyField.FAILURES), family), -lostFailures);
  add(evidence + Header.SUCCESSES, -lostSuccesses);
  add(evidence + Header.FAILURES, -lostFailures);
  add(evidence + Header.COST, -lighten(model + ArmField.COST * bytes, factor));
  add(evidence + Header.COST_WEIGHT, -lighten(model + ArmField.COST_WEIGHT * bytes, factor));
}

/** Scales a sum and returns what it lost. */
// @ts-ignore: decorator
@inline
function lighten(address: usize, factor: f64): f64 {
  const before = load<f64>(address);
  const after = before * factor;
  store<f64>(address, after);
  return before - after;
}
