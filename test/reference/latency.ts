/**
 * The latency model of docs/MATH.md §21, slow and obvious: weights from ages instead of landmarks, the tree of means by solving
 * the joint normal equations of all its nodes instead of messages, probabilities by a fine sum.
 */
import stdlibCdf from '@stdlib/stats-base-dists-normal-cdf';

export interface Report {
  readonly model: number;
  readonly latencyMs: number;
  /** NaN = not known. */
  readonly firstTokenMs: number;
  readonly outputTokens: number;
  readonly clock: number;
}

/** Of one component of one model: posterior mean, predictive variance, variance of the noise. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly noise: number;
}

/** What is added to a component's sums: weight at clock 0 of the decay, E[y], E[y²]. */
interface Entry {
  readonly model: number;
  readonly y: number;
  readonly square: number;
  readonly clock: number;
}

const PRIORS = [
  { mean: Math.log(500), variance: 0.25 },
  { mean: Math.log(20), variance: 0.09 },
  { mean: Math.log(200), variance: 0.5 },
];
const STRENGTH = 4;
const CAP = 4;

export class ReferenceLatency {
  readonly #groups: readonly number[];
  readonly #halfLife: number;
  readonly #entries: Entry[][] = [[], [], []];
  #clock = 0;

  constructor(groups: readonly number[], halfLife: number) {
    this.#groups = groups;
    this.#halfLife = halfLife;
  }

  observe(report: Report, reference: ReferenceLatency = this): void {
    const { model, latencyMs, firstTokenMs, outputTokens, clock } = report;
    this.#clock = Math.max(this.#clock, clock);
    const [first, token, tokens] = [0, 1, 2].map((c) => reference.moments(c)[model]!) as [
      Moments,
      Moments,
      Moments,
    ];
    const n = Number.isNaN(outputTokens) ? undefined : Math.log(Math.max(outputTokens, 0.5));
    const timed = !Number.isNaN(firstTokenMs);
    const add = (component: number, y: number, variance: number) =>
      this.#entries[component]!.push({ model, y, square: y * y + variance, clock });
    const told = (component: number, y: number, { mean, variance }: Moments) =>
      add(component, mean + winsorised(y - mean, variance), 0);
    if (timed) told(0, Math.log(Math.max(firstTokenMs, 0.1)), first);
    if (n !== undefined) told(2, n, tokens);
    const rest = Math.exp(token.mean + (n ?? tokens.mean));
    const before = timed ? 0 : Math.exp(first.mean);
    const share = before / (before + rest);
    const spread =
      share ** 2 * first.variance +
      (1 - share) ** 2 * (token.variance + (n === undefined ? tokens.variance : 0));
    const surprise = winsorised(
      Math.log(Math.max(latencyMs - (timed ? firstTokenMs : 0), 0.1) / (before + rest)),
      spread,
    );
    // Unknown parts of the sum: component, prior mean, variance, slope of log latency in it.
    const parts: [number, number, number, number][] = [
      [1, token.mean, token.noise, 1 - share],
      ...(timed ? [] : [[0, first.mean, first.noise, share] as [number, number, number, number]]),
      ...(n === undefined
        ? [[2, tokens.mean, tokens.noise, 1 - share] as [number, number, number, number]]
        : []),
    ];
    const total = parts.reduce((sum, [, , variance, slope]) => sum + slope * slope * variance, 0);
    for (const [component, mean, variance, slope] of parts) {
      const gain = (slope * variance) / total;
      add(component, mean + gain * surprise, variance - gain * slope * variance);
    }
  }

