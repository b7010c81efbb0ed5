import { ParameterError } from '../core/errors';
import { NOT_NEGATIVE, requireNumber, requireOptions, wholeBetween } from '../core/validation';
import { tickAt, type SlidingWindow } from './slidingWindow';

const MOST_SLOTS = 10_000;
const MOST_CALLS = Number.MAX_SAFE_INTEGER;
const COUNT = wholeBetween(0, MOST_CALLS);
const LISTS = ['ticks', 'calls', 'failures', 'slowCalls'] as const;
const KEYS = [
  'bucketMs',
  ...LISTS,
  'head',
  'used',
  'totalCalls',
  'totalFailures',
  'totalSlowCalls',
] as const;

/**
 * Checks a window that came as JSON: lists of one length, slots in order of time and none ahead of it, totals equal to a recount.
 * @throws {ParameterError} naming the field
 */
export function parseSlidingWindow(
  parameter: string,
  value: unknown,
  nowMs: number,
): SlidingWindow {
  const fields = requireOptions(parameter, value, KEYS);
  const ticks = numbers(`${parameter}.ticks`, fields['ticks'], undefined);
  const slots = ticks.length;
  const list = (key: (typeof LISTS)[number]) => numbers(`${parameter}.${key}`, fields[key], slots);
  const count = (key: (typeof KEYS)[number], high: number) =>
    requireNumber(`${parameter}.${key}`, fields[key], wholeBetween(0, high));
  const window: SlidingWindow = {
    bucketMs: requireNumber(`${parameter}.bucketMs`, fields['bucketMs'], NOT_NEGATIVE),
    ticks,
    calls: list('calls'),
    failures: list('failures'),
    slowCalls: list('slowCalls'),
    head: count('head', slots - 1),
    used: count('used', slots),
    totalCalls: count('totalCalls', MOST_CALLS),
    totalFailures: count('totalFailures', MOST_CALLS),
    totalSlowCalls: count('totalSlowCalls', MOST_CALLS),
  };
  requireConsistent(parameter, window, nowMs);
  return window;
}

function numbers(parameter: string, value: unknown, length: number | undefined): number[] {
  const fits =
    Array.isArray(value) &&
    (length === undefined
      ? value.length > 0 && value.length <= MOST_SLOTS
      : value.length === length) &&
    value.every((v) => Number.isFinite(v));
  if (fits) return [...(value as number[])];
  const many = length === undefined ? `1 to ${MOST_SLOTS}` : String(length);
  throw new ParameterError(parameter, `a list of ${many} finite numbers`, value);
}

function requireConsistent(parameter: string, window: SlidingWindow, nowMs: number): void {
  const { bucketMs, ticks, calls, failures, slowCalls, head, used } = window;
  const totals = { calls: 0, failures: 0, slowCalls: 0 };
  let tick = -Infinity;
  for (let i = 0; i < used; i++) {
    const slot = (head + i) % ticks.length;
    const [all, failed, slow] = [calls[slot]!, failures[slot]!, slowCalls[slot]!];
    const whole = COUNT.contains(all) && COUNT.contains(failed) && COUNT.contains(slow);
    const most = bucketMs === 0 ? 1 : Infinity;
    if (!whole || all < 1 || all > most || failed > all || slow > all)
      throw new ParameterError(`${parameter}.calls[${slot}]`, 'tallies of calls', all);
    if (!(ticks[slot]! >= tick))
      throw new ParameterError(`${parameter}.ticks[${slot}]`, `>= ${tick}`, ticks[slot]);
    tick = ticks[slot]!;
    totals.calls += all;
    totals.failures += failed;
    totals.slowCalls += slow;
  }
  if (tick > tickAt(window, nowMs))
    throw new ParameterError(`${parameter}.ticks`, `no later than ${nowMs} ms`, tick);
  requireTotal(`${parameter}.totalCalls`, totals.calls, window.totalCalls);
  requireTotal(`${parameter}.totalFailures`, totals.failures, window.totalFailures);
  requireTotal(`${parameter}.totalSlowCalls`, totals.slowCalls, window.totalSlowCalls);
}

function requireTotal(parameter: string, counted: number, given: number): void {
  if (given !== counted) throw new ParameterError(parameter, `the recount, ${counted}`, given);
}
