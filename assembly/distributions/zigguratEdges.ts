/**
 * The layer edges of both ziggurats, made before the first draw of an instance: 16 kB that compress badly, for some 300
 * bytes of code, and a quarter of a millisecond that an instance without draws does not pay. Our own exp and log make
 * them, so they have the same bits on every host.
 *
 * Of 1,024 layers of equal area v the base strip has width X[0] = v/f(r) and ends at X[1] = r; upwards
 * f(X[i + 1]) = f(X[i]) + v/X[i], until X[1024] = 0 (Marsaglia & Tsang 2000, doi:10.18637/jss.v005.i08).
 * r and X[0] solve for layers that close: docs/MATH.md §3.
 */
import { exp } from '../math/exp';
import { log } from '../math/log';

/** Edge of the base layer, r. */
export const NORMAL_R: f64 = 4.038849846109505;
export const EXPONENTIAL_R: f64 = 9.256164544265545;
const NORMAL_BASE: f64 = 4.2734453030989945;
const EXPONENTIAL_BASE: f64 = 10.256164544265545;

const LAYERS: usize = 1024;
/** 1,025 edges each. */
export const NORMAL_EDGES = memory.data(8208, 16);
export const EXPONENTIAL_EDGES = memory.data(8208, 16);

/** Every entry that draws normals or exponentials (Gammas, Betas) calls this first. Without edges a draw never ends. */
export function makeEdges(): void {
  if (load<f64>(EXPONENTIAL_EDGES) != 0) return;
  fillEdges(NORMAL_EDGES, NORMAL_BASE, NORMAL_R, true);
  fillEdges(EXPONENTIAL_EDGES, EXPONENTIAL_BASE, EXPONENTIAL_R, false);
}

/** All but the last edge, which is 0. */
function fillEdges(edges: usize, base: f64, r: f64, normal: bool): void {
  let height = exp(normal ? -0.5 * r * r : -r);
  const area = base * height;
  store<f64>(edges, base);
  let x = r;
  for (let i: usize = 1; i < LAYERS; i++) {
    store<f64>(edges + (i << 3), x);
    height += area / x;
    x = normal ? sqrt(-2 * log(height)) : -log(height);
  }
}
