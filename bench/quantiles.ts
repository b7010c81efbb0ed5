/** A sample in five numbers. */
export interface Spread {
  readonly min: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  readonly max: number;
}

/** Quartiles by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996). */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const low = sorted[below] ?? NaN;
    const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
    return low + (place - below) * (high - low);
  };
  return { min: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), max: at(1) };
}

/** Of the ratios of each round: two that ran side by side share what the machine did at that moment. */
export function ratiosOf(peer: readonly number[], ours: readonly number[]): Spread {
  return spreadOf(peer.map((value, round) => value / (ours[round] ?? NaN)));
}
