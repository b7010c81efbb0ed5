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
  for (let octave = load<u32>(table, OCTAVES_BUILT); octave < octaves; octave++) buildOctave(table, octave);
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
 * One octave of both sides, from its upper edge down, in steps of the tail probability relative to itself. `v` is twice
 * the tail probability, so that the median stands at 1. The lanes are the sides: the second is Beta(b, a), of 1 - x.
 */
function buildOctave(table: usize, octave: u32): void {
  const a = load<f64>(table, A);
  const b = load<f64>(table, B);
  const lowest = powerOfTwo(octave + 1);
  const shapes = v128.load(table, A);
  const others = v128.shuffle<f64>(shapes, shapes, 1, 0);
  let x = pairOf(anchored(a, b, load<f64>(table, LAST), lowest), anchored(b, a, load<f64>(table, LAST + 8), lowest));
  let slope = pairOf(slopeAt(a, b, f64x2.extract_lane(x, 0), lowest), slopeAt(b, a, f64x2.extract_lane(x, 1), lowest));
  let at: f64 = 2; // v in units of the octave's lowest
  taylor(shapes, others, x, slope);
  for (let cell: i32 = CELLS - 1; cell >= 0; cell--) {
    const centre = 1 + (<f64>cell + 0.5) / CELLS;
    const step = f64x2.splat((centre - at) / at);
    x = polynomial(X, step);
    slope = f64x2.mul(polynomial(D, step), f64x2.add(f64x2.splat(1), step));
    at = centre;
    taylor(shapes, others, x, slope);
    storeCell(table + PAIRS + cellOffset(octave, cell), 1 / (32 * centre));
  }
  v128.store(table, polynomial(X, f64x2.splat((1 - at) / at)), LAST);
}

// @ts-ignore: decorator
@inline
function pairOf(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** Address of a cell's first pair within its side: cells in the order of v's exponent and upper four mantissa bits. */
// @ts-ignore: decorator
@inline
function cellOffset(octave: u32, cell: u32): usize {
  return <usize>((OCTAVES - 1 - octave) * CELLS + cell) * PAIR_BYTES;
}

/** One Newton step of x towards I_x(a, b) = p: it comes from the neighbouring octave, right to some 1e-11. */
function anchored(a: f64, b: f64, x: f64, p: f64): f64 {
  return x - ((betaTail(a, b, x, 1 - x, false) - p) / p) * slopeAt(a, b, x, p);
}

/** dx / d log p at I_x(a, b) = p. */
function slopeAt(a: f64, b: f64, x: f64, p: f64): f64 {
  const y = 1 - x;
  return (p * x * y) / exp(logWeight(a, b, x, y));
}

/** Terms of the Taylor series: steps between centres are at most 0.06, so the first one left out is below 1e-12. */
const TERMS: i32 = 10;
const BYTES: usize = (<usize>TERMS) << 4;
/** Series of both lanes in the relative step t: the quantile x, its slope D, 1/x, 1/(1 - x), f'/f, and D f'/f. */
const X = memory.data(192, 16);
const D = memory.data(176, 16);
const R = memory.data(160, 16);
const S = memory.data(160, 16);
const Q = memory.data(160, 16);
const P = memory.data(160, 16);
/** A cell's coefficients. */
const C = memory.data(144, 16);

/**
 * Fills the series at x with slope dx/dt. From x' = 1/f: D' = -D² f'/f with f'/f = (a - 1)/x - (b - 1)/(1 - x), term
 * by term.
 */
function taylor(a: v128, b: v128, x: v128, slope: v128): void {
  const one = f64x2.splat(1);
  const r = f64x2.div(one, x);
  const s = f64x2.div(one, f64x2.sub(one, x));
  v128.store(X, x);
  v128.store(X, slope, 16);
  v128.store(D, slope);
  for (let k: usize = 0; k < BYTES; k += 16) {
    // 1/(x + …): -1/x times the sum of its recurrence; 1/(1 - x - …): 1/(1 - x) times.
    let inverse = k == 0 ? f64x2.splat(-1) : f64x2.splat(0);
    let complement = k == 0 ? one : f64x2.splat(0);
    for (let i: usize = 16; i <= k; i += 16) {
      const xi = v128.load(X + i);
      inverse = f64x2.add(inverse, f64x2.mul(xi, v128.load(R + (k - i))));
      complement = f64x2.add(complement, f64x2.mul(xi, v128.load(S + (k - i))));
    }
    inverse = f64x2.neg(f64x2.mul(r, inverse));
    complement = f64x2.mul(s, complement);
    v128.store(R + k, inverse);
    v128.store(S + k, complement);
    v128.store(Q + k, f64x2.sub(f64x2.mul(f64x2.sub(a, one), inverse), f64x2.mul(f64x2.sub(b, one), complement)));
    v128.store(P + k, convolution(Q, k));
    const order = <f64>(<u32>(k >> 4) + 1);
    const next = f64x2.mul(convolution(P, k), f64x2.splat(-1 / order));
    v128.store(D + k, next, 16);
    v128.store(X + k, f64x2.mul(next, f64x2.splat(1 / (order + 1))), 32);
  }
}

/** Coefficient k (a byte offset) of D times a series. */
// @ts-ignore: decorator
@inline
function convolution(series: usize, k: usize): v128 {
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i <= k; i += 16)
    sum = f64x2.add(sum, f64x2.mul(v128.load(D + i), v128.load(series + (k - i))));
  return sum;
}

