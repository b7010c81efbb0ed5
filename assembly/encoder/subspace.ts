/**
 * The leading eigenvectors of a symmetric positive semidefinite matrix K by randomised subspace iteration (Halko, Martinsson & Tropp 2011,
 * doi:10.1137/090771806, algorithm 4.4): a random block is multiplied by K and orthonormalised a fixed number of times; Rayleigh–Ritz
 * then turns the block's basis into eigenvectors of K within it.
 *
 * The vectors are the rows of a matrix. Start and number of steps are fixed, so the bits depend on K alone.
 */
import { at } from '../linalg/factor';
import { orthogonaliseRows } from '../linalg/orthogonal';
import { addScaled, dot } from '../linalg/vector';
import { GOLDEN_GAMMA, mix64 } from '../rng/splitmix64';

/** With 160 vectors for 128 directions this leaves 0.1 % of the variance within reach uncaught on flat spectra (docs/MATH.md §18). */
const STEPS: u32 = 12;
/** A vector of which orthogonalisation leaves no larger share is a combination of those before it. */
const NOTHING: f64 = 1e-10;

/**
 * Overwrites the `count` rows of `q` (n values each) by orthonormal rows that span what K keeps; zeros where K has no more. `next` is scratch
 * of the same shape. `count` <= n.
 */
export function iterate(k: usize, n: u32, stride: usize, count: u32, q: usize, next: usize): void {
  randomise(q, <usize>count * stride);
  for (let step: u32 = 0; step < STEPS; step++) {
    multiply(k, n, stride, count, q, next);
    orthonormalise(next, n, stride, count);
    memory.copy(q, next, <usize>count * stride);
  }
}

/**
 * Rayleigh–Ritz: `b` (count rows of `width` bytes) := q K qᵀ, its rows made orthogonal, `turns` (zeros) the rotations, `levels` the
 * rows' lengths: the eigenvalues, in no order. Row i of turns · q is eigenvector i. `next` is overwritten.
 */
export function rayleighRitz(
  k: usize,
  n: u32,
  stride: usize,
  count: u32,
  q: usize,
  next: usize,
  b: usize,
  turns: usize,
  width: usize,
  levels: usize,
): void {
  multiply(k, n, stride, count, q, next);
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(at(turns, width, i, i), 1);
    for (let j: u32 = 0; j < count; j++) {
      store<f64>(at(b, width, i, j), dot(at(q, stride, i, 0), at(next, stride, j, 0), n));
    }
  }
  orthogonaliseRows(b, turns, width, count, levels);
  for (let i: u32 = 0; i < count; i++) {
    const row = at(b, width, i, 0);
    store<f64>(levels + (i << 3), sqrt(dot(row, row, count)));
  }
}

/** Uniform on [−1, 1). */
function randomise(q: usize, bytes: usize): void {
  let state: u64 = 0;
  for (const end = q + bytes; q < end; q += 8) {
    store<f64>(q, <f64>((<i64>mix64((state += GOLDEN_GAMMA))) >> 11) * 2.220446049250313e-16);
  }
}

/** out := q K. Perf: a row of K stays in the first-level cache for all vectors. */
function multiply(k: usize, n: u32, stride: usize, count: u32, q: usize, out: usize): void {
  memory.fill(out, 0, <usize>count * stride);
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < count; j++) {
      addScaled(at(out, stride, j, 0), load<f64>(at(q, stride, j, i)), at(k, stride, i, 0), n);
    }
  }
}

/** Gram–Schmidt, each vector against those before as it then stands (Golub & Van Loan 2013, §5.2.8). */
function orthonormalise(q: usize, n: u32, stride: usize, count: u32): void {
  for (let j: u32 = 0; j < count; j++) {
    const row = at(q, stride, j, 0);
    const before = dot(row, row, n);
    for (let i: u32 = 0; i < j; i++) {
      const other = at(q, stride, i, 0);
      addScaled(row, -dot(row, other, n), other, n);
    }
    const left = dot(row, row, n);
    if (!(left > NOTHING * NOTHING * before)) memory.fill(row, 0, stride);
    else addScaled(row, 1 / sqrt(left) - 1, row, n);
  }
}
