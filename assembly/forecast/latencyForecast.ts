/**
 * The predictive distribution of one latency: the sum of two log-normal variables, the first token and all others
 * (docs/MATH.md §21).
 *
 * P(latency <= x) = ∫ φ(z) Φ((log(x - e^(m + σ z)) - m')/σ') dz: the part of the smaller spread by Gauss–Legendre panels in z, the
 * other one exactly.
 */
import { at } from '../evidence/layout';
import { exp } from '../math/exp';
import { log } from '../math/log';
import { NODES, PANEL_NODES, WEIGHTS } from '../quadrature/gauss';
import { normalDensity, normalTail } from '../special/normal';
import { Field, field, LARGEST_VARIANCE, LEAST_TOKENS, modelBytes } from './latencyBlock';

/** Panels over the part of the smaller spread, from -REACH standard deviations to REACH or to where it is all of x. */
const PANELS: f64 = 3;
const REACH: f64 = 5;
/** What a normal variable has within REACH. */
const MASS: f64 = 0.9999994266968563;

/** A distribution, six f64: log mean and variance of the first token (ms) and of the rest (ms); mean; standard deviation. */
export namespace Forecast {
  export const FIRST: usize = 0;
  export const REST: usize = 16;
  export const MEAN: usize = 32;
  export const SD: usize = 40;
}

/**
 * Writes a model's distribution to `out`. Output tokens are log-normal with the median `tokens` (NaN: as learned) and the
 * quantile `upper` one standard deviation above it; equal where they are known. Needs `refresh`.
 * Mean and standard deviation are those of the noise about the posterior means of the parameters: means over their
 * uncertainty too would grow with what is not known, and an untried model would look slow.
 */
export function forecastLatency(block: usize, model: u32, tokens: f64, upper: f64, out: usize): void {
  const bytes = modelBytes(block);
  const moments = at(field(block, Field.MOMENTS), model);
  const learned = moments + 6 * bytes;
  let logTokens = load<f64>(learned);
  let noiseOfTokens = load<f64>(learned + 2 * bytes);
  let spreadOfTokens = load<f64>(learned + bytes);
  if (tokens == tokens) {
    tokens = max(tokens, LEAST_TOKENS);
    logTokens = log(tokens);
    const sd = log(max(upper, tokens) / tokens);
    noiseOfTokens = min(sd * sd, LARGEST_VARIANCE);
    spreadOfTokens = noiseOfTokens;
  }
  const rest = moments + 3 * bytes;
  const first = load<f64>(moments);
  const others = load<f64>(rest) + logTokens;
  store<f64>(out, first, Forecast.FIRST);
  store<f64>(out, load<f64>(moments + bytes), Forecast.FIRST + 8);
  store<f64>(out, others, Forecast.REST);
  store<f64>(out, load<f64>(rest + bytes) + spreadOfTokens, Forecast.REST + 8);
  const ofFirst = load<f64>(moments + 2 * bytes);
  const ofRest = load<f64>(rest + 2 * bytes) + noiseOfTokens;
  const a = exp(first + 0.5 * ofFirst);
  const b = exp(others + 0.5 * ofRest);
  store<f64>(out, a + b, Forecast.MEAN);
  store<f64>(out, sqrt(a * a * (exp(ofFirst) - 1) + b * b * (exp(ofRest) - 1)), Forecast.SD);
}

/** P(latency <= x), within 0.001. */
export function latencyCdf(forecast: usize, x: f64): f64 {
  if (!(x > 0)) return x != x ? x : 0;
  if (x == Infinity) return 1;
  let big = forecast;
  let small = forecast + Forecast.REST;
  if (spreadOf(big) < spreadOf(small)) {
    small = forecast;
    big = forecast + Forecast.REST;
  }
  const mean = load<f64>(big);
  const perSd = 1 / sqrt(load<f64>(big, 8));
  const centre = load<f64>(small);
  const sd = sqrt(load<f64>(small, 8));
  const width = (min(REACH, (log(x) - centre) / sd) + REACH) / PANELS;
  if (!(width > 0)) return 0;
  let p: f64 = 0;
  for (let panel: f64 = 0; panel < PANELS; panel++) {
    for (let k: usize = 0; k < PANEL_NODES << 3; k += 8) {
      const z = width * (panel + load<f64>(NODES + k)) - REACH;
      const rest = x - exp(centre + sd * z);
      if (rest > 0) p += load<f64>(WEIGHTS + k) * normalDensity(z) * normalTail((log(rest) - mean) * perSd, false);
    }
  }
  return min(1.0, (p * width) / MASS);
}

/** Squared spread in ms, to first order. */
// @ts-ignore: decorator
@inline
function spreadOf(part: usize): f64 {
  const median = exp(load<f64>(part));
  return median * median * load<f64>(part, 8);
}

/** Steps that leave 40/2^48 of a logarithm. */
const HALVINGS: i32 = 48;

/** x with P(latency <= x) = p, p in (0, 1). */
export function latencyQuantile(forecast: usize, p: f64): f64 {
  const centre = log(exp(load<f64>(forecast)) + exp(load<f64>(forecast, Forecast.REST)));
  let low = centre - 20;
  let high = centre + 20;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high);
    if (latencyCdf(forecast, exp(middle)) < p) low = middle;
    else high = middle;
  }
  return exp(0.5 * (low + high));
}
