/** The special functions over arrays of `count` f64, so that a call costs nothing a value. */
import { betaQuantile, betaTail } from './incompleteBeta';
import { logBeta, logGamma } from './logGamma';
import { normalQuantile, normalTail } from './normal';

export function logGammaInto(count: u32, x: usize, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, x += 8) {
    store<f64>(out, logGamma(load<f64>(x)));
  }
}

export function logBetaInto(count: u32, a: usize, b: usize, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, a += 8, b += 8) {
    store<f64>(out, logBeta(load<f64>(a), load<f64>(b)));
  }
}

export function betaCdfInto(count: u32, x: usize, a: usize, b: usize, upper: bool, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, x += 8, a += 8, b += 8) {
    const at = load<f64>(x);
    store<f64>(out, betaTail(load<f64>(a), load<f64>(b), at, 1 - at, upper));
  }
}

export function betaQuantileInto(count: u32, p: usize, a: usize, b: usize, upper: bool, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, p += 8, a += 8, b += 8) {
    store<f64>(out, betaQuantile(load<f64>(a), load<f64>(b), load<f64>(p), upper));
  }
}

export function normalCdfInto(count: u32, z: usize, upper: bool, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, z += 8) {
    store<f64>(out, normalTail(load<f64>(z), upper));
  }
}

export function normalQuantileInto(count: u32, p: usize, upper: bool, out: usize): void {
  for (const end = out + ((<usize>count) << 3); out < end; out += 8, p += 8) {
    store<f64>(out, normalQuantile(load<f64>(p), upper));
  }
}
