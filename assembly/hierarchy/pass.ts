/**
 * One pass of exact Gaussian message passing over the tree root → family → model → rows (docs/MATH.md §19): up, every record tells its family
 * what its rows say of it, every family the root; down, each end hears what the others have said, never its own words.
 *
 * `up` multiplies the rows on their way to other models, `own` a model's own rows: rows of one prompt are not independent of each other.
 */
import { at } from '../linalg/factor';
import { dot } from '../linalg/vector';
import { factorOf, GROUPS, momentsOf, pivotsOf, Record, recordOf, recordsOf, Tree } from './layout';
import { addMessage, crossDiagonal, factoriseWith, hear, invertWith, send, solve } from './messages';
import {
  bytes,
  child,
  d,
  Deviation,
  deviations,
  edge,
  families,
  last,
  Residual,
  residuals,
  root,
  stride,
  tree,
  Vector,
  vectorOf,
  width,
} from './scratch';

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

export function passTree(up: f64, own: f64, purpose: u32): void {
  memory.fill(deviations, 0, edge - deviations);
  gather(up);
  if (purpose & (Purpose.ROOT | Purpose.DEVIATIONS)) visitRoot();
  const end = families + 2 * bytes * (<usize>load<u32>(tree, Tree.FAMILIES) + 1);
  let index: u32 = 0;
  for (let family = families; family < end; family += 2 * bytes, index++) {
    visitFamily(family, purpose);
    for (let i: u32 = 0; i < recordsOf(tree); i++) {
      if (load<u32>(recordOf(tree, i - 1), Record.FAMILY) == index) visitModel(i, family, own, purpose);
    }
  }
}

/** Weight of the record's rows, in units of the landmark. */
export function weightOf(record: usize, stride: usize, d: u32): f64 {
  return load<f64>(at(momentsOf(record), stride, d + 1, d + 1));
}

/** What turns a record's moments into information at the present. */
function precisionOf(record: usize): f64 {
  return 1 / (load<f64>(record, Record.NOISE) * load<f64>(tree, Tree.NOW));
}

/** The way up: messages of the records in the place of their factors, families' sums, their messages, the root's sum. */
function gather(up: f64): void {
  const end = families + 2 * bytes * (<usize>load<u32>(tree, Tree.FAMILIES) + 1);
  memory.fill(root, 0, end - root);
  for (let i: u32 = 0; i < recordsOf(tree); i++) {
    const record = recordOf(tree, i - 1);
    const message = factorOf(record, stride);
    memory.fill(message, 0, bytes);
    if (weightOf(record, stride, d) == 0) continue;
    const family = families + 2 * bytes * <usize>load<u32>(record, Record.FAMILY);
    send(momentsOf(record), up * precisionOf(record), true, vectorOf(Vector.EDGES + 2), message, family);
  }
  for (let family = families; family < end; family += 2 * bytes) {
    send(family, 1, false, vectorOf(Vector.EDGES + 1), family + bytes, root);
  }
  const r = vectorOf(Vector.EDGES);
  for (let j: usize = 0, diagonal = root; j < width; j += 8, diagonal += stride + 8) {
    store<f64>(diagonal, load<f64>(diagonal) + 1 / (load<f64>(r + j) * load<f64>(r + j)));
  }
}

/** The root hears nobody above: B = I, and its prior is with what it has gathered. */
function visitRoot(): void {
  hear(root, root, vectorOf(Vector.EDGES), root, 1, false);
  solve(child, 1);
  memory.fill(vectorOf(Vector.CROSS), 0, stride);
  keepPosterior(0);
  addDeviations(0);
}

/** Variances and means of a posterior, in coordinates w, for those below. */
function keepPosterior(level: usize): void {
  const r = vectorOf(Vector.EDGES + level);
  const out = vectorOf(Vector.PARENTS + 2 * level);
  for (let j: usize = 0, diagonal = child; j < width; j += 8, diagonal += stride + 8) {
    const scale = load<f64>(r + j);
    store<f64>(out + j, scale * scale * load<f64>(diagonal));
    store<f64>(out + stride + j, scale * load<f64>(child + last + j));
  }
}

/**
 * Adds what the child's posterior says of its deviation δ from the parent: of each λ v δ_j² the expectation is its squared mean and the variance
 * C_jj + (parent's)_jj − 2 (C B)_jj; 1 less that variance is the share of the weight that is determined. The root's δ is the weight itself.
 */
