/**
 * The stable route: R of X = Q R without forming Xᵀ X, and the singular values of R. Nothing here squares a condition number, and both
 * steps treat columns alike whatever their scale.
 */
import { at } from './factor';
import { addScaled, dot } from './vector';

/** A sum of squares below this is nothing: its products would underflow. */
const NOTHING: f64 = 1e-280;

/**
 * R := the triangle of [R; panel] by Householder reflections (Golub & Van Loan 2013, §5.2), `columns` of them. Panel rows are
 * overwritten. `sums` is scratch, as long as a row.
 */
export function addRowsToTriangle(r: usize, stride: usize, columns: u32, panel: usize, rows: u32, sums: usize): void {
  const end = panel + <usize>rows * stride;
  for (let k: u32 = 0; k < columns; k++) {
    const offset = (<usize>k) << 3;
    let tail = 0.0;
    for (let p = panel + offset; p < end; p += stride) tail += load<f64>(p) * load<f64>(p);
    if (!(tail > NOTHING)) continue;
    const diagonal = at(r, stride, k, k);
    const head = load<f64>(diagonal);
    const image = head > 0 ? -sqrt(head * head + tail) : sqrt(head * head + tail);
    const first = head - image;
    const factor = 2 / (tail + first * first);
    const count = columns - k - 1;
    const s = sums + offset;
    memory.fill(s, 0, ((<usize>count) << 3) + 8);
    addScaled(s, first, diagonal + 8, count);
    for (let p = panel + offset; p < end; p += stride) addScaled(s, load<f64>(p), p + 8, count);
    addScaled(diagonal + 8, -factor * first, s, count);
    for (let p = panel + offset; p < end; p += stride) addScaled(p + 8, -factor * load<f64>(p), s, count);
    store<f64>(diagonal, image);
  }
}

/** Angles between columns below this are rounding: 4e-15 > √256 ulp of a sum of 256 products. */
const ORTHOGONAL: f64 = 4e-15;
/** A column that rotations have shrunk to this share of what went into it is rounding, and becomes 0. */
const VANISHED: f64 = 1e-13;
const LARGEST_SWEEPS: u32 = 40;

/**
 * One-sided Jacobi (Demmel & Veselić 1992, doi:10.1137/0613074): rotates the rows of B, which are columns of R, until they are
 * orthogonal, and the rows of V, which starts as I, with them. Then R = U Σ Vᵀ with rows of B = σ uᵀ and rows of V = vᵀ.
 * `levels` (d f64) is scratch. Returns false if it has not settled.
 */
export function orthogonaliseRows(b: usize, v: usize, stride: usize, d: u32, levels: usize): bool {
  for (let i: u32 = 0; i < d; i++) {
    const row = at(b, stride, i, 0);
    store<f64>(levels + (i << 3), sqrt(dot(row, row, d)));
  }
  for (let sweep: u32 = 0; sweep < LARGEST_SWEEPS; sweep++) {
    let turned = false;
    for (let i: u32 = 0; i + 1 < d; i++) {
      for (let j = i + 1; j < d; j++) {
        if (rotatePair(b, v, stride, d, i, j, levels)) turned = true;
      }
    }
    if (!turned) return true;
  }
  return false;
}

function rotatePair(b: usize, v: usize, stride: usize, d: u32, i: u32, j: u32, levels: usize): bool {
  const left = at(b, stride, i, 0);
  const right = at(b, stride, j, 0);
  const p = dot(left, left, d);
  const q = dot(right, right, d);
  const product = dot(left, right, d);
  if (!(abs(product) > ORTHOGONAL * sqrt(p) * sqrt(q))) return false;
  const zeta = (q - p) / (2 * product);
  const tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + sqrt(1 + zeta * zeta));
  const cosine = 1 / sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  rotate(left, right, cosine, sine, d);
  rotate(at(v, stride, i, 0), at(v, stride, j, 0), cosine, sine, d);
  const li = load<f64>(levels + (i << 3));
  const lj = load<f64>(levels + (j << 3));
  settle(left, d, levels + (i << 3), sqrt(cosine * cosine * li * li + sine * sine * lj * lj));
  settle(right, d, levels + (j << 3), sqrt(sine * sine * li * li + cosine * cosine * lj * lj));
  return true;
}

/** Keeps the size of what a row was made of: rotations carry rounding on as they carry the row, and its share does not shrink. */
function settle(row: usize, d: u32, level: usize, size: f64): void {
  store<f64>(level, size);
  if (sqrt(dot(row, row, d)) <= VANISHED * size) memory.fill(row, 0, (<usize>d) << 3);
}

function rotate(a: usize, b: usize, cosine: f64, sine: f64, count: u32): void {
  const c = f64x2.splat(cosine);
  const s = f64x2.splat(sine);
  for (const end = a + ((<usize>count) << 3); a < end; a += 16, b += 16) {
    const x = v128.load(a);
    const y = v128.load(b);
    v128.store(a, f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, y)));
    v128.store(b, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, y)));
  }
}
