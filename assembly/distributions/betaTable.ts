/**
 * Quantile table of one Beta posterior: draws by inversion from piecewise polynomials (docs/MATH.md §16).
 *
 * A side of the median is cut into octaves of tail probability v, (2^-(k+1), 2^-k], and each octave into 16 cells; in
 * a cell the quantile is a polynomial of degree 5. The quantile x(v) solves x' = 1/f(x), so its Taylor series follows
 * from a recurrence at no cost in special functions (Steinbrecher & Shaw 2008, doi:10.1017/S0956792508007341). Errors
 * of v add up along the way, which would ruin the tails: every octave starts anew from an incomplete beta
 * evaluation. Octaves are built when a draw first falls into them; each depends on the shapes alone.
 */
import { exp } from '../math/exp';
import { betaQuantile, betaTail, logWeight } from '../special/incompleteBeta';

const CELLS: u32 = 16;
/** v is a multiple of 2^-53 of the half line (0, 1/2], so there is nothing beyond. */
const OCTAVES: u32 = 53;
/** Coefficients come in pairs (c0, c1), (c2, c3), (c4, c5), each kind in its own array: one shift makes an address. */
const PAIR_BYTES: usize = 16;
const SIDE_SHIFT: u32 = 14;
const SIDE_BYTES: usize = 1 << SIDE_SHIFT; // 1,024 pairs, of which 848 are used
const ARRAY_BYTES: usize = 2 * SIDE_BYTES;

/** Header: the shapes, the smallest v whose octave is built, octaves built, and each side's quantile there. */
const A: usize = 0;
const B: usize = 8;
const BUILT_DOWN_TO: usize = 16;
const OCTAVES_BUILT: usize = 24;
const LAST: usize = 32;
const PAIRS: usize = 48;
export const BETA_TABLE_BYTES: usize = PAIRS + 3 * ARRAY_BYTES;

/** Octaves built at once: 99.6 % of the draws fall into them. */
const FIRST_OCTAVES: u32 = 8;
/** Builds the table of Beta(a, b) at `table`, BETA_TABLE_BYTES large; shapes in [0.1, 1e6]. */
export function buildBetaTable(table: usize, a: f64, b: f64): void {
  store<f64>(table, a, A);
  store<f64>(table, b, B);
  store<f64>(table, betaQuantile(a, b, 0.5, false), LAST);
  store<f64>(table, betaQuantile(b, a, 0.5, false), LAST + 8);
  store<u32>(table, 0, OCTAVES_BUILT);
  extendBetaTable(table, FIRST_OCTAVES);
}

/** Builds further octaves, until there are `octaves` of them. */
function extendBetaTable(table: usize, octaves: u32): void {
  const a = load<f64>(table, A);
  const b = load<f64>(table, B);
  for (let octave = load<u32>(table, OCTAVES_BUILT); octave < octaves; octave++) {
    buildOctave(table, octave, 0, a, b);
    buildOctave(table, octave, 1, b, a);
  }
  store<u32>(table, octaves, OCTAVES_BUILT);
  store<f64>(table, powerOfTwo(octaves), BUILT_DOWN_TO);
}

/** 2^-k. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: u32): f64 {
  return reinterpret<f64>((<u64>(1023 - k)) << 52);
}

/**
 * One octave of one side, from its upper edge down, in steps of the tail probability relative to itself. `v` is twice
 * the tail probability, so that the median stands at 1.
 */
function buildOctave(table: usize, octave: u32, side: usize, a: f64, b: f64): void {
  const lowest = powerOfTwo(octave + 1);
  let x = anchored(a, b, load<f64>(table + (side << 3), LAST), lowest);
  let slope = (lowest * x * (1 - x)) / exp(logWeight(a, b, x, 1 - x)); // dx / d log v at the upper edge
  let at: f64 = 2; // v in units of the octave's lowest
  for (let cell: i32 = CELLS - 1; cell >= 0; cell--) {
    const centre = 1 + (<f64>cell + 0.5) / CELLS;
    taylor(a, b, x, slope);
    const step = (centre - at) / at;
    x = value(step);
    slope = derivative(step) * (1 + step);
    at = centre;
    taylor(a, b, x, slope);
    storeCell(table + PAIRS + side * SIDE_BYTES + cellOffset(octave, cell), side, 1 / (32 * centre));
  }
  store<f64>(table + (side << 3), value((1 - at) / at), LAST);
}

