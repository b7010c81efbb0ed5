/**
 * Mean and epistemic variance of x·w for every model: with p = L⁻¹ x the mean is p·z and the variance NOW p·D⁻¹ p, so that one forward
 * substitution a model gives both.
 *
 * Perf: four columns of L at once; each is read once, and the vector at work a quarter as often.
 */
import { at } from '../linalg/factor';
import { strideOf } from '../regression/layout';
import { dimensionsOf, factorOf, pivotsOf, Record, recordOf, Tree } from './layout';

/** Scratch of a prediction or an observation: the vector at work, and mean and variance. */
export function predictBytes(d: u32): usize {
  return strideOf(d) + 16;
}

/** out[0] = mean, out[1] = epistemic variance of x·w of a model (−1: the unknown one). */
export function predictModel(tree: usize, scratch: usize, model: u32, x: usize, out: usize): void {
  const d = dimensionsOf(tree);
  const stride = strideOf(d);
  const record = recordOf(tree, model);
  const width = (<usize>d) << 3;
  memory.copy(scratch, x, width);
  memory.fill(scratch + width, 0, stride - width);
  substitute(factorOf(record, stride), stride, d, pivotsOf(record, stride), scratch, out);
  store<f64>(out, load<f64>(tree, Tree.NOW) * load<f64>(out, 8), 8);
}

/**
 * The same for every model from 0 on whose byte in `mask` (0: all) is not 0, into arrays of an f64 a model; `noise` (0: not wanted) gets
 * the variance of the noise. Values of the others stay.
 */
export function predictModels(
  tree: usize,
  scratch: usize,
  x: usize,
  mask: usize,
  mean: usize,
  epistemic: usize,
  noise: usize,
): void {
  const out = scratch + strideOf(dimensionsOf(tree));
  const models = load<u32>(tree, Tree.MODELS);
  for (let model: u32 = 0; model < models; model++) {
    if (mask && !load<u8>(mask + model)) continue;
    const offset = (<usize>model) << 3;
    predictModel(tree, scratch, model, x, out);
    store<f64>(mean + offset, load<f64>(out));
    store<f64>(epistemic + offset, load<f64>(out, 8));
    if (noise) store<f64>(noise + offset, load<f64>(recordOf(tree, model), Record.NOISE));
  }
}

/** out[0] = Σ p z, out[1] = Σ p²/D; p, then a zero, is overwritten. */
function substitute(m: usize, stride: usize, d: u32, inverse: usize, p: usize, out: usize): void {
  let z = at(m, stride, d, 0);
  let mean = 0.0;
  let variance = 0.0;
  const end = p + ((<usize>d) << 3);
  // Behind the last column stand zeros in p, so that what is read of L there counts for nothing.
  for (let k: u32 = 0; k < d; k += 4) {
    const a = at(m, stride, k, k);
    const b = a + stride;
    const c = b + stride;
    const e = c + stride;
    const p0 = load<f64>(p);
    const p1 = load<f64>(p, 8) - p0 * load<f64>(a, 8);
    const p2 = load<f64>(p, 16) - p0 * load<f64>(a, 16) - p1 * load<f64>(b, 16);
    const p3 = load<f64>(p, 24) - p0 * load<f64>(a, 24) - p1 * load<f64>(b, 24) - p2 * load<f64>(c, 24);
    mean += p0 * load<f64>(z) + p1 * load<f64>(z, 8) + (p2 * load<f64>(z, 16) + p3 * load<f64>(z, 24));
    variance +=
      p0 * p0 * load<f64>(inverse) +
      p1 * p1 * load<f64>(inverse, 8) +
      (p2 * p2 * load<f64>(inverse, 16) + p3 * p3 * load<f64>(inverse, 24));
    subtractColumns(p + 32, end, a + 32, b + 32, c + 32, e + 32, p0, p1, p2, p3);
    p += 32;
    z += 32;
    inverse += 32;
  }
  store<f64>(out, mean);
  store<f64>(out, variance, 8);
}

// @ts-ignore: decorator
@inline
function subtractColumns(
  p: usize,
  end: usize,
  a: usize,
  b: usize,
  c: usize,
  e: usize,
  p0: f64,
  p1: f64,
  p2: f64,
  p3: f64,
): void {
  const f0 = f64x2.splat(p0);
  const f1 = f64x2.splat(p1);
  const f2 = f64x2.splat(p2);
  const f3 = f64x2.splat(p3);
  for (; p < end; p += 16, a += 16, b += 16, c += 16, e += 16) {
    const once = f64x2.add(f64x2.mul(f0, v128.load(a)), f64x2.mul(f1, v128.load(b)));
    const twice = f64x2.add(f64x2.mul(f2, v128.load(c)), f64x2.mul(f3, v128.load(e)));
    v128.store(p, f64x2.sub(v128.load(p), f64x2.add(once, twice)));
  }
}
