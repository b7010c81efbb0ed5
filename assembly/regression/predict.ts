/**
 * Predictive mean and epistemic variance of a batch of rows, with docs/MATH.md §13's now xᵀ M⁻¹ x = now ‖D^(-1/2) L⁻¹ x‖².
 *
 * Perf: eight rows are the lanes of four vectors and go through the forward substitution together, two rows of L at a time, so that eight
 * independent sums hide the latency of an addition.
 */
import { centreOf, coefficientsOf, dimensionsOf, factorOf, Header, inversePivotsOf, strideOf } from './layout';
import { solveCoefficients } from './online';

const ROWS: u32 = 8;
/** Bytes of a column of eight rows. */
const LINE: usize = 64;

/** The rows as columns, their centred copy, and results of a last tile that is not full. */
export function predictScratchBytes(d: u32): usize {
  return (<usize>d + 1) * LINE + 3 * LINE;
}

/** `epistemic` (variances) and `sd` (of the whole predictive distribution) may be 0; x needs 8 more bytes that can be read. */
// @ts-ignore: decorator
@inline
export function predictRows(
  block: usize,
  scratch: usize,
  rows: u32,
  x: usize,
  mean: usize,
  epistemic: usize,
  sd: usize,
): void {
  solveCoefficients(block);
  const d = dimensionsOf(block);
  const step = (<usize>d) << 3;
  const spare = scratch + (<usize>d + 1) * LINE;
  for (; rows > 0;) {
    const count = min(rows, ROWS);
    transpose(centreOf(block), d, x, count, scratch);
    const full = count == ROWS;
    predictMeans(block, d, scratch, full ? mean : spare);
    if (epistemic | sd) {
      predictSpread(
        block,
        d,
        scratch,
        full && epistemic ? epistemic : spare + LINE,
        full && sd ? sd : spare + 2 * LINE,
      );
    }
    if (!full) {
      const bytes = (<usize>count) << 3;
      memory.copy(mean, spare, bytes);
      if (epistemic) memory.copy(epistemic, spare + LINE, bytes);
      if (sd) memory.copy(sd, spare + 2 * LINE, bytes);
    }
    x += <usize>count * step;
    mean += LINE;
    if (epistemic) epistemic += LINE;
    if (sd) sd += LINE;
    rows -= count;
  }
}

