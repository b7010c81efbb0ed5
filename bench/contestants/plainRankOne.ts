/**
 * Adds `count` rows x one by one to a precision matrix that begins as the identity: the Cholesky factor is rotated (Gill, Golub,
 * Murray & Saunders 1974, method C1) and x·y added to a vector, y being the row's first feature. Gives the factor's
 * transpose by rows: the inner loop runs along memory.
 */
export function plainRankOne(rows: Float64Array, count: number, d: number): Float64Array {
  const factor = new Float64Array(d * d);
  const sums = new Float64Array(d);
  const x = new Float64Array(d);
  for (let i = 0; i < d; i++) factor[i * d + i] = 1;
  for (let row = 0; row < count; row++) {
    const from = row * d;
    const y = rows[from]!;
    for (let i = 0; i < d; i++) {
      const value = rows[from + i]!;
      x[i] = value;
      sums[i]! += y * value;
    }
    for (let k = 0; k < d; k++) {
      const at = k * d;
      const diagonal = factor[at + k]!;
      const value = x[k]!;
      const radius = Math.sqrt(diagonal * diagonal + value * value);
      const cosine = diagonal / radius;
      const sine = value / radius;
      factor[at + k] = radius;
      for (let i = k + 1; i < d; i++) {
        const f = factor[at + i]!;
        const z = x[i]!;
        factor[at + i] = cosine * f + sine * z;
        x[i] = cosine * z - sine * f;
      }
    }
  }
  return factor;
}

/** xᵀ A⁻¹ x of the first row, A being the matrix of `factor`: |z|² where the factor times z is x. */
export function varianceOfFirst(rows: Float64Array, factor: Float64Array, d: number): number {
  const z = rows.slice(0, d);
  let sum = 0;
  for (let k = 0; k < d; k++) {
    z[k]! /= factor[k * d + k]!;
    sum += z[k]! * z[k]!;
    for (let i = k + 1; i < d; i++) z[i]! -= factor[k * d + i]! * z[k]!;
  }
  return sum;
}
