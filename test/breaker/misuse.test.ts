/**
 * Strategy: every option, event and argument out of range, by the edges of its interval and by NaN: a ParameterError that names it, the
 * breaker as it was. Then what defaults are, and what depends on them.
 * Not tested here: malformed saved states (state.test.ts).
 */
import { describe, expect, test } from 'vitest';
import {
  CircuitBreaker,
  initialBreakerState,
  ParameterError,
  parseBreakerOptions,
  reduceBreaker,
  type BreakerEvent,
  type BreakerOptions,
} from '../../src/index';

const BAD_OPTIONS: readonly (readonly [string, unknown])[] = [
  ['breaker.minimumCalls', { minimumCalls: 0 }],
  ['breaker.minimumCalls', { minimumCalls: 1.5 }],
  ['breaker.minimumCalls', { minimumCalls: NaN }],
  ['breaker.minimumCalls', { minimumCalls: 101 }],
  ['breaker.minimumCalls', { window: { kind: 'time' }, minimumCalls: 10_001 }],
  ['breaker.failureRate', { failureRate: 0 }],
  ['breaker.failureRate', { failureRate: 1.01 }],
  ['breaker.failureRate', { failureRate: NaN }],
  ['breaker.failureRate', { failureRate: '0.5' }],
  ['breaker.slowCallRate', { slowCallRate: 0 }],
  ['breaker.slowCallRate', { slowCallRate: NaN }],
  ['breaker.slowCallMs', { slowCallMs: 0 }],
  ['breaker.slowCallMs', { slowCallMs: NaN }],
  ['breaker.cooldownMs', { cooldownMs: 0 }],
  ['breaker.cooldownMs', { cooldownMs: 86_400_001 }],
  ['breaker.cooldownMs', { cooldownMs: Infinity }],
  ['breaker.cooldownFactor', { cooldownFactor: 0.99 }],
  ['breaker.cooldownFactor', { cooldownFactor: 101 }],
  ['breaker.cooldownFactor', { cooldownFactor: NaN }],
  ['breaker.maxCooldownMs', { maxCooldownMs: 29_999 }],
  ['breaker.maxCooldownMs', { maxCooldownMs: NaN }],
  ['breaker.maxRetryAfterMs', { maxRetryAfterMs: -1 }],
  ['breaker.maxRetryAfterMs', { maxRetryAfterMs: Infinity }],
  ['breaker.trialCalls', { trialCalls: 0 }],
  ['breaker.trialCalls', { trialCalls: 101 }],
  ['breaker.trialSuccesses', { trialSuccesses: 4 }],
  ['breaker.trialSuccesses', { trialSuccesses: 0 }],
  ['breaker.trialTimeoutMs', { trialTimeoutMs: 0 }],
  ['breaker.trialTimeoutMs', { trialTimeoutMs: NaN }],
  ['breaker.window.kind', { window: { kind: 'count' } }],
  ['breaker.window.kind', { window: {} }],
  ['breaker.window', { window: null }],
  ['breaker.window', { window: { kind: 'calls', durationMs: 5 } }],
  ['breaker.window', { window: { kind: 'time', calls: 5 } }],
  ['breaker.window.calls', { window: { kind: 'calls', calls: 0 } }],
  ['breaker.window.calls', { window: { kind: 'calls', calls: 10_001 } }],
  ['breaker.window.maxAgeMs', { window: { kind: 'calls', maxAgeMs: 0 } }],
  ['breaker.window.maxAgeMs', { window: { kind: 'calls', maxAgeMs: NaN } }],
  ['breaker.window.durationMs', { window: { kind: 'time', durationMs: Infinity } }],
  ['breaker.window.buckets', { window: { kind: 'time', buckets: 0 } }],
  ['breaker.window.buckets', { window: { kind: 'time', buckets: 1_001 } }],
  ['breaker.effects', { effects: [] }],
  ['breaker.effects', { effects: { rateLimit: 'open' } }],
  ['breaker.effects.auth', { effects: { auth: 'explode' } }],
  ['breaker.effects', { effects: JSON.parse('{"__proto__":"open"}') as unknown }],
  ['breaker', { failureRatio: 0.5 }],
  ['breaker', null],
  ['breaker', 5],
];

test.each(BAD_OPTIONS)('%s is refused: %j', (parameter, options) => {
  const make = () => new CircuitBreaker(options as BreakerOptions);
  expect(make).toThrow(ParameterError);
  expect(make).toThrow(`${parameter} must be `);
});

test('the message has the name, the interval and the value', () => {
  expect(() => parseBreakerOptions({ failureRate: 1.2 }, 'models["a"].breaker')).toThrow(
    'models["a"].breaker.failureRate must be in (0, 1], got 1.2',
  );
});

const TIMES = [NaN, Infinity, -Infinity, 8.65e15, '5', undefined, null];

