/** Delay-seconds have no upper end in the header; these digits are exact, and far above any bound on the wait. */
const DELAY_SECONDS = /^\d{1,12}$/;
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAY_MS = 86_400_000;

/**
 * Milliseconds that a Retry-After header asks to wait: delay-seconds, or an HTTP-date in the preferred form, in the past 0
 * (RFC 9110, sections 10.2.3 and 5.6.7). `undefined` for anything else: a header that cannot be read is no header.
 * @param wallClockMs milliseconds since 1970, for dates
 */
export function parseRetryAfterMs(
  header: string | null | undefined,
  wallClockMs: number,
): number | undefined {
  const text = header?.trim() ?? '';
  if (DELAY_SECONDS.test(text)) return Number(text) * 1000;
  const dateMs = parseHttpDate(text);
  return dateMs === undefined || !Number.isFinite(wallClockMs)
    ? undefined
    : Math.max(0, dateMs - wallClockMs);
}

function parseHttpDate(text: string): number | undefined {
  const match = HTTP_DATE.exec(text);
  if (!match) return undefined;
  const [day, year, hours, minutes, seconds] = [1, 3, 4, 5, 6].map((i) => Number(match[i]));
  const month = MONTHS.indexOf(match[2]!) / 3 + 1;
  if (day! < 1 || day! > daysIn(year!, month) || hours! > 23 || minutes! > 59 || seconds! > 60) {
    return undefined;
  }
  const days = daysSince1970(year!, month) + day! - 1;
  return days * DAY_MS + ((hours! * 60 + minutes!) * 60 + seconds!) * 1000;
}

function daysIn(year: number, month: number): number {
  const next = month === 12 ? daysSince1970(year + 1, 1) : daysSince1970(year, month + 1);
  return next - daysSince1970(year, month);
}

/** Days from 1970-01-01 to the first of a month of the Gregorian calendar. Years counted from March end with their leap day. */
function daysSince1970(year: number, month: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = (month + 9) % 12;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  // 719468: days from 0000-03-01 to 1970-01-01. (153 m + 2) / 5: days of the months before, from March.
  return 365 * marchYear + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) - 719_468;
}
