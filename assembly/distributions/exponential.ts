/**
 * Standard exponential draws (rate 1) by a 1,024-layer ziggurat.
 *
 * Source: Marsaglia & Tsang 2000 (doi:10.18637/jss.v005.i08). Layer from bits 0–9, uniform on [0, 1) from bits
 * 12–63 of one u64; accepted at the first test in 99.36 %. The tail beyond r is r plus another exponential (no
 * memory). Values are in [0, ∞); 0 itself has probability 2^-52 times the width of a layer.
 */
import { exp } from '../math/exp';
import { nextU64, nextUnitInline } from '../rng/stream';
import { EXPONENTIAL_EDGES, EXPONENTIAL_R } from './zigguratEdges';

// @ts-ignore: decorator
@inline
function layerEdge(layer: usize): f64 {
  return load<f64>(EXPONENTIAL_EDGES + (layer << 3));
}

/** Makes of 52 bits a number in [1, 2): minus 1, it is the uniform. */
export const EXPONENTIAL_BITS: u64 = 0x3ff0000000000000;

/** The edges of a layer as a vector: its width and that of its rectangle. */
// @ts-ignore: decorator
@inline
export function exponentialLayer(layer: usize): v128 {
  return v128.load(EXPONENTIAL_EDGES + (layer << 3));
}

/** The candidate x of `bits`: uniform times the width of its layer. */
// @ts-ignore: decorator
@inline
export function exponentialCandidate(bits: u64): f64 {
  return (reinterpret<f64>((bits >> 12) | EXPONENTIAL_BITS) - 1.0) * layerEdge(<usize>(bits & 1023));
}

/** Is the candidate x of `bits` inside its layer's rectangle? If not, `settleExponential` decides. */
// @ts-ignore: decorator
@inline
export function insideRectangle(bits: u64, x: f64): bool {
  return x < layerEdge(<usize>(bits & 1023) + 1);
}

/** The exponential of `bits` whose candidate x fell outside the rectangle: wedge, tail or a fresh draw. */
export function settleExponential(bits: u64, x: f64, stream: usize): f64 {
  let beyond: f64 = 0;
  while (true) {
    const layer = <usize>(bits & 1023);
    if (layer == 0) {
      beyond += EXPONENTIAL_R;
    } else {
      // Density ratios to f(x), as in the normal's wedge.
      const floor = exp(x - layerEdge(layer));
      const ceiling = exp(x - layerEdge(layer + 1));
      if (floor + nextUnitInline(stream) * (ceiling - floor) < 1.0) break;
    }
    bits = nextU64(stream);
    x = exponentialCandidate(bits);
    if (insideRectangle(bits, x)) break;
  }
  return beyond + x;
}
