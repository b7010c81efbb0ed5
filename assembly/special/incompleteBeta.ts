/**
 * The regularised incomplete beta function I_x(a, b) and its complement, and their inverse.
 *
 *   I_x(a, b) = D R,  D = x^a y^b / B(a, b),  y = 1 - x
 *
 * The tail on whose side x lies is computed directly, as D times a ratio R that is O(1/shape), so it is accurate
 * relatively however small it is; the other one is 1 minus it.
 *   R, smaller shape < 500    continued fraction of DiDonato & Morris 1992 (doi:10.1145/131766.131776)
 *   R, otherwise              Gauss–Legendre on the tail: the integrand is close to a Gaussian there
 *   D                         relative to its maximum at x = a/(a + b), so that large exponents cancel beforehand
 * x and y are given as a pair: 1 - x would lose the distance from 1. Ranges and errors: docs/MATH.md §14.
 */
import { exp, expPair } from '../math/exp';
import { log, logNearPair } from '../math/log';
import { NODES, PANEL_NODES, WEIGHTS } from '../quadrature/gauss';
import { log1p, logBeta, STIRLING_FROM, stirlingRest } from './logGamma';

const CONTINUED_FRACTION_BELOW: f64 = 500;
const MOST_TERMS: f64 = 30000;
const SMALLEST: f64 = 1e-300;

/** log(a^a b^b / ((a + b)^(a + b) B(a, b))), the maximum of log D, for shapes >= 10. */
export function logPeak(a: f64, b: f64): f64 {
  const s = a + b;
  const rest = stirlingRest(a) + (stirlingRest(b) - stirlingRest(s));
  return 0.5 * log((a / s) * b * 0.15915494309189535) - rest; // 1/(2π)
}

/** log D. */
export function logWeight(a: f64, b: f64, x: f64, y: f64): f64 {
  if (min(a, b) < STIRLING_FROM) return a * logOf(x, y) + b * logOf(y, x) - logBeta(a, b);
  const excess = x * b - y * a;
  const s = a + b;
  return logPeak(a, b) + (a * logRatio(excess / a, (x * s) / a) + b * logRatio(-excess / b, (y * s) / b));
}

/** log x, from y = 1 - x where x is near 1. */
// @ts-ignore: decorator
@inline
function logOf(x: f64, y: f64): f64 {
  return x < 0.5 ? log(x) : log1p(-y);
}

/** log of a ratio that is 1 + u. */
// @ts-ignore: decorator
@inline
function logRatio(u: f64, ratio: f64): f64 {
  return abs(u) < 0.5 ? log1p(u) : log(ratio);
}

/** I_x / D for x <= (a + 1)/(a + b + 2). */
function tailRatio(a: f64, b: f64, x: f64, y: f64): f64 {
  return min(a, b) < CONTINUED_FRACTION_BELOW ? continuedFraction(a, b, x, y) : tailIntegral(a, b, x / y) / y;
}

/**
 * I_x / D as DiDonato & Morris write it: alpha_n = p (p + b/a) e² w x, beta_n = n + w/s + e' (1 + λ + n (1 + y)), with
 * w = n (b - n) x and λ = a y - b x the distance from the mean, which no term subtracts again.
 */
function continuedFraction(a: f64, b: f64, x: f64, y: f64): f64 {
  const ratio = b / a;
  const first = 1 + 1 / a;
  const c = 1 + (a * y - b * x);
  let p: f64 = 1;
  let s = a + 1;
  let above: f64 = 0; // numerator and denominator of the convergent before, relative to those of this one
  let below: f64 = 1;
  let denominator = c / first;
  above /= denominator;
  below /= denominator;
  let value = 1 / denominator;
  for (let n: f64 = 1; n < MOST_TERMS; n++) {
    const t = n / a;
    const w = n * (b - n) * x;
    const e = a / s;
    const alpha = p * (p + ratio) * e * e * (w * x);
    const beta = n + w / s + ((1 + t) / (first + t + t)) * (c + n * (y + 1));
    p = 1 + t;
    s += 2;
    // New convergent, scaled so that its denominator is 1.
    denominator = alpha * below + beta;
    const next = (alpha * above + beta * value) / denominator;
    above = value / denominator;
    below = 1 / denominator;
    const change = next - value;
    value = next;
    if (abs(change) <= 1e-16 * value) break;
  }
  return value;
}

