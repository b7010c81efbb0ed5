import type { ParsedWindow } from './options';

/**
 * A ring of slots, oldest first from `head`. A slot has a tick and tallies of the calls in it: the tick is the time in
 * ms of one call, or the number of a bucket of time. The totals are those of the slots in use.
 */
export interface SlidingWindow {
  /** Width of a bucket in ms; 0: every slot is one call. */
  readonly bucketMs: number;
  readonly ticks: number[];
  readonly calls: number[];
  readonly failures: number[];
  readonly slowCalls: number[];
  head: number;
  used: number;
  totalCalls: number;
  totalFailures: number;
  totalSlowCalls: number;
}

export function emptyWindow({ slots, bucketMs }: ParsedWindow): SlidingWindow {
  const zeros = () => new Array<number>(slots).fill(0);
  return {
    bucketMs,
    ticks: zeros(),
    calls: zeros(),
    failures: zeros(),
    slowCalls: zeros(),
    head: 0,
    used: 0,
    totalCalls: 0,
    totalFailures: 0,
    totalSlowCalls: 0,
  };
}

export function copyWindow(window: SlidingWindow): SlidingWindow {
  return {
    ...window,
    ticks: [...window.ticks],
    calls: [...window.calls],
    failures: [...window.failures],
    slowCalls: [...window.slowCalls],
  };
}

/** Drops what has become too old, in place. */
export function ageWindow(window: SlidingWindow, span: number, nowMs: number): void {
  const oldest = tickAt(window, nowMs) - span;
  while (window.used > 0 && window.ticks[window.head]! <= oldest) dropOldest(window);
}

/** Counts a call at `nowMs`, which is no earlier than any call before; in place. */
export function countCall(
  window: SlidingWindow,
  span: number,
  failed: boolean,
  slow: boolean,
  nowMs: number,
): void {
  ageWindow(window, span, nowMs);
  const slot = slotFor(window, tickAt(window, nowMs));
  window.calls[slot]!++;
  window.totalCalls++;
  if (failed) {
    window.failures[slot]!++;
    window.totalFailures++;
  }
  if (slow) {
    window.slowCalls[slot]!++;
    window.totalSlowCalls++;
  }
}

/** The tick of a call at `nowMs`. */
export function tickAt({ bucketMs }: Pick<SlidingWindow, 'bucketMs'>, nowMs: number): number {
  return bucketMs === 0 ? nowMs : Math.floor(nowMs / bucketMs);
}

/** The bucket that is going on, or a fresh slot, for which a full ring gives its oldest. */
function slotFor(window: SlidingWindow, tick: number): number {
  const slots = window.ticks.length;
  const newest = wrap(window.head + window.used - 1, slots);
  if (window.bucketMs > 0 && window.used > 0 && window.ticks[newest] === tick) return newest;
  if (window.used === slots) dropOldest(window);
  const slot = wrap(window.head + window.used, slots);
  window.used++;
  window.ticks[slot] = tick;
  window.calls[slot] = 0;
  window.failures[slot] = 0;
  window.slowCalls[slot] = 0;
  return slot;
}

function dropOldest(window: SlidingWindow): void {
  const slot = window.head;
  window.totalCalls -= window.calls[slot]!;
  window.totalFailures -= window.failures[slot]!;
  window.totalSlowCalls -= window.slowCalls[slot]!;
  window.head = wrap(slot + 1, window.ticks.length);
  window.used--;
}

/** `index`, less than twice `slots`, on the ring. Perf: a remainder costs more than the comparison. */
function wrap(index: number, slots: number): number {
  return index >= slots ? index - slots : index;
}
