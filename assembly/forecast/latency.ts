/**
 * Latency = first token + output tokens × time a token, three independent log-normal variables (docs/MATH.md §21).
 *
 * Location: exact Gaussian messages along all providers -> provider -> model, a model's own reports never counted twice.
 * Spread: inverse-gamma, its prior the geometric mean of the models' variances. The predictive distribution in log space, a
 * Student-t, is replaced by the normal of its variance: a Student-t has no mean once it is exponentiated.
 * A report that does not tell the components apart is split by its expected sufficient statistics (online EM: Cappé & Moulines
 * 2009, doi:10.1111/j.1467-9868.2009.00698.x), with log latency linear in the logarithms of the components.
 */
import { add, at, paddedBytes } from '../evidence/layout';
import { exp } from '../math/exp';
import { log } from '../math/log';
import {
  advanceLatency,
  COMPONENTS,
  Field,
  field,
  Header,
  LARGEST_VARIANCE,
  LEAST_TOKENS,
  modelBytes,
  weightOf,
} from './latencyBlock';
import { Forecast, forecastLatency, latencyCdf } from './latencyForecast';

/** Before any report, for each component: mean (500 ms, 20 ms, 200 tokens) and variance within a model. */
const PRIOR = memory.data<f64>([6.214608098422191, 0.25, 2.995732273553991, 0.09, 5.298317366548036, 0.5], 16);
/** Variances between the prior and the mean of all providers, between providers, between models of one. */
const VARIANCE_OF_ALL: f64 = 4;
const VARIANCE_OF_PROVIDERS: f64 = 0.64;
const VARIANCE_OF_MODELS: f64 = 0.25;
/** Observations that the prior of a model's variance is worth. */
const STRENGTH: f64 = 4;
/** Predictive standard deviations that a report may lie off its forecast; what lies farther counts as this far. */
const MOST_SD: f64 = 4;
/** Milliseconds that less counts as: 0 has no logarithm. */
const LEAST_MS: f64 = 0.1;

/** Of an expected latency in decisions: more than any report may tell. */
const MOST_MS: f64 = 1e10;

const FORECAST = memory.data(48, 16);

/** Expected latency, utility's offset and P(latency <= limit) of a model. */
function refreshTerm(block: usize, model: u32): void {
  forecastLatency(block, model, NaN, 0, FORECAST);
  // Written so that NaN becomes the cap: what decisions subtract must be finite.
  let mean = load<f64>(FORECAST, Forecast.MEAN);
  if (!(mean < MOST_MS)) mean = MOST_MS;
  store<f64>(at(field(block, Field.MEAN), model), mean);
  store<f64>(at(field(block, Field.OFFSET), model), load<f64>(block, Header.WEIGHT) * mean);
  store<f64>(at(field(block, Field.PROBABILITY), model), latencyCdf(FORECAST, load<f64>(block, Header.LIMIT)));
}

/** Brings the moments, and what decisions need of them, to the latest clock. */
export function refresh(block: usize): void {
  const fresh = load<f64>(block, Header.FRESH);
  const clock = load<f64>(block, Header.CLOCK);
  if (fresh == clock || (fresh >= 0 && load<f64>(block, Header.HALF_LIFE) == Infinity)) return;
  store<f64>(block, clock, Header.FRESH);
  const perWeight = 1 / weightOf(block, clock);
  for (let c: usize = 0; c < COMPONENTS; c++) refreshComponent(block, c, perWeight);
  const models = load<u32>(block, Header.MODELS);
  for (let model: u32 = 0; model < models; model++) refreshTerm(block, model);
}