  moments(component: number): Moments[] {
    const prior = PRIORS[component]!;
    const models = this.#groups.map((_, model) => this.#summary(component, model));
    const share = (weight: number) =>
      Math.max(0, weight - 1) / (Math.max(0, weight - 1) + STRENGTH);
    const worth = (weight: number) => STRENGTH + Math.max(0, weight - 1);
    const logs = models.map(
      ({ weight, squares }) =>
        share(weight) * Math.log((STRENGTH * prior.variance + squares) / worth(weight)),
    );
    const pooled = Math.exp(
      (Math.log(prior.variance) + sum(logs)) / (1 + sum(models.map(({ weight }) => share(weight)))),
    );
    const noises = models.map(
      ({ weight, squares }) => (STRENGTH * pooled + squares) / worth(weight),
    );
    const means = this.#tree(models, noises, prior.mean);
    return models.map(({ weight }, model) => {
      const noise = noises[model]!;
      const predictive = (noise * worth(weight)) / (worth(weight) - 2) + means[model]!.variance;
      return {
        mean: means[model]!.mean,
        variance: Math.min(CAP, predictive),
        noise: Math.min(CAP, noise),
      };
    });
  }

  /** Weight, mean and sum of squares about it, decayed to the latest clock. */
  #summary(component: number, model: number) {
    const own = this.#entries[component]!.filter((entry) => entry.model === model);
    const weights = own.map(({ clock }) =>
      this.#halfLife === Infinity ? 1 : 2 ** ((clock - this.#clock) / this.#halfLife),
    );
    const weight = sum(weights);
    const mean = weight > 0 ? sum(own.map(({ y }, i) => weights[i]! * y)) / weight : 0;
    const squares = sum(
      own.map(({ y, square }, i) => weights[i]! * (square - 2 * mean * y + mean * mean)),
    );
    return { weight, mean, squares };
  }

  /** Posterior of every model's mean: marginals of the joint normal of root, groups and models. */
  #tree(
    models: readonly { weight: number; mean: number }[],
    noises: readonly number[],
    root: number,
  ) {
    const groups = Math.max(...this.#groups) + 1;
    const size = 1 + groups + models.length;
    const precision = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    const right = new Array<number>(size).fill(0);
    const tie = (a: number, b: number, variance: number) => {
      precision[a]![a]! += 1 / variance;
      precision[b]![b]! += 1 / variance;
      precision[a]![b]! -= 1 / variance;
      precision[b]![a]! -= 1 / variance;
    };
    precision[0]![0]! += 1 / 4;
    right[0]! += root / 4;
    for (let group = 0; group < groups; group++) tie(0, 1 + group, 0.64);
    models.forEach(({ weight, mean }, model) => {
      const node = 1 + groups + model;
      tie(1 + this.#groups[model]!, node, 0.25);
      precision[node]![node]! += weight / noises[model]!;
      right[node]! += (weight / noises[model]!) * mean;
    });
    const inverse = invert(precision);
    return models.map((_, model) => {
      const row = inverse[1 + groups + model]!;
      return {
        mean: sum(row.map((value, i) => value * right[i]!)),
        variance: row[1 + groups + model]!,
      };
    });
  }
}

/** What lies farther than 4 predictive standard deviations off counts as that far. */
function winsorised(deviation: number, variance: number): number {
  return Math.sign(deviation) * Math.min(Math.abs(deviation), 4 * Math.sqrt(variance));
}

/** P(e^A + e^B <= x), A and B independent normal. */
export function sumCdf(a: Pick<Moments, 'mean' | 'variance'>, b: typeof a, x: number): number {
  const steps = 20_000;
  const width = 16 / steps;
  let p = 0;
  for (let i = 0; i < steps; i++) {
    const z = -8 + (i + 0.5) * width;
    const rest = x - Math.exp(a.mean + Math.sqrt(a.variance) * z);
    if (rest <= 0) break;
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    p += width * density * stdlibCdf((Math.log(rest) - b.mean) / Math.sqrt(b.variance), 0, 1);
  }
  return p;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Gauss–Jordan with partial pivoting. */
function invert(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let k = 0; k < n; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? k + i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const scale = rows[k]![k]!;
    rows[k] = rows[k]!.map((value) => value / scale);
    rows.forEach((row, i) => {
      if (i !== k) rows[i] = row.map((value, j) => value - row[k]! * rows[k]![j]!);
    });
  }
  return rows.map((row) => row.slice(n));
}
