/** The special functions over arrays of `count` f64, so that a call costs nothing a value. */
import { betaQuantile, betaTail } from './incompleteBeta';
import { logBeta, logGamma } from './logGamma';
import { normalQuantile, normalTail } from './normal';

export namespace Special {
  export const LOG_GAMMA: i32 = 0;
  export const LOG_BETA: i32 = 1;
  export const BETA_CDF: i32 = 2;
  export const BETA_QUANTILE: i32 = 3;
  export const NORMAL_CDF: i32 = 4;
  export const NORMAL_QUANTILE: i32 = 5;
}

/** Of each x; with the shapes a and b where there are any, and of the upper tail if `upper`, where there are two. */
export function specialInto(special: i32, count: u32, x: usize, a: usize, b: usize, upper: bool, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, x += 8, a += 8, b += 8) {
    store<f64>(out, specialAt(special, load<f64>(x), load<f64>(a), load<f64>(b), upper));
  }
}

function specialAt(special: i32, x: f64, a: f64, b: f64, upper: bool): f64 {
  switch (special) {
    case Special.LOG_GAMMA:
      return logGamma(x);
    case Special.LOG_BETA:
      return logBeta(a, b);
    case Special.BETA_CDF:
      return betaTail(a, b, x, 1 - x, upper);
    case Special.BETA_QUANTILE:
      return betaQuantile(a, b, x, upper);
    case Special.NORMAL_CDF:
      return normalTail(x, upper);
    default:
      return normalQuantile(x, upper);
  }
}