/** A series at relative step t. */
function polynomial(c: usize, t: v128): v128 {
  let sum = v128.load(c + BYTES - 16);
  for (let i = BYTES - 32; <i32>i >= 0; i -= 16) sum = f64x2.add(f64x2.mul(sum, t), v128.load(c + i));
  return sum;
}

/** What t^8 gives to t^6, t^4, t² and 1, t^7 to t^5, t³ and t, t^6 to t^4, t² and 1. */
const ECONOMISED = memory.data<f64>([2, -1.25, 0.25, -0.0078125, 1.75, -0.875, 0.109375, 1.5, -0.5625, 0.03125], 16);

/**
 * Writes both sides' polynomials of a cell, in v's mantissa minus the cell's centre, within 1/32. `width` is 1/32 as a
 * relative step. The terms of degree 8, 7 and 6 are folded into the lower ones by Chebyshev economisation, which divides
 * their error by 128, 64 and 32.
 */
function storeCell(cell: usize, width: f64): void {
  let power: f64 = 1;
  for (let i: usize = 0; i < 9 << 4; i += 16) {
    v128.store(C + i, f64x2.mul(v128.load(X + i), f64x2.splat(power)));
    power *= width;
  }
  let factor = ECONOMISED;
  for (let degree: i32 = 8; degree > 5; degree--) {
    const c = v128.load(C + ((<usize>degree) << 4));
    for (let lower = degree - 2; lower >= 0; lower -= 2, factor += 8) {
      const at = C + ((<usize>lower) << 4);
      v128.store(at, f64x2.add(v128.load(at), f64x2.mul(c, v128.load64_splat(factor))));
    }
  }
  let scale: f64 = 1;
  for (let i: usize = 0; i < 6; i++) {
    const c = f64x2.mul(v128.load(C + (i << 4)), f64x2.splat(scale));
    const address = cell + (i >> 1) * ARRAY_BYTES + ((i & 1) << 3);
    store<f64>(address, f64x2.extract_lane(c, 0));
    store<f64>(address, (i == 0 ? 1.0 : 0.0) - f64x2.extract_lane(c, 1), SIDE_BYTES);
    scale *= 32;
  }
}