/** Panels over the tail, and how far it falls before it is cut: e^-45. */
const PANELS: i32 = 12;
const DEPTH: f64 = 45;

/** ∫ (1 - w)^(a - 1) (1 + r w)^(b - 1) dw over w in [0, 1]: the tail in t = x (1 - w), r = x/y. Shapes >= 500. */
function tailIntegral(a: f64, b: f64, r: f64): f64 {
  const slope = a - 1 - (b - 1) * r;
  const curvature = a - 1 + (b - 1) * r * r;
  const end = (2 * DEPTH) / (slope + sqrt(slope * slope + 2 * DEPTH * curvature));
  const h = min(1.0, end) / PANELS;
  let sum = f64x2.splat(0);
  for (let panel = 0; panel < PANELS; panel++) {
    for (let k: usize = 0; k < PANEL_NODES; k += 2) {
      const w = f64x2.mul(f64x2.splat(h), f64x2.add(f64x2.splat(<f64>panel), v128.load(NODES + (k << 3))));
      const first = f64x2.mul(f64x2.splat(a - 1), log1pV(f64x2.neg(w)));
      const second = f64x2.mul(f64x2.splat(b - 1), log1pV(f64x2.mul(f64x2.splat(r), w)));
      const value = expPair(f64x2.pmax(f64x2.splat(-700), f64x2.add(first, second)));
      sum = f64x2.add(sum, f64x2.mul(value, v128.load(WEIGHTS + (k << 3))));
    }
  }
  return h * (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

// @ts-ignore: decorator
@inline
function log1pV(x: v128): v128 {
  const u = f64x2.pmax(f64x2.add(f64x2.splat(1), x), f64x2.splat(SMALLEST));
  return logNearPair(u, x);
}

/** I_x(a, b), or 1 - I_x(a, b) if `upper`; x + y = 1. */
export function betaTail(a: f64, b: f64, x: f64, y: f64, upper: bool): f64 {
  if (!(x > 0)) return x == 0 ? f64(upper) : NaN;
  if (!(y > 0)) return f64(!upper);
  const weight = logWeight(a, b, x, y);
  const lower = x * (a + b + 2) <= a + 1;
  const tail = min(1.0, exp(weight) * (lower ? tailRatio(a, b, x, y) : tailRatio(b, a, y, x)));
  return lower != upper ? tail : 1 - tail;
}

const MOST_STEPS: i32 = 100;

/**
 * logit x of I_x(a, b) = p, p in (0, 1/2].
 *
 * The logit of a Beta variable has a log-concave density, so log I is concave in it: Newton steps on log I = log p,
 * after the first one, rise to the root without passing it from any start, and stop rising only by rounding.
 */
function lowerLogit(a: f64, b: f64, p: f64): f64 {
  const target = log(p);
  let logit = log(a / b);
  for (let i = 0; i < MOST_STEPS; i++) {
    const x = 1 / (1 + exp(-logit));
    const y = 1 / (1 + exp(logit));
    const weight = logWeight(a, b, x, y);
    let logTail: f64;
    let slope: f64; // of log I: D / I
    if (x * (a + b + 2) <= a + 1) {
      const ratio = tailRatio(a, b, x, y);
      logTail = weight + log(ratio);
      slope = 1 / ratio;
    } else {
      const lower = max(1e-16, 1 - exp(weight) * tailRatio(b, a, y, x));
      logTail = log(lower);
      slope = exp(weight) / lower;
    }
    const step = (target - logTail) / slope;
    logit += step;
    if (logit < -LARGEST_LOGIT) return -LARGEST_LOGIT;
    if (i > 0 && !(step > 1e-16 * abs(logit))) break;
  }
  return logit;
}

/** Beyond it x is below the smallest normal f64 and read as 0. */
const LARGEST_LOGIT: f64 = 708;

/** x with I_x(a, b) = p, or 1 - I_x(a, b) = p if `upper`. 0 where x is below 3e-308. */
export function betaQuantile(a: f64, b: f64, p: f64, upper: bool): f64 {
  if (!(p > 0 && p < 1)) return p == 0 ? f64(upper) : p == 1 ? f64(!upper) : NaN;
  const fromBelow = p <= 0.5 != upper;
  const small = p <= 0.5 ? p : 1 - p;
  const logit = fromBelow ? lowerLogit(a, b, small) : -lowerLogit(b, a, small);
  return abs(logit) == LARGEST_LOGIT ? f64(logit > 0) : 1 / (1 + exp(-logit));
}
