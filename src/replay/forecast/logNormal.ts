import { expInto, logInto, normalCdfInto, normalQuantileInto } from '../../posterior/special';
import { emptyForecasts, LEVELS, type Forecasts } from './forecasts';
import { placeOf } from './tokenTable';

const SQRT_HALF = Math.sqrt(0.5);

/** Log tokens as normals, a row each. */
export interface LogNormals {
  /** Means of log tokens. */
  readonly mean: Float64Array;
  /** Standard deviations of log tokens, > 0. */
  readonly sd: Float64Array;
}

/**
 * Forecasts of log-normals. The score is the closed form of Baran & Lerch (2015, doi:10.1002/qj.2521), with
 * ω = (log y - μ)/σ: y (2Φ(ω) - 1) - 2 e^(μ + σ²/2) (Φ(ω - σ) - Φ(-σ/√2)).
 * @param tokens what came, a row each
 */
export function logNormalForecasts({ mean, sd }: LogNormals, tokens: Float64Array): Forecasts {
  const rows = mean.length;
  const out = emptyForecasts(rows);
  expInto(
    mean.map((value, i) => value + (sd[i]! * sd[i]!) / 2),
    out.meanTokens,
  );
  const z = normalQuantileInto(Float64Array.from(LEVELS), 'lower', new Float64Array(LEVELS.length));
  out.quantilesTokens.forEach((quantiles, j) =>
    expInto(
      mean.map((value, i) => value + z[j]! * sd[i]!),
      quantiles,
    ),
  );
  const standardise = (values: Float64Array) =>
    logInto(values, new Float64Array(rows)).map((y, i) => (y - mean[i]!) / sd[i]!);
  const omega = standardise(tokens);
  const probability = lower(omega);
  normalCdfInto(standardise(tokens.map(placeOf)), 'lower', out.probability);
  const shifted = lower(omega.map((value, i) => value - sd[i]!));
  const tail = lower(sd.map((value) => -value * SQRT_HALF));
  tokens.forEach((y, i) => {
    const gap = shifted[i]! - tail[i]!;
    out.crpsTokens[i] = y * (2 * probability[i]! - 1) - 2 * out.meanTokens[i]! * gap;
  });
  return out;
}

function lower(z: Float64Array): Float64Array {
  return normalCdfInto(z, 'lower', new Float64Array(z.length));
}
