/**
 * Strategy: outages on a fake clock, seen through select, report and the log: who is left out and why, who is let through, what trial calls
 * do in a batch, and that the log replays to the bit whatever breakers did.
 * Not here: the breaker's own rules (test/breaker), what a report teaches (reports.test.ts), random lives (live.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError, type RouterOptions, type SelectResult } from '../../src/index';
import { decided, MODELS, model, router, teach } from './routers';
import { logged, refill } from './sessions';

/** Three calls are enough, and times are round. */
const BREAKERS = { minimumCalls: 3, cooldownMs: 1000, trialTimeoutMs: 5000 };

function clocked(changes: Partial<RouterOptions> = {}) {
  const time = { ms: 1_000_000 };
  const own = router({ breakers: BREAKERS, clock: () => time.ms, ...changes });
  /** Opens a model's breaker, whatever its window holds. */
  const breakDown = (name: string) => {
    const { decisionId } = decided(own.select({ eligible: [name] }));
    own.report(decisionId, { error: 'quota' });
  };
  return { own, time, breakDown };
}

const excludedOf = (result: SelectResult) =>
  Object.fromEntries(result.excluded.map((one) => [one.model, one.reason]));

describe('a model whose breaker is open', () => {
  it('is left out, with the reason, until its trial calls succeed', () => {
    const { own, time, breakDown } = clocked();
    breakDown('cheap');
    for (let i = 0; i < 20; i++) {
      const result = decided(own.select());
      expect(excludedOf(result)).toEqual({ cheap: 'circuit-open' });
      expect(result).toMatchObject({ eligible: ['dear', 'middle'], breaker: 'closed' });
    }
    time.ms += 1000;
    for (let i = 0; i < 2; i++) {
      const trial = decided(own.select({ eligible: ['cheap'] }));
      expect(trial).toMatchObject({ breaker: 'half-open', letThrough: false });
      own.report(trial.decisionId, { reward: 1, costUsd: 0 });
    }
    expect(decided(own.select({ eligible: ['cheap'] })).breaker).toBe('closed');
  });

  it('is let through where no other is left, and says so', () => {
    const { own, breakDown } = clocked();
    breakDown('cheap');
    const result = decided(own.select({ eligible: ['cheap'] }));
    expect(result).toMatchObject({ model: 'cheap', letThrough: true, breaker: 'half-open' });
    expect(result.eligible).toEqual(['cheap']);
  });

  it('takes turns with the others in an outage of everything', () => {
    const { own, time, breakDown } = clocked();
    for (const name of own.models) {
      breakDown(name);
      time.ms += 10;
    }
    const served = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const result = decided(own.select());
      expect(result.eligible).toHaveLength(1);
      served.add(result.model);
      own.report(result.decisionId, { status: 503 });
      time.ms += 100;
    }
    expect([...served].sort()).toEqual([...own.models]);
  });

  it('asks for no breaker where there are none', () => {
    const { own, breakDown } = clocked({ breakers: false });
    breakDown('cheap');
    expect(decided(own.select())).toMatchObject({ excluded: [], breaker: undefined });
    expect(() => own.isolate('cheap')).toThrow(ParameterError);
  });
});

describe('by hand', () => {
  it('a model is isolated, and all of them are no model', () => {
    const { own } = clocked();
    own.isolate('cheap');
    expect(excludedOf(own.select())).toEqual({ cheap: 'isolated' });
    expect(own.select({ eligible: ['cheap'] })).toEqual({
      kind: 'no-eligible-model',
      excluded: [
        { model: 'cheap', reason: 'isolated' },
        { model: 'dear', reason: 'not-in-request' },
        { model: 'middle', reason: 'not-in-request' },
      ],
    });
    for (const name of own.models) own.isolate(name);
    expect(own.select()).toEqual({
      kind: 'no-eligible-model',
      excluded: own.models.map((name) => ({ model: name, reason: 'isolated' })),
    });
    own.restore('cheap');
    expect(decided(own.select())).toMatchObject({ model: 'cheap', breaker: 'closed' });
  });

  it.each(['nobody', '__proto__', undefined, 3])('not a model called %s', (name) => {
    const { own } = clocked();
    expect(() => own.isolate(name as never)).toThrow(ParameterError);
    expect(() => own.restore(name as never)).toThrow(ParameterError);
  });
});

