import { exp } from '../math/exp';
import { log } from '../math/log';

/** e^x of `count` x. */
export function elementary_exp(count: u32, x: usize, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, x += 8) store<f64>(out, exp(load<f64>(x)));
}

/** log x of `count` x >= 0. */
export function elementary_log(count: u32, x: usize, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, x += 8) store<f64>(out, log(load<f64>(x)));
}
