import { Generator } from '../../src/random/generator';

const RESAMPLES = 2000;

/** A figure with the central 95 % of its bootstrap resamples. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Bootstrap over seeds and over rows at once: `figure` is given how often each seed and each row is drawn.
 * Replays are not run again.
 */
export function bootstrap(
  seeds: number,
  rows: number,
  figure: (seedCounts: Float64Array, rowCounts: Float64Array) => number,
): Interval {
  const generator = new Generator(1, 0);
  const drawn = Array.from({ length: RESAMPLES }, () =>
    figure(counts(generator, seeds), counts(generator, rows)),
  ).sort((a, b) => a - b);
  return {
    value: figure(new Float64Array(seeds).fill(1), new Float64Array(rows).fill(1)),
    low: drawn[Math.floor(0.025 * RESAMPLES)]!,
    high: drawn[Math.floor(0.975 * RESAMPLES)]!,
  };
}

function counts(generator: Generator, length: number): Float64Array {
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[generator.index(length)]!++;
  return out;
}

export function text({ value, low, high }: Interval, digits: number): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