function refreshComponent(block: usize, component: usize, perWeight: f64): void {
  const bytes = modelBytes(block);
  const sums = field(block, Field.SUMS + 3 * component);
  const means = field(block, Field.MOMENTS + 3 * component);
  const variances = means + bytes;
  const noises = variances + bytes;
  const groups = field(block, Field.GROUP);
  const precisions = field(block, Field.COUNT);
  const groupBytes = paddedBytes(load<u32>(block, Header.GROUPS));
  const priorVariance = load<f64>(PRIOR + (component << 4), 8);
  const end = (<usize>load<u32>(block, Header.MODELS)) << 3;

  // Means and sums of squares of each model, and the variance of all.
  let logs = log(priorVariance);
  let shares: f64 = 1;
  for (let i: usize = 0; i < end; i += 8) {
    const weight = load<f64>(sums + i) * perWeight;
    const sum = load<f64>(sums + bytes + i) * perWeight;
    const mean = weight > 0 ? sum / weight : 0;
    const squares = max(0, load<f64>(sums + 2 * bytes + i) * perWeight - sum * mean);
    const worth = STRENGTH + max(0, weight - 1);
    const share = 1 - STRENGTH / worth;
    logs += share * log((STRENGTH * priorVariance + squares) / worth);
    shares += share;
    store<f64>(means + i, mean);
    store<f64>(noises + i, squares);
  }
  const pooled = STRENGTH * exp(logs / shares);

  // Messages upwards: precision, and precision times mean.
  memory.fill(precisions, 0, 2 * groupBytes);
  for (let i: usize = 0; i < end; i += 8) {
    const weight = load<f64>(sums + i) * perWeight;
    const noise = (pooled + load<f64>(noises + i)) / (STRENGTH + max(0, weight - 1));
    const message = weight / (VARIANCE_OF_MODELS * weight + noise);
    const group = at(precisions, load<u32>(groups + i));
    add(group, message);
    add(group + groupBytes, message * load<f64>(means + i));
    store<f64>(noises + i, noise);
    store<f64>(variances + i, message);
  }
  let precisionOfAll: f64 = 1 / VARIANCE_OF_ALL;
  let sumOfAll = load<f64>(PRIOR + (component << 4)) / VARIANCE_OF_ALL;
  for (let i: usize = 0; i < groupBytes; i += 8) {
    const scale = 1 + VARIANCE_OF_PROVIDERS * load<f64>(precisions + i);
    precisionOfAll += load<f64>(precisions + i) / scale;
    sumOfAll += load<f64>(precisions + groupBytes + i) / scale;
  }

  // Downwards, each time without what came from below on the way.
  for (let i: usize = 0; i < end; i += 8) {
    const weight = load<f64>(sums + i) * perWeight;
    const mean = load<f64>(means + i);
    const noise = load<f64>(noises + i);
    const message = load<f64>(variances + i);
    const group = at(precisions, load<u32>(groups + i));
    const precision = load<f64>(group);
    const sum = load<f64>(group + groupBytes);
    const scale = 1 + VARIANCE_OF_PROVIDERS * precision;
    const others = max(1 / VARIANCE_OF_ALL, precisionOfAll - precision / scale);
    // N(m, 1/p) seen through a further variance v: precision p/(1 + v p), precision × mean likewise.
    const fromAll = 1 + VARIANCE_OF_PROVIDERS * others;
    const above = max(0, precision - message) + others / fromAll;
    const sumAbove = sum - message * mean + (sumOfAll - sum / scale) / fromAll;
    const fromGroup = 1 + VARIANCE_OF_MODELS * above;
    const own = weight / noise;
    const variance = 1 / (above / fromGroup + own);
    const worth = STRENGTH + max(0, weight - 1);
    store<f64>(means + i, variance * (sumAbove / fromGroup + own * mean));
    store<f64>(variances + i, min(LARGEST_VARIANCE, (noise * worth) / (worth - 2) + variance));
    store<f64>(noises + i, min(LARGEST_VARIANCE, noise));
  }
}

function addTo(sums: usize, bytes: usize, weight: f64, y: f64, variance: f64): void {
  add(sums, weight);
  add(sums + bytes, weight * y);
  add(sums + 2 * bytes, weight * (y * y + variance));
}