describe.each(['closed', 'half-open'])('a bad argument leaves a %s breaker as it was', (state) => {
  function breaker(): { it: CircuitBreaker; permit: number } {
    const it = new CircuitBreaker({}, 0);
    if (state === 'half-open') it.failed(it.admit(0), 0, 'quota');
    return { it, permit: it.admit(40_000) };
  }

  const calls: (readonly [string, (it: CircuitBreaker, permit: number) => unknown])[] = [
    ...TIMES.flatMap((time) => {
      const nowMs = time as number;
      return [
        ['nowMs', (it: CircuitBreaker) => it.admit(nowMs)],
        ['nowMs', (it: CircuitBreaker) => it.waitMs(nowMs)],
        ['nowMs', (it: CircuitBreaker) => it.isolate(nowMs)],
        ['nowMs', (it: CircuitBreaker) => it.restore(nowMs)],
        ['nowMs', (it: CircuitBreaker) => it.counts(nowMs)],
        ['nowMs', (it: CircuitBreaker, permit: number) => it.succeeded(permit, nowMs)],
        ['nowMs', (it: CircuitBreaker, permit: number) => it.failed(permit, nowMs, 'server')],
      ] as const;
    }),
    ...[-1, 0.5, NaN, 2 ** 53, '1', undefined].flatMap((permit) => [
      ['permit', (it: CircuitBreaker) => it.succeeded(permit as number, 50_000)] as const,
      ['permit', (it: CircuitBreaker) => it.failed(permit as number, 50_000, 'server')] as const,
    ]),
    ...[-1, NaN, -Infinity, '1', null].flatMap((ms) => {
      const bad = ms as number;
      return [
        ['durationMs', (it: CircuitBreaker, p: number) => it.succeeded(p, 50_000, bad)],
        ['durationMs', (it: CircuitBreaker, p: number) => it.failed(p, 50_000, 'server', bad)],
        ['retryAfterMs', (it: CircuitBreaker, p: number) => it.failed(p, 50_000, 'server', 1, bad)],
      ] as const;
    }),
    ...['429', '__proto__', 'constructor', undefined].map(
      (name) =>
        [
          'errorClass',
          (it: CircuitBreaker, p: number) => it.failed(p, 50_000, name as never),
        ] as const,
    ),
  ];

  test.each(calls)('%s (%#)', (parameter, call) => {
    const { it, permit } = breaker();
    const before = it.toJSON();
    expect(() => call(it, permit)).toThrow(ParameterError);
    expect(() => call(it, permit)).toThrow(`${parameter} must be `);
    expect(it.toJSON()).toEqual(before);
  });
});

test.each([null, {}, { kind: 'explode' }, { kind: 'success' }, { kind: 'failure', permit: 1 }])(
  'the reducer refuses the event %j',
  (event) => {
    const state = initialBreakerState({}, 0);
    expect(() => reduceBreaker({}, state, event as BreakerEvent, 1)).toThrow(ParameterError);
    expect(state).toEqual(initialBreakerState({}, 0));
  },
);

test('a breaker cannot begin at no time', () => {
  expect(() => new CircuitBreaker({}, NaN)).toThrow('nowMs must be ');
});

test('a permit that was never given does nothing', () => {
  const breaker = new CircuitBreaker({}, 0);
  expect(breaker.failed(0, 1, 'server')).toBe('stale');
  expect(breaker.failed(999, 1, 'server')).toBe('stale');
});

describe('defaults', () => {
  test('as documented', () => {
    expect(parseBreakerOptions()).toEqual({
      window: { kind: 'calls', slots: 100, bucketMs: 0, span: 120_000 },
      minimumCalls: 10,
      failureRate: 0.5,
      slowCallRate: 1,
      slowCallMs: 120_000,
      cooldownMs: 30_000,
      cooldownFactor: 2,
      maxCooldownMs: 300_000,
      maxRetryAfterMs: 900_000,
      trialCalls: 3,
      trialSuccesses: 2,
      trialTimeoutMs: 120_000,
      effects: {
        rateLimited: 'openIfRetryAfter',
        quota: 'open',
        auth: 'open',
        timeout: 'failure',
        contentFilter: 'ignored',
        badRequest: 'ignored',
        server: 'failure',
        network: 'failure',
        other: 'failure',
      },
    });
  });

  test('one option alone does not contradict the default of another', () => {
    expect(parseBreakerOptions({ trialCalls: 1 }).trialSuccesses).toBe(1);
    expect(parseBreakerOptions({ cooldownMs: 600_000 }).maxCooldownMs).toBe(600_000);
    expect(parseBreakerOptions({ window: { kind: 'calls', calls: 4 } }).minimumCalls).toBe(4);
  });

  test('parsed options are taken as they are, and cannot be written to', () => {
    const parsed = parseBreakerOptions({ trialCalls: 5 });
    expect(parseBreakerOptions(parsed)).toBe(parsed);
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(() => parseBreakerOptions({ ...parsed })).toThrow(ParameterError);
  });
});

describe('listeners', () => {
  test('are told of a change right after it, and may act on it', () => {
    const breaker = new CircuitBreaker({}, 0);
    const told: string[] = [];
    breaker.listen(({ from, to, cause, errorClass, atMs, untilMs }) => {
      told.push([from, to, cause, errorClass, atMs, untilMs].join(' '));
      if (to === 'open') breaker.isolate(5);
    });
    breaker.failed(breaker.admit(5), 5, 'quota');
    expect(told).toEqual(['closed open error quota 5 30005', 'open isolated manual  5 ']);
    breaker.listen(undefined);
    breaker.restore(6);
    expect(told.length).toBe(2);
  });

  test('one that throws does so after the change', () => {
    const breaker = new CircuitBreaker({}, 0);
    breaker.listen(() => {
      throw new Error('listener');
    });
    expect(() => breaker.isolate(1)).toThrow('listener');
    expect(breaker.state).toBe('isolated');
    expect(breaker.waitMs(2)).toBe(Infinity);
  });
});
