/**
 * Strategy: bugs that other circuit breakers had in public, each as a named case with its thread; most left a breaker that never closed
 * again. Times are made up, and idle gaps are part of them.
 * Not tested here: random lives (model.test.ts), sets of arms (reachable.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { CircuitBreaker, type BreakerOptions, type ErrorClass } from '../../src/index';

const HOUR_MS = 3_600_000;
const SMALL: BreakerOptions = {
  minimumCalls: 2,
  cooldownMs: 1_000,
  maxCooldownMs: 4_000,
  trialCalls: 1,
  trialSuccesses: 1,
  trialTimeoutMs: 500,
};

function failTimes(
  breaker: CircuitBreaker,
  times: number,
  nowMs: number,
  why: ErrorClass = 'server',
) {
  for (let i = 0; i < times; i++) breaker.failed(breaker.admit(nowMs), nowMs, why);
}

/** Opened at 10. */
function opened(options: BreakerOptions = {}): CircuitBreaker {
  const breaker = new CircuitBreaker({ ...SMALL, ...options }, 0);
  failTimes(breaker, 2, 10);
  expect(breaker.state).toBe('open');
  return breaker;
}

describe('open', () => {
  // https://github.com/nodeshift/opossum/issues/385: the second of two failures cancelled the timer of the first
  test('failures that come in together do not cancel the end of the cool-down', () => {
    const breaker = new CircuitBreaker(SMALL, 0);
    const permits = Array.from({ length: 6 }, () => breaker.admit(0));
    for (const permit of permits) breaker.failed(permit, 10, 'server');
    expect(breaker.waitMs(10)).toBe(1_000);
    expect(breaker.admit(1_010)).toBeGreaterThan(0);
    expect(breaker.state).toBe('half-open');
  });

  // https://github.com/couchbase/couchbase-net-client/pull/191: each late failure began the wait again
  test('late failures do not put the next trial call off', () => {
    const breaker = new CircuitBreaker(SMALL, 0);
    const permits = Array.from({ length: 20 }, () => breaker.admit(0));
    permits.forEach((permit, i) => breaker.failed(permit, 10 + 100 * i, 'server'));
    expect(breaker.waitMs(1_910)).toBe(0);
  });

  // https://github.com/nodeshift/opossum/issues/381, https://github.com/gofiber/contrib/pull/2350
  test('a success of a call from before the opening closes nothing, open or half-open', () => {
    const breaker = new CircuitBreaker(SMALL, 0);
    const slow = breaker.admit(0);
    failTimes(breaker, 2, 10);
    expect(breaker.succeeded(slow, 500)).toBe('stale');
    expect(breaker.state).toBe('open');
    breaker.admit(1_010);
    expect(breaker.succeeded(slow, 1_020)).toBe('stale');
    expect(breaker.state).toBe('half-open');
  });

  // https://github.com/nodeshift/opossum/issues/719, .../580: the timer did not run in short-lived or busy processes
  test('the cool-down ends without a timer, in another process too', () => {
    const saved = JSON.stringify(opened());
    const later = CircuitBreaker.from(SMALL, JSON.parse(saved));
    expect(later.waitMs(1_009)).toBe(1);
    expect(later.admit(1_010)).toBeGreaterThan(0);
  });

  // https://github.com/fabfuel/circuitbreaker/pull/31: a clock set far ahead and back held the breaker open for as long
  test('a clock that was ahead for a moment does not hold the breaker open', () => {
    const breaker = new CircuitBreaker(SMALL, 0);
    failTimes(breaker, 2, 1e12);
    expect(breaker.state).toBe('open');
    expect(breaker.waitMs(20)).toBe(1_000);
    expect(breaker.waitMs(1_020)).toBe(0);
  });

  // https://github.com/zoharbabin/web-researcher-mcp/issues/666: the advertised wait was thrown away
  test('the wait that the provider asks for is kept, the longest of those under way, and bounded', () => {
    const breaker = new CircuitBreaker({ ...SMALL, maxRetryAfterMs: 60_000 }, 0);
    const [first, second, third] = [breaker.admit(0), breaker.admit(0), breaker.admit(0)];
    breaker.failed(first, 0, 'rateLimited', 5, 5_000);
    expect(breaker.waitMs(0)).toBe(5_000);
    expect(breaker.failed(second, 100, 'rateLimited', 5, 20_000)).toBe('lengthened');
    expect(breaker.waitMs(100)).toBe(20_000);
    breaker.failed(third, 1_100, 'rateLimited', 5, 1e15);
    expect(breaker.waitMs(1_100)).toBe(58_900);
  });

  // https://github.com/mnfst/llm-gateway/pull/2372: one 429 without Retry-After took a route out for a minute
  test('a single 429 that asks for nothing opens nothing', () => {
    const breaker = new CircuitBreaker({}, 0);
    for (let i = 0; i < 99; i++) breaker.succeeded(breaker.admit(i), i);
    failTimes(breaker, 1, 99, 'rateLimited');
    expect(breaker.state).toBe('closed');
  });

  // https://github.com/BerriAI/litellm/issues/37592: a used-up budget was called on and on
  test('a used-up budget opens at once', () => {
    const breaker = new CircuitBreaker({}, 0);
    failTimes(breaker, 1, 5, 'quota');
    expect(breaker.state).toBe('open');
  });
});

