/**
 * One pass of exact Gaussian message passing over the tree root → family → model → rows (docs/MATH.md §19): up, every record tells its family
 * what its rows say of it, every family the root; down, each end hears what the others have said, never its own words.
 *
 * `up` multiplies the rows on their way to other models, `own` a model's own rows: rows of one prompt are not independent of each other.
 */
import { at, factorise, solveBackward, solveForward } from '../linalg/factor';
import { invertFactor } from '../linalg/inverse';
import { addScaled, dot } from '../linalg/vector';
import { matrixBytes, strideOf } from '../regression/layout';
import { dimensionsOf, factorOf, momentsOf, pivotsOf, Record, recordOf, recordsOf, Tree } from './layout';
import { addMessage, loadScaled, passEdge, productDiagonal, solve, writeMessage } from './messages';
import { Deviation, deviationsOf, Matrix, matrixOf, Residual, residualOf, Vector, vectorOf } from './scratch';

/** What a pass is for. */
export namespace Purpose {
  /** Statistics of the root's weights. */
  export const ROOT: u32 = 1;
  /** Statistics of the deviations of families and models. */
  export const DEVIATIONS: u32 = 2;
  /** Residuals of the models. */
  export const NOISE: u32 = 4;
  /** The factors of the models. */
  export const FACTORS: u32 = 8;
}

/** Every exact pivot of I − B + c is above 0. */
const SMALLEST_PIVOT: f64 = 1e-13;

export function passTree(tree: usize, scratch: usize, up: f64, own: f64, purpose: u32): void {
  const stride = strideOf(dimensionsOf(tree));
  memory.fill(deviationsOf(scratch, stride, 0), 0, residualOf(scratch, stride, 0) - deviationsOf(scratch, stride, 0));
  gather(tree, scratch, stride, up);
  if (purpose & (Purpose.ROOT | Purpose.DEVIATIONS)) visitRoot(tree, scratch, stride);
  const families = load<u32>(tree, Tree.FAMILIES) + 1;
  for (let f: u32 = 0; f < families; f++) {
    visitFamily(tree, scratch, stride, f, purpose);
    for (let i: u32 = 0; i < recordsOf(tree); i++) {
      if (load<u32>(recordOf(tree, i - 1), Record.FAMILY) == f) visitModel(tree, scratch, stride, i, own, purpose);
    }
  }
}

function familyOf(tree: usize, scratch: usize, stride: usize, family: u32): usize {
  return matrixOf(tree, scratch, stride, Matrix.FAMILIES + 2 * <usize>family);
}

/** Weight of the record's rows, in units of the landmark. */
// @ts-ignore: decorator
@inline
export function weightOf(record: usize, stride: usize, d: u32): f64 {
  return load<f64>(at(momentsOf(record, stride), stride, d + 1, d + 1));
}

/** What turns a record's moments into information at the present. */
function precisionOf(tree: usize, record: usize): f64 {
  return 1 / (load<f64>(record, Record.NOISE) * load<f64>(tree, Tree.NOW));
}

/** The way up: messages of the records in the place of their factors, families' sums, their messages, the root's sum. */
function gather(tree: usize, scratch: usize, stride: usize, up: f64): void {
  const d = dimensionsOf(tree);
  const bytes = matrixBytes(stride);
  const count = <u32>(bytes >>> 3);
  const edge = matrixOf(tree, scratch, stride, Matrix.EDGE);
  const root = matrixOf(tree, scratch, stride, Matrix.ROOT);
  const spare = vectorOf(scratch, stride, Vector.SPARE);
  const families = load<u32>(tree, Tree.FAMILIES) + 1;
  memory.fill(root, 0, (Matrix.FAMILIES - Matrix.ROOT + 2 * <usize>families) * bytes);
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const record = recordOf(tree, i - 1);
    const message = factorOf(record, stride);
    memory.fill(message, 0, bytes);
    if (weightOf(record, stride, d) == 0) continue;
    const r = vectorOf(scratch, stride, Vector.MODEL);
    loadScaled(momentsOf(record, stride), 0, up * precisionOf(tree, record), true, r, stride, d, edge);
    passEdge(edge, stride, d, spare);
    writeMessage(edge, r, stride, d, message);
    addScaled(familyOf(tree, scratch, stride, load<u32>(record, Record.FAMILY)), 1, message, count);
  }
  for (let f: u32 = 0; f < families; f++) {
    const family = familyOf(tree, scratch, stride, f);
    const r = vectorOf(scratch, stride, Vector.FAMILY);
    loadScaled(family, 0, 1, false, r, stride, d, edge);
    passEdge(edge, stride, d, spare);
    writeMessage(edge, r, stride, d, family + bytes);
    addScaled(root, 1, family + bytes, count);
  }
  const r = vectorOf(scratch, stride, Vector.ROOT);
  for (let j: u32 = 0; j < d; j++) {
    const scale = load<f64>(r + (j << 3));
    const diagonal = at(root, stride, j, j);
    store<f64>(diagonal, load<f64>(diagonal) + 1 / (scale * scale));
  }
}

