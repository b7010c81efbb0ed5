/**
 * Strategy: saved states with one thing wrong are refused by the field's name; states saved under other options are fitted. Round trips of
 * valid states are part of model.test.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  CircuitBreaker,
  ParameterError,
  type BreakerOptions,
  type BreakerState,
} from '../../src/index';

const OPTIONS: BreakerOptions = { window: { kind: 'calls', calls: 4 }, minimumCalls: 4 };

function saved(kind: BreakerState['phase']['state']): Record<string, never> {
  const breaker = new CircuitBreaker(OPTIONS, 1_000);
  breaker.succeeded(breaker.admit(1_001), 1_001);
  breaker.failed(breaker.admit(1_002), 1_002, 'server');
  if (kind === 'isolated') breaker.isolate(1_003);
  if (kind === 'open' || kind === 'half-open') breaker.failed(breaker.admit(1_003), 1_003, 'quota');
  if (kind === 'half-open') for (const nowMs of [40_000, 40_001]) breaker.admit(nowMs);
  expect(breaker.state).toBe(kind);
  return JSON.parse(JSON.stringify(breaker)) as Record<string, never>;
}

/** Sets the value at a path such as `phase.window.head`. */
function change(state: Record<string, unknown>, path: string, value: unknown): unknown {
  const keys = path.split('.');
  const last = keys.pop()!;
  const place = keys.reduce((at, key) => at[key] as Record<string, unknown>, state);
  place[last] = value;
  return state;
}

describe.each([
  ['closed', 'version', 2],
  ['closed', 'version', undefined],
  ['closed', 'nowMs', NaN],
  ['closed', 'nowMs', 500],
  ['closed', 'callerMs', null],
  ['closed', 'callerMs', 1e300],
  ['closed', 'serial', 0],
  ['closed', 'serial', 1.5],
  ['closed', 'serial', 2],
  ['closed', 'cooldownMs', -1],
  ['closed', 'extra', 1],
  ['closed', 'phase', null],
  ['closed', 'phase', []],
  ['closed', 'phase.state', 'ajar'],
  ['closed', 'phase.state', 'constructor'],
  ['closed', 'phase.state', 'open'],
  ['closed', 'phase.extra', 1],
  ['closed', 'phase.generation', 7],
  ['closed', 'phase.sinceMs', 2_000],
  ['closed', 'phase.window', null],
  ['closed', 'phase.window.bucketMs', -1],
  ['closed', 'phase.window.ticks', []],
  ['closed', 'phase.window.ticks', [1_001, null, 0, 0]],
  ['closed', 'phase.window.ticks', [1_003, 1_001, 0, 0]],
  ['closed', 'phase.window.ticks', [1_001, 9_999, 0, 0]],
  ['closed', 'phase.window.ticks', 'long'],
  ['closed', 'phase.window.calls', [1, 1, 0]],
  ['closed', 'phase.window.calls', [2, 1, 0, 0]],
  ['closed', 'phase.window.calls', [1, 0, 0, 0]],
  ['closed', 'phase.window.failures', [0, 2, 0, 0]],
  ['closed', 'phase.window.slowCalls', [0, 0.5, 0, 0]],
  ['closed', 'phase.window.head', 4],
  ['closed', 'phase.window.head', -1],
  ['closed', 'phase.window.used', 5],
  ['closed', 'phase.window.totalCalls', 3],
  ['closed', 'phase.window.totalFailures', 0],
  ['closed', 'phase.window.totalSlowCalls', 1],
  ['open', 'phase.untilMs', null],
  ['open', 'phase.endedGeneration', 9],
  ['open', 'phase.cause', 'boredom'],
  ['open', 'phase.errorClass', 'other error'],
  ['open', 'phase.errorClass', undefined],
  ['open', 'serial', 2 ** 53],
  ['closed', 'serial', 2 ** 52 + 1],
  ['half-open', 'phase.waitUntilMs', NaN],
  ['half-open', 'phase.successes', -1],
  ['half-open', 'phase.failures', 1e9],
  ['half-open', 'phase.slowCalls', 0.5],
  ['half-open', 'phase.trials', {}],
  ['half-open', 'phase.trials', Array.from({ length: 101 }, () => ({ permit: 9, expiresMs: 0 }))],
  ['half-open', 'phase.trials.0', { permit: 3, expiresMs: 1e6, more: 1 }],
  ['half-open', 'phase.trials.0.permit', 99],
  ['half-open', 'phase.trials.0.permit', 1],
  ['half-open', 'phase.trials.1.permit', 4],
  ['half-open', 'phase.trials.1.expiresMs', 5],
  ['half-open', 'phase.trials.0.expiresMs', null],
  ['isolated', 'phase.cause', null],
] as const)('%s with %s = %j', (kind, path, value) => {
  test('is refused', () => {
    const state = change(saved(kind), path, value);
    const load = () => CircuitBreaker.from(OPTIONS, state);
    expect(load).toThrow(ParameterError);
    expect(load).toThrow(/^state(\.\w+(\[\d\])?)* must be /);
  });
});

test.each([null, 5, 'open', [], undefined])('%j is no state', (state) => {
  expect(() => CircuitBreaker.from(OPTIONS, state)).toThrow(/^state must be an object/);
});

describe('under other options', () => {
  const TIME: BreakerOptions = { window: { kind: 'time' } };

  test('a window of another shape begins anew', () => {
    for (const options of [TIME, { window: { kind: 'calls', calls: 5 } } as const]) {
      const breaker = CircuitBreaker.from(options, saved('closed'));
      expect(breaker.counts(1_002).calls).toBe(0);
      breaker.succeeded(breaker.admit(1_003), 1_003);
      expect(breaker.counts(1_003).calls).toBe(1);
    }
  });

  test('a wait is cut to the longest that is still allowed', () => {
    const shorter = { ...OPTIONS, cooldownMs: 10, maxCooldownMs: 20, maxRetryAfterMs: 0 };
    expect(CircuitBreaker.from(shorter, saved('open')).waitMs(1_003)).toBe(20);
    const breaker = CircuitBreaker.from({ ...shorter, trialTimeoutMs: 5 }, saved('half-open'));
    breaker.admit(40_001);
    expect(breaker.waitMs(40_001)).toBe(5);
  });

  test('a state of this library is its own copy', () => {
    const breaker = new CircuitBreaker(OPTIONS, 0);
    const state = breaker.toJSON();
    const twin = CircuitBreaker.from(OPTIONS, state);
    breaker.succeeded(breaker.admit(1), 1);
    expect(twin.toJSON()).toEqual(state);
  });
});
