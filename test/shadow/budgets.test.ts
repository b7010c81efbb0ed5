/**
 * Strategy: the bounds that docs/SHADOW.md states, by random histories of offers, answers that come in any order and cost what they like, errors, calls that never
 * end and a clock that runs on: concurrency, share over every run of offers, money in every window. Then the bound of money met exactly.
 * Not here: what a call does to the one who asked (isolation.test.ts), a real router (test/router/shadow.test.ts).
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OFFER_WINDOW } from '../../src/shadow/offeredDecisions';
import { MOST_SAVED_CALLS } from '../../src/shadow/shareBudget';
import { UsdBudget } from '../../src/shadow/usdBudget';
import { decision, turn, world, type World } from './fakes';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const TIMEOUT_MS = 500;

type Step =
  | { readonly kind: 'offers'; readonly count: number }
  | { readonly kind: 'answer'; readonly which: number; readonly costUsd: number }
  | { readonly kind: 'fail'; readonly which: number }
  | { readonly kind: 'wait'; readonly ms: number; readonly clockMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('offers'), count: fc.nat(30) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('answer'),
      which: fc.nat(),
      // Far more than expected, now and then.
      costUsd: fc.constantFrom(0, 0.004, 0.01, 0.02, 0.7),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail'), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      ms: fc.constantFrom(0, 10, 300),
      clockMs: fc.constantFrom(-500, 0, 10, 700, 3_000),
    }),
  },
) as fc.Arbitrary<Step>;

const settings = fc.record({
  share: fc.constantFrom(0, 0.05, 0.3, 0.9, 1),
  maxConcurrent: fc.constantFrom(1, 3, 20),
  usd: fc.constantFrom(0, 0.05, 0.3, 1e6),
});

/** What was booked, and when, by the clock that does not run back. */
interface Booking {
  readonly atMs: number;
  readonly usd: number;
  /** Above what was expected of the call. */
  readonly excessUsd: number;
}

function bookings({ lines }: World, atMs: number[]): Booking[] {
  return lines.map((line, i) => {
    const usd = line['bookedUsd'] as number;
    const excessUsd = line['kind'] === 'late' ? usd : usd - (line['expectedCostUsd'] as number);
    return { atMs: atMs[i]!, usd, excessUsd: Math.max(0, excessUsd) };
  });
}

describe('over random histories', () => {
  it('no bound is broken', async () => {
    const WINDOW_MS = 2_000;
    let [started, overspent] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(step, { minLength: 20, maxLength: 80 }),
        async ({ share, maxConcurrent, usd }, steps) => {
          const budget = { usd, windowMs: WINDOW_MS };
          const one = world({ share, maxConcurrent, budget, timeoutMs: TIMEOUT_MS });
          const starts: boolean[] = [];
          const loggedAtMs: number[] = [];
          let clockMs = 0;
          const check = () => {
            // The clock only ever counts where it is ahead of what it was.
            clockMs = Math.max(clockMs, one.nowMs);
            while (loggedAtMs.length < one.lines.length) loggedAtMs.push(clockMs);
            expect(one.shadow.stats.underWay).toBeLessThanOrEqual(maxConcurrent);
            const booked = bookings(one, loggedAtMs).filter(
              ({ atMs }) => atMs > clockMs - WINDOW_MS,
            );
            const total = booked.reduce((sum, { usd: spent }) => sum + spent, 0);
            const excesses = booked.map(({ excessUsd }) => excessUsd).sort((a, b) => b - a);
            // Calls given up and answered late are not under way any more, but cost; the worst case has them all.
            const late = one.lines.filter(({ kind }) => kind === 'late').length;
            const overshoot = excesses.slice(0, maxConcurrent + late).reduce((a, b) => a + b, 0);
            expect(total).toBeLessThanOrEqual(usd + overshoot + 1e-9);
            if (total > usd) overspent++;
          };
          for (const now of steps) {
            if (now.kind === 'offers')
              for (let i = 0; i < now.count; i++)
                starts.push(one.shadow.offer(decision(starts.length)) === 'started');
            const call = 'which' in now && one.calls[now.which % one.calls.length];
            if (now.kind === 'answer' && call) call.answer({ reward: 0.5, costUsd: now.costUsd });
            if (now.kind === 'fail' && call) call.fail(new Error('down'));
            if (now.kind === 'wait') one.nowMs += now.clockMs;
            await turn(now.kind === 'wait' ? now.ms : 0);
            check();
          }
          started += starts.filter(Boolean).length;
          expectShare(starts, share);
        },
      ),
      { seed: 20261122, numRuns: 60 },
    );
    // The histories reach what they are about.
    expect(started).toBeGreaterThan(400);
    expect(overspent).toBeGreaterThan(30);
  });
});