function visitRoot(tree: usize, scratch: usize, stride: usize): void {
  const d = dimensionsOf(tree);
  const child = matrixOf(tree, scratch, stride, Matrix.CHILD);
  const r = vectorOf(scratch, stride, Vector.ROOT);
  loadScaled(matrixOf(tree, scratch, stride, Matrix.ROOT), 0, 1, false, r, stride, d, child);
  solve(child, stride, d, 1, vectorOf(scratch, stride, Vector.SPARE));
  keepPosterior(child, stride, d, r, vectorOf(scratch, stride, Vector.ROOT_VARIANCE));
  memory.fill(vectorOf(scratch, stride, Vector.CROSS), 0, stride);
  addDeviations(tree, scratch, stride, 0, 0);
}

/** Variances and, a vector further, means of a posterior, in coordinates w. */
function keepPosterior(m: usize, stride: usize, d: u32, r: usize, out: usize): void {
  const mean = at(m, stride, d, 0);
  for (let j: u32 = 0; j < d; j++) {
    const offset = (<usize>j) << 3;
    const scale = load<f64>(r + offset);
    store<f64>(out + offset, scale * scale * load<f64>(at(m, stride, j, j)));
    store<f64>(out + stride + offset, scale * load<f64>(mean + offset));
  }
}

/**
 * Adds what the child's posterior says of its deviation δ from the parent: of each λ v δ_j² the expectation is its squared mean and the variance
 * C_jj + (parent's)_jj − 2 (C B)_jj; 1 less that variance is the share of the weight that is determined. `parent` 0: δ is the weight itself.
 */
function addDeviations(tree: usize, scratch: usize, stride: usize, level: u32, parent: usize): void {
  const d = dimensionsOf(tree);
  const surfaceEnd = load<u32>(tree, Tree.SURFACE_END);
  const child = matrixOf(tree, scratch, stride, Matrix.CHILD);
  const r = vectorOf(scratch, stride, Vector.ROOT + level);
  const cross = vectorOf(scratch, stride, Vector.CROSS);
  for (let j: u32 = 0; j < d; j++) {
    const offset = (<usize>j) << 3;
    let variance = load<f64>(at(child, stride, j, j)) - 2 * load<f64>(cross + offset);
    let mean = load<f64>(at(child, stride, d, j));
    if (parent) {
      const scale = 1 / load<f64>(r + offset);
      variance += scale * scale * load<f64>(parent + offset);
      mean -= scale * load<f64>(parent + stride + offset);
    }
    const group: usize = j == 0 ? 0 : j < surfaceEnd ? 1 : 2;
    const sums = deviationsOf(scratch, stride, level) + group * Deviation.BYTES;
    store<f64>(sums, load<f64>(sums, Deviation.DETERMINED) + (1 - variance), Deviation.DETERMINED);
    store<f64>(sums, load<f64>(sums, Deviation.SQUARES) + mean * mean, Deviation.SQUARES);
  }
}

/** The family hears the root without itself, and then knows all there is. */
function visitFamily(tree: usize, scratch: usize, stride: usize, index: u32, purpose: u32): void {
  const d = dimensionsOf(tree);
  const bytes = matrixBytes(stride);
  const edge = matrixOf(tree, scratch, stride, Matrix.EDGE);
  const child = matrixOf(tree, scratch, stride, Matrix.CHILD);
  const spare = vectorOf(scratch, stride, Vector.SPARE);
  const family = familyOf(tree, scratch, stride, index);
  const r = vectorOf(scratch, stride, Vector.FAMILY);
  loadScaled(matrixOf(tree, scratch, stride, Matrix.ROOT), family + bytes, 1, false, r, stride, d, edge);
  passEdge(edge, stride, d, spare);
  if (purpose & Purpose.DEVIATIONS) {
    loadScaled(family, 0, 1, false, r, stride, d, child);
    addMessage(edge, stride, d, child);
    solve(child, stride, d, SMALLEST_PIVOT, spare);
    keepPosterior(child, stride, d, r, vectorOf(scratch, stride, Vector.FAMILY_VARIANCE));
    productDiagonal(child, edge, stride, d, vectorOf(scratch, stride, Vector.CROSS));
    addDeviations(tree, scratch, stride, 1, vectorOf(scratch, stride, Vector.ROOT_VARIANCE));
  }
  writeMessage(edge, r, stride, d, family + bytes);
  addScaled(family, 1, family + bytes, <u32>(bytes >>> 3));
}