describe('a batch', () => {
  it('gives a half-open model its trial calls and no more', () => {
    const { own, time, breakDown } = clocked({ breakers: { ...BREAKERS, trialCalls: 3 } });
    breakDown('cheap');
    time.ms += 1000;
    const results = own.selectBatch(Array.from({ length: 40 }, () => ({}))).map(decided);
    const trials = results.filter((result) => result.model === 'cheap');
    expect(trials).toHaveLength(3);
    expect(new Set(trials.map(({ breaker }) => breaker))).toEqual(new Set(['half-open']));
    expect(excludedOf(results.at(-1)!)).toEqual({ cheap: 'circuit-open' });
  });

  it('decides as that many single selects at one time, whatever the breakers', () => {
    const outages = [[], ['cheap'], ['cheap', 'dear'], ['cheap', 'dear', 'middle']];
    const eligible = [undefined, ['cheap'], ['dear', 'cheap'], [], ['middle']];
    for (const down of outages) {
      for (const laterMs of [0, 999, 1000]) {
        const [batched, looped] = [clocked(), clocked()];
        for (const { own, time, breakDown } of [batched, looped]) {
          teach(own, 30, (i) => `s${i % 3}`);
          down.forEach((name) => {
            breakDown(name);
          });
          time.ms += laterMs;
        }
        const requests = Array.from({ length: 30 }, (_, i) => ({
          segment: `s${i % 5}`,
          ...(eligible[i % 5] && { eligible: eligible[i % 5]! }),
        }));
        const together = batched.own.selectBatch(requests);
        expect(together).toEqual(requests.map((request) => looped.own.select(request)));
        expect(batched.own.getStats()).toEqual(looped.own.getStats());
      }
    }
  });
});

describe('the log', () => {
  it('holds the set after the breakers, and replays to the exact propensities', () => {
    const lives = (['deferred', 'exact'] as const).map((propensity) => {
      const time = { ms: 0 };
      const session = logged({ propensity, breakers: BREAKERS, clock: () => time.ms });
      const { router: own, lines } = session;
      for (let i = 0; i < 400; i++) {
        const results =
          i % 9 === 0 ? own.selectBatch(Array(5).fill({ segment: `s${i % 3}` })) : [own.select()];
        for (const result of results) {
          const { decisionId, model: chosen } = decided(result);
          const down = chosen === 'cheap' ? i % 100 < 60 : chosen === 'dear' && i % 130 < 50;
          if (down) own.report(decisionId, { error: 'timeout', latencyMs: 9000 });
          else own.report(decisionId, { reward: (i % 7) / 6, costUsd: 1e-4, latencyMs: 300 });
        }
        time.ms += 137;
      }
      return { own, lines };
    });
    const [deferred, exact] = lives as [(typeof lives)[0], (typeof lives)[0]];
    const openings = Object.values(exact.own.getStats().models).map((m) => m.breaker!.openings);
    expect(Math.max(...openings)).toBeGreaterThan(2);
    const { filled, problems, summary } = refill(deferred.lines);
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({ unverified: 0, rough: 0 });
    expect(filled.slice(1)).toEqual(exact.lines.slice(1).map((line) => line.trimEnd()));
    const narrowed = filled.filter((line) => line.includes('"eligible":["dear","middle"]'));
    expect(narrowed.length).toBeGreaterThan(10);
  });
});

describe('a clock', () => {
  it.each([NaN, Infinity, -Infinity, '5', undefined, null, 1e16])(
    'that says %s is refused',
    (bad) => {
      const time = { ms: 5 as unknown };
      const own = router({ clock: () => time.ms as number });
      const { decisionId } = decided(own.select());
      time.ms = bad;
      expect(() => own.select()).toThrow(/clock\(\) must be/);
      expect(() => own.report(decisionId, { reward: 1 })).toThrow(ParameterError);
      expect(() => router({ clock: () => bad as number })).toThrow(ParameterError);
      time.ms = 6;
      expect(own.report(decisionId, { reward: 1 }).kind).toBe('accepted');
      expect(decided(own.select()).sequenceNumber).toBe(1);
    },
  );

  it('decides nothing but who can be called', () => {
    const [still, wild] = [0, 1].map((on) => {
      let i = 0;
      return router({ clock: () => (on ? ((i++ * 7919) % 1000) * 1e9 : 0) });
    }) as [ReturnType<typeof router>, ReturnType<typeof router>];
    for (let i = 0; i < 50; i++) expect(wild.select()).toEqual(still.select());
  });
});

it('as many breakers as there can be models', () => {
  const models = Object.fromEntries(Array.from({ length: 4096 }, (_, i) => [`m${i}`, model()]));
  const own = router({ models, breakers: BREAKERS });
  own.isolate('m7');
  expect(decided(own.select()).eligible).toHaveLength(4095);
  expect(() => router({ models: { ...models, one: model() } })).toThrow(ParameterError);
  expect(Object.keys(MODELS)).toHaveLength(3);
});
