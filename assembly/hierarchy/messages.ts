/**
 * Gaussian messages in information form: a precision (upper triangle) with its information vector h in row `dimensions`.
 *
 * Along an edge child ~ N(parent, Λ⁻¹), Λ diagonal, what one end knows (J, h) becomes for the other (docs/MATH.md §19)
 *
 *     Λ − Λ (J + Λ)⁻¹ Λ,   Λ (J + Λ)⁻¹ h.
 *
 * It is computed in coordinates w/r, r = Λ^(−1/2), where Λ = I: B = (I + rJr)⁻¹, t = B r h, message I − B, t. No exact pivot is below 1,
 * and nothing cancels that is larger than Λ.
 */
import { at, factorise, solveBackward, solveForward } from '../linalg/factor';
import { invertFactor } from '../linalg/inverse';

/** to := c · from in coordinates w/r, minus c · `minus` (0: nothing); `moments`: h is column `d` of the matrix, else its row `d`. */
export function loadScaled(
  from: usize,
  minus: usize,
  c: f64,
  moments: bool,
  r: usize,
  stride: usize,
  d: u32,
  to: usize,
): void {
  const width = (<usize>d) << 3;
  const h = to + <usize>d * stride;
  for (let i: u32 = 0; i < d; i++) {
    const offset = (<usize>i) << 3;
    const row = <usize>i * stride;
    const scale = c * load<f64>(r + offset);
    for (let j = offset; j < width; j += 8) {
      let value = load<f64>(from + row + j);
      if (minus) value -= load<f64>(minus + row + j);
      store<f64>(to + row + j, scale * load<f64>(r + j) * value);
    }
    store<f64>(to + row + width, 0);
    let value = load<f64>(moments ? from + row + width : from + <usize>d * stride + offset);
    if (minus) value -= load<f64>(minus + <usize>d * stride + offset);
    store<f64>(h + offset, scale * value);
  }
  store<f64>(h + width, 0);
}

/** B and, in row `d`, t, from what `loadScaled` left in `b`. `spare`: two vectors. */
export function passEdge(b: usize, stride: usize, d: u32, spare: usize): void {
  for (let i: u32 = 0; i < d; i++) {
    const diagonal = at(b, stride, i, i);
    store<f64>(diagonal, load<f64>(diagonal) + 1);
  }
  solve(b, stride, d, 1, spare);
}

/** M⁻¹ and, in row `d`, M⁻¹ h. */
export function solve(m: usize, stride: usize, d: u32, floor: f64, spare: usize): void {
  const h = at(m, stride, d, 0);
  factorise(m, stride, d, floor, 0, spare);
  solveForward(m, stride, d, spare, h);
  solveBackward(m, stride, d, h);
  invertFactor(m, stride, d, spare, spare + stride);
}

/** out := the message of B, in coordinates w. */
export function writeMessage(b: usize, r: usize, stride: usize, d: u32, out: usize): void {
  const width = (<usize>d) << 3;
  const h = <usize>d * stride;
  for (let i: usize = 0, row: usize = 0; i < width; i += 8, row += stride) {
    const scale = 1 / load<f64>(r + i);
    for (let j = i; j < width; j += 8) {
      const identity: f64 = i == j ? 1 : 0;
      store<f64>(out + row + j, (scale / load<f64>(r + j)) * (identity - load<f64>(b + row + j)));
    }
    store<f64>(out + row + width, 0);
    store<f64>(out + h + i, scale * load<f64>(b + h + i));
  }
  store<f64>(out + h + width, 0);
}

/** c, what `loadScaled` left of the child's own knowledge, := its sum with the message of B: I − B + c, t + h. */
export function addMessage(b: usize, stride: usize, d: u32, c: usize): void {
  const width = (<usize>d) << 3;
  const h = <usize>d * stride;
  for (let i: usize = 0, row: usize = 0; i < width; i += 8, row += stride) {
    for (let j = i; j < width; j += 8) store<f64>(c + row + j, load<f64>(c + row + j) - load<f64>(b + row + j));
    store<f64>(c + row + i, load<f64>(c + row + i) + 1);
    store<f64>(c + h + i, load<f64>(c + h + i) + load<f64>(b + h + i));
  }
}

/** out[j] := Σ_k C_jk B_jk of two symmetric matrices, the diagonal of their product. */
export function productDiagonal(c: usize, b: usize, stride: usize, d: u32, out: usize): void {
  memory.fill(out, 0, stride);
  const width = (<usize>d) << 3;
  for (let i: usize = 0, row: usize = 0; i < width; i += 8, row += stride) {
    let sum = load<f64>(out + i) + load<f64>(c + row + i) * load<f64>(b + row + i);
    for (let j = i + 8; j < width; j += 8) {
      const product = load<f64>(c + row + j) * load<f64>(b + row + j);
      sum += product;
      store<f64>(out + j, load<f64>(out + j) + product);
    }
    store<f64>(out + i, sum);
  }
}