/**
 * A deviation from what is forecast, cut to MOST_SD standard deviations of the forecast (docs/MATH.md §21): one answer that hung says that some
 * hang, and not that all answers scatter as widely.
 */
function winsorised(deviation: f64, variance: f64): f64 {
  const most = MOST_SD * sqrt(variance);
  return max(-most, min(most, deviation));
}

/** Adds a component that a report tells. */
function addTold(sums: usize, bytes: usize, weight: f64, y: f64, moments: usize): void {
  const mean = load<f64>(moments);
  addTo(sums, bytes, weight, mean + winsorised(y - mean, load<f64>(moments + bytes)), 0);
}

/**
 * Takes one report of a model into `block`. `firstTokenMs` (<= latencyMs) and `outputTokens` may be NaN for "not known";
 * what is not told is split off by the moments of `reference`: the block itself online, the block of the pass before in a
 * batch fit. `clock` is the decision's.
 */
export function observeLatency(
  block: usize,
  reference: usize,
  model: u32,
  latencyMs: f64,
  firstTokenMs: f64,
  outputTokens: f64,
  clock: f64,
): void {
  advanceLatency(block, clock);
  refresh(reference);
  const bytes = modelBytes(block);
  const weight = weightOf(block, clock);
  const sums = at(field(block, Field.SUMS), model);
  const moments = at(field(reference, Field.MOMENTS), model);
  const timed = firstTokenMs == firstTokenMs;
  const counted = outputTokens == outputTokens;
  const first = exp(load<f64>(moments));
  const perToken = load<f64>(moments + 3 * bytes);
  const tokens = counted ? log(max(outputTokens, LEAST_TOKENS)) : load<f64>(moments + 6 * bytes);
  if (timed) addTold(sums, bytes, weight, log(max(firstTokenMs, LEAST_MS)), moments);
  if (counted) addTold(sums + 6 * bytes, bytes, weight, tokens, moments + 6 * bytes);

  // Share of the first token in what is left to explain, and the surprise in it.
  const rest = exp(perToken + tokens);
  const share = timed ? 0 : first / (first + rest);
  const left = max(timed ? latencyMs - firstTokenMs : latencyMs, LEAST_MS);
  const ofFirst = load<f64>(moments + 2 * bytes);
  const ofToken = load<f64>(moments + 5 * bytes);
  const ofTokens = counted ? 0 : load<f64>(moments + 8 * bytes);
  const slope = 1 - share;
  const perVariance = 1 / (share * share * ofFirst + slope * slope * (ofToken + ofTokens));
  // As far as it may count: the components' predictive variances, not of the noise alone.
  let spread = load<f64>(moments + 4 * bytes);
  if (!counted) spread += load<f64>(moments + 7 * bytes);
  spread = share * share * load<f64>(moments + bytes) + slope * slope * spread;
  const surprise = winsorised(log(left / (timed ? rest : first + rest)), spread);
  if (!timed) addSplit(sums, bytes, weight, load<f64>(moments), share, ofFirst, surprise, perVariance);
  addSplit(sums + 3 * bytes, bytes, weight, perToken, slope, ofToken, surprise, perVariance);
  if (!counted) addSplit(sums + 6 * bytes, bytes, weight, tokens, slope, ofTokens, surprise, perVariance);
  store<f64>(block, load<f64>(block, Header.REPORTS) + 1, Header.REPORTS);
  store<f64>(block, -1, Header.FRESH);
}

/** Adds what is expected of a component and of its square, given the surprise in a sum where it has the slope `slope`. */
function addSplit(
  sums: usize,
  bytes: usize,
  weight: f64,
  mean: f64,
  slope: f64,
  variance: f64,
  surprise: f64,
  perVariance: f64,
): void {
  const gain = slope * variance * perVariance;
  addTo(sums, bytes, weight, mean + gain * surprise, variance * max(0, 1 - gain * slope));
}
