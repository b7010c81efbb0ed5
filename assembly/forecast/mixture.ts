/**
 * A two-component normal mixture of the logarithm of a count, truncated above: moments, distribution, quantiles and score of the count. Logarithms
 * are natural, counts real numbers > 0. Formulas: docs/MATH.md §20.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { NODES, PANEL_NODES, WEIGHTS } from '../quadrature/gauss';
import { Record } from '../hierarchy/layout';
import { millsRatio, normalDensity, normalQuantile } from '../special/normal';

/** Byte offsets in a mixture. */
export namespace Mixture {
  export const WEIGHT: usize = 0; // f64, of the first component
  export const MEAN: usize = 8; // f64, of the first; the second's stands NEXT further, as its sd does
  export const SD: usize = 16; // f64
  export const NEXT: usize = 16;
  export const UPPER: usize = 40; // f64: the largest logarithm
  export const MASS: usize = 48; // f64: probability up to there before the truncation
  export const BYTES: usize = 56;
}

/** Standard deviations behind which nothing counts. */
const FAR: f64 = 9;
/** Standard deviations at which the normal density is 0. */
const NOTHING: f64 = 38.5;
/** A component centred further beyond the truncation is moved here, where some of it is left. */
const BEYOND: f64 = 6;
const PANELS: f64 = 32;

/** A count of 0 is taken as this. */
const SMALLEST_COUNT: f64 = 0.5;

export function logCount(count: f64): f64 {
  return log(max(count, SMALLEST_COUNT));
}

/** The predictive mixture of a model: its noise around a mean with an epistemic variance, up to `upper`. */
export function makeMixture(record: usize, mean: f64, epistemic: f64, upper: f64, out: usize): void {
  const sd = sqrt(load<f64>(record, Record.NOISE));
  store<f64>(out, load<f64>(record, Record.SHAPE), Mixture.WEIGHT);
  for (let c: usize = 0; c < 2 * Mixture.NEXT; c += Mixture.NEXT) {
    const spread = sd * load<f64>(record + c, Record.SHAPE + 16);
    const centre = mean + sd * load<f64>(record + c, Record.SHAPE + 8);
    placeComponent(out + c, centre, sqrt(spread * spread + epistemic), upper);
  }
  truncate(out, upper);
}

function placeComponent(out: usize, mean: f64, sd: f64, upper: f64): void {
  store<f64>(out, min(mean, upper + BEYOND * sd), Mixture.MEAN);
  store<f64>(out, sd, Mixture.SD);
}

function truncate(mixture: usize, upper: f64): void {
  store<f64>(mixture, upper, Mixture.UPPER);
  store<f64>(mixture, partialMoment(mixture, 0, upper), Mixture.MASS);
}

/** ∫ e^{power z} f(z) dz up to x, f the density before the truncation: the distribution for power 0. */
export function partialMoment(mixture: usize, power: f64, x: f64): f64 {
  const first = load<f64>(mixture, Mixture.WEIGHT);
  return (
    first * partialOfNormal(load<f64>(mixture, Mixture.MEAN), load<f64>(mixture, Mixture.SD), power, x) +
    (1 - first) *
      partialOfNormal(
        load<f64>(mixture, Mixture.MEAN + Mixture.NEXT),
        load<f64>(mixture, Mixture.SD + Mixture.NEXT),
        power,
        x,
      )
  );
}

/** Neither factor leaves the range of f64 where the product is in it. */
function partialOfNormal(mean: f64, sd: f64, power: f64, x: f64): f64 {
  const z = (x - mean) / sd;
  const beyond = power * sd - z;
  if (beyond > 0) return abs(z) > NOTHING ? 0 : exp(power * x) * normalDensity(z) * millsRatio(beyond);
  const whole = exp(power * (mean + 0.5 * power * sd * sd));
  return beyond < -FAR ? whole : whole * (1 - normalDensity(beyond) * millsRatio(-beyond));
}

/** Mean of the count. */
export function mixtureMean(mixture: usize): f64 {
  return partialMoment(mixture, 1, load<f64>(mixture, Mixture.UPPER)) / load<f64>(mixture, Mixture.MASS);
}

/** P(logarithm of the count <= x). */
export function mixtureCdf(mixture: usize, x: f64): f64 {
  if (!(x < load<f64>(mixture, Mixture.UPPER))) return 1;
  return partialMoment(mixture, 0, x) / load<f64>(mixture, Mixture.MASS);
}

/**
 * The count with P(count <= it) = p in (0, 1): between the components' quantiles by false position, the weight of an end that stays halved each time
 * (the Illinois method, Dowell & Jarratt 1971, doi:10.1007/BF01934364).
 */
