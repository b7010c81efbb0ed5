import stdlibGammaCdf from '@stdlib/stats-base-dists-gamma-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';

/**
 * From this shape on the expansion is used. @stdlib's incomplete gamma (0.3.1) is wrong right of the mean at large shapes:
 * at shape 10,000, x = 10,000 it gives 0.49734 for 0.50133.
 */
const LARGE_SHAPE = 150;

/** P(X <= x) for X ~ Gamma(shape, scale 1). */
export function gammaCdf(x: number, shape: number): number {
  if (x <= 0) return 0;
  return shape < LARGE_SHAPE ? stdlibGammaCdf(x, shape, 1) : largeShapeCdf(x, shape);
}

/**
 * Temme's uniform expansion, terms c0 and c1 (DLMF 8.12.8–8.12.10): with μ = x/a - 1 and η²/2 = μ - log(1 + μ),
 * P = Φ(η sqrt(a)) - exp(-a η²/2)/sqrt(2πa) · (c0(η) + c1(η)/a). Error < 1e-8 for a >= 150.
 */
export function largeShapeCdf(x: number, a: number): number {
  const mu = (x - a) / a;
  const eta = Math.sign(mu) * Math.sqrt(2 * halfSquare(mu));
  if (0.5 * a * eta * eta > 700) return eta < 0 ? 0 : 1; // where c1 has no bound, and next to 0 no value
  const c0 =
    Math.abs(eta) < 1e-2
      ? -1 / 3 + eta * (1 / 12 + eta * (-2 / 135 + eta * (1 / 864 + eta / 2835)))
      : 1 / mu - 1 / eta;
  const c1 = -1 / 540 - eta / 288; // c1's own series: enough where exp(-a η²/2) is not tiny
  const density = Math.exp(-0.5 * a * eta * eta) / Math.sqrt(2 * Math.PI * a);
  return normalCdf(eta * Math.sqrt(a), 0, 1) - density * (c0 + c1 / a);
}

/** μ - log(1 + μ), by its series where the terms cancel. */
function halfSquare(mu: number): number {
  if (Math.abs(mu) > 0.05) return mu - Math.log1p(mu);
  let sum = 0;
  for (let k = 14; k >= 2; k--) sum += (k % 2 ? -1 : 1) * (mu ** k / k);
  return sum;
}
