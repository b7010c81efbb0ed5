/**
 * Strategy: dates against the host's own parser, on random days; delays; headers that are neither. The classes of HTTP statuses.
 * Not tested here: what a breaker makes of the wait (regressions.test.ts).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorClassOfStatus, parseRetryAfterMs } from '../../src/index';

test('dates as the host reads them', () => {
  const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });
  fc.assert(
    fc.property(seconds, fc.integer({ min: -1e9, max: 1e9 }), (at, offset) => {
      const header = new Date(at * 1000).toUTCString();
      const wallClockMs = at * 1000 + offset;
      expect(parseRetryAfterMs(header, wallClockMs)).toBe(Math.max(0, -offset));
    }),
    { seed: 3, numRuns: 5_000 },
  );
});

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7_000],
  ['999999999999', 999_999_999_999_000],
  ['Wed, 29 Feb 2028 00:00:01 GMT', Date.UTC(2028, 1, 29, 0, 0, 1)],
])('%j is a wait', (header, ms) => {
  expect(parseRetryAfterMs(header, 0)).toBe(ms);
});

test.each([
  '',
  '-5',
  '1.5',
  '1e9',
  '9999999999999',
  'Infinity',
  'soon',
  'Tue, 29 Feb 2027 00:00:01 GMT',
  'Tue, 31 Apr 2026 00:00:01 GMT',
  'Tue, 00 Apr 2026 00:00:01 GMT',
  'Tue, 01 Apr 2026 24:00:00 GMT',
  'Tue, 01 Apr 2026 00:60:00 GMT',
  'Tue, 01 Apr 2026 00:00:61 GMT',
  'Tue, 1 Apr 2026 00:00:00 GMT',
  'Tue, 01 Apr 2026 00:00:00 CET',
  null,
  undefined,
])('%j is none', (header) => {
  expect(parseRetryAfterMs(header, 0)).toBeUndefined();
});

test('a date needs a clock', () => {
  expect(parseRetryAfterMs('Wed, 29 Feb 2028 00:00:01 GMT', NaN)).toBeUndefined();
});

test.each([
  [200, undefined],
  [NaN, undefined],
  [399, undefined],
  [400, 'badRequest'],
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'other'],
  [408, 'timeout'],
  [413, 'badRequest'],
  [422, 'badRequest'],
  [429, 'rateLimited'],
  [500, 'server'],
  [503, 'server'],
  [504, 'timeout'],
  [529, 'server'],
])('status %d is of class %s', (status, errorClass) => {
  expect(errorClassOfStatus(status)).toBe(errorClass);
});
