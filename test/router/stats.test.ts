/**
 * Strategy: a short life by hand, of which every number is known; then JSON and hostile ids.
 * Not here: kinds of reports (reports.test.ts), expiry (pending.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError, type RouterOptions } from '../../src/index';
import { decided, model, router } from './routers';

describe('getStats', () => {
  it('counts', () => {
    const time = { ms: 0 };
    const own = router({
      clock: () => time.ms,
      breakers: { minimumCalls: 2, cooldownMs: 100, failureRate: 0.6 },
    });
    const call = (name: string, ...outcomes: object[]) => {
      const { decisionId } = decided(own.select({ eligible: [name], segment: 's' }));
      for (const outcome of outcomes) own.report(decisionId, outcome);
    };
    own.select({ eligible: [] });
    call('cheap', { reward: 0.5, costUsd: 0.25, latencyMs: 200_000 });
    call('cheap', { reward: 1 }, { costUsd: 0.5 }, { costUsd: 9 });
    call('dear', { error: 'timeout' });
    call('dear', { status: 500, valid: false });
    call('middle');
    time.ms = 40;
    const counts = { calls: 0, failures: 0, slowCalls: 0 };
    const closed = { state: 'closed', waitMs: 0, openings: 0, isolations: 0 };
    const none = {
      calls: 0,
      failures: 0,
      errors: {},
      rewards: 0,
      meanReward: null,
      costs: 0,
      costUsd: 0,
    };
    expect(own.getStats()).toEqual({
      decisions: 6,
      withoutModel: 1,
      reports: { accepted: 5, duplicate: 1, unknown: 0, expired: 0 },
      models: {
        cheap: {
          ...none,
          decisions: 2,
          calls: 2,
          rewards: 2,
          meanReward: 0.75,
          costs: 2,
          costUsd: 0.75,
          breaker: { ...closed, calls: 2, failures: 0, slowCalls: 1 },
        },
        dear: {
          ...none,
          decisions: 2,
          calls: 2,
          failures: 2,
          errors: { timeout: 1, server: 1 },
          rewards: 1,
          // An invalid answer without a retry, its latency not told: 0.2 / 0.7.
          meanReward: expect.closeTo(2 / 7, 12) as number,
          breaker: { ...closed, ...counts, state: 'open', waitMs: 60, openings: 1 },
        },
        middle: { ...none, decisions: 1, breaker: { ...closed, ...counts } },
      },
      pending: 3,
      expired: 0,
      evicted: 0,
      segments: 1,
      sharedSegmentRequests: 0,
      propensity: 'deferred',
      evidenceVersion: 4,
      evidenceReports: 3,
      dispersion: expect.any(Number) as number,
      droppedErrors: 0,
      budget: null,
    });
  });

  it('is JSON, also of isolated models and without breakers', () => {
    const own = router();
    own.isolate('dear');
    for (const one of [own, router({ breakers: false })]) {
      const stats = one.getStats();
      expect(JSON.parse(JSON.stringify(stats))).toEqual(stats);
    }
    expect(own.getStats().models['dear']!.breaker).toMatchObject({ waitMs: null, isolations: 1 });
  });
});

describe('getPosteriors', () => {
  it('gives all segments or one, as posteriors does, in JSON', () => {
    const own = router();
    expect(own.getPosteriors().segments).toEqual([]);
    ['a', undefined, 'b'].forEach((segment, i) => {
      const { decisionId } = decided(own.select(segment === undefined ? {} : { segment }));
      own.report(decisionId, { reward: i / 2 });
    });
    const all = own.getPosteriors();
    expect(JSON.parse(JSON.stringify(all))).toEqual(all);
    expect(all).toMatchObject({ evidenceVersion: 3, evidenceReports: 3 });
    expect(all.segments.map(({ segment }) => segment)).toEqual(['a', null, 'b']);
    for (const { segment, shared, models } of all.segments) {
      expect(shared).toBe(false);
      expect(new Map(Object.entries(models))).toEqual(own.posteriors(segment ?? undefined));
      expect(own.getPosteriors(segment).segments).toEqual([{ segment, shared, models }]);
    }
    expect(own.getPosteriors('never').segments).toEqual([]);
    for (const bad of ['', 3, {}, 'x'.repeat(257)]) {
      expect(() => own.getPosteriors(bad as never)).toThrow(ParameterError);
      expect(() => own.posteriors(bad as never)).toThrow(ParameterError);
    }
  });
});

it.each(['__proto__', 'constructor', 'toString'])('ids such as %s are ids', (name) => {
  const models = JSON.parse(`{"${name}":${JSON.stringify(model())}}`) as RouterOptions['models'];
  const own = router({ models });
  own.report(decided(own.select({ segment: name })).decisionId, { reward: 1, costUsd: 2 });
  own.isolate(name);
  const stats = JSON.parse(JSON.stringify(own.getStats())) as { models: object };
  expect(Object.entries(stats.models)).toMatchObject([[name, { costUsd: 2, decisions: 1 }]]);
  const [segment] = own.getPosteriors(name).segments;
  expect(Object.keys(segment!.models)).toEqual([name]);
  expect(({} as Record<string, unknown>)['costUsd']).toBeUndefined();
});