/** Address of a cell's first pair within its side: cells in the order of v's exponent and upper four mantissa bits. */
// @ts-ignore: decorator
@inline
function cellOffset(octave: u32, cell: u32): usize {
  return ((OCTAVES - 1 - octave) * CELLS + cell) * PAIR_BYTES;
}

/** One Newton step of x towards I_x(a, b) = p: it comes from the neighbouring octave, right to some 1e-11. */
function anchored(a: f64, b: f64, x: f64, p: f64): f64 {
  const y = 1 - x;
  const excess = betaTail(a, b, x, y, false) - p;
  return x - (excess * x * y) / exp(logWeight(a, b, x, y));
}

/** Terms of the Taylor series: steps between centres are at most 0.06, so the first one left out is below 1e-12. */
const TERMS: i32 = 10;
const BYTES: usize = (<usize>TERMS) << 3;
/** Series in the relative step t of: the quantile x, its slope D, 1/x and 1/(1 - x) as pairs, f'/f, and D f'/f. */
const X = memory.data(88, 16);
const D = memory.data(88, 16);
const INVERSES = memory.data(160, 16);
const Q = memory.data(80, 16);
const P = memory.data(80, 16);

/**
 * Fills the series at x with slope dx/dt. From x' = 1/f: D' = -D² f'/f with f'/f = (a - 1)/x - (b - 1)/(1 - x), term
 * by term.
 */
function taylor(a: f64, b: f64, x: f64, slope: f64): void {
  const firsts = f64x2.replace_lane(f64x2.splat(1 / x), 1, 1 / (1 - x));
  // The reciprocal of x + … has -1/x, that of (1 - x) - … has +1/(1 - x) before the sum of its recurrence.
  const factors = f64x2.mul(firsts, f64x2.replace_lane(f64x2.splat(-1), 1, 1));
  let inverses = firsts;
  store<f64>(X, x);
  store<f64>(D, slope);
  for (let k: usize = 0; k < BYTES; k += 8) {
    if (k > 0) {
      let sums = f64x2.splat(0);
      for (let i: usize = 8; i <= k; i += 8) {
        sums = f64x2.add(sums, f64x2.mul(v128.load64_splat(X + i), v128.load(INVERSES + 2 * (k - i))));
      }
      inverses = f64x2.mul(factors, sums);
    }
    v128.store(INVERSES + 2 * k, inverses);
    store<f64>(Q + k, (a - 1) * f64x2.extract_lane(inverses, 0) - (b - 1) * f64x2.extract_lane(inverses, 1));
    store<f64>(P + k, convolution(D, Q, k));
    const order = <f64>(<u32>(k >> 3) + 1);
    store<f64>(D + k, -convolution(D, P, k) / order, 8);
    store<f64>(X + k, load<f64>(D + k) / order, 8);
  }
}

/** Coefficient k (a byte offset) of the product of two series. */
// @ts-ignore: decorator
@inline
function convolution(left: usize, right: usize, k: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i <= k; i += 8) sum += load<f64>(left + i) * load<f64>(right + (k - i));
  return sum;
}

/** The quantile at relative step t. */
function value(t: f64): f64 {
  return polynomial(X, t);
}

/** Its derivative by t. */
function derivative(t: f64): f64 {
  return polynomial(D, t);
}

function polynomial(c: usize, t: f64): f64 {
  let sum: f64 = 0;
  for (let i = BYTES - 8; <i32>i >= 0; i -= 8) sum = sum * t + load<f64>(c + i);
  return sum;
}

/**
 * Writes the cell's polynomial in v's mantissa minus the cell's centre, within 1/32. `width` is 1/32 as a relative
 * step. The terms of degree 8, 7 and 6 are folded into the lower ones by Chebyshev economisation, which divides their
 * error by 128, 64 and 32.
 */
