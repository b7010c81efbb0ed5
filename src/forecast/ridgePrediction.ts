import { requireApart, requireOptions } from '../core/validation';
import { requireArray, requireRows } from './ridgeOptions';
import type { RidgePredictionTarget } from './ridgeWorkspace';

export interface RidgePrediction {
  readonly mean: Float64Array;
  readonly epistemicVariance: Float64Array;
  readonly sd: Float64Array;
  /** 1/noisePrecision, the same for every row. */
  readonly aleatoricVariance: number;
}

/** What predicts: a fit or an online regression. */
interface Predictor {
  readonly dimensions: number;
  readonly noisePrecision: number;
  predictInto(features: Float64Array, out: RidgePredictionTarget): unknown;
}

/** Everything there is to say about each row, in new arrays. @throws {ParameterError} */
export function predictAll(predictor: Predictor, features: Float64Array): RidgePrediction {
  const rows = requireRows(features, predictor.dimensions);
  const out = {
    mean: new Float64Array(rows),
    epistemicVariance: new Float64Array(rows),
    sd: new Float64Array(rows),
  };
  predictor.predictInto(features, out);
  return { ...out, aleatoricVariance: 1 / predictor.noisePrecision };
}

/** Rows of `features`, if `out` has room for them on bytes of its own. @throws {ParameterError} */
export function requireTarget(
  features: Float64Array,
  dimensions: number,
  out: RidgePredictionTarget,
): number {
  const rows = requireRows(features, dimensions);
  requireOptions('out', out, KEYS);
  const before: [string, Float64Array][] = [['features', features]];
  for (const key of KEYS) {
    if (key !== 'mean' && out[key] === undefined) continue;
    const array = requireArray(`out.${key}`, out[key], rows, 'rows');
    for (const [name, other] of before) requireApart(`out.${key}`, array, name, other);
    before.push([`out.${key}`, array]);
  }
  return rows;
}

const KEYS = ['mean', 'epistemicVariance', 'sd'] as const;
