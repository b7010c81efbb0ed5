/**
 * Strategy: a real router with shadows. At weight 0 its decisions and its log are those of a router without, to the byte; at other weights the log holds what was
 * taught and its replay gives every later propensity, to the byte; breakers, events, partial reports and the comparison are seen from outside.
 * Not here: bounds and misdeeds of calls (test/shadow), what a weight does to the evidence (test/evidence).
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Generator } from '../../src/random/generator';
import { PairedDifference } from '../../src/shadow/pairedDifference';
import type {
  Decision,
  Outcome,
  Router,
  RouterOptions,
  Shadow,
  ShadowOptions,
  ShadowRecord,
} from '../../src/index';
import { decided, MODELS, model, router } from './routers';
import { drive, logged, refill } from './sessions';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Options = ShadowOptions<Outcome, unknown> & { log?: (line: string) => void };

const OPTIONS: Options = {
  candidates: ['cheap', 'middle', 'dear'],
  call: () => Promise.resolve({ reward: 0.7, costUsd: 0.001 }),
  share: 1,
  budget: { usd: 1e6, windowMs: 1000 },
  maxConcurrent: 10_000,
};

const lines = (texts: readonly string[]) =>
  texts.map((text) => JSON.parse(text) as Record<string, unknown>);

/** Traffic of every kind, each decision offered; calls end at fixed moments, some long after. */
async function mirror(changes: Partial<RouterOptions>, weight: number | undefined) {
  const session = logged(changes);
  let turns = 0;
  const shadow =
    weight === undefined
      ? undefined
      : session.router.shadow({
          ...OPTIONS,
          weight,
          call: ({ decisionId, model: called }) =>
            new Promise<Outcome>((answer, fail) => {
              const n = Number(decisionId.split('-')[1]);
              const outcomes = [
                { reward: (n % 10) / 10, costUsd: 1e-4 },
                { reward: called === 'dear' ? 0.9 : 0.1 },
                { costUsd: 0.002, promptTokens: 100 },
                { valid: true, latencyMs: 300, outputTokens: 100 },
                { error: 'server' } as const,
                {},
              ];
              setTimeout(() => (n % 7 === 6 ? fail('down') : answer(outcomes[n % 7]!)), n % 5);
            }),
        });
  for (let i = 0; i < 30; i++) {
    const before = session.decisions.length;
    drive(session, 10, i);
    for (const one of session.decisions.slice(before)) shadow?.offer(one, 'payload');
    await vi.advanceTimersByTimeAsync(1);
    // Reads of forecasts in between are no different.
    if (turns++ % 5 === 0) session.router.getPosteriors();
  }
  await vi.advanceTimersByTimeAsync(10);
  return { ...session, shadow };
}

const CASES: [string, Partial<RouterOptions>][] = [
  ['plain', {}],
  ['forgetting, a floor', { posterior: { halfLifeRequests: 30 }, floor: { epsilon: 0.2 } }],
  ['prompts', { context: { freezeAfterPrompts: 150 } }],
  ['few open decisions', { maxPendingDecisions: 5 }],
];

