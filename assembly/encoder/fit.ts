/**
 * The principal directions of the first prompts, no labels: with W the prompts' weights (n rows), K = W Wᵀ = U Λ Uᵀ, direction j is
 * v = Wᵀ u/√λ. Not centred: a prompt without a known word stays at 0. One factor for all directions makes the mean square of the prompts' features 1 on
 * average over directions; their proportions stay (docs/MATH.md §18 says why). Directions with λ <= 1e-9 of the largest are left out (zeros).
 */
import { at } from '../linalg/factor';
import { addScaled } from '../linalg/vector';
import { BASIS_STRIDE, basisOf, DIRECTIONS, Header, inputsOf, scalesBytes, scalesOf } from './layout';
import { iterate, rayleighRitz } from './subspace';
import { scalesInto, weightOf } from './weigh';

/** Vectors iterated for 128 directions. */
const VECTORS: u32 = 160;
const SMALLEST_SHARE: f64 = 1e-9;

// @ts-ignore: decorator
@inline
function strideOf(columns: u32): usize {
  return ((<usize>columns + 3) & ~1) << 3;
}

// @ts-ignore: decorator
@inline
function vectorsOf(prompts: u32): u32 {
  return min(prompts, VECTORS);
}

/** Weights, one dense prompt or one f64 an input and direction, K, two blocks of vectors, two small matrices and levels. */
export function fitScratchBytes(inputs: u32, prompts: u32, entries: u32): usize {
  const vectors = vectorsOf(prompts);
  return (
    scalesBytes(entries) +
    <usize>inputs * 2 * BASIS_STRIDE +
    (<usize>prompts + 2 * vectors) * strideOf(prompts) +
    (2 * <usize>vectors + 1) * strideOf(vectors) +
    <usize>prompts * 2 * BASIS_STRIDE
  );
}

/** Freezes the encoder. `scratch` zeroed; prompts >= 1 as in encoder/encode.ts, starts[0] = 0. */
export function fitDirections(
  block: usize,
  scratch: usize,
  prompts: u32,
  starts: usize,
  indices: usize,
  values: usize,
): void {
  const inputs = inputsOf(block);
  const vectors = vectorsOf(prompts);
  const stride = strideOf(prompts);
  const width = strideOf(vectors);
  const weights = scratch;
  const wide = weights + scalesBytes(load<u32>(starts + ((<usize>prompts) << 2)));
  const k = wide + <usize>inputs * 2 * BASIS_STRIDE;
  const q = k + <usize>prompts * stride;
  const next = q + <usize>vectors * stride;
  const b = next + <usize>vectors * stride;
  const turns = b + <usize>vectors * width;
  const levels = turns + <usize>vectors * width;
  const parts = levels + width;

  weigh(block, prompts, starts, indices, values, weights);
  const trace = gram(prompts, starts, indices, weights, wide, k, stride);
  iterate(k, prompts, stride, vectors, q, next);
  rayleighRitz(k, prompts, stride, vectors, q, next, b, turns, width, levels);
  let energy = 0.0;
  let largest = 0.0;
  let rank: u32 = 0;
  for (; rank < min(vectors, DIRECTIONS); rank++) {
    const row = takeLargest(levels, vectors);
    const eigenvalue = load<f64>(levels + (row << 3));
    if (rank == 0) largest = eigenvalue;
    if (!(eigenvalue > SMALLEST_SHARE * largest)) break;
    store<f64>(levels + (row << 3), 0);
    energy += eigenvalue;
    combine(at(turns, width, row, 0), q, next, prompts, stride, vectors);
    const scale = 1 / sqrt(eigenvalue);
    for (let r: u32 = 0; r < prompts; r++) {
      store<f64>(parts + <usize>r * 2 * BASIS_STRIDE + (rank << 3), scale * load<f64>(next + (r << 3)));
    }
  }
  // Along v the prompts' mean square is λ/n; times this squared it is 1 on average over the directions.
  const scale = energy > 0 ? sqrt((<f64>prompts * <f64>rank) / energy) : 0;
  spread(prompts, starts, indices, weights, parts, scale, wide, inputs, basisOf(block, inputs));
  store<f64>(block, <f64>prompts, Header.PROMPTS);
  store<f64>(block, <f64>rank, Header.RANK);
  store<f64>(block, trace > 0 ? energy / trace : 0, Header.ENERGY);
}

