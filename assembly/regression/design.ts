/**
 * Rows into second moments, for a fit whose data is streamed through.
 *
 * Features and target are centred (with an intercept) before they are multiplied, rows scaled by the square root of their weight. The
 * first pass centres on the mean of the first rows and corrects afterwards. If these rows are a share f of the weight, a mean cannot be
 * further off than √((1 − f)/f) standard deviations, so correcting loses at most a factor 1/f of accuracy; where it lost more than
 * LARGEST_LOSS the rows are asked for a second time, centred on the mean now known.
 */
import { at } from '../linalg/factor';
import { addGram } from '../linalg/gram';
import { addRowsToTriangle } from '../linalg/orthogonal';
import {
  Centred,
  centreOf,
  dimensionsOf,
  gramOf,
  Header,
  matrixBytes,
  panelOf,
  PANEL_BYTES,
  Scratch,
  Status,
  strideOf,
  vectorOf,
  workOf,
} from './layout';

const CENTRE_ROWS: u32 = 256;
const LARGEST_LOSS: f64 = 1e4;
/** Spread below this share of the mean is the rounding of a constant. */
const CONSTANT: f64 = 4e-15;

/**
 * Adds `count` rows: x row-major count × d (24 more bytes must be readable), y and weights count each, weights 0 = all 1. `stable`
 * = 0 adds to the second moments, 1 to the triangle R in the scratch.
 */
// @ts-ignore: decorator
@inline
export function addRows(
  block: usize,
  scratch: usize,
  count: u32,
  x: usize,
  y: usize,
  weights: usize,
  stable: u32,
): void {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const panel = panelOf(scratch, stride);
  const most = (<u32>(PANEL_BYTES / stride)) & ~1;
  const blockBytes: usize = stable ? 32 : (<usize>most) << 5;
  const rowBytes: usize = stable ? stride : 32;
  if (load<f64>(block, Header.ROWS) == 0 && load<u32>(block, Header.CENTRED) == Centred.GUESSED) {
    guessCentre(block, d, min(count, CENTRE_ROWS), x, y);
  }
  store<f64>(block, load<f64>(block, Header.ROWS) + <f64>count, Header.ROWS);
  while (count > 0) {
    const rows = min(count, most);
    for (let i: u32 = 0; i < rows; i++) {
      let root = 1.0;
      if (weights) {
        root = sqrt(load<f64>(weights));
        weights += 8;
      }
      packRow(centreOf(block), d, x, load<f64>(y), root, panel + <usize>i * rowBytes, blockBytes);
      x += (<usize>d) << 3;
      y += 8;
    }
    if (stable) {
      addRowsToTriangle(workOf(scratch, stride), stride, d + 1, panel, rows, vectorOf(scratch, stride, Scratch.OLD));
    } else {
      addGram(panel, rows, blockBytes, stride, gramOf(block, stride));
    }
    count -= rows;
  }
}

/** A panel row √w (x − centre), √w (y − centre), √w, and zeros: four values a block, blocks `blockBytes` apart. */
function packRow(centre: usize, d: u32, x: usize, y: f64, root: f64, out: usize, blockBytes: usize): void {
  const f = f64x2.splat(root);
  let block = out;
  for (const end = x + ((<usize>d) << 3); x < end; x += 32, centre += 32, block += blockBytes) {
    v128.store(block, f64x2.mul(f, f64x2.sub(v128.load(x), v128.load(centre))));
    v128.store(block, f64x2.mul(f, f64x2.sub(v128.load(x, 16), v128.load(centre, 16))), 16);
  }
  centre -= (<usize>(((d + 3) & ~3) - d)) << 3; // now at the centre of y
  put(out, blockBytes, d, root * (y - load<f64>(centre)));
  put(out, blockBytes, d + 1, root);
  for (let j = d + 2; j & 3; j++) put(out, blockBytes, j, 0);
}

// @ts-ignore: decorator
@inline
function put(out: usize, blockBytes: usize, column: u32, value: f64): void {
  store<f64>(out + <usize>(column >>> 2) * blockBytes + ((<usize>(column & 3)) << 3), value);
}

function guessCentre(block: usize, d: u32, rows: u32, x: usize, y: usize): void {
  const centre = centreOf(block);
  for (let j: u32 = 0; j <= d; j++) {
    let p = j < d ? x + (j << 3) : y;
    const step: usize = j < d ? d << 3 : 8;
    let sum = 0.0;
    for (let i: u32 = 0; i < rows; i++, p += step) sum += load<f64>(p);
    store<f64>(centre + (j << 3), sum / <f64>rows);
  }
}

/** Readies block and scratch for the same rows once more, centred on the mean that is now known. */
export function beginAgain(block: usize, scratch: usize, stable: u32): void {
  const stride = strideOf(dimensionsOf(block));
  store<f64>(block, 0, Header.ROWS);
  if (load<u32>(block, Header.CENTRED)) store<u32>(block, Centred.KNOWN, Header.CENTRED);
  memory.fill(stable ? workOf(scratch, stride) : gramOf(block, stride), 0, matrixBytes(stride));
}

/** Moves the second moments to the mean and sets what is constant to 0. */
export function finishMoments(block: usize): i32 {
  const d = dimensionsOf(block);
  const stride = strideOf(d);
  const gram = gramOf(block, stride);
  const centre = centreOf(block);
  const weight = load<f64>(at(gram, stride, d + 1, d + 1));
  // A value that is not finite, or too large, makes its sum of squares so; NaN fails.
  for (let i: u32 = 0; i < d + 2; i++) if (!(load<f64>(at(gram, stride, i, i)) <= 1e110)) return Status.OUT_OF_RANGE;
  if (!(weight > 0)) return Status.NO_WEIGHT;
  store<f64>(block, weight, Header.WEIGHT);
  let status = Status.REGULAR;
  for (let i: u32 = 0; i <= d; i++) {
    const diagonal = at(gram, stride, i, i);
    if (load<u32>(block, Header.CENTRED)) {
      const offset = (<usize>i) << 3;
      const shift = load<f64>(at(gram, stride, i, d + 1)) / weight;
      const mean = load<f64>(centre + offset) + shift;
      for (let j = i; j <= d; j++) {
        const entry = at(gram, stride, i, j);
        store<f64>(entry, load<f64>(entry) - shift * load<f64>(at(gram, stride, j, d + 1)));
      }
      store<f64>(centre + offset, mean);
      const spread = load<f64>(diagonal);
      if (!(spread > weight * (CONSTANT * mean) * (CONSTANT * mean))) clear(gram, stride, d, i);
      else if (weight * shift * shift > LARGEST_LOSS * spread) status = Status.NEEDS_CENTRE;
    }
  }
  return load<u32>(block, Header.CENTRED) == Centred.GUESSED ? status : Status.REGULAR;
}

/** Row and column i := 0. */
function clear(gram: usize, stride: usize, d: u32, i: u32): void {
  for (let j: u32 = 0; j <= d; j++) store<f64>(at(gram, stride, min(i, j), max(i, j)), 0);
}