describe('a shadow call', () => {
  it.each(CASES)(
    'of weight 0 changes no decision and no line of the log: %s',
    async (_, changes) => {
      const alone = await mirror(changes, undefined);
      const shadowed = await mirror(changes, 0);
      expect(shadowed.lines).toEqual(alone.lines);
      expect(shadowed.decisions).toEqual(alone.decisions);
      expect(shadowed.shadow!.stats.answers.started).toBeGreaterThan(20);
      expect(shadowed.shadow!.stats.learned).toBe(0);
    },
  );

  it.each(CASES)(
    'of any weight leaves a log that leads to every later decision: %s',
    async (_, changes) => {
      for (const weight of [0.3, 1]) {
        const deferred = await mirror({ ...changes, propensity: 'deferred' }, weight);
        const exact = await mirror({ ...changes, propensity: 'exact' }, weight);
        const { filled, problems, summary } = refill(deferred.lines);
        expect(problems).toEqual([]);
        expect(filled.slice(1)).toEqual(exact.lines.slice(1).map((line) => line.trimEnd()));
        expect(summary.shadowReports).toBe(deferred.shadow!.stats.learned);
        expect(summary.shadowReports).toBeGreaterThan(10);
        const plain = await mirror(changes, undefined);
        expect(deferred.lines).not.toEqual(plain.lines);
      }
    },
  );

  it('that the log has lost, or has twice, is noticed', async () => {
    const { lines: all } = await mirror({}, 0.5);
    const at = all.findIndex((line) => line.startsWith('{"kind":"shadow"'));
    expect(refill(all.toSpliced(at, 0, all[at]!)).summary.unverified).toBe(0);
    expect(refill(all.toSpliced(at, 1)).summary.unverified).toBeGreaterThan(50);
    const forged = (from: string, to: string) =>
      refill(all.with(at, all[at]!.replace(from, to))).problems[0];
    expect(forged('"weight":0.5', '"weight":0')).toMatch('weight must be in [1e-6, 1], got 0');
    expect(forged('"weight":0.5', '"weight":0.25')).toMatch('replayed');
    expect(forged('"model":"', '"model":"no')).toMatch('model must be');
    expect(forged('"test-', '"test-9999')).toMatch('is not before it');
  });

  it('teaches at its weight, by the clock of its decision', async () => {
    const teach = async (weight: number, times: number) => {
      const taught = router({ posterior: { halfLifeRequests: 50 } });
      const shadow = taught.shadow({ ...OPTIONS, candidates: ['dear'], weight });
      for (let i = 0; i < times; i++) {
        const one = decided(taught.select({ eligible: ['cheap', 'dear'] }));
        if (one.model === 'cheap') shadow.offer(one);
      }
      await vi.advanceTimersByTimeAsync(1);
      const { alpha, beta, expectedCostUsd } = taught.posteriors()!.get('dear')!;
      return { strength: alpha + beta, expectedCostUsd, learned: shadow.stats.learned };
    };
    const [none, half, whole] = [await teach(0, 40), await teach(0.5, 40), await teach(1, 40)];
    expect([none.learned, half.learned > 5]).toEqual([0, true]);
    expect(half.strength).toBeGreaterThan(none.strength);
    expect(whole.strength).toBeGreaterThan(half.strength);
    // A dollar a thousandth each, far below the list price.
    expect(whole.expectedCostUsd).toBeLessThan(half.expectedCostUsd);
  });
});

