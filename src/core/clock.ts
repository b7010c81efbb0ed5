/** The only place that reads time, and the only one that knows the calendar. */

/** Milliseconds since some fixed moment, never running back: for durations. */
export function monotonicMs(): number {
  return performance.now();
}

/** Milliseconds since 1970-01-01T00:00Z. */
export function nowMs(): number {
  return Date.now();
}

/** The beginning (UTC) of a day written YYYY-MM-DD, in ms since 1970-01-01T00:00Z; NaN for what is no such day. */
export function dayMs(day: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return NaN;
  const ms = Date.parse(day);
  // Some hosts read 30 February as 1 March.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day) ? ms : NaN;
}

/** A moment as YYYY-MM-DD where it begins a day (UTC), else with its time; where no calendar reaches, as a number of ms. */
export function isoOf(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return `${ms} ms`;
  const iso = date.toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, -14) : iso;
}