function addDeviations(level: usize): void {
  const surfaceEnd = (<usize>load<u32>(tree, Tree.SURFACE_END)) << 3;
  const r = vectorOf(Vector.EDGES + level);
  const cross = vectorOf(Vector.CROSS);
  const parent = vectorOf(Vector.PARENTS + 2 * level - 2);
  for (let j: usize = 0, diagonal = child; j < width; j += 8, diagonal += stride + 8) {
    const scale = level ? 1 / load<f64>(r + j) : 0;
    const variance = load<f64>(diagonal) - 2 * load<f64>(cross + j) + scale * scale * load<f64>(parent + j);
    const mean = load<f64>(child + last + j) - scale * load<f64>(parent + stride + j);
    const group: usize = j == 0 ? 0 : j < surfaceEnd ? 1 : 2;
    const sums = deviations + (GROUPS * level + group) * Deviation.BYTES;
    store<f64>(sums, load<f64>(sums, Deviation.DETERMINED) + (1 - variance), Deviation.DETERMINED);
    store<f64>(sums, load<f64>(sums, Deviation.SQUARES) + mean * mean, Deviation.SQUARES);
  }
}

/** The family hears the root without itself, and then knows all there is. */
function visitFamily(family: usize, purpose: u32): void {
  const r = vectorOf(Vector.EDGES + 1);
  hear(root, family + bytes, r, family, 1, false);
  if (purpose & Purpose.DEVIATIONS) {
    solve(child, SMALLEST_PIVOT);
    keepPosterior(1);
    crossDiagonal();
    addDeviations(1);
  }
  addMessage(r, family + bytes, family);
}

/** The model hears its family without itself; with its own rows that is its posterior. */
function visitModel(index: u32, family: usize, own: f64, purpose: u32): void {
  const record = recordOf(tree, index - 1);
  const weight = weightOf(record, stride, d);
  const statistics = weight == 0 ? 0 : purpose & (Purpose.DEVIATIONS | Purpose.NOISE);
  if (!(statistics | (purpose & Purpose.FACTORS))) return;
  const r = vectorOf(Vector.EDGES + 2);
  hear(family, factorOf(record, stride), r, momentsOf(record), own * precisionOf(record), true);
  factoriseWith(child, SMALLEST_PIVOT);
  if (purpose & Purpose.FACTORS) writeFactor(record, r);
  if (!statistics) return;
  invertWith(child);
  crossDiagonal();
  if (purpose & Purpose.DEVIATIONS) addDeviations(2);
  if (purpose & Purpose.NOISE) keepResiduals(record, residuals + <usize>index * Residual.BYTES);
}

/** L, D and z of NOW · M in coordinates w from those in coordinates w/r: L_ij r_j/r_i, D_j NOW/r_j², r_j z_j. */
function writeFactor(record: usize, r: usize): void {
  const factor = factorOf(record, stride);
  const pivots = pivotsOf(record, stride);
  const inverse = vectorOf(Vector.SPARE);
  const now = load<f64>(tree, Tree.NOW);
  const end = width;
  for (let k: usize = 0, row: usize = 0; k < end; k += 8, row += stride) {
    const scale = load<f64>(r + k);
    store<f64>(pivots + k, (scale * scale * load<f64>(inverse + k)) / now);
    for (let j = k + 8; j < end; j += 8) {
      store<f64>(factor + row + j, load<f64>(child + row + j) * (scale / load<f64>(r + j)));
    }
    store<f64>(factor + last + k, scale * load<f64>(child + last + k));
  }
}

/** y'y − 2 w·X'y + w·X'X w, and n − tr (C X'X) by 1 − C (I − B). */
function keepResiduals(record: usize, out: usize): void {
  const r = vectorOf(Vector.EDGES + 2);
  const cross = vectorOf(Vector.CROSS);
  const w = vectorOf(Vector.COEFFICIENTS);
  let row = momentsOf(record);
  let determined = <f64>d;
  for (let j: usize = 0, diagonal = child; j < width; j += 8, diagonal += stride + 8) {
    store<f64>(w + j, load<f64>(r + j) * load<f64>(child + last + j));
    determined += load<f64>(cross + j) - load<f64>(diagonal);
  }
  // With weight −1 of the target the sum over all pairs is the square of what is left of it; the count comes with weight 0.
  store<f64>(w + width, -1);
  store<f64>(w + width, 0, 8);
  let squares = 0.0;
  for (let j: usize = 0, left = d + 1; left > 0; j += 8, left--) {
    const weight = load<f64>(w + j);
    squares += weight * (2 * dot(row + j, w + j, left) - load<f64>(row + j) * weight);
    row += stride;
  }
  const now = load<f64>(tree, Tree.NOW);
  store<f64>(out, max(squares / now, 0), Residual.SQUARES);
  store<f64>(out, max(weightOf(record, stride, d) / now - determined, 0), Residual.FREEDOM);
}
