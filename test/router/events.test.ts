/**
 * Strategy: every event is raised by what it stands for, in order, with what it says; listeners may throw, call the router, come and go, and the
 * router does not feel it.
 * Not here: 'expired' (pending.test.ts).
 */
import { describe, expect, it, vi } from 'vitest';
import {
  ParameterError,
  type Router,
  type RouterEventName,
  type SelectResult,
} from '../../src/index';
import { decided, router } from './routers';

describe('events', () => {
  it('tell decisions and reports', () => {
    const own = router();
    const told: unknown[] = [];
    own.on('decision', (event) => told.push(event));
    own.on('report', (event) => told.push(event));
    const decision = decided(own.select());
    const none = own.select({ eligible: [] });
    const { decisionId, model } = decision;
    own.report(decisionId, { error: 'rateLimited', retryAfterMs: 5 });
    own.report(decisionId, { reward: 1 });
    own.report('test-77', { reward: 1 });
    expect(told).toEqual([
      decision,
      none,
      {
        decisionId,
        model,
        result: { kind: 'accepted' },
        error: 'rateLimited',
        breaker: 'counted',
      },
      { decisionId, model, result: { kind: 'accepted', reward: 1 } },
      { decisionId: 'test-77', result: { kind: 'unknown' } },
    ]);
  });

  it('tell each result of a batch', () => {
    const own = router();
    const told: unknown[] = [];
    own.on('decision', (event) => told.push(event));
    expect(own.selectBatch([{}, { eligible: [] }, {}])).toEqual(told);
  });

  it('tell what breakers do', () => {
    const time = { ms: 500 };
    const own = router({ clock: () => time.ms, breakers: { cooldownMs: 100 } });
    const told: string[] = [];
    own.on('breaker', ({ model, from, to, cause }) => told.push(`${model} ${from} ${to} ${cause}`));
    const fail = () => {
      own.report(decided(own.select({ eligible: ['dear'] })).decisionId, { error: 'quota' });
    };
    fail();
    time.ms += 100;
    fail();
    own.isolate('cheap');
    own.restore('cheap');
    own.restore('cheap');
    expect(told).toEqual([
      'dear closed open error',
      'dear open half-open cooldown-over',
      'dear half-open open error',
      'cheap closed isolated manual',
      'cheap isolated closed manual',
    ]);
  });

  it('tell steps of the clock beyond a second back or a day forward', () => {
    const time = { ms: 0 };
    const own = router({ clock: () => time.ms });
    const told: number[] = [];
    own.on('clockStep', ({ stepMs }) => told.push(stepMs));
    for (const ms of [1000, 0, -1001, 86_398_999, 172_799_000]) {
      time.ms = ms;
      own.select();
    }
    expect(told).toEqual([-1001, 86_400_001]);
  });

  it('tell once that segments are shared', () => {
    const models = Object.fromEntries(
      Array.from({ length: 4096 }, (_, i) => [
        `m${i}`,
        { family: 'f', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 },
      ]),
    );
    const own = router({ models, breakers: false });
    const told: unknown[] = [];
    own.on('segmentLimit', (event) => told.push(event));
    own.selectBatch(
      Array.from({ length: 255 }, (_, i) => ({ segment: `s${i}`, eligible: ['m1'] })),
    );
    expect(told).toEqual([]);
    for (const segment of ['a', 'b']) own.select({ segment, eligible: ['m1'] });
    expect(told).toEqual([{ segments: 256 }]);
  });
});

describe('listeners', () => {
  it('are isolated: what they throw is an event', async () => {
    const own = router();
    const errors: unknown[] = [];
    own.on('decision', () => {
      throw new Error('first');
    });
    own.on('decision', () => Promise.reject(new Error('second')));
    const heard = vi.fn();
    own.on('decision', heard);
    own.on('error', ({ event, error }) => errors.push([event, (error as Error).message]));
    own.on('error', () => {
      throw new Error('third');
    });
    expect(own.select().kind).toBe('decision');
    await new Promise((resolve) => setTimeout(resolve));
    expect(errors).toEqual([
      ['decision', 'first'],
      ['decision', 'second'],
    ]);
    expect(heard).toHaveBeenCalledOnce();
    expect(own.getStats().droppedErrors).toBe(2);
  });

  it('without one of errors, errors are counted', () => {
    const own = router();
    own.on('report', () => {
      throw new Error('lost');
    });
    own.report('test-1', {});
    expect(own.getStats().droppedErrors).toBe(1);
  });

  it('gets a copy of the decision that it cannot change', () => {
    const own = router();
    let heard: object = {};
    own.on('decision', (result) => {
      heard = result;
      (result as { model: string }).model = 'other';
    });
    const decision = decided(own.select({ eligible: ['cheap'] }));
    expect(decision.model).toBe('cheap');
    expect(heard).toEqual(decision);
    expect(Object.isFrozen(heard)).toBe(true);
    expect(own.getStats().droppedErrors).toBe(1);
  });

  it('may call the router, and hear in order what comes of it', () => {
    const own: Router = router();
    const told: string[] = [];
    own.on('decision', (result) => {
      const { decisionId, sequenceNumber } = decided(result as SelectResult);
      told.push(`${sequenceNumber}`);
      own.report(decisionId, { reward: 1 });
      if (sequenceNumber < 3) own.select();
    });
    own.on('report', ({ decisionId }) => told.push(decisionId));
    own.select();
    expect(told).toEqual(['0', 'test-0', '1', 'test-1', '2', 'test-2', '3', 'test-3']);
  });

  it('go when they are told to, each one alone', () => {
    const own = router();
    const heard = vi.fn();
    const [leave, leaveToo] = [own.on('decision', heard), own.on('decision', heard)];
    own.select();
    leave();
    leave();
    own.select();
    leaveToo();
    own.select();
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it.each(['', 'Decision', '__proto__', 'constructor', 3, undefined])(
    'of %s are refused',
    (name) => {
      expect(() => router().on(name as RouterEventName, () => 0)).toThrow(ParameterError);
      expect(() => router().on('decision', name as never)).toThrow(ParameterError);
    },
  );

  it('change no decision', () => {
    const [heard, unheard] = [router(), router()];
    for (const name of ['decision', 'report', 'breaker', 'expired'] as const)
      heard.on(name, () => 0);
    for (let i = 0; i < 30; i++) {
      const [a, b] = [decided(heard.select()), decided(unheard.select())];
      expect(a).toEqual(b);
      for (const own of [heard, unheard]) own.report(a.decisionId, { reward: (i % 4) / 3 });
    }
  });
});
