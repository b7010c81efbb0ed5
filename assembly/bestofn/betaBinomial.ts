/**
 * How much the samples of one prompt agree: a beta-binomial fitted to repeats, and the best of n that it implies
 * (docs/MATH.md §29). A prompt's own success rate is Beta(μ s, (1 - μ) s); s -> 0 says that a prompt is always or never
 * answered, s -> ∞ that all prompts are alike. Skellam 1948; Griffiths 1973, doi:10.2307/2529131.
 *
 *   log L = Σ_i R(α, x_i) + R(β, t_i - x_i) - R(α + β, t_i),  R(a, k) = log a + … + log(a + k - 1)
 *
 * Graded scores make x_i fractional: R is then linear between whole k, which is its mean over rounding x_i at random to a
 * neighbour. All derivatives are sums of 1/(a + j) and its square.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';

const SMALLEST_LOG_STRENGTH: f64 = -6.907755278982137; // log 1e-3
const LARGEST_LOG_STRENGTH: f64 = 9.210340371976184; // log 1e4
const LARGEST_LOGIT: f64 = 20;
const MOST_STEPS: i32 = 200;
const LARGEST_STEP: f64 = 2;
const SMALLEST_STEP: f64 = 1e-11;

/** R, R' and -R'' summed over the prompts so far. */
let value: f64 = 0;
let slope: f64 = 0;
let bend: f64 = 0;

// @ts-ignore: decorator
@inline
function addTerm(a: f64, share: f64): void {
  const r = 1 / a;
  value += share * log(a);
  slope += share * r;
  bend += share * r * r;
}

function addRising(a: f64, k: f64): void {
  for (; k >= 1; k -= 1, a += 1) addTerm(a, 1);
  if (k > 0) addTerm(a, k);
}

/** Sums over all prompts of R(a, k), k = x_i, t_i - x_i or t_i. */
function sumRising(prompts: u32, successes: usize, trials: usize, a: f64, which: i32): void {
  value = 0;
  slope = 0;
  bend = 0;
  for (const end = trials + ((<usize>prompts) << 3); trials < end; trials += 8, successes += 8) {
    const x = load<f64>(successes);
    const t = load<f64>(trials);
    addRising(a, which == 0 ? x : which == 1 ? t - x : t);
  }
}

/**
 * Maximum likelihood of (μ, s) from `prompts` prompts with `successes` (f64, x_i in [0, t_i]) in `trials` (f64, whole, >= 1), by
 * Newton steps on logit μ and log s in turn, which are nearly orthogonal. Writes μ, s (within [1e-3, 1e4]) and log L. Returns
 * 0, or 1 where no prompt was repeated (s is then NaN), or 2 where no prompt or every prompt succeeded always.
 */
export function fitRepeats(prompts: u32, successes: usize, trials: usize, out: usize): i32 {
  let sum: f64 = 0;
  let all: f64 = 0;
  let most: f64 = 0;
  for (let i: usize = 0; i < (<usize>prompts) << 3; i += 8) {
    const t = load<f64>(trials + i);
    sum += load<f64>(successes + i);
    all += t;
    most = max(most, t);
  }
  const start = sum / all;
  store<f64>(out, start);
  store<f64>(out, NaN, 8);
  store<f64>(out, NaN, 16);
  if (!(most > 1)) return 1;
  if (!(start > 0 && start < 1)) return 2;
  let x = log(start / (1 - start));
  let y: f64 = 0;
  let best = -Infinity;
  let dx: f64 = 0;
  let dy: f64 = 0;
  // Turns in a row without a move; the first look is none.
  let idle = -1;
  let ofMean = false;
  for (let step = 0; step < MOST_STEPS && idle < 2; step++) {
    // Likelihood, slopes and bends at (x + dx, y + dy).
    const mean = 1 / (1 + exp(-(x + dx)));
    const miss = 1 / (1 + exp(x + dx));
    const strength = exp(y + dy);
    const a = mean * strength;
    const b = miss * strength;
    sumRising(prompts, successes, trials, a, 0);
    let likelihood = value;
    const a1 = slope;
    const a2 = bend;
    sumRising(prompts, successes, trials, b, 1);
    likelihood += value;
    const b1 = slope;
    const b2 = bend;
    sumRising(prompts, successes, trials, strength, 2);
    likelihood -= value;
    if (!(likelihood >= best)) {
      // Too far: half of it; where even the smallest step only rounds, none.
      dx *= 0.5;
      dy *= 0.5;
      if (max(abs(dx), abs(dy)) >= SMALLEST_STEP) continue;
      dx = 0;
      dy = 0;
      best = -Infinity;
      continue;
    }
    const moved = max(abs(dx), abs(dy));
    x += dx;
    y += dy;
    best = likelihood;
    idle = moved < SMALLEST_STEP ? idle + 1 : 0;
    dx = 0;
    dy = 0;
    ofMean = !ofMean;
    if (ofMean) {
      const u = a * miss;
      dx = newton(u * (a1 - b1), (a1 - b1) * u * (miss - mean) - (a2 + b2) * u * u, x, LARGEST_LOGIT, -LARGEST_LOGIT);
    } else {
      const g = a * a1 + b * b1 - strength * slope;
      const h = g - a * a * a2 - b * b * b2 + strength * strength * bend;
      dy = newton(g, h, y, LARGEST_LOG_STRENGTH, SMALLEST_LOG_STRENGTH);
    }
  }
  store<f64>(out, 1 / (1 + exp(-x)));
  store<f64>(out, exp(y), 8);
  store<f64>(out, best, 16);
  return 0;
}

/** A bounded Newton step, or one uphill where the function is not concave. */
function newton(gradient: f64, curvature: f64, at: f64, highest: f64, lowest: f64): f64 {
  const step = curvature < 0 ? -gradient / curvature : gradient > 0 ? LARGEST_STEP : -LARGEST_STEP;
  return min(max(at + min(max(step, -LARGEST_STEP), LARGEST_STEP), lowest), highest) - at;
}

/**
 * Expected best of n of samples whose mean over prompts is `mean` in [0, 1], with agreement `strength` > 0 (NaN: not known,
 * then the mean itself), of which a proxy reward model realises the share `gain` in [0, 1]:
 * mean + gain (1 - ∏_{j<n} (β + j)/(s + j) - mean).
 */
export function bestMean(mean: f64, strength: f64, n: f64, gain: f64): f64 {
  if (!(strength > 0)) return mean;
  const b = (1 - mean) * strength;
  let miss = 1 - mean;
  for (let j: f64 = 1; j < n; j++) miss *= strength < Infinity ? (b + j) / (strength + j) : 1 - mean;
  return mean + gain * (1 - miss - mean);
}
