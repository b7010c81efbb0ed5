/** Dense matrices, as slowly as it gets: Gauss–Jordan elimination with row pivoting. */

export function invert(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const row = rows[k]!;
    const scale = row[k]!;
    for (let j = 0; j < 2 * n; j++) row[j]! /= scale;
    rows.forEach((other, i) => {
      const factor = other[k]!;
      if (i === k || factor === 0) return;
      for (let j = 0; j < 2 * n; j++) other[j]! -= factor * row[j]!;
    });
  }
  return rows.map((row) => row.slice(n));
}

export function multiply(
  matrix: readonly (readonly number[])[],
  vector: readonly number[],
): number[] {
  return matrix.map((row) => row.reduce((sum, value, j) => sum + value * vector[j]!, 0));
}