describe('breakers', () => {
  it('that are not closed keep a candidate from being called; shadow failures open none', async () => {
    const broken = router({ breakers: { minimumCalls: 2 } });
    const shadow = broken.shadow({
      ...OPTIONS,
      candidates: ['dear'],
      call: () => ({ error: 'server' }),
    });
    const offer = () => shadow.offer(broken.select({ eligible: ['cheap', 'dear'] }));
    const answers: string[] = [];
    for (let i = 0; i < 60; i++) {
      answers.push(offer());
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(answers.filter((answer) => answer === 'started').length).toBeGreaterThan(10);
    expect(broken.getStats().models['dear']!.breaker).toMatchObject({ state: 'closed' });
    broken.isolate('dear');
    for (let i = 0; i < 20; i++) expect(offer()).toBe('no-candidate');
    broken.restore('dear');
    expect(Array.from({ length: 20 }, offer)).toContain('started');
    shadow.close();
  });
});

it('a candidate that was retired after the decision is not called', () => {
  const own = router();
  const shadow = own.shadow({ ...OPTIONS, candidates: ['dear'] });
  const decisions = Array.from({ length: 20 }, () => decided(own.select()));
  const [first, ...others] = decisions.filter((one) => one.model !== 'dear');
  expect(shadow.offer(first!)).toBe('started');
  own.retireModel('dear');
  expect(others.length).toBeGreaterThan(2);
  for (const one of others) expect(shadow.offer(one)).toBe('no-candidate');
  shadow.close();
});

describe('events and logs', () => {
  it('tell of each call; what listeners and sinks do wrong stays with them', async () => {
    const told: ShadowRecord[] = [];
    const errors: unknown[] = [];
    const written: string[] = [];
    const one = router();
    one.on('shadow', (record) => {
      told.push(record);
      throw new Error('a listener');
    });
    one.on('error', ({ error }) => errors.push(error));
    const shadow = one.shadow({
      ...OPTIONS,
      candidates: ['middle'],
      log: async (line: string) => {
        written.push(line);
        await Promise.reject(new Error('a sink'));
      },
    });
    const decision = decided(one.select({ segment: 'a', eligible: ['cheap', 'middle'] }));
    const other = decided(one.select({ eligible: ['cheap'] }));
    shadow.offer({ ...decision, model: 'ignored' });
    shadow.offer(other);
    one.report(decision.decisionId, { reward: 0.25 });
    await vi.advanceTimersByTimeAsync(0);
    one.report(decision.decisionId, { costUsd: 0.004 });
    const [header, ...rest] = lines(written);
    expect(header).toMatchObject({ schemaVersion: 1, kind: 'shadow', instanceId: 'test' });
    const served = decision.model;
    const calls = served === 'middle' ? [] : [{ decisionId: decision.decisionId, segment: 'a' }];
    expect(told).toMatchObject(calls);
    expect(rest[0]).toMatchObject({
      kind: 'call',
      served,
      candidate: 'middle',
      status: 'answered',
      reward: 0.7,
      costUsd: 0.001,
      weight: 0.5,
      servedReward: 0.25,
      servedCostUsd: null,
    });
    expect(rest[1]).toMatchObject({ kind: 'served', servedReward: null, servedCostUsd: 0.004 });
    expect(errors).toHaveLength(told.length);
    expect(shadow.comparison()).toMatchObject([
      { candidate: 'middle', calls: 1, pairs: 1, costPairs: 1 },
    ]);
  });

  it('a call may route, report and offer itself', async () => {
    const one = router();
    let depth = 0;
    const shadow: Shadow = one.shadow({
      ...OPTIONS,
      call: async ({ decisionId }) => {
        one.report(decisionId, { reward: 1 });
        const inner = one.select();
        if (depth++ < 5) shadow.offer(inner);
        await Promise.resolve();
        return { reward: 0.5, costUsd: 0 };
      },
    });
    shadow.offer(one.select());
    await vi.advanceTimersByTimeAsync(20);
    expect(shadow.stats).toMatchObject({ answered: 6, underWay: 0 });
  });

  it('garbage is an error event, and nothing is learned', async () => {
    const one = router();
    const errors: unknown[] = [];
    one.on('error', (event) => errors.push(event));
    const shadow = one.shadow({ ...OPTIONS, call: () => ({ reward: 7 }) });
    shadow.offer(one.select());
    await vi.advanceTimersByTimeAsync(0);
    expect(errors).toMatchObject([{ event: 'shadow', error: { parameter: 'outcome.reward' } }]);
    expect(shadow.stats).toMatchObject({ invalid: 1, learned: 0 });
  });
});

describe('misuse', () => {
  it.each([
    ['shadow.candidates[1]', { candidates: ['dear', '__proto__'] }],
    ['shadow.candidates[0]', { candidates: ['constructor'] }],
    ['shadow.log', { log: 3 as never }],
    ['shadow', { shares: 1 } as never],
  ])('%s', (parameter, changes: Partial<Options>) => {
    const one = router({ models: { ...MODELS, other: model('c') } });
    expect(() => one.shadow({ ...OPTIONS, ...changes })).toThrow(
      expect.objectContaining({ name: 'ParameterError', parameter }) as Error,
    );
  });

  it('an unknown key is answered with all keys that are known', () => {
    expect(() => router().shadow({ ...OPTIONS, shares: 1 } as never)).toThrow(
      /among candidates, .*, log, got "shares"$/,
    );
  });

  it('a decision of another router, or in another segment, is not open here', () => {
    const [one, other] = [router(), router({ instanceId: 'other' })];
    const shadow = one.shadow(OPTIONS);
    one.select({ segment: 'b' });
    const mine = decided(one.select({ segment: 'a' }));
    expect(shadow.offer(other.select())).toBe('not-open');
    expect(shadow.offer({ ...mine, segment: 'b' })).toBe('not-open');
    one.report(mine.decisionId, { reward: 1, costUsd: 0 });
    expect(shadow.offer(mine)).toBe('not-open');
  });
});

describe('the comparison', () => {
  /** Candidate and served succeed together more often than apart; both orders of reports. */
  it('finds the difference of two models over the same requests', async () => {
    const generator = new Generator(5, 0);
    const one: Router = router();
    const outcomes = new Map<string, [number, number]>();
    const shadow = one.shadow({
      ...OPTIONS,
      candidates: ['dear'],
      weight: 0,
      call: ({ decisionId }) => ({ reward: outcomes.get(decisionId)![1], costUsd: 0.003 }),
    });
    for (let i = 0; i < 400; i++) {
      const decision: Decision = decided(one.select({ eligible: ['cheap', 'dear'] }));
      const hard = generator.unit() < 0.5;
      const pair = [hard ? 0.2 : 0.9, hard ? 0.6 : 0.95].map((p) => Number(generator.unit() < p));
      outcomes.set(decision.decisionId, pair as [number, number]);
      shadow.offer(decision);
      if (i % 2 === 0) await vi.advanceTimersByTimeAsync(0);
      one.report(decision.decisionId, { reward: pair[0]!, costUsd: 0.001 });
      await vi.advanceTimersByTimeAsync(0);
    }
    const [told] = shadow.comparison();
    const { pairs, rewardDifference, rewardInterval, costDifferenceUsd } = told!;
    expect(pairs).toBe(shadow.stats.answers.started);
    expect(pairs).toBeGreaterThan(100);
    const [low, high] = rewardInterval;
    // The truth: 0.225.
    expect(low).toBeLessThan(0.225);
    expect(high).toBeGreaterThan(0.225);
    expect(low).toBeGreaterThan(0);
    expect(rewardDifference).toBeGreaterThan(low);
    expect(costDifferenceUsd).toBeCloseTo(0.002, 12);
    expect(told!.costStandardErrorUsd).toBeLessThan(1e-9);
  });

  it('covers the true difference, from a few pairs on, for coins and for grades', () => {
    const generator = new Generator(9, 0);
    const WORLDS = 1500;
    for (const graded of [false, true])
      for (const pairs of [8, 30, 150]) {
        let covered = 0;
        for (let world = 0; world < WORLDS; world++) {
          const [p, q] = [0.3 + 0.6 * generator.unit(), 0.3 + 0.6 * generator.unit()];
          const sums = new PairedDifference();
          for (let i = 0; i < pairs; i++) {
            const [a, b] = [p, q].map((r) => {
              const hit = Number(generator.unit() < r);
              return graded ? 0.5 * hit + 0.5 * r : hit;
            }) as [number, number];
            sums.add(b - a);
          }
          const [low, high] = sums.unitInterval;
          covered += Number(low <= q - p && q - p <= high);
        }
        // Three standard deviations below 95 %.
        expect(covered / WORLDS).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / WORLDS));
      }
  });

  it('says little of nothing, and of a few equal pairs', () => {
    const sums = new PairedDifference();
    expect(sums).toMatchObject({ count: 0, mean: undefined, standardError: undefined });
    expect(sums.unitInterval[1]).toBeGreaterThan(0.9);
    for (let i = 0; i < 5; i++) sums.add(0);
    expect(sums.mean).toBe(0);
    expect(sums.unitInterval[1]).toBeGreaterThan(0.2);
  });
});
