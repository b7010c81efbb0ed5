/**
 * S = Q T Qᵀ with T tridiagonal, by Householder reflections (Golub & Van Loan 2013, §8.3.1), and what evidence maximisation asks of
 * S + ρ I: one reduction costs 4/3 d³, every ρ after it O(d), without any eigenvector.
 *
 * S is given by its upper triangle, row-major; reflection k is left in row k from column k + 1 on.
 */
import { log } from '../math/log';
import { at } from './factor';
import { addScaled, dot } from './vector';

/** Arrays of `d` f64. `product` is scratch. */
export function tridiagonalise(
  s: usize,
  stride: usize,
  d: u32,
  diagonal: usize,
  beside: usize,
  factors: usize,
  product: usize,
): void {
  for (let k: u32 = 0; k + 2 < d; k++) {
    const row = at(s, stride, k, 0);
    const first = ((<usize>k) << 3) + 8;
    const tail = dot(row + first + 8, row + first + 8, d - k - 2);
    const head = load<f64>(row + first);
    let factor = 0.0;
    let image = head;
    if (tail > 0) {
      image = head > 0 ? -sqrt(head * head + tail) : sqrt(head * head + tail);
      store<f64>(row + first, head - image);
      factor = 2 / (tail + (head - image) * (head - image));
      reflect(s, stride, d, k, factor, product);
    }
    store<f64>(diagonal + (k << 3), load<f64>(row + first - 8));
    store<f64>(beside + (k << 3), image);
    store<f64>(factors + (k << 3), factor);
  }
  for (let k: u32 = d > 2 ? d - 2 : 0; k < d; k++) {
    store<f64>(diagonal + (k << 3), load<f64>(at(s, stride, k, k)));
    store<f64>(beside + (k << 3), k + 1 < d ? load<f64>(at(s, stride, k, k + 1)) : 0);
    store<f64>(factors + (k << 3), 0);
  }
}

/** Rows and columns after k: S := H S H, H = I − factor v vᵀ, as S − v wᵀ − w vᵀ. */
function reflect(s: usize, stride: usize, d: u32, k: u32, factor: f64, w: usize): void {
  const v = at(s, stride, k, 0);
  memory.fill(w, 0, ((<usize>d) << 3) + 8);
  for (let i = k + 1; i < d; i++) {
    const offset = (<usize>i) << 3;
    const row = at(s, stride, i, i);
    const value = load<f64>(v + offset);
    const beyond = multiplyBoth(row + 8, v + offset + 8, w + offset + 8, value, d - i - 1);
    store<f64>(w + offset, load<f64>(w + offset) + load<f64>(row) * value + beyond);
  }
  const first = ((<usize>k) << 3) + 8;
  const count = d - k - 1;
  const half = 0.5 * factor * factor * dot(v + first, w + first, count);
  for (let i = k + 1; i < d; i++) {
    const offset = (<usize>i) << 3;
    store<f64>(w + offset, factor * load<f64>(w + offset) - half * load<f64>(v + offset));
  }
  for (let i = k + 1; i < d; i++) {
    const offset = (<usize>i) << 3;
    subtractTwo(at(s, stride, i, i), load<f64>(v + offset), w + offset, load<f64>(w + offset), v + offset, d - i);
  }
}

/** Returns row · v and adds `value` row to w: a row of the upper triangle is a column of the lower one too. */
// @ts-ignore: decorator
@inline
function multiplyBoth(row: usize, v: usize, w: usize, value: f64, count: u32): f64 {
  const f = f64x2.splat(value);
  let sum = f64x2.splat(0);
  for (const end = row + ((<usize>count) << 3); row < end; row += 16, v += 16, w += 16) {
    const r = v128.load(row);
    sum = f64x2.add(sum, f64x2.mul(r, v128.load(v)));
    v128.store(w, f64x2.add(v128.load(w), f64x2.mul(f, r)));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** a −= f b + g c. */
// @ts-ignore: decorator
@inline
function subtractTwo(a: usize, f: f64, b: usize, g: f64, c: usize, count: u32): void {
  const fv = f64x2.splat(f);
  const gv = f64x2.splat(g);
  for (const end = a + ((<usize>count) << 3); a < end; a += 16, b += 16, c += 16) {
    const both = f64x2.add(f64x2.mul(fv, v128.load(b)), f64x2.mul(gv, v128.load(c)));
    v128.store(a, f64x2.sub(v128.load(a), both));
  }
}

/** x := Qᵀ x (`backwards` false) or Q x (true). */
export function applyReflections(s: usize, stride: usize, d: u32, factors: usize, x: usize, backwards: bool): void {
  for (let i: u32 = 0; i + 2 < d; i++) {
    const k = backwards ? d - 3 - i : i;
    const v = at(s, stride, k, k + 1);
    const part = x + (k << 3) + 8;
    addScaled(part, -load<f64>(factors + (k << 3)) * dot(v, part, d - k - 1), v, d - k - 1);
  }
}

/** Written by `solveShifted`. */
export namespace Shifted {
  export const TRACE: usize = 0; // of (T + ρ I)⁻¹
  export const LOG_DETERMINANT: usize = 8; // of T + ρ I
}

/**
 * x := (T + ρ I)⁻¹ b for ρ > 0 and T positive semidefinite, so that no pivot is below ρ. `pivots` is scratch (d f64).
 * The i-th diagonal element of the inverse is 1/(e_i − b_i²/f_{i+1}), e and f the pivots from above and from below.
 */
export function solveShifted(
  diagonal: usize,
  beside: usize,
  d: u32,
  shift: f64,
  b: usize,
  x: usize,
  pivots: usize,
  out: usize,
): void {
  let pivot = 1.0;
  let link = 0.0;
  let value = 0.0;
  let logDeterminant = 0.0;
  const end = (<usize>d) << 3;
  for (let i: usize = 0; i < end; i += 8) {
    const ratio = link / pivot;
    pivot = max(load<f64>(diagonal + i) + shift - link * ratio, shift);
    value = load<f64>(b + i) - ratio * value;
    link = load<f64>(beside + i);
    logDeterminant += log(pivot);
    store<f64>(pivots + i, pivot);
    store<f64>(x + i, value);
  }
  let below = 1.0;
  let trace = 0.0;
  value = 0;
  for (let i = end; i > 0;) {
    i -= 8;
    link = load<f64>(beside + i); // 0 in the last row
    const loss = (link * link) / below;
    below = max(load<f64>(diagonal + i) + shift - loss, shift);
    pivot = load<f64>(pivots + i);
    trace += 1 / max(pivot - loss, shift);
    value = (load<f64>(x + i) - link * value) / pivot;
    store<f64>(x + i, value);
  }
  store<f64>(out, trace, Shifted.TRACE);
  store<f64>(out, logDeterminant, Shifted.LOG_DETERMINANT);
}
