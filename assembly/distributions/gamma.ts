/**
 * Gamma(shape, scale 1) draws for every shape in (0, 1e15].
 *
 *   shape = 1   the exponential itself.
 *   shape > 1   Marsaglia & Tsang 2000 (doi:10.1145/358407.358414): d = shape - 1/3, c = 1/sqrt(9 d), v = (1 + c z)^3,
 *               accepted by the squeeze u < 1 - 0.1986 z² y², y = c z, else by the exact logarithmic test.
 *   shape < 1   Gamma(shape + 1) * U^(1/shape), kept in log space where the product would underflow.
 *
 * The published squeeze is u < 1 - 0.0331 z^4, safe for every d >= 2/3. Scaled by (2/3)/d it is still safe: at fixed
 * y the gap between both sides is convex in d, 0 at d = 0 and not negative at d = 2/3, hence not negative beyond
 * (docs/MATH.md §3). It turns down 6.6 %/d of the draws instead of 9.9 %, and z²/d = 9 y² makes it cheap.
 *
 * The exact test is log u < z²/2 + d (1 - v + log v). For large d it is a difference of huge terms, so with
 * y = c z it is evaluated as the series d * sum_{k >= 4} 3 (-1)^(k+1) y^k / k wherever |y| <= 1/64: the terms
 * of order 2 cancel z²/2 identically and those of order 3 vanish (docs/MATH.md §3).
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { insideRectangle, nextNormal, normalCandidate, settleNormal } from './normal';
import { nextOpenUnit, nextUnitInline } from '../rng/stream';

/** 0.0331 * (2/3) * 9. A smaller value would accept too much; a larger one stays correct and only costs speed. */
export const SQUEEZE: f64 = 0.1986;

/** d = shape - 1/3. */
export const THIRD: f64 = 0.3333333333333333;
const TWO_MINUS_32: f64 = 2.3283064365386963e-10;

/** log of the largest u that accepts the normal z at y = c z, v = (1 + y)^3 > 0. */
// @ts-ignore: decorator
@inline
function logAcceptance(z: f64, y: f64, v: f64, d: f64): f64 {
  if (abs(y) <= 0.015625) {
    const y4 = y * y * y * y;
    // Coefficients 3 (-1)^(k+1)/k for k = 4 … 10; the next term is < 1e-13 of the first.
    let series: f64 = 0;
    let signed: f64 = -3;
    for (let k: f64 = 10; k > 3; k--, signed = -signed) series = signed / k + y * series;
    return d * y4 * series;
  }
  return 0.5 * z * z + d * (1.0 - v + log(v));
}

/** Does (z, u) accept v = (1 + c z)^3? */
// @ts-ignore: decorator
@inline
export function accepts(z: f64, u: f64, y: f64, v: f64, d: f64): bool {
  const zy = z * y;
  if (u < 1.0 - SQUEEZE * (zy * zy)) return true;
  return passesExactTest(z, u, y, v, d);
}

function passesExactTest(z: f64, u: f64, y: f64, v: f64, d: f64): bool {
  return log(u) < logAcceptance(z, y, v, d);
}

/** Gamma(shape) for shape >= 1, the boosted shape + 1 included. */
// @ts-ignore: decorator
@inline
export function nextGammaAboveOne(shape: f64, stream: usize): f64 {
  const d = shape - THIRD;
  return candidatesUntilAccepted(d, gammaWidth(d), stream);
}

function candidatesUntilAccepted(d: f64, c: f64, stream: usize): f64 {
  if (!(d < Infinity)) return d; // NaN would be turned down for ever
  while (true) {
    const z = nextNormal(stream);
    const y = c * z;
    const base = 1.0 + y;
    if (base <= 0) continue;
    const v = base * base * base;
    if (accepts(z, nextUnitInline(stream), y, v, d)) return d * v;
  }
}

/** 1/sqrt(9 d), the width of a candidate. */
// @ts-ignore: decorator
@inline
export function gammaWidth(d: f64): f64 {
  return 1.0 / sqrt(9.0 * d);
}

/**
 * Do the candidate normal of `bits` and every uniform whose upper 32 bits are `prefix` make an accepted Gamma of (d, c)?
 */
export function settledAtOnce(d: f64, c: f64, bits: u64, prefix: u32): bool {
  const z = normalCandidate(bits);
  const y = z * c;
  const base = 1.0 + y;
  return (
    insideRectangle(bits, z) && base > 0 && accepts(z, (<f64>prefix + 1.0) * TWO_MINUS_32, y, base * base * base, d)
  );
}

/**
 * The Gamma of (d, c), shape >= 1, from the word of a normal and a uniform of which `prefix` holds the upper 32 bits,
 * completed to 85 from the stream; where the full test turns it down, drawn afresh.
 */
export function settleGamma(d: f64, c: f64, bits: u64, prefix: u32, stream: usize): f64 {
  let z = normalCandidate(bits);
  if (!insideRectangle(bits, z)) z = settleNormal(bits, z, stream);
  const y = z * c;
  const base = 1.0 + y;
  const v = base * base * base;
  const u = (<f64>prefix + nextUnitInline(stream)) * TWO_MINUS_32;
  return base > 0 && accepts(z, u, y, v, d) ? d * v : candidatesUntilAccepted(d, c, stream);
}

/** log of a Gamma(shape) draw: finite for every shape, also where the draw itself underflows. */
export function nextLogGamma(shape: f64, stream: usize): f64 {
  if (shape < 1.0) {
    const boosted = log(nextGammaAboveOne(shape + 1.0, stream));
    return boosted + log(nextOpenUnit(stream)) / shape;
  }
  return log(nextGammaAboveOne(shape, stream));
}
