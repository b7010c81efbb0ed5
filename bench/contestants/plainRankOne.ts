/**
 * Adds `count` rows x one by one to a precision matrix that begins as the identity: the Cholesky factor is rotated (Gill, Golub,
 * Murray & Saunders 1974, method C1) and x·y added to a vector, y being the row's first feature. Gives the log determinant.
 */
export function plainRankOne(rows: Float64Array, count: number, d: number): number {
  // The factor's transpose by rows: the inner loop runs along memory.
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
  let logDeterminant = 0;
  for (let i = 0; i < d; i++) logDeterminant += 2 * Math.log(factor[i * d + i]!);
  return logDeterminant;
}
