/**
 * G += Pᵀ P for a row-major panel P, upper triangle only (row k holds columns k …): the 4 × 4 tiles on and above the diagonal.
 *
 * Perf: a tile holds its sixteen sums in eight vectors and takes four broadcast and two plain loads a row, so arithmetic and not
 * loading is the bound. Sums grow row by row, whatever the cut into panels: the bits do not depend on it.
 */

/** `stride` (bytes a row, of panel and G alike) is a multiple of 32; columns are all of it. */
export function addGram(panel: usize, rows: u32, stride: usize, gram: usize): void {
  for (let top: usize = 0; top < stride; top += 32) {
    const row = gram + (top >>> 3) * stride;
    for (let left = top; left < stride; left += 32) addTile(panel + top, panel + left, rows, stride, row + left);
  }
}

/** out[i][j] += sum over rows of a[row][i] b[row][j], i, j < 4. */
function addTile(a: usize, b: usize, rows: u32, stride: usize, out: usize): void {
  const out1 = out + stride;
  const out2 = out1 + stride;
  const out3 = out2 + stride;
  let s00 = v128.load(out),
    s01 = v128.load(out, 16),
    s10 = v128.load(out1),
    s11 = v128.load(out1, 16),
    s20 = v128.load(out2),
    s21 = v128.load(out2, 16),
    s30 = v128.load(out3),
    s31 = v128.load(out3, 16);
  for (; rows > 0; rows--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load64_splat(a);
    const a1 = v128.load64_splat(a, 8);
    const a2 = v128.load64_splat(a, 16);
    const a3 = v128.load64_splat(a, 24);
    s00 = f64x2.add(s00, f64x2.mul(a0, b0));
    s01 = f64x2.add(s01, f64x2.mul(a0, b1));
    s10 = f64x2.add(s10, f64x2.mul(a1, b0));
    s11 = f64x2.add(s11, f64x2.mul(a1, b1));
    s20 = f64x2.add(s20, f64x2.mul(a2, b0));
    s21 = f64x2.add(s21, f64x2.mul(a2, b1));
    s30 = f64x2.add(s30, f64x2.mul(a3, b0));
    s31 = f64x2.add(s31, f64x2.mul(a3, b1));
    a += stride;
    b += stride;
  }
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out1, s10);
  v128.store(out1, s11, 16);
  v128.store(out2, s20);
  v128.store(out2, s21, 16);
  v128.store(out3, s30);
  v128.store(out3, s31, 16);
}
