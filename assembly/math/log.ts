/**
 * Natural logarithm, scalar and two lanes at a time, with the same bits in both.
 *
 * Method (FreeBSD msun e_log.c): x = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f/(2 + f),
 * log(1 + f) = f - f²/2 + s (f²/2 + R(s²)), R a degree-7 minimax polynomial with error < 2^-58.45.
 * Error < 1 ulp.
 */

const POOL = memory.data<f64>(
  [
    // Lg1 … Lg7 of e_log.c
    6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
    1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1, 6.9314718036912381649e-1,
    1.90821492927058770002e-10, 1.0, 2.0, 0.5,
  ],
  16,
);
const LN2_HI: usize = 56;
const LN2_LO: usize = 64;
const ONE: usize = 72;
const TWO: usize = 80;
const HALF: usize = 88;

/** Bits of sqrt(1/2): subtracting them puts the mantissa cut at sqrt(2) instead of 2. */
const SQRT_HALF_BITS: u64 = 0x3fe6a09e667f3bcd;
const EXPONENT_MASK: u64 = 0xfff0000000000000;
// The same two for vectors, then 1.0 as bits (the bias of the exponent), 2^52 as bits (or-ing a small integer in and
// subtracting converts it to f64) and 2^52 + 1023 as f64.
const BITS = memory.data<u64>(
  [SQRT_HALF_BITS, EXPONENT_MASK, 0x3ff0000000000000, 0x4330000000000000, 0x43300000000003ff],
  16,
);

// @ts-ignore: decorator
@inline
function constantV(offset: usize): v128 {
  return v128.load64_splat(POOL + offset);
}

/** log of a positive normal number: a lane of the vector form, as one more polynomial is not worth its bytes. */
// @ts-ignore: decorator
@inline
function core(x: f64): f64 {
  return f64x2.extract_lane(logV(f64x2.splat(x)), 0);
}

/** log x; log 0 = -Infinity, negative or NaN gives NaN, subnormals are exact. */
export function log(x: f64): f64 {
  if (x >= 2.2250738585072014e-308 && x < Infinity) return core(x);
  if (x == 0) return -Infinity;
  if (!(x > 0)) return NaN;
  if (x == Infinity) return x;
  return log(x * 18014398509481984.0) - 37.42994775023705; // 2^54 and 54 ln 2
}

/** Two lanes of log x for positive normal x; anything else is unspecified. */
// @ts-ignore: decorator
@inline
export function logV(x: v128): v128 {
  const shifted = i64x2.sub(x, v128.load64_splat(BITS));
  return reducedV(shifted, f64x2.sub(mantissaV(x, shifted), constantV(ONE)));
}

/**
 * Two lanes of log(1 + f), where x is 1 + f rounded, positive and normal: where x is within [sqrt(1/2), sqrt(2)), f
 * itself is used, so that small f lose nothing.
 */
// @ts-ignore: decorator
@inline
export function logNearV(x: v128, f: v128): v128 {
  const shifted = i64x2.sub(x, v128.load64_splat(BITS));
  const near = i64x2.eq(v128.and(shifted, v128.load64_splat(BITS, 8)), i64x2.splat(0));
  return reducedV(shifted, v128.bitselect(f, f64x2.sub(mantissaV(x, shifted), constantV(ONE)), near));
}

/** The same as a function of its own, where a call costs less than one more copy of the polynomial. */
export function logNearPair(x: v128, f: v128): v128 {
  return logNearV(x, f);
}

/** x / 2^k in [sqrt(1/2), sqrt(2)). */
// @ts-ignore: decorator
@inline
function mantissaV(x: v128, shifted: v128): v128 {
  return i64x2.sub(x, v128.and(shifted, v128.load64_splat(BITS, 8)));
}

/** k ln 2 + log(1 + f), k the exponent in `shifted`. */
// @ts-ignore: decorator
@inline
function reducedV(shifted: v128, f: v128): v128 {
  // Biasing by 1023 keeps the exponent non-negative, so a logical shift serves for the arithmetic one.
  const biased = i64x2.shr_u(i64x2.add(shifted, v128.load64_splat(BITS, 16)), 52);
  const k = f64x2.sub(v128.or(biased, v128.load64_splat(BITS, 24)), v128.load64_splat(BITS, 32));
  const s = f64x2.div(f, f64x2.add(constantV(TWO), f));
  const z = f64x2.mul(s, s);
  // Odd and even terms apart, as e_log.c has them: two short chains instead of one long.
  const w = f64x2.mul(z, z);
  let odd = f64x2.add(constantV(32), f64x2.mul(w, constantV(48)));
  odd = f64x2.add(constantV(16), f64x2.mul(w, odd));
  odd = f64x2.mul(z, f64x2.add(constantV(0), f64x2.mul(w, odd)));
  let even = f64x2.add(constantV(24), f64x2.mul(w, constantV(40)));
  even = f64x2.mul(w, f64x2.add(constantV(8), f64x2.mul(w, even)));
  const r = f64x2.add(odd, even);
  const halfSquare = f64x2.mul(f64x2.mul(constantV(HALF), f), f);
  return f64x2.sub(
    f64x2.mul(k, constantV(LN2_HI)),
    f64x2.sub(
      f64x2.sub(halfSquare, f64x2.add(f64x2.mul(s, f64x2.add(halfSquare, r)), f64x2.mul(k, constantV(LN2_LO)))),
      f,
    ),
  );
}
