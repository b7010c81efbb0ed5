/**
 * Standard exponential draws (rate 1) by a 256-layer ziggurat.
 *
 * Source: Marsaglia & Tsang 2000 (doi:10.18637/jss.v005.i08). Layer from bits 0–7, uniform on [0, 1) from bits
 * 11–63 of one u64; accepted at the first test in 97.78 %. The tail beyond r is r plus another exponential (no
 * memory). Values are in [0, ∞); 0 itself has probability 2^-53 times the width of a layer.
 */
import { exp } from '../math/exp';
import { nextU64, nextUnit, toUnit } from '../rng/stream';
import { EXPONENTIAL_EDGES, EXPONENTIAL_R } from './zigguratTables';

// @ts-ignore: decorator
@inline
function layerEdge(layer: usize): f64 {
  return load<f64>(EXPONENTIAL_EDGES + (layer << 3));
}

/** Next standard exponential of the stream. */
export function nextExponential(stream: usize): f64 {
  let beyond: f64 = 0;
  while (true) {
    const bits = nextU64(stream);
    const layer = <usize>(bits & 255);
    const x = toUnit(bits) * layerEdge(layer);
    if (x < layerEdge(layer + 1)) return beyond + x;
    if (layer == 0) {
      beyond += EXPONENTIAL_R;
      continue;
    }
    // Density ratios to f(x), as in the normal's wedge.
    const floor = exp(x - layerEdge(layer));
    const ceiling = exp(x - layerEdge(layer + 1));
    if (floor + nextUnit(stream) * (ceiling - floor) < 1.0) return beyond + x;
  }
}
