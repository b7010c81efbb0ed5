/** Forecasts of a count, such as output tokens, from a tree of its logarithm. */
import { dimensionsOf, largestOf, recordOf, Tree } from '../hierarchy/layout';
import { weightOf } from '../hierarchy/pass';
import { predictModel } from '../hierarchy/predict';
import { strideOf } from '../regression/layout';
import { logCount, makeMixture, Mixture, mixtureMean } from './mixture';

/** Byte offsets in a forecast. */
export namespace Forecast {
  export const MEAN: usize = 0; // f64: of the count's logarithm
  export const EPISTEMIC: usize = 8; // f64: variance of x·w
  export const COUNT: usize = 16; // f64: mean of the count
  export const WEIGHT: usize = 24; // f64: of the model's rows, decayed
  export const MIXTURE: usize = 32;
  export const BYTES: usize = 88;
}

/** Log 200: where a tree that knows nothing begins. Its targets are logarithms of counts less this. */
const PRIOR_LOG_COUNT: f64 = 5.298317366548036;

/** Target of a tree for a count. */
export function targetOf(count: f64): f64 {
  return logCount(count) - PRIOR_LOG_COUNT;
}

/** `upper`: target of the largest count of the model; if it has had larger ones, these count. */
export function forecastModel(tree: usize, scratch: usize, model: u32, x: usize, upper: f64, out: usize): void {
  const record = recordOf(tree, model);
  predictModel(tree, scratch, model, x, out);
  const mixture = out + Forecast.MIXTURE;
  const mean = load<f64>(out, Forecast.MEAN) + PRIOR_LOG_COUNT;
  store<f64>(out, mean, Forecast.MEAN);
  const epistemic = load<f64>(out, Forecast.EPISTEMIC);
  const end = max(upper, largestOf(record)) + PRIOR_LOG_COUNT;
  makeMixture(record, mean, epistemic, end, mixture);
  store<f64>(out, mixtureMean(mixture), Forecast.COUNT);
  const d = dimensionsOf(tree);
  store<f64>(out, weightOf(record, strideOf(d), d) / load<f64>(tree, Tree.NOW), Forecast.WEIGHT);
}

/** Of every model, in order; `uppers` an f64 a model. */
export function forecastModels(tree: usize, scratch: usize, x: usize, uppers: usize, out: usize): void {
  for (let model: u32 = 0; model < load<u32>(tree, Tree.MODELS); model++) {
    forecastModel(tree, scratch, model, x, load<f64>(uppers + (model << 3)), out);
    out += Forecast.BYTES;
  }
}
