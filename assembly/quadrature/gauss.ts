/**
 * Gauss-Legendre quadrature with eight points on [0, 1], and the integral from 0 to each point of the polynomial through
 * eight values. Together they are Gauss's collocation method: the integrals of a product of running integrals are of
 * order 16 in the length of a panel (Hairer, Norsett & Wanner 1993, II.7). Points and weights: scripts/make-quadrature-tables.py.
 */

export const PANEL_NODES: usize = 8;

/** Points in (0, 1). */
export const NODES = memory.data<f64>(
  [
    0.019855071751231884, 0.10166676129318664, 0.2372337950418355, 0.4082826787521751, 0.591717321247825,
    0.7627662049581645, 0.8983332387068134, 0.9801449282487681,
  ],
  16,
);

export const WEIGHTS = memory.data<f64>(
  [
    0.05061426814518813, 0.11119051722668724, 0.15685332293894363, 0.181341891689181, 0.181341891689181,
    0.15685332293894363, 0.11119051722668724, 0.05061426814518813,
  ],
  16,
);

/** Column after column: what the value at point l adds to the integrals up to points 0 ... 7. Zero before `makeCumulative`. */
export const CUMULATIVE = memory.data(512, 16);
const COLUMN: usize = 64;

/**
 * Fills CUMULATIVE at its first call, within 2e-16 of the exact values: 512 bytes that do not compress, for 150 of code.
 * The polynomial that is 1 at point l and 0 at the others is W_l Σ (2n + 1) P_n(s) P_n(t), n < 8, in Legendre polynomials of
 * s = 2 x_l - 1 and t = 2 x - 1, and (2n + 1) P_n is the derivative of P_{n+1} - P_{n-1} (DLMF 18.9.21).
 */
export function makeCumulative(): void {
  if (load<f64>(CUMULATIVE) != 0) return;
  let out = CUMULATIVE;
  for (let l: usize = 0; l < COLUMN; l += 8) {
    const s = 2 * load<f64>(NODES + l) - 1;
    for (let k: usize = 0; k < COLUMN; k += 8, out += 8) {
      const t = 2 * load<f64>(NODES + k) - 1;
      store<f64>(out, 0.5 * load<f64>(WEIGHTS + l) * integral(s, t));
    }
  }
}

/** 1 + t + Σ P_n(s) (P_{n+1}(t) - P_{n-1}(t)), n = 1 … 7. */
function integral(s: f64, t: f64): f64 {
  let sum = 1 + t;
  let p: f64 = 1; // P_{n-1}(s), P_n(s), and the same of t
  let pNext = s;
  let q: f64 = 1;
  let qNext = t;
  for (let n: f64 = 1; n < PANEL_NODES; n++) {
    const below = q;
    const value = pNext;
    pNext = legendre(n, s, pNext, p);
    p = value;
    q = qNext;
    qNext = legendre(n, t, qNext, below);
    sum += value * (qNext - below);
  }
  return sum;
}

/** P_{n+1} from P_n and P_{n-1}. */
// @ts-ignore: decorator
@inline
function legendre(n: f64, x: f64, p: f64, before: f64): f64 {
  return ((n + n + 1) * x * p - n * before) / (n + 1);
}
