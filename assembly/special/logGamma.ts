/**
 * log Γ and log B for shapes in (0, 1e15].
 *
 * Γ: Stirling's series with seven terms from 10 on (the next one is < 3e-17; DLMF 5.11.1), below by Γ(x + 1) = x Γ(x).
 * B: in B(a, b) = Γ(a) Γ(b)/Γ(a + b) the logarithms of large shapes would cancel, so the leading terms of the three
 * series are joined first (docs/MATH.md §14); what is left is a sum of terms of one sign.
 * Errors: docs/MATH.md §14.
 */
import { log } from '../math/log';

/** From here on Stirling's series is used. */
export const STIRLING_FROM: f64 = 10;
const HALF_LOG_TWO_PI: f64 = 0.9189385332046728;

/** log(1 + x) for x > -1 (Kahan's correction of the rounding of 1 + x). */
export function log1p(x: f64): f64 {
  const u = 1 + x;
  return u == 1 ? x : log(u) * (x / (u - 1));
}

/** log Γ(x) - [(x - 1/2) log x - x + log sqrt(2π)] for x >= 10. */
export function stirlingRest(x: f64): f64 {
  const r = 1 / x;
  const z = r * r;
  // B_2k / (2k (2k - 1)) for k = 1 … 7
  return (
    r *
    (0.08333333333333333 +
      z *
        (-0.002777777777777778 +
          z *
            (0.0007936507936507937 +
              z *
                (-0.0005952380952380953 +
                  z * (0.0008417508417508417 + z * (-0.0019175269175269176 + z * 0.00641025641025641))))))
  );
}

/** log Γ(x), x in (0, 1e15]. */
export function logGamma(x: f64): f64 {
  let product: f64 = 1;
  for (; x < STIRLING_FROM; x += 1) product *= x;
  const stirling = (x - 0.5) * (log(x) - 1) + (HALF_LOG_TWO_PI - 0.5) + stirlingRest(x);
  return product == 1 ? stirling : stirling - log(product);
}

/** log B(a, b), both in (0, 1e15]. */
export function logBeta(a: f64, b: f64): f64 {
  let above: f64 = 1;
  let belowA: f64 = 1;
  let belowB: f64 = 1;
  // B(a, b) = B(a + 1, b) (a + b)/a. Three products, because two tiny shapes together underflow.
  for (; a < STIRLING_FROM; a += 1) {
    above *= a + b;
    belowA *= a;
  }
  for (; b < STIRLING_FROM; b += 1) {
    above *= a + b;
    belowB *= b;
  }
  const lifted = log(above) - log(belowA) - log(belowB);
  const low = min(a, b);
  const high = max(a, b);
  const rest = stirlingRest(low) + (stirlingRest(high) - stirlingRest(low + high));
  return (
    lifted + (HALF_LOG_TWO_PI - 0.5 * log(high) + rest - (low - 0.5) * log1p(high / low) - high * log1p(low / high))
  );
}
