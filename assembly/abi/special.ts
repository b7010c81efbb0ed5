import { Special, specialInto } from '../special/arrays';

/** log Γ(x) of `count` x in (0, 1e15]. */
export function special_log_gamma(count: u32, x: usize, out: usize): void {
  specialInto(Special.LOG_GAMMA, count, x, x, x, false, out);
}

/** log B(a, b), shapes in (0, 1e15]. */
export function special_log_beta(count: u32, a: usize, b: usize, out: usize): void {
  specialInto(Special.LOG_BETA, count, a, a, b, false, out);
}

/** P(X <= x), or P(X > x) if `upper` is not 0, X ~ Beta(a, b). */
export function special_beta_cdf(count: u32, x: usize, a: usize, b: usize, upper: u32, out: usize): void {
  specialInto(Special.BETA_CDF, count, x, a, b, upper != 0, out);
}

/** x with P(X <= x) = p, or P(X > x) = p if `upper` is not 0. */
export function special_beta_quantile(count: u32, p: usize, a: usize, b: usize, upper: u32, out: usize): void {
  specialInto(Special.BETA_QUANTILE, count, p, a, b, upper != 0, out);
}

/** P(Z <= z), or P(Z > z) if `upper` is not 0, Z standard normal. */
export function special_normal_cdf(count: u32, z: usize, upper: u32, out: usize): void {
  specialInto(Special.NORMAL_CDF, count, z, z, z, upper != 0, out);
}

/** z with P(Z <= z) = p, or P(Z > z) = p if `upper` is not 0. */
export function special_normal_quantile(count: u32, p: usize, upper: u32, out: usize): void {
  specialInto(Special.NORMAL_QUANTILE, count, p, p, p, upper != 0, out);
}
