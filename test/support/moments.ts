/** Mean and variance of a sample against their exact values, in standard errors. */
export interface ExactMoments {
  readonly mean: number;
  readonly variance: number;
  /** Fourth central moment over variance². */
  readonly kurtosis: number;
}

export interface MomentScores {
  readonly mean: number;
  readonly variance: number;
}

/** How many standard errors mean and variance of `draws` lie off. Deviations from the exact mean keep large means exact. */
export function momentScores(draws: Float64Array, exact: ExactMoments): MomentScores {
  const count = draws.length;
  let sum = 0;
  let squares = 0;
  for (const x of draws) {
    const deviation = x - exact.mean;
    sum += deviation;
    squares += deviation * deviation;
  }
  const variance = (squares - (sum * sum) / count) / (count - 1);
  // Var(s²) = σ⁴ (κ - (n - 3)/(n - 1))/n
  const relative = Math.sqrt((exact.kurtosis - (count - 3) / (count - 1)) / count);
  return {
    mean: sum / count / Math.sqrt(exact.variance / count),
    variance: (variance / exact.variance - 1) / relative,
  };
}

export function betaMoments(a: number, b: number): ExactMoments {
  const n = a + b;
  const excess = (6 * ((a - b) ** 2 * (n + 1) - a * b * (n + 2))) / (a * b * (n + 2) * (n + 3));
  return { mean: a / n, variance: ((a / n) * (b / n)) / (n + 1), kurtosis: 3 + excess };
}

export function gammaMoments(shape: number, scale: number): ExactMoments {
  return { mean: shape * scale, variance: shape * scale * scale, kurtosis: 3 + 6 / shape };
}

export function normalMoments(mean: number, sd: number): ExactMoments {
  return { mean, variance: sd * sd, kurtosis: 3 };
}

export function uniformMoments(low: number, high: number): ExactMoments {
  return { mean: (low + high) / 2, variance: (high - low) ** 2 / 12, kurtosis: 1.8 };
}