/** The model hears its family without itself; with its own rows that is its posterior. */
function visitModel(tree: usize, scratch: usize, stride: usize, index: u32, own: f64, purpose: u32): void {
  const d = dimensionsOf(tree);
  const record = recordOf(tree, index - 1);
  const weight = weightOf(record, stride, d);
  const statistics = weight == 0 ? 0 : purpose & (Purpose.DEVIATIONS | Purpose.NOISE);
  if (!(statistics | (purpose & Purpose.FACTORS))) return;
  const edge = matrixOf(tree, scratch, stride, Matrix.EDGE);
  const child = matrixOf(tree, scratch, stride, Matrix.CHILD);
  const spare = vectorOf(scratch, stride, Vector.SPARE);
  const family = familyOf(tree, scratch, stride, load<u32>(record, Record.FAMILY));
  const r = vectorOf(scratch, stride, Vector.MODEL);
  loadScaled(family, factorOf(record, stride), 1, false, r, stride, d, edge);
  passEdge(edge, stride, d, spare);
  loadScaled(momentsOf(record, stride), 0, own * precisionOf(tree, record), true, r, stride, d, child);
  addMessage(edge, stride, d, child);
  const h = at(child, stride, d, 0);
  factorise(child, stride, d, SMALLEST_PIVOT, 0, spare);
  solveForward(child, stride, d, spare, h);
  if (purpose & Purpose.FACTORS) writeFactor(tree, record, child, spare, r, stride, d);
  if (!statistics) return;
  solveBackward(child, stride, d, h);
  invertFactor(child, stride, d, spare, spare + stride);
  productDiagonal(child, edge, stride, d, vectorOf(scratch, stride, Vector.CROSS));
  if (purpose & Purpose.DEVIATIONS) {
    addDeviations(tree, scratch, stride, 2, vectorOf(scratch, stride, Vector.FAMILY_VARIANCE));
  }
  if (purpose & Purpose.NOISE) keepResiduals(tree, scratch, stride, index, weight);
}

/** L, D and z of NOW · M in coordinates w from those in coordinates w/r: L_ij r_j/r_i, D_j NOW/r_j², r_j z_j. */
function writeFactor(tree: usize, record: usize, child: usize, inverse: usize, r: usize, stride: usize, d: u32): void {
  const factor = factorOf(record, stride);
  const pivots = pivotsOf(record);
  const now = load<f64>(tree, Tree.NOW);
  const width = (<usize>d) << 3;
  const z = <usize>d * stride;
  for (let k: usize = 0, row: usize = 0; k < width; k += 8, row += stride) {
    const scale = load<f64>(r + k);
    store<f64>(pivots + k, (scale * scale * load<f64>(inverse + k)) / now);
    for (let j = k + 8; j < width; j += 8) {
      store<f64>(factor + row + j, load<f64>(child + row + j) * (scale / load<f64>(r + j)));
    }
    store<f64>(factor + row + width, 0);
    store<f64>(factor + z + k, scale * load<f64>(child + z + k));
  }
  store<f64>(factor + z + width, 0);
}

/** y'y − 2 w·X'y + w·X'X w, and n − tr (C X'X) by 1 − C (I − B). */
function keepResiduals(tree: usize, scratch: usize, stride: usize, index: u32, weight: f64): void {
  const d = dimensionsOf(tree);
  const moments = momentsOf(recordOf(tree, index - 1), stride);
  const child = matrixOf(tree, scratch, stride, Matrix.CHILD);
  const r = vectorOf(scratch, stride, Vector.MODEL);
  const cross = vectorOf(scratch, stride, Vector.CROSS);
  const w = vectorOf(scratch, stride, Vector.COEFFICIENTS);
  let determined = <f64>d;
  for (let j: u32 = 0; j < d; j++) {
    const offset = (<usize>j) << 3;
    store<f64>(w + offset, load<f64>(r + offset) * load<f64>(at(child, stride, d, j)));
    determined += load<f64>(cross + offset) - load<f64>(at(child, stride, j, j));
  }
  store<f64>(w + ((<usize>d) << 3), 0);
  let squares = load<f64>(at(moments, stride, d, d));
  for (let j: u32 = 0; j < d; j++) {
    const offset = (<usize>j) << 3;
    const row = at(moments, stride, j, j);
    // The element after the features is X'y's, and in w a zero.
    const beyond = 2 * dot(row + 8, w + offset + 8, d - j - 1) + load<f64>(row) * load<f64>(w + offset);
    squares += load<f64>(w + offset) * (beyond - 2 * load<f64>(at(moments, stride, j, d)));
  }
  const now = load<f64>(tree, Tree.NOW);
  const out = residualOf(scratch, stride, index);
  store<f64>(out, max(squares / now, 0), Residual.SQUARES);
  store<f64>(out, max(weight / now - determined, 0), Residual.FREEDOM);
}
