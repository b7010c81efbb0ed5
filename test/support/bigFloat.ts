/**
 * exp and log to some 45 digits in whole numbers, and the distance of a f64 from such a value in ulps: the judge of
 * the kernel's elementary functions, owing nothing to any Math.
 */
const BITS = 200n;
const ONE = 1n << BITS;
/** ln 2 = 2 atanh(1/3). */
const LN2 = (() => {
  let sum = 0n;
  for (let term = ONE / 3n, k = 1n; term > 0n; term /= 9n, k += 2n) sum += term / k;
  return 2n * sum;
})();

/** mantissa × 2^exponent. */
export interface BigFloat {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const view = new DataView(new ArrayBuffer(8));

/** A finite f64, exactly. */
function exactly(x: number): BigFloat {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & (2n ** 52n - 1n);
  const magnitude = field === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: x < 0 ? -magnitude : magnitude, exponent: Math.max(field, 1) - 1075 };
}

function shift(value: bigint, places: number): bigint {
  return places >= 0 ? value << BigInt(places) : value >> BigInt(-places);
}

/** x as a multiple of 2^-200, rounded down. */
function fixed(x: number): bigint {
  const { mantissa, exponent } = exactly(x);
  return shift(mantissa, exponent + Number(BITS));
}

/** e^x for |x| < 1000. */
export function bigExp(x: number): BigFloat {
  const k = BigInt(Math.round(x / Math.LN2));
  const r = fixed(x) - k * LN2;
  let sum = ONE;
  for (let term = ONE, i = 1n; term !== 0n && term !== -1n; i++) {
    term = (term * r) / (ONE * i);
    sum += term;
  }
  return { mantissa: sum, exponent: Number(k) - Number(BITS) };
}

/** log x for positive finite x: the host's logarithm and what it lacks, log(1 + t) with t some 1e-13 at most. */
export function bigLog(x: number): BigFloat {
  const near = Math.log(x);
  const inverse = bigExp(near);
  const { mantissa, exponent } = exactly(x);
  const ratio = shift(mantissa, 2 * Number(BITS) + exponent - Number(BITS) - inverse.exponent);
  const t = ratio / inverse.mantissa - ONE;
  const t2 = (t * t) / ONE;
  const t3 = (t2 * t) / ONE;
  return { mantissa: fixed(near) + t - t2 / 2n + t3 / 3n, exponent: -Number(BITS) };
}

/** |computed - exact| in units of the last place of the f64 nearest to exact. */
export function ulps(computed: number, exact: BigFloat): number {
  const { mantissa, exponent } = exactly(computed);
  const common = Math.min(exponent, exact.exponent);
  const gap = shift(mantissa, exponent - common) - shift(exact.mantissa, exact.exponent - common);
  const size = (gap < 0n ? -gap : gap).toString(2).length;
  const magnitude = exact.mantissa < 0n ? -exact.mantissa : exact.mantissa;
  const last = Math.max(magnitude.toString(2).length + exact.exponent - 53, -1074);
  // Number() overflows beyond 1,024 bits; only the leading ones matter.
  const drop = Math.max(0, size - 64);
  return Math.abs(Number(gap >> BigInt(drop))) * 2 ** (drop + common - last);
}