export function mixtureQuantile(mixture: usize, p: f64): f64 {
  const target = p * load<f64>(mixture, Mixture.MASS);
  const z = normalQuantile(target, false);
  let a = load<f64>(mixture, Mixture.MEAN) + z * load<f64>(mixture, Mixture.SD);
  let b = load<f64>(mixture, Mixture.MEAN + Mixture.NEXT) + z * load<f64>(mixture, Mixture.SD + Mixture.NEXT);
  let atA = partialMoment(mixture, 0, a) - target;
  let atB = partialMoment(mixture, 0, b) - target;
  for (let i = 0; i < 100 && abs(b - a) > 1e-13 * max(abs(b), 1); i++) {
    const x = b - (atB * (b - a)) / (atB - atA);
    // Where an end is a root already, or rounding hides which way to go.
    if (!(abs(x) < Infinity)) break;
    const atX = partialMoment(mixture, 0, x) - target;
    if (atX * atB <= 0) {
      a = b;
      atA = atB;
    } else atA *= 0.5;
    b = x;
    atB = atX;
    if (atX == 0) break;
  }
  return exp(min(b, load<f64>(mixture, Mixture.UPPER)));
}

/**
 * Continuous ranked probability score of a count (Gneiting & Raftery 2007, doi:10.1198/016214506000001437): ∫ F² below the count and ∫ (1 − F)² above, in
 * panels of eight Gauss points in the logarithm.
 */
export function mixtureCrps(mixture: usize, value: f64): f64 {
  const x = logCount(value);
  let low = x;
  let high = x;
  for (let c: usize = 0; c < 2 * Mixture.NEXT; c += Mixture.NEXT) {
    const sd = load<f64>(mixture + c, Mixture.SD);
    const centre = load<f64>(mixture + c, Mixture.MEAN);
    low = min(low, centre - FAR * sd);
    high = max(high, centre + (FAR + sd) * sd);
  }
  high = max(min(high, load<f64>(mixture, Mixture.UPPER)), x);
  return squareIntegral(mixture, low, x, 0) + squareIntegral(mixture, x, high, 1);
}

/** ∫ (F − to)² e^z dz. */
function squareIntegral(mixture: usize, low: f64, high: f64, to: f64): f64 {
  const width = (high - low) / PANELS;
  let sum = 0.0;
  for (let panel: f64 = 0; panel < PANELS; panel++) {
    for (let node: usize = 0; node < PANEL_NODES << 3; node += 8) {
      const z = low + width * (panel + load<f64>(NODES + node));
      const f = mixtureCdf(mixture, z) - to;
      sum += width * load<f64>(WEIGHTS + node) * f * f * exp(z);
    }
  }
  return sum;
}

/** Points and weights of Gauss–Hermite quadrature for the standard normal distribution, the middle one first (DLMF 3.5.28). */
const HERMITE = memory.data<f64>(
  [
    0, 0.5333333333333333, 1.355626179974266, 0.2220759220056126, -1.355626179974266, 0.2220759220056126,
    2.8569700138728056, 0.011257411327720689, -2.8569700138728056, 0.011257411327720689,
  ],
  16,
);

/**
 * The two parts of the count's variance, to out[0] and out[1]: mean, over what is not known of x·w, of the variance of the noise (aleatoric), and
 * variance of the mean (epistemic). `epistemic` is the share of the components' variances that the former has; `scratch` holds a mixture.
 */
export function splitVariance(mixture: usize, epistemic: f64, scratch: usize, out: usize): void {
  const sd = sqrt(epistemic);
  const upper = load<f64>(mixture, Mixture.UPPER);
  let first = 0.0;
  let squares = 0.0;
  let variance = 0.0;
  memory.copy(scratch, mixture, Mixture.BYTES);
  for (let i: usize = 0; i < 80; i += 16) {
    const weight = load<f64>(HERMITE + i, 8);
    for (let c: usize = 0; c < 2 * Mixture.NEXT; c += Mixture.NEXT) {
      const whole = load<f64>(mixture + c, Mixture.SD);
      const spread = sqrt(max(whole * whole - epistemic, 0)) + 1e-9;
      const centre = load<f64>(mixture + c, Mixture.MEAN) + sd * load<f64>(HERMITE + i);
      placeComponent(scratch + c, centre, spread, upper);
    }
    truncate(scratch, upper);
    const centre = mixtureMean(scratch);
    const square = partialMoment(scratch, 2, upper) / load<f64>(scratch, Mixture.MASS);
    first += weight * centre;
    squares += weight * centre * centre;
    variance += weight * max(square - centre * centre, 0);
  }
  store<f64>(out, variance);
  store<f64>(out, max(squares - first * first, 0), 8);
}