/**
 * Pairs of: the bits of 1.0, to make a number in [1, 2) of a mantissa; the 48 bits of v's mantissa that place it in its
 * cell; 1, for the side; 1 - 2^-53; the cells' centre.
 */
const LOOK_UP = memory.data<u64>(
  [
    0x3ff0000000000000, 0x3ff0000000000000, 0x0000ffffffffffff, 0x0000ffffffffffff, 1, 1, 0x3fefffffffffffff,
    0x3fefffffffffffff, 0x3ff0800000000000, 0x3ff0800000000000,
  ],
  16,
);
const ONE: usize = 0;
const WITHIN_CELL: usize = 16;
const SIDE: usize = 32;
const BELOW_ONE: usize = 48;
const CENTRE: usize = 64;
/** Exponent and cell of the smallest v, 2^-53. */
const SMALLEST_CELL: usize = (1023 - 53) * CELLS * PAIR_BYTES;

/**
 * Draws for `bytes`/8 words, in pairs, at most MOST_LOOKED_UP bytes: of a word, bit 0 is the side and bits 12–63 make v, the midpoints of 2^52 equal
 * cells of (0, 1).
 */
export function betaTableDraws(table: usize, words: usize, bytes: usize, out: usize): void {
  const smallest = lookUp(table, words, bytes, out);
  if (smallest >= load<f64>(table, BUILT_DOWN_TO)) return;
  // Some draws fell into cells still empty: build them and look all up again.
  extendBetaTable(table, 1023 - <u32>(reinterpret<u64>(smallest) >> 52));
  lookUp(table, words, bytes, out);
}

/**
 * The draws, and the smallest v among them.
 * Perf, measured: two passes instead of one, constants loaded before the loop, and one minimum a pair instead of a
 * branch.
 */
function lookUp(table: usize, words: usize, bytes: usize, out: usize): f64 {
  const smallest = locate(words, bytes, out);
  const pairs = table + PAIRS - SMALLEST_CELL;
  for (let i: usize = 0; i < bytes; i += 16) {
    const t = v128.load(out + i);
    const t2 = f64x2.mul(t, t);
    const first = evenAndOdd(pairs + load<usize>(CELL + i), v128.shuffle<f64>(t2, t2, 0, 0));
    const second = evenAndOdd(pairs + load<usize>(CELL + i, 8), v128.shuffle<f64>(t2, t2, 1, 1));
    const even = v128.shuffle<f64>(first, second, 0, 2);
    const odd = v128.shuffle<f64>(first, second, 1, 3);
    v128.store(out + i, f64x2.add(even, f64x2.mul(t, odd)));
  }
  return smallest;
}

/** Offsets of the cells that the draws fall into, 8 bytes each. */
const CELL = memory.data(2048, 16);
/** Words that one call looks up at most, in bytes. */
export const MOST_LOOKED_UP: usize = 2048;

/** Writes to CELL where each word's v falls, to `out` its place in the cell; returns the smallest v. */
function locate(words: usize, bytes: usize, out: usize): f64 {
  const one = v128.load(LOOK_UP, ONE);
  const withinCell = v128.load(LOOK_UP, WITHIN_CELL);
  const side = v128.load(LOOK_UP, SIDE);
  const belowOne = v128.load(LOOK_UP, BELOW_ONE);
  const centre = v128.load(LOOK_UP, CENTRE);
  let smallest = one;
  for (let i: usize = 0; i < bytes; i += 16) {
    const bits = v128.load(words + i);
    const v = f64x2.sub(v128.or(i64x2.shr_u(bits, 12), one), belowOne);
    smallest = f64x2.pmin(smallest, v);
    const sides = i64x2.shl(v128.and(bits, side), SIDE_SHIFT);
    v128.store(CELL + i, i64x2.add(i64x2.shl(i64x2.shr_u(v, 48), 4), sides));
    v128.store(out + i, f64x2.sub(v128.or(v128.and(v, withinCell), one), centre));
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
