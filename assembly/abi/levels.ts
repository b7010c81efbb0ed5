import { levelPropensities, levelPropensityBytes } from '../bestofn/propensity';
import { viewArrays } from '../bestofn/view';
import { paddedBytes } from '../evidence/layout';

/** Size of the scratch of level_propensities. */
export function level_propensity_bytes(models: u32, samples: u32): usize {
  return levelPropensityBytes(models, samples);
}

/** Size of a view: what a decision saw of the (model, n) arms. See `assembly/bestofn/view.ts`. */
export function level_view_bytes(models: u32, samples: u32): usize {
  return viewArrays(samples) * paddedBytes(models);
}

/**
 * P(model and n maximise utility), models × samples f64, to `p`. `shapes` holds pairs (a, b) of one sample a model, `view` a view of the
 * models. Returns 0, or 1 outside the region of stated accuracy, or 2 where no model is eligible and all are 0.
 */
export function level_propensities(
  models: u32,
  samples: u32,
  shapes: usize,
  view: usize,
  costWeight: f64,
  scratch: usize,
  p: usize,
): i32 {
  return levelPropensities(models, samples, shapes, view, paddedBytes(models), costWeight, scratch, p);
}
