/**
 * Strategy: the rule for sets of arms, in both forms, on random sets; the turns that arms take in an outage of everything, and the way out of it.
 * Not tested here: a single arm (the other files of this folder).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CircuitBreaker, reachableArms, reachableArmsInto } from '../../src/index';
import { OPTIONS, STEPS } from './arbitraries';
import { Life } from './lives';

const OPTIONS_SET = {
  minimumCalls: 2,
  cooldownMs: 30_000,
  trialCalls: 2,
  trialSuccesses: 2,
} as const;

function arms(count: number): CircuitBreaker[] {
  return Array.from({ length: count }, () => new CircuitBreaker(OPTIONS_SET, 0));
}

function open(breaker: CircuitBreaker, nowMs: number): void {
  breaker.failed(breaker.admit(nowMs), nowMs, 'quota');
}

/** One request to the first reachable arm of all; the arm, or -1. */
function request(
  breakers: CircuitBreaker[],
  nowMs: number,
  isUp: (arm: number) => boolean,
): number {
  const mask = new Uint8Array(breakers.length).fill(1);
  const letThrough = reachableArmsInto(breakers, nowMs, mask);
  const arm = mask.indexOf(1);
  if (arm < 0) return -1;
  const permit = breakers[arm]!.admit(nowMs, arm === letThrough);
  expect(permit).toBeGreaterThan(0);
  if (isUp(arm)) breakers[arm]!.succeeded(permit, nowMs);
  else breakers[arm]!.failed(permit, nowMs, 'server');
  return arm;
}

describe('the rule', () => {
  test('on random sets: those that admit; else the shortest wait; both forms alike', () => {
    fc.assert(
      fc.property(
        OPTIONS,
        fc.array(fc.tuple(STEPS, fc.boolean()), { minLength: 1, maxLength: 4 }),
        (options, members) => {
          const lives = members.map(([steps]) => {
            const life = new Life(options, 0);
            for (const step of steps) life.lead(step);
            return life;
          });
          const nowMs = lives[0]!.now;
          const waits = lives.map(({ breaker }) => breaker.waitMs(nowMs));
          const states = lives.map(({ breaker }) => breaker.toJSON());
          const breakers = lives.map(({ breaker }) => breaker);
          const mask = new Uint8Array(lives.length).fill(1);
          const letThrough = reachableArmsInto(breakers, nowMs, mask);
          const free = [...waits.keys()].filter((arm) => waits[arm] === 0);
          const least = Math.min(...waits);
          const expected =
            free.length > 0 || least === Infinity
              ? { arms: free, letThrough: null }
              : { arms: [waits.indexOf(least)], letThrough: waits.indexOf(least) };
          expect(reachableArms(options, states, nowMs)).toEqual(expected);
          expect([...mask.keys()].filter((arm) => mask[arm] === 1)).toEqual(expected.arms);
          expect(letThrough).toBe(expected.letThrough ?? -1);
        },
      ),
      { seed: 7, numRuns: 150 },
    );
  });

  test('asks only the marked arms', () => {
    const breakers = arms(3);
    open(breakers[1]!, 0);
    const mask = Uint8Array.of(0, 1, 0);
    expect(reachableArmsInto(breakers, 10, mask)).toBe(1);
    expect([...mask]).toEqual([0, 1, 0]);
    const none = new Uint8Array(3);
    expect(reachableArmsInto(breakers, 10, none)).toBe(-1);
    expect([...none]).toEqual([0, 0, 0]);
  });

  test('all isolated: none', () => {
    const breakers = arms(2);
    for (const breaker of breakers) breaker.isolate(0);
    const mask = Uint8Array.of(1, 1);
    expect(reachableArmsInto(breakers, 1e9, mask)).toBe(-1);
    expect([...mask]).toEqual([0, 0]);
    const states = breakers.map((breaker) => breaker.toJSON());
    expect(reachableArms(OPTIONS_SET, states, 1e9)).toEqual({ arms: [], letThrough: null });
  });

  test('a mask of another length is refused', () => {
    expect(() => reachableArmsInto(arms(2), 0, new Uint8Array(3))).toThrow(/mask\.length/);
  });
});

describe('an outage of everything', () => {
  test('every request still goes somewhere, the arms take turns, no cool-down grows', () => {
    const breakers = arms(3);
    const served = [0, 0, 0];
    for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
      const arm = request(breakers, nowMs, () => false);
      expect(arm).toBeGreaterThanOrEqual(0);
      served[arm]!++;
    }
    expect(Math.min(...served)).toBeGreaterThan(200);
    for (const breaker of breakers) expect(breaker.waitMs(10_000)).toBeLessThanOrEqual(30_000);
  });

  test('the first to recover is found within a round of turns, the others after a cool-down', () => {
    const breakers = arms(3);
    for (let nowMs = 0; nowMs < 5_000; nowMs += 10) request(breakers, nowMs, () => false);
    let nowMs = 5_000;
    let requests = 0;
    while (breakers[2]!.state !== 'closed') {
      request(breakers, nowMs++, (arm) => arm === 2);
      expect(++requests).toBeLessThanOrEqual(3 * OPTIONS_SET.trialCalls);
    }
    expect(request(breakers, nowMs, () => true)).toBe(2);
    const mask = Uint8Array.of(1, 1, 1);
    expect(reachableArmsInto(breakers, nowMs + 30_000, mask)).toBe(-1);
    expect([...mask]).toEqual([1, 1, 1]);
  });

  test('a crowd of calls under way at once is let through too, its surplus counting for nothing', () => {
    const breaker = new CircuitBreaker(OPTIONS_SET, 0);
    open(breaker, 0);
    const permits = Array.from({ length: 5 }, () => breaker.admit(1, true));
    expect(permits.every((permit) => permit > 0)).toBe(true);
    const effects = permits.map((permit) => breaker.succeeded(permit, 2));
    expect(effects.slice().sort()).toEqual(['counted', 'counted', 'stale', 'stale', 'stale']);
    expect(breaker.state).toBe('closed');
  });

  test('a wait that a provider asked for is respected while another arm has a shorter one', () => {
    const breakers = arms(2);
    breakers[0]!.failed(breakers[0]!.admit(0), 0, 'rateLimited', 1, 600_000);
    open(breakers[1]!, 0);
    for (let nowMs = 1; nowMs < 500_000; nowMs += 1_000)
      expect(request(breakers, nowMs, () => false)).toBe(1);
  });
});