/** lines[j][row] = x[row][j] − centre[j]; rows beyond `count` repeat the last one. */
function transpose(centre: usize, d: u32, x: usize, count: u32, lines: usize): void {
  const step = (<usize>d) << 3;
  const last = x + <usize>(count - 1) * step;
  for (let lane: usize = 0; lane < LINE; lane += 16) {
    const below = min(x + step, last);
    let line = lines + lane;
    let j: usize = 0;
    for (; j + 8 < step; j += 16, line += 2 * LINE) {
      const c = v128.load(centre + j);
      const a = f64x2.sub(v128.load(x + j), c);
      const b = f64x2.sub(v128.load(below + j), c);
      v128.store(line, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(line, v128.shuffle<f64>(a, b, 1, 3), LINE);
    }
    if (j < step) {
      const c = load<f64>(centre + j);
      const a = f64x2.splat(load<f64>(x + j) - c);
      v128.store(line, f64x2.replace_lane(a, 1, load<f64>(below + j) - c));
    }
    x = min(below + step, last);
  }
}

function predictMeans(block: usize, d: u32, lines: usize, mean: usize): void {
  const coefficients = coefficientsOf(block, strideOf(d));
  let s0 = v128.load64_splat(centreOf(block) + ((<usize>d) << 3)),
    s1 = s0,
    s2 = s0,
    s3 = s0;
  for (let p = coefficients, end = p + ((<usize>d) << 3); p < end; p += 8, lines += LINE) {
    const w = v128.load64_splat(p);
    s0 = f64x2.add(s0, f64x2.mul(w, v128.load(lines)));
    s1 = f64x2.add(s1, f64x2.mul(w, v128.load(lines, 16)));
    s2 = f64x2.add(s2, f64x2.mul(w, v128.load(lines, 32)));
    s3 = f64x2.add(s3, f64x2.mul(w, v128.load(lines, 48)));
  }
  v128.store(mean, s0);
  v128.store(mean, s1, 16);
  v128.store(mean, s2, 32);
  v128.store(mean, s3, 48);
}

/** Overwrites the lines. */
function predictSpread(block: usize, d: u32, lines: usize, epistemic: usize, sd: usize): void {
  const stride = strideOf(d);
  const factor = factorOf(block, stride);
  const inverse = inversePivotsOf(block, stride);
  let v0 = f64x2.splat(0),
    v1 = v0,
    v2 = v0,
    v3 = v0;
  // An odd dimension has one more line, of zeros: the factor's padding is 0 there.
  if (d & 1) memory.fill(lines + <usize>d * LINE, 0, LINE);
  for (let i: u32 = 0; i < d; i += 2) {
    const line = lines + <usize>i * LINE;
    let a0 = v128.load(line),
      a1 = v128.load(line, 16),
      a2 = v128.load(line, 32),
      a3 = v128.load(line, 48),
      b0 = v128.load(line, 64),
      b1 = v128.load(line, 80),
      b2 = v128.load(line, 96),
      b3 = v128.load(line, 112);
    let entry = factor + ((<usize>i) << 3);
    for (let z = lines; z < line; z += LINE, entry += stride) {
      const f = v128.load64_splat(entry);
      const g = v128.load64_splat(entry, 8);
      let t = v128.load(z);
      a0 = f64x2.sub(a0, f64x2.mul(f, t));
      b0 = f64x2.sub(b0, f64x2.mul(g, t));
      t = v128.load(z, 16);
      a1 = f64x2.sub(a1, f64x2.mul(f, t));
      b1 = f64x2.sub(b1, f64x2.mul(g, t));
      t = v128.load(z, 32);
      a2 = f64x2.sub(a2, f64x2.mul(f, t));
      b2 = f64x2.sub(b2, f64x2.mul(g, t));
      t = v128.load(z, 48);
      a3 = f64x2.sub(a3, f64x2.mul(f, t));
      b3 = f64x2.sub(b3, f64x2.mul(g, t));
    }
    const g = v128.load64_splat(entry, 8);
    b0 = f64x2.sub(b0, f64x2.mul(g, a0));
    b1 = f64x2.sub(b1, f64x2.mul(g, a1));
    b2 = f64x2.sub(b2, f64x2.mul(g, a2));
    b3 = f64x2.sub(b3, f64x2.mul(g, a3));
    v128.store(line, a0);
    v128.store(line, a1, 16);
    v128.store(line, a2, 32);
    v128.store(line, a3, 48);
    v128.store(line, b0, 64);
    v128.store(line, b1, 80);
    v128.store(line, b2, 96);
    v128.store(line, b3, 112);
    const p = v128.load64_splat(inverse + (i << 3));
    const q = v128.load64_splat(inverse + (i << 3), 8);
    v0 = f64x2.add(v0, f64x2.add(f64x2.mul(p, f64x2.mul(a0, a0)), f64x2.mul(q, f64x2.mul(b0, b0))));
    v1 = f64x2.add(v1, f64x2.add(f64x2.mul(p, f64x2.mul(a1, a1)), f64x2.mul(q, f64x2.mul(b1, b1))));
    v2 = f64x2.add(v2, f64x2.add(f64x2.mul(p, f64x2.mul(a2, a2)), f64x2.mul(q, f64x2.mul(b2, b2))));
    v3 = f64x2.add(v3, f64x2.add(f64x2.mul(p, f64x2.mul(a3, a3)), f64x2.mul(q, f64x2.mul(b3, b3))));
  }
  const now = f64x2.splat(load<f64>(block, Header.NOW));
  const noise = f64x2.splat(1 / load<f64>(block, Header.NOISE_PRECISION));
  finish(f64x2.mul(v0, now), noise, epistemic, sd);
  finish(f64x2.mul(v1, now), noise, epistemic + 16, sd + 16);
  finish(f64x2.mul(v2, now), noise, epistemic + 32, sd + 32);
  finish(f64x2.mul(v3, now), noise, epistemic + 48, sd + 48);
}

// @ts-ignore: decorator
@inline
function finish(variance: v128, noise: v128, epistemic: usize, sd: usize): void {
  v128.store(epistemic, variance);
  v128.store(sd, f64x2.sqrt(f64x2.add(variance, noise)));
}
