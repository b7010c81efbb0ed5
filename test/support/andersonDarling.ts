/**
 * Anderson–Darling test against a known CDF (Anderson & Darling 1952, doi:10.1214/aoms/1177729437): like Kolmogorov–Smirnov's,
 * but weighing a deviation by its own variance, so that it sees the tails.
 */

/** A² of probability transforms u in (0, 1), sorted. NaN among them gives NaN. */
export function andersonDarling(sorted: Float64Array): number {
  const count = sorted.length;
  let sum = 0;
  let lost = 0; // Kahan's compensation: the terms add up to some count².
  for (let i = 0; i < count; i++) {
    const both = Math.log(sorted[i]!) + Math.log1p(-sorted[count - 1 - i]!);
    const term = (2 * i + 1) * both - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return -count - sum / count;
}

/** P(A² < z) in the limit of many draws: the series of Anderson & Darling 1952, p. 204, its integrals by Simpson's rule. */
export function andersonDarlingCdf(z: number): number {
  let sum = 0;
  let binomial = 1; // (-1/2 choose j)
  for (let j = 0; j < 60; j++) {
    const k = 4 * j + 1;
    const t = (k * k * Math.PI * Math.PI) / (8 * z);
    sum += binomial * k * Math.exp(-t) * integral(z, t);
    binomial *= -(j + 0.5) / (j + 1);
    if (t > 700) break;
  }
  return (Math.sqrt(2 * Math.PI) / z) * sum;
}

/** ∫ exp(z/(8 (w² + 1)) - t w²) dw over w > 0. */
function integral(z: number, t: number): number {
  const end = Math.sqrt(45 / t);
  const panels = 2000;
  const h = end / panels;
  let sum = 0;
  for (let i = 0; i <= panels; i++) {
    const w = i * h;
    const weight = i === 0 || i === panels ? 1 : i % 2 ? 4 : 2;
    sum += weight * Math.exp(z / (8 * (w * w + 1)) - t * w * w);
  }
  return (sum * h) / 3;
}

/** The A² that many draws of the right distribution exceed with probability `level`. */
export function andersonDarlingCritical(level: number): number {
  let low = 0.1;
  let high = 40;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (1 - andersonDarlingCdf(middle) > level) low = middle;
    else high = middle;
  }
  return high;
}
