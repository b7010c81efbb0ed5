/**
 * M⁻¹ from the factorisation of linalg/factor.ts, in place, upper triangle: V = L⁻ᵀ row by row from below, then V D⁻¹ Vᵀ row by row from
 * above. d³/3 products after the d³/6 of the factorisation.
 */
import { at } from './factor';
import { addScaled, dot } from './vector';

/** `row` is scratch, d + 1 f64. */
export function invertFactor(m: usize, stride: usize, d: u32, inverse: usize, row: usize): void {
  const end = row + ((<usize>d) << 3);
  store<f64>(end, 0);
  for (let i = d; i-- > 0;) {
    const diagonal = at(m, stride, i, i);
    memory.copy(row, diagonal, (<usize>(d - i)) << 3);
    memory.fill(diagonal, 0, (<usize>(d - i)) << 3);
    store<f64>(diagonal, 1);
    for (let k = i + 1; k < d; k++) {
      addScaled(at(m, stride, i, k), -load<f64>(row + ((<usize>(k - i)) << 3)), at(m, stride, k, k), d - k);
    }
  }
  for (let i: u32 = 0; i < d; i++) {
    for (let k = i; k < d; k++) {
      const offset = (<usize>k) << 3;
      store<f64>(row + offset, load<f64>(at(m, stride, i, k)) * load<f64>(inverse + offset));
    }
    for (let j = i; j < d; j++) {
      const offset = (<usize>j) << 3;
      store<f64>(at(m, stride, i, j), dot(row + offset, at(m, stride, j, j), d - j));
    }
  }
}
