/**
 * Standard normal draws by a 1,024-layer ziggurat.
 *
 * Source: Marsaglia & Tsang 2000 (doi:10.18637/jss.v005.i08) in the form of Doornik 2005: one table of layer
 * edges X; a layer j and a signed uniform f come from disjoint bits of one u64 (bits 0–9 and 12–63); x = f X[j] is
 * accepted when |x| < X[j + 1] (99.57 %). Otherwise the wedge is tested against the density, or the tail beyond r is
 * drawn by Marsaglia's exponential rejection. Exact up to the 52-bit resolution of f.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';
import { nextOpenUnit, nextU64, nextU64Inline, nextUnitInline } from '../rng/stream';
import { NORMAL_EDGES, NORMAL_R } from './zigguratEdges';

// @ts-ignore: decorator
@inline
function layerEdge(layer: usize): f64 {
  return load<f64>(NORMAL_EDGES + (layer << 3));
}

/** Makes of 52 bits a number in [2, 4), their uppermost bit turned round: minus 3, it is the signed uniform. */
export const NORMAL_BITS: u64 = 0x4008000000000000;

/** The edges of a layer as a vector: its width and that of its rectangle. */
// @ts-ignore: decorator
@inline
export function normalLayer(layer: usize): v128 {
  return v128.load(NORMAL_EDGES + (layer << 3));
}

/** The candidate x of `bits`: signed uniform times the width of its layer. */
// @ts-ignore: decorator
@inline
export function normalCandidate(bits: u64): f64 {
  return (reinterpret<f64>((bits >> 12) ^ NORMAL_BITS) - 3.0) * layerEdge(<usize>(bits & 1023));
}

/** Is the candidate x of `bits` inside its layer's rectangle? If not, `settleNormal` decides. */
// @ts-ignore: decorator
@inline
export function insideRectangle(bits: u64, x: f64): bool {
  return abs(x) < layerEdge(<usize>(bits & 1023) + 1);
}

/** Next standard normal of the stream. */
// @ts-ignore: decorator
@inline
export function nextNormal(stream: usize): f64 {
  const bits = nextU64Inline(stream);
  const x = normalCandidate(bits);
  return insideRectangle(bits, x) ? x : settleNormal(bits, x, stream);
}

/** The normal of `bits` whose candidate x fell outside the rectangle: wedge, tail or a fresh draw. */
export function settleNormal(bits: u64, x: f64, stream: usize): f64 {
  while (true) {
    const layer = <usize>(bits & 1023);
    if (layer == 0) return tail(x, stream);
    const upper = layerEdge(layer);
    const lower = layerEdge(layer + 1);
    // Density ratios to f(x): the layer's floor and ceiling are f(upper) and f(lower).
    const floor = exp(-0.5 * (upper * upper - x * x));
    const ceiling = exp(-0.5 * (lower * lower - x * x));
    if (floor + nextUnitInline(stream) * (ceiling - floor) < 1.0) return x;
    bits = nextU64(stream);
    x = normalCandidate(bits);
    if (insideRectangle(bits, x)) return x;
  }
}

/** Marsaglia 1964: |x| beyond r, with the sign of the rejected x. */
function tail(x: f64, stream: usize): f64 {
  let excess: f64;
  do {
    excess = -log(nextOpenUnit(stream)) / NORMAL_R;
  } while (-2.0 * log(nextOpenUnit(stream)) <= excess * excess);
  return copysign(NORMAL_R + excess, x);
}
