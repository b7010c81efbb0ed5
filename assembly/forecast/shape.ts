/**
 * The shape of the noise: two normal components for the standardised residuals of a model, by expectation maximisation on their histogram (Dempster,
 * Laird & Rubin 1977). A model borrows SHARED residuals from all models' histogram, and every fit the residuals of a guess, so that none
 * degenerates. docs/MATH.md §20.
 */
import { exp } from '../math/exp';
import { HISTOGRAM_BINS, Record, recordOf, recordsOf, Tree } from '../hierarchy/layout';
import { BINS_PER_SD } from '../hierarchy/score';

const SHARED: f64 = 100;
const STEPS: u32 = 60;
/** Residuals, and their variance, that each component is guessed to have. */
const GUESSED_1: f64 = 8;
const GUESSED_2: f64 = 2;
const VARIANCE_1: f64 = 0.6;
const VARIANCE_2: f64 = 2.6;

/** `scratch`: two histograms. */
export function fitShapes(tree: usize, scratch: usize): void {
  const pool = scratch + (HISTOGRAM_BINS << 3);
  const bytes: usize = HISTOGRAM_BINS << 3;
  const now = load<f64>(tree, Tree.NOW);
  memory.fill(pool, 0, bytes);
  let total = 0.0;
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const histogram = recordOf(tree, i - 1) + Record.HISTOGRAM;
    for (let bin: usize = 0; bin < bytes; bin += 8) {
      const weight = load<f64>(histogram + bin) / now;
      store<f64>(pool + bin, load<f64>(pool + bin) + weight);
      total += weight;
    }
  }
  const share = SHARED / max(total, SHARED);
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const record = recordOf(tree, i - 1);
    for (let bin: usize = 0; bin < bytes; bin += 8) {
      const own = load<f64>(record + Record.HISTOGRAM + bin) / now;
      store<f64>(scratch + bin, own + share * load<f64>(pool + bin));
    }
    fitShape(scratch, record + Record.SHAPE);
  }
}

/** shape: weight, mean and sd of the first component, mean and sd of the second. */
function fitShape(histogram: usize, shape: usize): void {
  let weight = 0.8;
  let mean1 = 0.0;
  let mean2 = -0.5;
  let variance1 = VARIANCE_1;
  let variance2 = VARIANCE_2;
  for (let step: u32 = 0; step < STEPS; step++) {
    let n1 = 0.0;
    let n2 = 0.0;
    let sum1 = 0.0;
    let sum2 = 0.0;
    let squares1 = 0.0;
    let squares2 = 0.0;
    const odds = ((1 - weight) / weight) * sqrt(variance1 / variance2);
    for (let bin: u32 = 0; bin < HISTOGRAM_BINS; bin++) {
      const count = load<f64>(histogram + (bin << 3));
      if (count == 0) continue;
      const t = (<f64>bin - <f64>HISTOGRAM_BINS / 2 + 0.5) / BINS_PER_SD;
      const d1 = t - mean1;
      const d2 = t - mean2;
      const first = count / (1 + odds * exp(0.5 * ((d1 * d1) / variance1 - (d2 * d2) / variance2)));
      const second = count - first;
      n1 += first;
      n2 += second;
      sum1 += first * t;
      sum2 += second * t;
      squares1 += first * d1 * d1;
      squares2 += second * d2 * d2;
    }
    n1 += GUESSED_1;
    n2 += GUESSED_2;
    weight = n1 / (n1 + n2);
    variance1 = (squares1 + GUESSED_1 * VARIANCE_1) / n1;
    variance2 = (squares2 + GUESSED_2 * VARIANCE_2) / n2;
    mean1 = sum1 / n1;
    mean2 = sum2 / n2;
  }
  store<f64>(shape, weight);
  store<f64>(shape, mean1, 8);
  store<f64>(shape, sqrt(variance1), 16);
  store<f64>(shape, mean2, 24);
  store<f64>(shape, sqrt(variance2), 32);
}
