/** What a contestant's choices in a world come to. */
import type { World } from './world';

/** The arm chosen for each request. */
export type Choices = Uint8Array;

/** Expected quality lost to the best arm, a request, over requests [from, to). */
export function meanRegret(
  { arms, expected }: World,
  choices: Choices,
  from: number,
  to: number,
): number {
  let sum = 0;
  for (let t = from; t < to; t++) {
    const row = expected.subarray(t * arms.length, (t + 1) * arms.length);
    sum += Math.max(...row) - row[choices[t]!]!;
  }
  return sum / (to - from);
}

/** Requests from `from` on until `arm` has had at most half of the last `window`; as many as there are if it never has. */
export function requestsToLeave(choices: Choices, arm: number, from: number, window = 50): number {
  for (let t = from; t < choices.length; t++) {
    let mine = 0;
    for (let s = t - window + 1; s <= t; s++) mine += choices[s] === arm ? 1 : 0;
    if (2 * mine <= window) return t - from + 1;
  }
  return choices.length - from;
}

/** Median with a distribution-free interval of at least 95 % between order statistics (David & Nagaraja 2003, §7.1). */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const median = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
  // P(fewer than j of n values lie below the median) <= 2.5 %, from the binomial of 1/2.
  let rank = 0;
  let probability = 0.5 ** n;
  let below = probability;
  while (below <= 0.025) {
    rank++;
    probability *= (n - rank + 1) / rank;
    below += probability;
  }
  const j = Math.max(rank - 1, 0);
  return { median, low: sorted[j]!, high: sorted[n - 1 - j]! };
}

/** Mean with a 95 % interval from its standard error. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export function meanInterval(values: readonly number[]): MeanInterval {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((a, b) => a + (b - mean) * (b - mean), 0) / (n - 1);
  const half = 1.96 * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}