/** Every run of offers, and every beginning. */
function expectShare(starts: readonly boolean[], share: number): void {
  // How far the starts are above the share, and the lowest that was: a run of offers is a difference of two.
  let [above, lowest] = [0, 0];
  for (const start of starts) {
    above += Number(start) - share;
    expect(above).toBeLessThanOrEqual(1e-9);
    expect(above - lowest).toBeLessThanOrEqual(MOST_SAVED_CALLS + 1e-9);
    lowest = Math.min(lowest, above);
  }
}

describe('the share', () => {
  it.each([0.01, 0.1, 1 / 3, 0.75])('%d is nearly met in the long run, never passed', (share) => {
    // Nothing else in the way: each call ends at once.
    const OFFERS = 4_000;
    const one = world({ share, maxConcurrent: 10_000, timeoutMs: 1 });
    const starts = Array.from({ length: OFFERS }, (_, i) => {
      if (i % 100 === 0) vi.advanceTimersByTime(10);
      return one.shadow.offer(decision(i)) === 'started';
    });
    expectShare(starts, share);
    const met = starts.filter(Boolean).length / OFFERS;
    // Less what waits for more to be saved up, and four standard deviations of the draws.
    expect(met).toBeGreaterThan(0.93 * share - 4 * Math.sqrt(share / OFFERS));
    expect(one.shadow.stats.answers).toMatchObject({ budget: 0, 'not-open': 0, repeated: 0 });
  });

  it('0 mirrors nothing, 1 everything', () => {
    for (const share of [0, 1]) {
      const one = world({ share });
      for (let i = 0; i < 50; i++) one.shadow.offer(decision(i));
      expect(one.shadow.stats.answers.started).toBe(50 * share);
    }
  });

  it('what is drawn depends on seed and decision alone, not on what else was offered', () => {
    const drawn = (numbers: readonly number[], seed = 3) => {
      const one = world({ share: 0.5, seed });
      // Saved up, so that the share stands in no draw's way.
      one.out.add('x').add('y');
      for (let i = 1000; i < 1040; i++) one.shadow.offer(decision(i));
      one.out.clear();
      const answers = numbers.map((n) => [n, one.shadow.offer(decision(n))] as const);
      return answers.filter(([, answer]) => answer !== 'not-sampled').map(([n]) => n);
    };
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const all = drawn(numbers);
    expect(all.length).toBeGreaterThan(10);
    expect(drawn([...numbers].reverse()).reverse()).toEqual(all);
    expect(drawn(numbers.filter((n) => n % 3 === 0))).toEqual(all.filter((n) => n % 3 === 0));
    expect(drawn(numbers, 4)).not.toEqual(all);
  });

  it('candidates are drawn alike', () => {
    const one = world({ share: 0.5, candidates: ['served', 'x', 'y', 'z', 'out'], timeoutMs: 1 });
    one.out.add('out');
    for (let i = 0; i < 8_000; i++) {
      one.shadow.offer(decision(i));
      if (i % 100 === 0) vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(10);
    const counts = one.shadow.comparison().map(({ candidate, calls }) => [candidate, calls]);
    const total = one.shadow.stats.answers.started;
    expect(total).toBeGreaterThan(3500);
    for (const [candidate, calls] of counts as [string, number][]) {
      const expected = ['x', 'y', 'z'].includes(candidate) ? total / 3 : 0;
      // Four standard deviations of a third of some 3,800.
      expect(Math.abs(calls - expected)).toBeLessThan(expected === 0 ? 1e-9 : 117);
    }
  });
});

describe('money', () => {
  it('is overspent by what the calls under way cost more than expected, and no more', async () => {
    // Powers of two, whose sums are exact.
    const [USD, EXPECTED, REAL, AT_ONCE] = [1, 1 / 64, 8, 4];
    const one = world({ budget: { usd: USD, windowMs: 10_000 }, maxConcurrent: AT_ONCE });
    one.costUsd = EXPECTED;
    const offer = (n: number) => one.shadow.offer(decision(n));
    // Just short of the ceiling …
    for (let i = 0; i < 60; i++) {
      expect(offer(i)).toBe('started');
      await turn();
      one.calls[i]!.answer({ costUsd: EXPECTED });
      await turn();
    }
    // … then as many as may be, each at 512 times what was expected.
    expect([60, 61, 62, 63, 64].map(offer)).toEqual([...Array<string>(4).fill('started'), 'busy']);
    await turn();
    for (const { answer } of one.calls.slice(60)) answer({ costUsd: REAL });
    await turn();
    const { windowUsd, spentUsd, reservedUsd } = one.shadow.stats;
    expect(windowUsd).toBeCloseTo(USD + AT_ONCE * (REAL - EXPECTED), 9);
    expect([spentUsd, reservedUsd]).toEqual([windowUsd, 0]);
    for (let i = 65; i < 120; i++) expect(offer(i)).toBe('budget');
    // Forgotten once the window has passed, a 256th of it late at most.
    one.nowMs = 9_999;
    expect(offer(120)).toBe('budget');
    one.nowMs = 10_000 + 2 * (10_000 / 256);
    expect(offer(121)).toBe('started');
  });

  it('counts what calls under way are expected to cost', async () => {
    const one = world({ budget: { usd: 0.05, windowMs: Infinity } });
    const answers = Array.from({ length: 7 }, (_, i) => one.shadow.offer(decision(i)));
    expect(answers.filter((answer) => answer === 'started')).toHaveLength(5);
    expect(answers.slice(5)).toEqual(['budget', 'budget']);
    await turn();
    // Cheaper than expected: there is room again, at once.
    one.calls[0]!.answer({ costUsd: 0 });
    await turn();
    expect(one.shadow.offer(decision(8))).toBe('started');
    // A ceiling for good comes back in no time.
    one.nowMs = 1e12;
    expect(one.shadow.offer(decision(9))).toBe('budget');
  });

  it('books what was expected where no cost comes, and nothing for a call that never began', async () => {
    const one = world({ timeoutMs: TIMEOUT_MS });
    for (let i = 0; i < 4; i++) one.shadow.offer(decision(i));
    await turn();
    one.calls[0]!.answer({ reward: 1 });
    one.calls[1]!.fail('down');
    one.calls[2]!.answer('garbage');
    await turn(TIMEOUT_MS);
    one.shadow.offer(decision(4));
    one.shadow.close();
    const booked = one.lines.map(({ status, bookedUsd }) => [status, bookedUsd]);
    expect(booked).toEqual([
      ['answered', 0.01],
      ['failed', 0.01],
      ['invalid', 0.01],
      ['timed-out', 0.01],
      ['aborted', 0],
    ]);
    // A call that answers after it was given up is charged the rest.
    one.calls[3]!.answer({ reward: 1, costUsd: 0.03 });
    await turn();
    expect(one.lines.at(-1)).toMatchObject({ kind: 'late', decisionId: 't-3', costUsd: 0.03 });
    expect(one.shadow.stats).toMatchObject({ late: 1, learned: 1 });
    expect(one.shadow.stats.spentUsd).toBeCloseTo(0.06, 12);
  });

  it.each([NaN, Infinity, -1e300])('a clock that says %d stops nothing', (nowMs) => {
    const one = world({ budget: { usd: 0.015, windowMs: 1000 } });
    one.nowMs = nowMs;
    expect(one.shadow.offer(decision(0))).toBe('started');
    expect(one.shadow.offer(decision(1))).toBe('budget');
  });

  it('a cost that cannot be told is none that fits', () => {
    const one = world();
    for (const costUsd of [NaN, Infinity]) {
      one.costUsd = costUsd;
      expect(one.shadow.offer(decision(costUsd === Infinity ? 1 : 0))).toBe('budget');
    }
    one.costUsd = 0;
    expect(one.shadow.offer(decision(2))).toBe('started');
  });

  it('the window forgets neither early nor late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0, 1, 3, 4, 100, 999, 1000, 5000), fc.nat(5)), {
          maxLength: 60,
        }),
        fc.constantFrom(0, -1e9, 1.7e12),
        (steps, start) => {
          const budget = new UsdBudget(1e9, 1000);
          const booked: [number, number][] = [];
          let nowMs = start;
          for (const [ms, usd] of steps) {
            nowMs += ms;
            budget.book(usd, nowMs);
            booked.push([nowMs, usd]);
            const within = (span: number) =>
              booked.filter(([at]) => at > nowMs - span).reduce((sum, [, u]) => sum + u, 0);
            const told = budget.bookedUsd(nowMs);
            expect(told).toBeGreaterThanOrEqual(within(1000));
            expect(told).toBeLessThanOrEqual(within(1000 * (1 + 2 / 256)));
          }
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe('a decision', () => {
  it('is mirrored once, however often and in whichever order it is offered', () => {
    const one = world({ timeoutMs: 1 });
    fc.assert(
      fc.property(fc.array(fc.nat(OFFER_WINDOW * 3), { maxLength: 200 }), (numbers) => {
        const before = one.shadow.stats.answers.started;
        const fresh = world({ timeoutMs: 1 });
        const started = numbers.filter((n) => fresh.shadow.offer(decision(n)) === 'started');
        vi.advanceTimersByTime(10);
        expect(new Set(started).size).toBe(started.length);
        // Those that are not too old are all taken.
        let newest = -1;
        const taken = new Set<number>();
        for (const n of numbers) {
          if (n > newest - OFFER_WINDOW) taken.add(n);
          newest = Math.max(newest, n);
        }
        expect(new Set(started)).toEqual(taken);
        expect(one.shadow.stats.answers.started).toBe(before);
      }),
      { seed: 6, numRuns: 60 },
    );
  });
});
