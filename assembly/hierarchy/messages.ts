/**
 * Gaussian messages in information form: a precision (upper triangle) with its information vector h in row `d`.
 *
 * Along an edge child ~ N(parent, Λ⁻¹), Λ diagonal, what one end knows (J, h) becomes for the other (docs/MATH.md §19)
 *
 *     Λ − Λ (J + Λ)⁻¹ Λ,   Λ (J + Λ)⁻¹ h.
 *
 * It is computed in coordinates w/r, r = Λ^(−1/2), where Λ = I: B = (I + rJr)⁻¹, t = B r h, message I − B, t. No exact pivot is below 1,
 * and nothing cancels that is larger than Λ. Shape and places are those of scratch.ts.
 */
import { factorise, solveBackward, solveForward } from '../linalg/factor';
import { invertFactor } from '../linalg/inverse';
import { addScaled } from '../linalg/vector';
import { bytes, child, d, edge, last, stride, Vector, vectorOf, width } from './scratch';

/** to := c · from in coordinates w/r, less c · `minus` (0: nothing); `moments`: h is column `d` of the matrix, else its row `d`. */
function loadScaled(from: usize, minus: usize, c: f64, moments: bool, r: usize, to: usize): void {
  const end = width;
  const step = moments ? stride : 8;
  let h = from + (moments ? end : last);
  let row: usize = 0;
  for (let i: usize = 0; i < end; i += 8) {
    const scale = c * load<f64>(r + i);
    for (let j = i; j < end; j += 8) {
      let value = load<f64>(from + row + j);
      if (minus) value -= load<f64>(minus + row + j);
      store<f64>(to + row + j, scale * load<f64>(r + j) * value);
    }
    store<f64>(to + row + end, 0);
    let value = load<f64>(h);
    if (minus) value -= load<f64>(minus + last + i);
    store<f64>(to + last + i, scale * value);
    h += step;
    row += stride;
  }
  store<f64>(to + last + end, 0);
}

/** B and t into `edge` from what one end knows. */
function crossEdge(from: usize, minus: usize, c: f64, moments: bool, r: usize): void {
  loadScaled(from, minus, c, moments, r, edge);
  for (let p = edge, end = edge + last; p < end; p += stride + 8) store<f64>(p, load<f64>(p) + 1);
  solve(edge, 1);
}

/** M⁻¹ and, in row `d`, M⁻¹ h. */
export function solve(m: usize, floor: f64): void {
  factoriseWith(m, floor);
  invertWith(m);
}

/** L, D in the first spare vector, and D⁻¹ L⁻¹ h. */
export function factoriseWith(m: usize, floor: f64): void {
  const spare = vectorOf(Vector.SPARE);
  factorise(m, stride, d, floor, 0, spare);
  solveForward(m, stride, d, spare, m + last);
}

export function invertWith(m: usize): void {
  const spare = vectorOf(Vector.SPARE);
  solveBackward(m, stride, d, m + last);
  invertFactor(m, stride, d, spare, spare + stride);
}

/** out := the message in `edge`, in coordinates w; sum += out. */
export function addMessage(r: usize, out: usize, sum: usize): void {
  const end = width;
  for (let i: usize = 0, row: usize = 0; i < end; i += 8, row += stride) {
    const scale = 1 / load<f64>(r + i);
    let identity = 1.0;
    for (let j = i; j < end; j += 8) {
      store<f64>(out + row + j, (scale / load<f64>(r + j)) * (identity - load<f64>(edge + row + j)));
      identity = 0;
    }
    store<f64>(out + last + i, scale * load<f64>(edge + last + i));
  }
  addScaled(sum, 1, out, <u32>(bytes >>> 3));
}

/** Upwards: what the child knows, c · from, as a message to `out`, and added to `sum`. */
export function send(from: usize, c: f64, moments: bool, r: usize, out: usize, sum: usize): void {
  crossEdge(from, 0, c, moments, r);
  addMessage(r, out, sum);
}

/** Downwards: what the parent knows without the child's own words, total − said, into `edge`, and with c · from, the child's own, into `child`. */
export function hear(total: usize, said: usize, r: usize, from: usize, c: f64, moments: bool): void {
  crossEdge(total, said, 1, false, r);
  loadScaled(from, 0, c, moments, r, child);
  addScaled(child, -1, edge, <u32>(last >>> 3));
  addScaled(child + last, 1, edge + last, d);
  for (let p = child, end = child + last; p < end; p += stride + 8) store<f64>(p, load<f64>(p) + 1);
}

/** CROSS[j] := Σ_k C_jk B_jk of `child` and `edge`, the diagonal of their product. */
export function crossDiagonal(): void {
  const out = vectorOf(Vector.CROSS);
  const end = width;
  memory.fill(out, 0, stride);
  for (let i: usize = 0, row: usize = 0; i < end; i += 8, row += stride) {
    let sum = load<f64>(child + row + i) * load<f64>(edge + row + i);
    for (let j = i + 8; j < end; j += 8) {
      const product = load<f64>(child + row + j) * load<f64>(edge + row + j);
      sum += product;
      store<f64>(out + j, load<f64>(out + j) + product);
    }
    store<f64>(out + i, load<f64>(out + i) + sum);
  }
}
