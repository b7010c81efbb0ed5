import { nameOf } from '../cases';
import type { Absent, Contestant } from '../peers/lineProcess';
import { spreadOf, type Spread } from '../quantiles';
import type { Judged } from '../verdicts';
import { three } from './numbers';

/** What the kernel may weigh, in bytes, and how long it may take to come up, in milliseconds. */
const LIMITS = {
  bytes: { floor: 48_000, goal: 36_000 },
  brotli: { floor: 18_000, goal: 14_000 },
  coldStart: { floor: 1.2, goal: 0.6 },
} as const;

export interface Limits {
  readonly size: { readonly bytes: number; readonly brotli: number };
  /** Milliseconds. */
  readonly coldStart: Spread;
}

/** Names with versions, or why a contestant is absent. */
export function contestantsText(contestants: readonly (Contestant | Absent)[]): string {
  return contestants.map((one) => `${one.name}: ${presence(one)}`).join('\n');
}

export function presence(one: Contestant | Absent): string {
  if ('absent' in one) return `absent, ${one.absent}`;
  return Object.entries(one.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

/** The Beta shapes' ratios to numpy have an aim for their median. */
export const MEDIAN_GOAL = 20;

export function betaMedian(judged: readonly Judged[]): number | undefined {
  const ratios = judged.flatMap(({ result, verdicts }) =>
    result.case.work === 'beta' ? [verdicts[0]?.line?.ratio?.median ?? NaN] : [],
  );
  if (ratios.length < 2 || ratios.some(Number.isNaN)) return undefined;
  return spreadOf(ratios).median;
}

export function medianText(judged: readonly Judged[]): string {
  const median = betaMedian(judged);
  if (median === undefined) return '';
  return `Beta, one posterior: median ratio to numpy over the shapes ${three(median)} (goal ${MEDIAN_GOAL})\n`;
}

/** Cells: what, measured, floor, goal, reached. */
export function limitRows({ size, coldStart }: Limits): string[][] {
  const kB = (bytes: number) => `${three(bytes / 1000)} kB`;
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  const row = (
    title: string,
    value: number,
    { floor, goal }: { readonly floor: number; readonly goal: number },
    text: (value: number) => string,
    spread = '',
  ) => [
    title,
    text(value) + spread,
    `≤ ${text(floor)}`,
    text(goal),
    value <= goal ? 'goal' : value <= floor ? 'floor' : 'missed',
  ];
  return [
    row('kernel.wasm', size.bytes, LIMITS.bytes, kB),
    row('kernel.wasm, brotli', size.brotli, LIMITS.brotli, kB),
    row(
      'cold compile and instantiate, fresh processes',
      coldStart.median,
      LIMITS.coldStart,
      ms,
      ` (${coldStart.min.toFixed(2)}–${coldStart.max.toFixed(2)})`,
    ),
  ];
}

export function limitsText(limits: Limits): string {
  return limitRows(limits)
    .map(
      ([title, value, floor, goal, reached]) =>
        `${title}: ${value}, floor ${floor}, goal ${goal}: ${reached}`,
    )
    .join('\n');
}

/** Contestants whose checksum lies too far from ours, as text. */
export function disagreements(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ result, disagreeing }) =>
    disagreeing.map((entrant) => `${result.case.title}: ${nameOf(entrant, result.case.work)}`),
  );
}
