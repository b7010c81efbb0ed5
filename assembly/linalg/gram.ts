/**
 * G += Pᵀ P, upper triangle only (row k holds columns k …): the 4 × 4 tiles on and above the diagonal.
 *
 * The panel P stands block by block, a block being four columns: row r of block b at b · blockBytes + 32 r, so that a tile reads two
 * contiguous runs. Perf: a tile holds its sixteen sums in eight vectors and takes four broadcast and two plain loads a row; so that
 * arithmetic is the bound. Loads come first: otherwise V8 lets the multiplications wait for them. Sums grow row by row, whatever the cut into panels: the bits do
 * not depend on it.
 */

/** `stride`: bytes of a row of G, a multiple of 32. */
export function addGram(panel: usize, rows: u32, blockBytes: usize, stride: usize, gram: usize): void {
  for (let top: usize = 0; top < stride; top += 32) {
    const row = gram + (top >>> 3) * stride;
    const a = panel + (top >>> 5) * blockBytes;
    const end = a + ((<usize>rows) << 5);
    addDiagonalTile(a, end, row + top, stride);
    let b = a;
    for (let left = top + 32; left < stride; left += 32) {
      b += blockBytes;
      addTile(a, end, b, row + left, stride);
    }
  }
}

/** out[i][j] += sum over rows of a[row][i] b[row][j], i, j < 4. */
function addTile(a: usize, end: usize, b: usize, out: usize, stride: usize): void {
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
  for (; a < end; a += 32, b += 32) {
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

/** The same of a block with itself, without the pair below the diagonal. */
function addDiagonalTile(a: usize, end: usize, out: usize, stride: usize): void {
  const out1 = out + stride;
  const out2 = out1 + stride;
  const out3 = out2 + stride;
  let s00 = v128.load(out),
    s01 = v128.load(out, 16),
    s10 = v128.load(out1),
    s11 = v128.load(out1, 16),
    s21 = v128.load(out2, 16),
    s31 = v128.load(out3, 16);
  for (; a < end; a += 32) {
    const b0 = v128.load(a);
    const b1 = v128.load(a, 16);
    const a0 = v128.load64_splat(a);
    const a1 = v128.load64_splat(a, 8);
    const a2 = v128.load64_splat(a, 16);
    const a3 = v128.load64_splat(a, 24);
    s00 = f64x2.add(s00, f64x2.mul(a0, b0));
    s01 = f64x2.add(s01, f64x2.mul(a0, b1));
    s10 = f64x2.add(s10, f64x2.mul(a1, b0));
    s11 = f64x2.add(s11, f64x2.mul(a1, b1));
    s21 = f64x2.add(s21, f64x2.mul(a2, b1));
    s31 = f64x2.add(s31, f64x2.mul(a3, b1));
  }
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out1, s10);
  v128.store(out1, s11, 16);
  v128.store(out2, s21, 16);
  v128.store(out3, s31, 16);
}
