/**
 * Beta(a, b) draws for shapes in (0, 1e15], as X / (X + Y) of two Gamma draws.
 *
 * Both shapes >= 1: directly. Any shape < 1: from the logarithms of the Gammas, 1 / (1 + exp(log Y - log X)), so that
 * two draws that both underflow (shapes of 1e-3) still give a proportion and never 0/0. Values are in [0, 1]; the
 * ends occur only where the exact draw is closer to them than a f64 can say.
 * Both shapes < 1e-290, where log U / shape may overflow: the f64 nearest to a draw is 0 or 1, 1 with probability
 * a/(a + b).
 */
import { exp } from '../math/exp';
import { nextGammaAboveOne, nextLogGamma } from './gamma';
import { nextUnit } from '../rng/stream';

/** Below it, any draw but 0 and 1 has a probability under 1e-287. */
export const TWO_POINTS: f64 = 1e-290;

/** X / (X + Y) of `bytes`/8 pairs of Gammas, a multiple of two pairs. */
export function ratiosInto(pairs: usize, bytes: usize, out: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = v128.load(pairs + 2 * i);
    const second = v128.load(pairs + 2 * i, 16);
    const x = v128.shuffle<f64>(first, second, 0, 2);
    const y = v128.shuffle<f64>(first, second, 1, 3);
    v128.store(out + i, f64x2.div(x, f64x2.add(x, y)));
  }
}

/** Next Beta(a, b) of the stream. */
export function nextBeta(a: f64, b: f64, stream: usize): f64 {
  if (a >= 1.0 && b >= 1.0) {
    const x = nextGammaAboveOne(a, stream);
    return x / (x + nextGammaAboveOne(b, stream));
  }
  if (a < TWO_POINTS && b < TWO_POINTS) return nextUnit(stream) < a / (a + b) ? 1.0 : 0.0;
  const logX = nextLogGamma(a, stream);
  const logY = nextLogGamma(b, stream);
  const gap = logY - logX;
  // Where exp(gap) would overflow, the draw is a subnormal, not 0.
  return gap > 700.0 ? exp(-gap) : 1.0 / (1.0 + exp(gap));
}
