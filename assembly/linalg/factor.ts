/**
 * The factorisation M = L D Lᵀ of a symmetric positive definite matrix, L unit lower triangular: Cholesky's without square
 * roots. Column k of L stands in row k of the matrix, from the diagonal on (so what is stored is Lᵀ row-major); of D the
 * inverses are kept. Columns beyond the dimension hold zeros.
 *
 * Rank-one update: Gill, Golub, Murray & Saunders 1974 (doi:10.1090/S0025-5718-1974-0343558-6), method C1 in the form with
 * t = 1/weight, whose recurrence t += p² / D needs no division on its critical path. For weight > 0 it is unconditionally stable:
 * every D only grows.
 */
import { addScaled, dot } from './vector';

/**
 * Factorises in place. A pivot below `floor` is taken as `floor`: for M = floor·I + (positive semidefinite) every exact pivot is
 * at least that, so a smaller one is rounding. Stops and returns false at a pivot below `share` of its diagonal element: that
 * column is, but for this share, a combination of those before it. `share` = 0 never stops.
 */
export function factorise(m: usize, stride: usize, d: u32, floor: f64, share: f64, inverse: usize): bool {
  for (let k: u32 = 0; k < d; k++) store<f64>(inverse + (k << 3), load<f64>(at(m, stride, k, k)));
  for (let k: u32 = 0; k < d; k++) {
    const column = at(m, stride, k, k);
    const pivot = load<f64>(column);
    if (share > 0 && !(pivot > share * load<f64>(inverse + (k << 3)))) return false;
    const scale = 1 / max(pivot, floor);
    for (let j = k + 1; j < d; j++) {
      const offset = (<usize>(j - k)) << 3;
      addScaled(at(m, stride, j, j), -load<f64>(column + offset) * scale, column + offset, d - j);
    }
    for (let j = k + 1; j < d; j++) {
      const entry = at(m, stride, k, j);
      store<f64>(entry, load<f64>(entry) * scale);
    }
    store<f64>(inverse + (k << 3), scale);
  }
  return true;
}

/**
 * M := M + weight x xᵀ and, with z = D⁻¹ L⁻¹ b, b := b + weight y x, weight > 0; x (d values, then a zero) is overwritten.
 * z is what one more row (x, y) of a QR decomposition would make of it: no b is formed that M⁻¹ would magnify the rounding of.
 * `second` (0: none) is another z, of a target `other` on the same rows. Perf: two columns at once halve the traffic of x.
 */
export function rankOneUpdate(
  m: usize,
  stride: usize,
  d: u32,
  inverse: usize,
  x: usize,
  weight: f64,
  z: usize,
  y: f64,
  second: usize = 0,
  other: f64 = 0,
): void {
  let t = 1 / weight;
  let r = weight;
  let k: u32 = 0;
  for (; k + 1 < d; k += 2) {
    const column = at(m, stride, k, k);
    const entry = load<f64>(column, 8);
    const p0 = load<f64>(x);
    const p1 = load<f64>(x, 8) - p0 * entry;
    const d0 = load<f64>(inverse);
    const d1 = load<f64>(inverse, 8);
    const q0 = p0 * d0;
    const q1 = p1 * d1;
    const t0 = t + p0 * q0;
    const t1 = t0 + p1 * q1;
    const r0 = 1 / t0;
    const r1 = 1 / t1;
    const b0 = q0 * r0;
    const b1 = q1 * r1;
    const z0 = load<f64>(z);
    const z1 = load<f64>(z, 8);
    const once = y - p0 * z0;
    y = once - p1 * z1;
    store<f64>(z, z0 + b0 * once);
    store<f64>(z, z1 + b1 * y, 8);
    if (second) {
      const s0 = load<f64>(second);
      const s1 = load<f64>(second, 8);
      const less = other - p0 * s0;
      other = less - p1 * s1;
      store<f64>(second, s0 + b0 * less);
      store<f64>(second, s1 + b1 * other, 8);
      second += 16;
    }
    store<f64>(column, entry + b0 * p1, 8);
    store<f64>(inverse, d0 * (t * r0));
    store<f64>(inverse, d1 * (t0 * r1), 8);
    updateColumns(column + 16, column + stride + 16, x + 16, d - k - 2, p0, p1, b0, b1);
    t = t1;
    r = r1;
    x += 16;
    z += 16;
    inverse += 16;
  }
  if (k == d) return;
  const p = load<f64>(x);
  const d0 = load<f64>(inverse);
  const t0 = t + p * p * d0;
  const z0 = load<f64>(z);
  store<f64>(inverse, d0 * (t / t0));
  store<f64>(z, z0 + ((p * d0) / t0) * (y - p * z0));
  if (second) store<f64>(second, load<f64>(second) + ((p * d0) / t0) * (other - p * load<f64>(second)));
}

// @ts-ignore: decorator
@inline
function updateColumns(a: usize, b: usize, x: usize, count: u32, p0: f64, p1: f64, b0: f64, b1: f64): void {
  const p0v = f64x2.splat(p0);
  const p1v = f64x2.splat(p1);
  const b0v = f64x2.splat(b0);
  const b1v = f64x2.splat(b1);
  for (const end = x + ((<usize>count) << 3); x < end; x += 16, a += 16, b += 16) {
    const av = v128.load(a);
    const bv = v128.load(b);
    const once = f64x2.sub(v128.load(x), f64x2.mul(p0v, av));
    const twice = f64x2.sub(once, f64x2.mul(p1v, bv));
    v128.store(a, f64x2.add(av, f64x2.mul(b0v, once)));
    v128.store(b, f64x2.add(bv, f64x2.mul(b1v, twice)));
    v128.store(x, twice);
  }
}

/** x := D⁻¹ L⁻¹ x; x has d values, then a zero. */
export function solveForward(m: usize, stride: usize, d: u32, inverse: usize, x: usize): void {
  for (let k: u32 = 0; k < d; k++) {
    const value = x + (k << 3);
    addScaled(value + 8, -load<f64>(value), at(m, stride, k, k + 1), d - k - 1);
    store<f64>(value, load<f64>(value) * load<f64>(inverse + (k << 3)));
  }
}

/** x := L⁻ᵀ x: after the forward half, M⁻¹ x. */
export function solveBackward(m: usize, stride: usize, d: u32, x: usize): void {
  for (let k: u32 = d; k-- > 0;) {
    const value = x + (k << 3);
    const below = dot(at(m, stride, k, k + 1), value + 8, d - k - 1);
    store<f64>(value, load<f64>(value) - below);
  }
}

/** Address of row i, column j. */
// @ts-ignore: decorator
@inline
export function at(m: usize, stride: usize, i: u32, j: u32): usize {
  return m + <usize>i * stride + ((<usize>j) << 3);
}