function storeCell(cell: usize, side: usize, width: f64): void {
  let c1 = load<f64>(X, 8) * width;
  let power = width * width;
  let c2 = load<f64>(X, 16) * power;
  power *= width;
  let c3 = load<f64>(X, 24) * power;
  power *= width;
  let c4 = load<f64>(X, 32) * power;
  power *= width;
  let c5 = load<f64>(X, 40) * power;
  power *= width;
  let c6 = load<f64>(X, 48) * power;
  power *= width;
  const c7 = load<f64>(X, 56) * power;
  const c8 = load<f64>(X, 64) * power * width;
  c6 += 2 * c8;
  c5 += 1.75 * c7;
  c4 += 1.5 * c6 - 1.25 * c8;
  c3 -= 0.875 * c7;
  c2 += 0.25 * c8 - 0.5625 * c6;
  c1 += 0.109375 * c7;
  const c0 = load<f64>(X) + (0.03125 * c6 - 0.0078125 * c8);
  const sign: f64 = side == 0 ? 1 : -1;
  store<f64>(cell, side == 0 ? c0 : 1 - c0);
  store<f64>(cell, sign * c1 * 32, 8);
  store<f64>(cell, sign * c2 * 1024, ARRAY_BYTES);
  store<f64>(cell, sign * c3 * 32768, ARRAY_BYTES + 8);
  store<f64>(cell, sign * c4 * 1048576, 2 * ARRAY_BYTES);
  store<f64>(cell, sign * c5 * 33554432, 2 * ARRAY_BYTES + 8);
}

/** Bits of 1.0, to make a number in [1, 2) of a mantissa. */
const ONE_BITS: u64 = 0x3ff0000000000000;
/** The 48 bits of v's mantissa that place it in its cell. */
const WITHIN_CELL: u64 = 0x0000ffffffffffff;
/** Exponent and cell of the smallest v, 2^-53. */
const SMALLEST_CELL: usize = (1023 - 53) * CELLS * PAIR_BYTES;

/**
 * Draws for `bytes`/8 words, in pairs: of a word, bit 0 is the side and bits 12–63 make v, the midpoints of 2^52 equal
 * cells of (0, 1).
 */
export function betaTableDraws(table: usize, words: usize, bytes: usize, out: usize): void {
  const smallest = lookUp(table, words, bytes, out);
  if (smallest >= load<f64>(table, BUILT_DOWN_TO)) return;
  // Some draws fell into cells still empty: build them and look all up again.
  extendBetaTable(table, 1023 - <u32>(reinterpret<u64>(smallest) >> 52));
  lookUp(table, words, bytes, out);
}

/** The draws, and the smallest v among them. Perf: one minimum a pair instead of a branch. */
function lookUp(table: usize, words: usize, bytes: usize, out: usize): f64 {
  const pairs = table + PAIRS - SMALLEST_CELL;
  const one = i64x2.splat(ONE_BITS);
  const belowOne = f64x2.splat(0.9999999999999999); // 1 - 2^-53
  const within = i64x2.splat(WITHIN_CELL);
  const sides = i64x2.splat(1);
  const centre = f64x2.splat(1.03125);
  let smallest = one;
  for (let i: usize = 0; i < bytes; i += 16) {
    const bits = v128.load(words + i);
    const v = f64x2.sub(v128.or(i64x2.shr_u(bits, 12), one), belowOne);
    smallest = f64x2.pmin(smallest, v);
    const cells = i64x2.add(i64x2.shl(i64x2.shr_u(v, 48), 4), i64x2.shl(v128.and(bits, sides), SIDE_SHIFT));
    const t = f64x2.sub(v128.or(v128.and(v, within), one), centre);
    const t2 = f64x2.mul(t, t);
    const first = evenAndOdd(pairs + <usize>i64x2.extract_lane(cells, 0), v128.shuffle<f64>(t2, t2, 0, 0));
    const second = evenAndOdd(pairs + <usize>i64x2.extract_lane(cells, 1), v128.shuffle<f64>(t2, t2, 1, 1));
    const even = v128.shuffle<f64>(first, second, 0, 2);
    const odd = v128.shuffle<f64>(first, second, 1, 3);
    v128.store(out + i, f64x2.add(even, f64x2.mul(t, odd)));
  }
  return min(f64x2.extract_lane(smallest, 0), f64x2.extract_lane(smallest, 1));
}

/** Even and odd part of a cell's polynomial as the lanes of a vector: (c0, c1) + t² ((c2, c3) + t² (c4, c5)). */
// @ts-ignore: decorator
@inline
function evenAndOdd(cell: usize, t2: v128): v128 {
  const upper = f64x2.add(v128.load(cell, ARRAY_BYTES), f64x2.mul(t2, v128.load(cell, 2 * ARRAY_BYTES)));
  return f64x2.add(v128.load(cell), f64x2.mul(t2, upper));
}
