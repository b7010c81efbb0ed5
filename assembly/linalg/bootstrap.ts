/**
 * Bootstrap sums: resampling counts of requests, and the sums of eight columns under four resamples at once.
 *
 * Layouts: `counts` is rows × 4 (one resample a lane), `panel` rows × 8. Perf: a 4 × 8 tile keeps all sixteen
 * accumulators in registers and streams each panel once for four resamples. Rows are added in order, so the bits are
 * fixed.
 */
import { nextU64Inline, Purpose, seedStream, streamBase } from '../rng/stream';

const LANES: u32 = 4;

/**
 * Counts of four multinomial resamples of `rows` from `rows`, as f64: resamples 4 `group` … 4 `group` + 3 of the
 * seed, each with its own stream. Index by multiply-and-shift of 32 bits: bias < rows/2^32. `stream` is 32 bytes of
 * scratch.
 */
// @ts-ignore: decorator
@inline
export function resampleCounts(stream: usize, seed: u64, group: u32, rows: u32, counts: usize): void {
  const base = streamBase(seed, Purpose.BOOTSTRAP);
  memory.fill(counts, 0, (<usize>rows) << 5);
  for (let lane: u32 = 0; lane < LANES; lane++) {
    seedStream(stream, base, <u64>group * LANES + lane);
    for (let i: u32 = 0; i < rows; i++) {
      const index = ((nextU64Inline(stream) >> 32) * <u64>rows) >> 32;
      const count = counts + ((<usize>index) << 5) + ((<usize>lane) << 3);
      store<f64>(count, load<f64>(count) + 1);
    }
  }
}

/** Writes out[lane][column] = sum over rows of counts[row][lane] * panel[row][column]; `out` is 4 × 8 f64. */
export function weightedSums(rows: u32, counts: usize, panel: usize, out: usize): void {
  for (let half: usize = 0; half < 64; half += 32) weightedSums4(rows, counts, panel + half, out + half);
}

/** Four columns, four resamples: eight accumulators and the loads fit the sixteen vector registers. */
function weightedSums4(rows: u32, counts: usize, panel: usize, out: usize): void {
  let a0 = f64x2.splat(0),
    a1 = a0,
    b0 = a0,
    b1 = a0,
    c0 = a0,
    c1 = a0,
    d0 = a0,
    d1 = a0;
  for (let row: u32 = 0; row < rows; row++) {
    const x0 = v128.load(panel);
    const x1 = v128.load(panel, 16);
    const a = v128.load64_splat(counts);
    const b = v128.load64_splat(counts, 8);
    const c = v128.load64_splat(counts, 16);
    const d = v128.load64_splat(counts, 24);
    a0 = f64x2.add(a0, f64x2.mul(a, x0));
    a1 = f64x2.add(a1, f64x2.mul(a, x1));
    b0 = f64x2.add(b0, f64x2.mul(b, x0));
    b1 = f64x2.add(b1, f64x2.mul(b, x1));
    c0 = f64x2.add(c0, f64x2.mul(c, x0));
    c1 = f64x2.add(c1, f64x2.mul(c, x1));
    d0 = f64x2.add(d0, f64x2.mul(d, x0));
    d1 = f64x2.add(d1, f64x2.mul(d, x1));
    panel += 64;
    counts += 32;
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out, b0, 64);
  v128.store(out, b1, 80);
  v128.store(out, c0, 128);
  v128.store(out, c1, 144);
  v128.store(out, d0, 192);
  v128.store(out, d1, 208);
}
