/**
 * exp and 2^x, scalar and two lanes at a time, with the same bits in both.
 *
 * Method: k = round(x / ln 2), r = x - k ln 2 in two pieces (Cody & Waite 1980), Taylor polynomial of
 * degree 13 on |r| <= ln(2)/2 (remainder r^14/14! < 5e-18 relative), then scaling by 2^k.
 * Error < 1 ulp. No host function takes part, so every host gives the same bits.
 */

// 1/k! for k = 2 … 13, then the reduction constants. LN2_HI holds the upper 32 bits of ln 2, so that
// k * LN2_HI is exact for |k| < 2^20; LN2_LO is the rest (both as in FreeBSD msun e_exp.c).
const POOL = memory.data<f64>(
  [
    0.5, 1.6666666666666666e-1, 4.1666666666666664e-2, 8.333333333333333e-3, 1.388888888888889e-3, 1.984126984126984e-4,
    2.48015873015873e-5, 2.7557319223985893e-6, 2.755731922398589e-7, 2.505210838544172e-8, 2.08767569878681e-9,
    1.6059043836821613e-10, 1.0, 1.4426950408889634, 6.9314718036912381649e-1, 1.90821492927058770002e-10,
    // Adding 2^52 + 2^51 rounds to an integer whose low bits are k; + 1023 makes them the exponent field.
    6755399441055744.0, 1023.0,
  ],
  16,
);
const ONE: usize = 96;
const INV_LN2: usize = 104;
const LN2_HI: usize = 112;
const LN2_LO: usize = 120;
const ROUNDER: usize = 128;
const BIAS: usize = 136;

// @ts-ignore: decorator
@inline
function constantV(offset: usize): v128 {
  return v128.load64_splat(POOL + offset);
}

/** c[i] + c[i + 1] r + (c[i + 2] + c[i + 3] r) r², the coefficients from byte `i` of the pool. */
// @ts-ignore: decorator
@inline
function cubicV(i: usize, r: v128, r2: v128): v128 {
  const low = f64x2.add(constantV(i), f64x2.mul(constantV(i + 8), r));
  const high = f64x2.add(constantV(i + 16), f64x2.mul(constantV(i + 24), r));
  return f64x2.add(low, f64x2.mul(high, r2));
}

/** e^x for |x| <= 708: a lane of the pair, as one more polynomial is not worth its bytes. */
// @ts-ignore: decorator
@inline
function core(x: f64): f64 {
  return f64x2.extract_lane(expPair(f64x2.splat(x)), 0);
}

/** e^x for every x; overflow gives Infinity, underflow a subnormal or 0, NaN gives NaN. */
export function exp(x: f64): f64 {
  if (abs(x) <= 708.0) return f64x2.extract_lane(expV(f64x2.splat(x)), 0);
  return extreme(min(max(x, -1000.0), 1000.0));
}

/** e^x for 708 < |x| <= 1000, and NaN. Shifting x itself would cost hundreds of ulps: its own last place is 1e-13 there. */
function extreme(x: f64): f64 {
  const k = nearest(x * load<f64>(POOL, INV_LN2));
  const r = x - k * load<f64>(POOL, LN2_HI) - k * load<f64>(POOL, LN2_LO);
  // 2^k as two normal factors: the first product is exact, the second rounds once, to a subnormal or to Infinity too.
  const half = (<i64>k) >> 1;
  return core(r) * powerOfTwo(half) * powerOfTwo(<i64>k - half);
}

/** 2^k for |k| <= 1022. */
// @ts-ignore: decorator
@inline
export function powerOfTwo(k: i64): f64 {
  return reinterpret<f64>((k + 1023) << 52);
}

/** Two lanes of e^x as a function of its own, where a call costs less than one more copy of the polynomial. */
export function expPair(x: v128): v128 {
  return expV(x);
}

/** Two lanes of e^x for |x| <= 708; beyond that, and for NaN, unspecified. */
// @ts-ignore: decorator
@inline
export function expV(x: v128): v128 {
  const shifted = f64x2.add(f64x2.mul(x, constantV(INV_LN2)), constantV(ROUNDER));
  const k = f64x2.sub(shifted, constantV(ROUNDER));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, constantV(LN2_HI))), f64x2.mul(k, constantV(LN2_LO)));
  const scale = i64x2.shl(f64x2.add(shifted, constantV(BIAS)), 52);
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  // 1 + (r + r² q), q by Estrin's scheme, whose latency is half of Horner's.
  const q = f64x2.add(cubicV(0, r, r2), f64x2.mul(r4, f64x2.add(cubicV(32, r, r2), f64x2.mul(r4, cubicV(64, r, r2)))));
  return f64x2.mul(f64x2.add(constantV(ONE), f64x2.add(r, f64x2.mul(r2, q))), scale);
}

/** 2^x for |x| <= 1000. */
export function exp2(x: f64): f64 {
  const k = nearest(x);
  return core((x - k) * 0.6931471805599453) * powerOfTwo(<i64>k);
}