/** Scales of the inputs, then the weights of all entries. */
function weigh(block: usize, prompts: u32, starts: usize, indices: usize, values: usize, weights: usize): void {
  const dense = load<u32>(block, Header.DENSE) != 0;
  const scales = scalesOf(block);
  scalesInto(prompts, load<u32>(starts + ((<usize>prompts) << 2)), indices, values, dense, inputsOf(block), scales);
  for (const last = starts + ((<usize>prompts) << 2); starts < last; starts += 4) {
    const end = load<u32>(starts, 4);
    let square = 0.0;
    for (let i = load<u32>(starts); i < end; i++) {
      const scale = load<f64>(scales + ((<usize>load<u32>(indices + ((<usize>i) << 2))) << 3));
      const weight = weightOf(scale, load<f64>(values + ((<usize>i) << 3)), dense);
      store<f64>(weights + ((<usize>i) << 3), weight);
      square += weight * weight;
    }
    if (dense || !(square > 0)) continue;
    const factor = 1 / sqrt(square);
    for (let i = load<u32>(starts); i < end; i++) {
      const weight = weights + ((<usize>i) << 3);
      store<f64>(weight, load<f64>(weight) * factor);
    }
  }
}

/** K = W Wᵀ, a prompt at a time as a dense row (`wide`, zeros, left as zeros). Returns the trace. */
function gram(prompts: u32, starts: usize, indices: usize, weights: usize, wide: usize, k: usize, stride: usize): f64 {
  let trace = 0.0;
  for (let r: u32 = 0; r < prompts; r++) {
    const first = load<u32>(starts + ((<usize>r) << 2));
    const end = load<u32>(starts + ((<usize>r) << 2), 4);
    for (let i = first; i < end; i++) {
      store<f64>(wide + ((<usize>load<u32>(indices + ((<usize>i) << 2))) << 3), load<f64>(weights + ((<usize>i) << 3)));
    }
    let i: u32 = 0;
    for (let s: u32 = 0; s <= r; s++) {
      let sum = 0.0;
      for (const last = load<u32>(starts + ((<usize>s) << 2), 4); i < last; i++) {
        const place = wide + ((<usize>load<u32>(indices + ((<usize>i) << 2))) << 3);
        sum += load<f64>(place) * load<f64>(weights + ((<usize>i) << 3));
      }
      store<f64>(at(k, stride, r, s), sum);
      store<f64>(at(k, stride, s, r), sum);
      if (s == r) trace += sum;
    }
    for (let i = first; i < end; i++) store<f64>(wide + ((<usize>load<u32>(indices + ((<usize>i) << 2))) << 3), 0);
  }
  return trace;
}

/** The row of largest level; the first of equals. */
function takeLargest(levels: usize, count: u32): u32 {
  let best: u32 = 0;
  for (let i: u32 = 1; i < count; i++) {
    if (load<f64>(levels + (i << 3)) > load<f64>(levels + (best << 3))) best = i;
  }
  return best;
}

/** out := turn · q, one vector of n values. */
function combine(turn: usize, q: usize, out: usize, n: u32, stride: usize, count: u32): void {
  memory.fill(out, 0, stride);
  for (let i: u32 = 0; i < count; i++) addScaled(out, load<f64>(turn + (i << 3)), at(q, stride, i, 0), n);
}

/** basis := scale Wᵀ parts, in f64 first (`wide`, zeros). */
function spread(
  prompts: u32,
  starts: usize,
  indices: usize,
  weights: usize,
  parts: usize,
  scale: f64,
  wide: usize,
  inputs: u32,
  basis: usize,
): void {
  for (; prompts > 0; prompts--, starts += 4, parts += 2 * BASIS_STRIDE) {
    const end = load<u32>(starts, 4);
    for (let i = load<u32>(starts); i < end; i++) {
      const input = <usize>load<u32>(indices + ((<usize>i) << 2));
      addScaled(wide + input * 2 * BASIS_STRIDE, load<f64>(weights + ((<usize>i) << 3)), parts, DIRECTIONS);
    }
  }
  for (const end = basis + <usize>inputs * BASIS_STRIDE; basis < end; basis += 4, wide += 8) {
    store<f32>(basis, <f32>(scale * load<f64>(wide)));
  }
}
