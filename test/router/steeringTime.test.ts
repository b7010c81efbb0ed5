/**
 * Strategy: spend over windows of time under clocks that jump, bursts and batches, through the router; what a batch decides against the same requests one by
 * one; beliefs read at the evidence's own clock. Windows by hand are spendMeter.test.ts's, restarts from a store test/store/budget.test.ts's.
 */
import { describe, expect, test } from 'vitest';
import {
  createRouterSync,
  restoreRouterSync,
  type Router,
  type RouterOptions,
  type RuleOptions,
} from '../../src/index';
import { decided, MODELS } from './routers';

const DAY = 86_400_000;
const COST = { cheap: 0.0002, middle: 0.0008, dear: 0.004 } as Record<string, number>;
const QUALITY = { cheap: 0.5, middle: 0.7, dear: 0.95 } as Record<string, number>;

/** A router on a clock of its own, dear models worth their money. */
function paced(options: Partial<RouterOptions>) {
  const clock = { nowMs: 1e12 };
  const base = { models: MODELS, willingnessToPayUsd: 0.05, seed: 3 };
  const router = createRouterSync({ ...base, clock: () => clock.nowMs, ...options });
  return { clock, router };
}

/** Serves one request; gives what it cost, undefined where no model could. */
function serve(router: Router, i: number): number | undefined {
  const result = router.select();
  if (result.kind !== 'decision') return undefined;
  const costUsd = COST[result.model]!;
  const reward = ((i * 7) % 20) / 20 < QUALITY[result.model]! ? 1 : 0;
  router.report(result.decisionId, { reward, costUsd });
  return costUsd;
}

describe('a clock that jumps', () => {
  const budget = { usd: 0.4, windowMs: DAY, ceilingUsd: 0.4 };

  function serveDays({ clock, router }: ReturnType<typeof paced>, days: number): number[] {
    return Array.from({ length: days }, () => {
      let spent = 0;
      for (let i = 0; i < 400; i++) {
        clock.nowMs += DAY / 400;
        spent += serve(router, i) ?? 0;
      }
      return spent;
    });
  }

  test('a year ahead for a moment, costs one window’s target and freezes nothing', () => {
    const both = paced({ budget });
    serve(both.router, 0);
    both.clock.nowMs += 365 * DAY;
    serve(both.router, 1);
    both.clock.nowMs -= 365 * DAY;
    const spent = serveDays(both, 6);
    for (const usd of spent.slice(1)) expect(usd).toBeGreaterThan(0.3);
    expect(Math.max(...spent)).toBeLessThan(2 * budget.usd + 0.004);
    expect(spent.reduce((sum, usd) => sum + usd)).toBeLessThan(7 * budget.usd);
  });

  test('a router restored under another clock goes on within a window', () => {
    const before = paced({ budget });
    serveDays(before, 1);
    const clock = { nowMs: 0 };
    const router = restoreRouterSync(before.router.snapshot(), { clock: () => clock.nowMs });
    const spent = serveDays({ clock, router }, 4);
    expect(spent.reduce((sum, usd) => sum + usd)).toBeGreaterThan(2.5 * budget.usd);
  });

  test('rules that count spend go on, too', () => {
    const rules: RuleOptions = {
      chain: [{ when: 'budget', usd: 0.01, windowMs: DAY, taperFrom: 0.9, force: 'cheap' }],
    };
    const { clock, router } = paced({ rules, willingnessToPayUsd: Infinity });
    clock.nowMs += 365 * DAY;
    for (let i = 0; i < 50; i++) serve(router, i);
    expect(decided(router.select()).rule).toBe('budget#0');
    clock.nowMs -= 365 * DAY;
    expect(decided(router.select()).rule).toBe('budget#0');
    clock.nowMs += DAY;
    expect(decided(router.select()).rule).toBeUndefined();
  });
});