describe('half-open', () => {
  // https://github.com/nodeshift/opossum/issues/276: too few calls in the window, and the failed trial call was passed over
  test('a failed trial call opens again, however few calls there were', () => {
    const breaker = opened({ minimumCalls: 2 });
    const trial = breaker.admit(HOUR_MS);
    breaker.failed(trial, HOUR_MS, 'server');
    expect(breaker.state).toBe('open');
    expect(breaker.waitMs(HOUR_MS)).toBe(2_000);
  });

  // https://github.com/nodeshift/opossum/issues/119: a rate that had fallen meanwhile kept a failed trial call from opening
  test('a failed trial call opens again, whatever the rate was', () => {
    const breaker = new CircuitBreaker({ ...SMALL, minimumCalls: 10 }, 0);
    for (let i = 0; i < 9; i++) breaker.succeeded(breaker.admit(0), 0);
    failTimes(breaker, 1, 10, 'quota');
    breaker.failed(breaker.admit(1_010), 1_020, 'server');
    expect(breaker.state).toBe('open');
  });

  // https://github.com/nodeshift/opossum/issues/388, https://github.com/resilience4j/resilience4j/issues/544:
  // a trial call whose error was filtered out was the last one ever
  test('an ignored error gives its trial call back', () => {
    const breaker = opened();
    for (let i = 0; i < 50; i++) {
      const trial = breaker.admit(1_010 + i);
      expect(trial).toBeGreaterThan(0);
      expect(breaker.admit(1_010 + i)).toBe(0);
      expect(breaker.failed(trial, 1_010 + i, 'contentFilter')).toBe('ignored');
      expect(breaker.state).toBe('half-open');
    }
    breaker.succeeded(breaker.admit(1_100), 1_100);
    expect(breaker.state).toBe('closed');
  });

  // https://github.com/diegosouzapw/OmniRoute/issues/13836, https://github.com/resilience4j/resilience4j/issues/935,
  // https://github.com/svroonland/rezilience/pull/482: a trial call that never ended held its place for days
  test('a trial call that never reports expires', () => {
    const breaker = opened();
    expect(breaker.admit(1_010)).toBeGreaterThan(0);
    expect(breaker.waitMs(1_509)).toBe(1);
    expect(breaker.waitMs(1_510)).toBe(2_000);
    expect(breaker.state).toBe('open');
    // Seen only an hour later, it had expired when it did: the next trial call is due.
    const seenLate = opened();
    seenLate.admit(1_010);
    expect(seenLate.admit(HOUR_MS)).toBeGreaterThan(0);
  });

  // https://github.com/pathosDev/actor-ts/issues/457, https://github.com/nodeshift/opossum/issues/119: all calls came through
  test('no more calls come through than trial calls', () => {
    const breaker = opened({ trialCalls: 3 });
    const admitted = Array.from({ length: 100 }, () => breaker.admit(1_010)).filter((p) => p > 0);
    expect(admitted.length).toBe(3);
    expect(new Set(admitted).size).toBe(3);
  });

  // https://github.com/denoland/std/pull/7306: a trial call of the round before counted in this one and freed a place
  test('a trial call of an earlier round neither counts nor frees a place', () => {
    const breaker = opened({ trialCalls: 2, trialSuccesses: 2 });
    const [old, failing] = [breaker.admit(1_010), breaker.admit(1_010)];
    breaker.failed(failing, 1_020, 'server');
    expect(breaker.state).toBe('open');
    const mine = breaker.admit(5_000);
    breaker.admit(5_000);
    expect(breaker.succeeded(old, 5_010)).toBe('stale');
    expect(breaker.admit(5_010)).toBe(0);
    breaker.succeeded(mine, 5_020);
    expect(breaker.state).toBe('half-open');
  });

  test('a trial call that reports twice counts once', () => {
    const breaker = opened({ trialCalls: 3, trialSuccesses: 2 });
    const trial = breaker.admit(1_010);
    expect(breaker.succeeded(trial, 1_020)).toBe('counted');
    expect(breaker.succeeded(trial, 1_020)).toBe('stale');
    expect(breaker.state).toBe('half-open');
  });

  // https://github.com/nodeshift/opossum/pull/7, .../issues/57: from the second half-open on nothing closed it any more
  test('it closes from the tenth round as from the first', () => {
    const breaker = opened();
    let nowMs = 10;
    for (let round = 0; round < 9; round++) {
      nowMs += 4_000;
      breaker.failed(breaker.admit(nowMs), nowMs, 'server');
      expect(breaker.state).toBe('open');
    }
    nowMs += 4_000;
    breaker.succeeded(breaker.admit(nowMs), nowMs);
    expect(breaker.state).toBe('closed');
    expect(breaker.waitMs(nowMs)).toBe(0);
  });

  // https://github.com/sony/gobreaker/issues/122: a result of another generation was dropped without a word
  test('a report without effect says so', () => {
    const breaker = opened();
    expect(breaker.succeeded(1, 20)).toBe('stale');
  });

  // A round saved under other options: 1 of 4 failed, which of 2 is already too many, and no place is left for another.
  test('fewer trial calls after a restart do not leave a round without an end', () => {
    const breaker = opened({ trialCalls: 4, trialSuccesses: 3 });
    breaker.failed(breaker.admit(1_010), 1_010, 'server');
    breaker.succeeded(breaker.admit(1_010), 1_010);
    const fewer = { ...SMALL, trialCalls: 2, trialSuccesses: 2 };
    const restarted = CircuitBreaker.from(fewer, breaker.toJSON());
    for (const nowMs of [1_011, 1_012]) restarted.succeeded(restarted.admit(nowMs), nowMs);
    expect(restarted.state).toBe('closed');
  });
});

