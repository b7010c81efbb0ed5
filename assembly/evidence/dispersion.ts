/**
 * Dispersion φ: how much less than a coin a graded reward varies within a cell, pooled over all cells.
 *
 *   φ = within-cell variance / μ(1 - μ),  shrunk towards 1 by 5 observations, clamped to [0.05, 1]
 *
 * Per cell, with W the weight, n = W²/Σw² its effective count, A = Σwr² - S²/W and B = S F / W (docs/MATH.md §5):
 * A estimates φ v W (1 - 1/n) and D = B - (B - A)/n estimates v W (1 - 1/n), v = μ(1 - μ), both without bias, so
 * cells seen once say nothing instead of pretending to vary little. The header keeps ΣA, ΣD and the weight Σ W (1 -
 * 1/n).
 */
import { add, Header, RowField } from './layout';

const PRIOR_OBSERVATIONS: f64 = 5;
const SMALLEST: f64 = 0.05;
const SMALLEST_CELL: f64 = 1e-300;
/** Pooled μ(1 - μ) below which φ is not told: far above rounding (1e-15), far below any reward worth grading. */
const SMALLEST_KNOWN_VARIANCE: f64 = 1e-9;

/** φ as of a clock of weight `now`. */
export function dispersion(evidence: usize, now: f64): f64 {
  const expected = load<f64>(evidence, Header.BINARY_SQUARES);
  const freedom = load<f64>(evidence, Header.FREEDOM);
  // Where nearly every cell holds only 0s or only 1s, both sums are rounding and their ratio means nothing.
  const known = expected > max(freedom, 0) * SMALLEST_KNOWN_VARIANCE;
  const ratio = known ? min(max(load<f64>(evidence, Header.WITHIN_SQUARES) / expected, 0), 1) : 1;
  const weight = max(freedom / now, 0);
  const shrunk = (weight * ratio + PRIOR_OBSERVATIONS) / (weight + PRIOR_OBSERVATIONS);
  return min(max(shrunk, SMALLEST), 1);
}

/** 1/(now φ): what turns a sum in landmark units into dispersed observations of the present. */
export function observationsPerUnit(evidence: usize, now: f64): f64 {
  return 1 / (now * dispersion(evidence, now));
}

/** Adds to the header what a cell's terms grow by when its sums go from (s, f, q, v) to the values at `cell`. */
// @ts-ignore: decorator
@inline
export function moveCell(evidence: usize, cell: usize, bytes: usize, s: f64, f: f64, q: f64, v: f64): void {
  const s1 = load<f64>(cell);
  const f1 = load<f64>(cell + RowField.FAILURES * bytes);
  const q1 = load<f64>(cell + RowField.SQUARES * bytes);
  const v1 = load<f64>(cell + RowField.SQUARED_WEIGHTS * bytes);
  const inverse = inverseWeight(s, f);
  const inverse1 = inverseWeight(s1, f1);
  add(evidence + Header.WITHIN_SQUARES, within(s1, q1, inverse1) - within(s, q, inverse));
  add(evidence + Header.BINARY_SQUARES, binary(s1, f1, q1, v1, inverse1) - binary(s, f, q, v, inverse));
  add(evidence + Header.FREEDOM, s1 + f1 - v1 * inverse1 - (s + f - v * inverse));
}

/** 1/W, or 0 for an empty cell, whose terms are then all 0, and for one that has faded so far that 1/W overflows. */
// @ts-ignore: decorator
@inline
function inverseWeight(s: f64, f: f64): f64 {
  const w = s + f;
  return w > SMALLEST_CELL ? 1 / w : 0;
}

/** A */
// @ts-ignore: decorator
@inline
function within(s: f64, q: f64, inverse: f64): f64 {
  return q - s * s * inverse;
}

/** D */
// @ts-ignore: decorator
@inline
function binary(s: f64, f: f64, q: f64, v: f64, inverse: f64): f64 {
  const b = s * f * inverse;
  return b - (b - within(s, q, inverse)) * (v * inverse * inverse);
}