describe('the pace of requests that do not come evenly', () => {
  /** Spend of each whole day of requests at milliseconds of the day. */
  function days(usd: number, count: number, ofDay: readonly number[]): number[] {
    const { clock, router } = paced({ budget: { usd, windowMs: DAY } });
    const beginMs = clock.nowMs;
    const spent: number[] = [];
    for (let day = 0; day < count; day++) {
      let sum = 0;
      ofDay.forEach((ms, i) => {
        clock.nowMs = beginMs + day * DAY + ms;
        sum += serve(router, i)!;
      });
      spent.push(sum);
    }
    return spent;
  }

  test('a first burst at one instant spends a small part of the target, the same burst later all of it', () => {
    const [first, ...later] = days(2, 4, new Array<number>(2000).fill(0));
    expect(first).toBeLessThan(0.5);
    for (const usd of later) expect(Math.abs(usd / 2 - 1)).toBeLessThan(0.03);
  });

  test('one batch at one instant spends a small part as well', () => {
    const { router } = paced({ budget: { usd: 20, windowMs: DAY } });
    for (let i = 0; i < 100; i++) serve(router, i);
    const results = router.selectBatch({ count: 5000 });
    const expected = results.map((result) => decided(result).expectedCostUsd);
    expect(expected.reduce((sum, usd) => sum + usd)).toBeLessThan(4);
  });

  test('a rhythm of night and day is paced alike in both from the second day on', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour < 8 ? 5 : 80));
    const ofDay = hours.flatMap((n, hour) =>
      Array.from({ length: n }, (_, i) => (hour + i / n) * 3_600_000),
    );
    const spent = days(1.5, 4, ofDay);
    for (const usd of spent.slice(1)) expect(Math.abs(usd / 1.5 - 1)).toBeLessThan(0.03);
  });
});

describe('batches of routers whose rules count spend', () => {
  const rules: RuleOptions = {
    chain: [
      { when: 'budget', usd: 0.02, windowRequests: 50, taperFrom: 0, models: ['cheap'] },
      ({ segment }) => {
        if (segment === 'bad') throw new Error('rule down');
        return undefined;
      },
    ],
  };
  const options = { models: MODELS, willingnessToPayUsd: Infinity, seed: 8, instanceId: 'r' };
  const requests = Array.from({ length: 120 }, (_, i) => ({ segment: `s${i % 2}` }));

  test.each([{}, { budget: { usd: 0.05, windowRequests: 40 } }])(
    'decide as single requests do, and book in the same windows: %j',
    (more) => {
      const one = createRouterSync({ ...options, rules, ...more, clock: () => 5 });
      const many = createRouterSync({ ...options, rules, ...more, clock: () => 5 });
      const singly = requests.map((request) => one.select(request));
      const cut = [requests.slice(0, 35), requests.slice(35)];
      const together = cut.flatMap((some) => many.selectBatch(some));
      const told = (results: typeof singly) =>
        results.map((result) => [result.rule, decided(result).model]);
      expect(told(together)).toEqual(told(singly));
      expect(singly.filter(({ rule }) => rule !== undefined).length).toBeGreaterThan(20);
      expect(many.snapshot()).toEqual(one.snapshot());
    },
  );

  test('drawn from propensities, see what is spent as well', () => {
    const router = createRouterSync({ ...options, rules });
    const results = router.selectBatch(requests, { method: 'fromPropensity' });
    expect(results.filter(({ rule }) => rule !== undefined).length).toBeGreaterThan(20);
  });

  test('one that throws changes nothing, whatever windows it would have crossed', () => {
    const router = createRouterSync({ ...options, rules, clock: () => 5 });
    for (let i = 0; i < 45; i++) router.select();
    const before = router.snapshot();
    const bad = [...requests.slice(0, 9), { segment: 'bad' }];
    expect(() => router.selectBatch(bad)).toThrow('rule down');
    expect(() => router.selectBatch(bad, { method: 'fromPropensity' })).toThrow('rule down');
    expect(() => router.select({ segment: 'bad' })).toThrow('rule down');
    expect(router.snapshot()).toEqual(before);
  });
});

test('beliefs are read at the evidence’s clock, however little it counts', () => {
  const read = (beginMs: number) => {
    const clock = { nowMs: beginMs };
    const models = { only: MODELS.cheap };
    const posterior = { halfLifeMs: 64 };
    const base = { models, willingnessToPayUsd: 1, seed: 1, posterior, clock: () => clock.nowMs };
    const router = createRouterSync(base);
    for (let i = 0; i < 1000; i++) {
      // Looking must not move the clock.
      if (i % 10 === 0) router.getPosteriors();
      router.report(decided(router.select()).decisionId, { reward: 1, costUsd: 0 });
      clock.nowMs += 1 / 16;
    }
    return router.posteriors()!.get('only')!.alpha;
  };
  // Weights are of time since, so where time begins makes no difference but for rounding.
  expect(read(0)).toBeCloseTo(read(64 * 1e10), 6);
  expect(read(0)).toBeGreaterThan(500);
});

test('stats tell the budget’s window', () => {
  const { router } = paced({ budget: { usd: 1, windowRequests: 10, ceilingUsd: 2 } });
  const spent = serve(router, 0)!;
  expect(router.getStats().budget).toEqual({ spentUsd: spent, usd: 1, ceilingUsd: 2 });
  expect(paced({ budget: { usd: 1, windowMs: 10 } }).router.getStats().budget).toEqual({
    spentUsd: 0,
    usd: 1,
    ceilingUsd: null,
  });
  expect(paced({}).router.getStats().budget).toBeNull();
});