describe('closed', () => {
  // https://github.com/vert-x3/vertx-circuit-breaker/issues/24, https://github.com/canton-network/splice/issues/2462
  test.each([
    ['calls', { kind: 'calls' } as const],
    ['time', { kind: 'time' } as const],
  ])('failures from before an idle hour do not count (window of %s)', (_, window) => {
    const breaker = new CircuitBreaker({ window, minimumCalls: 10 }, 0);
    failTimes(breaker, 9, 1_000);
    breaker.failed(breaker.admit(HOUR_MS), HOUR_MS, 'server');
    expect(breaker.state).toBe('closed');
    expect(breaker.counts(HOUR_MS)).toEqual({ calls: 1, failures: 1, slowCalls: 0 });
    expect(breaker.counts(2 * HOUR_MS)).toEqual({ calls: 0, failures: 0, slowCalls: 0 });
  });

  test('failures that come in over hours do not add up', () => {
    const breaker = new CircuitBreaker({}, 0);
    for (let hour = 1; hour <= 100; hour++) failTimes(breaker, 1, hour * HOUR_MS);
    expect(breaker.state).toBe('closed');
  });

  // https://github.com/smallrye/smallrye-fault-tolerance/pull/23: the success that completed the window did not open it
  test('a success that brings the number of calls to the minimum may open it', () => {
    const breaker = new CircuitBreaker({ minimumCalls: 2, failureRate: 0.5 }, 0);
    failTimes(breaker, 1, 1);
    breaker.succeeded(breaker.admit(2), 2);
    expect(breaker.state).toBe('open');
  });

  // https://github.com/nodeshift/opossum/issues/288: the first failure opened it
  test('the first failure opens nothing', () => {
    const breaker = new CircuitBreaker({}, 0);
    failTimes(breaker, 1, 0);
    expect(breaker.state).toBe('closed');
  });

  test('a provider that comes and goes waits longer each time, one that held out begins anew', () => {
    const breaker = opened();
    const waits: number[] = [];
    let nowMs = 10;
    for (const upMs of [10, 10, 10, 3_990, 4_000]) {
      nowMs += breaker.waitMs(nowMs);
      breaker.succeeded(breaker.admit(nowMs), nowMs);
      nowMs += upMs;
      failTimes(breaker, 2, nowMs);
      waits.push(breaker.waitMs(nowMs));
    }
    expect(waits).toEqual([2_000, 4_000, 4_000, 4_000, 1_000]);
  });
});

describe('isolated', () => {
  test('neither time, reports nor being the last arm end it', () => {
    const breaker = new CircuitBreaker({}, 0);
    const permit = breaker.admit(0);
    breaker.isolate(1);
    expect(breaker.succeeded(permit, 2)).toBe('stale');
    expect(breaker.admit(100 * HOUR_MS, true)).toBe(0);
    expect(breaker.waitMs(200 * HOUR_MS)).toBe(Infinity);
    breaker.restore(200 * HOUR_MS);
    expect(breaker.state).toBe('closed');
    expect(breaker.succeeded(permit, 200 * HOUR_MS)).toBe('stale');
  });

  test('an error class can be set to isolate', () => {
    const breaker = new CircuitBreaker({ effects: { auth: 'isolate' } }, 0);
    failTimes(breaker, 1, 0, 'auth');
    expect(breaker.toJSON().phase).toMatchObject({ state: 'isolated', errorClass: 'auth' });
  });
});
