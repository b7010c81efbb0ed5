import type { Estimate } from '../result';

/** How the table of the terminal and the page write numbers; the JSON document keeps every digit. */

/** Absent or undefined: never 0, which would be a result. */
export const NOTHING = '–';

/** `decimals` places, and no "-0.000". */
export function fixed(value: number, decimals = 3): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** As `fixed`, with a plus sign where positive: for gains. */
export function signed(value: number, decimals = 4): string {
  const text = fixed(value, decimals);
  return Number(text) > 0 ? `+${text}` : text;
}

/** US dollars with about three significant digits, never in exponent form: prices span five powers of ten. */
export function usd(value: number): string {
  return fixed(value, decimalsFor(value));
}

/** A whole number with its thousands set apart: 36,497. */
export function whole(value: number): string {
  return fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count and its noun: "1 model", "2 families". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

export function percent(share: number): string {
  return `${fixed(share * 100, 1)} %`;
}

/** "mean [low, high]", all written by `write`. */
export function withInterval(estimate: Estimate, write: (value: number) => string): string {
  return `${write(estimate.mean)} ${interval(estimate, write)}`;
}

/** "[low, high]". */
export function interval(estimate: Estimate, write: (value: number) => string): string {
  return `[${write(estimate.ci95[0])}, ${write(estimate.ci95[1])}]`;
}

/** As `usd`, with the decimals that `mean` takes: the ends of an interval should compare with its mean. */
export function usdLike(mean: number): (value: number) => string {
  const decimals = decimalsFor(mean);
  return (value) => fixed(value, decimals);
}

function decimalsFor(value: number): number {
  const size = Math.abs(value);
  // What even eight places do not show is written as 0.
  if (!(Number(size.toFixed(8)) > 0)) return 2;
  let decimals = 2;
  for (let limit = 1; size < limit && decimals < 8; limit /= 10) decimals++;
  for (let limit = 10; size >= limit && decimals > 0; limit *= 10) decimals--;
  return decimals;
}
