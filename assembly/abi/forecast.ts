import { forecastModel, forecastModels, targetOf } from '../forecast/forecast';
import { logCount, mixtureCdf, mixtureCrps, mixtureQuantile, splitVariance } from '../forecast/mixture';
import { fitShapes } from '../forecast/shape';

/** Target of a tree for a count >= 0: the natural logarithm of count/200, of 1/400 for counts below 1/2. */
export function forecast_target(count: f64): f64 {
  return targetOf(count);
}

/** Fits the shape of every model's noise to its residuals; after a rebuild. `scratch`: 1,024 bytes. */
export function forecast_fit_shapes(tree: usize, scratch: usize): void {
  fitShapes(tree, scratch);
}

/**
 * A model's (−1: the unknown one's) forecast, eleven f64: mean of the logarithm and epistemic variance, mean count, weight of its rows, then the mixture of its logarithm: weight of the first
 * component, its mean and sd, mean and sd of the second, upper end, probability up to there. `upper`: target of the largest count.
 */
export function forecast_model(tree: usize, scratch: usize, model: u32, x: usize, upper: f64, out: usize): void {
  forecastModel(tree, scratch, model, x, upper, out);
}

/** The same of all models, eleven f64 each; `uppers` an f64 a model. */
export function forecast_models(tree: usize, scratch: usize, x: usize, uppers: usize, out: usize): void {
  forecastModels(tree, scratch, x, uppers, out);
}

/** Count below which a mixture has probability p in (0, 1). */
export function mixture_quantile(mixture: usize, p: f64): f64 {
  return mixtureQuantile(mixture, p);
}

/** P(count <= value), value >= 0. */
export function mixture_cdf(mixture: usize, value: f64): f64 {
  return mixtureCdf(mixture, logCount(value));
}

/** Continuous ranked probability score of a count >= 0. */
export function mixture_crps(mixture: usize, value: f64): f64 {
  return mixtureCrps(mixture, value);
}

/** Aleatoric and epistemic variance of the count, two f64 at `out`; `epistemic`: that of x·w, which is in the mixture; `scratch`: 56 bytes. */
export function mixture_split(mixture: usize, epistemic: f64, scratch: usize, out: usize): void {
  splitVariance(mixture, epistemic, scratch, out);
}
