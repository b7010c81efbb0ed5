/**
 * Strategy: what a world promises whatever is done in it — the same requests and answers for every policy, whatever else is called,
 * in what order, and beside which other models — and what changes when a model is degraded, has an outage or is reset.
 * Not tested here: the distributions (distributions.test.ts) and bad input (misuse.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { createRouterSync } from '../../src/index';
import { ModelSimulator, outcomeOf, routeOf, type SimulatedRequest } from '../../src/simulator';
import { MODELS, world } from './world';

const REQUESTS = 3000; // crosses blocks of 1,024 draws

describe('worlds of one seed are the same', () => {
  test('requests and answers, run after run', () => {
    const life = () => {
      const one = world();
      return [...one.requests(REQUESTS)].map((request) => [request, one.call('sharp', request)]);
    };
    expect(life()).toEqual(life());
  });

  test('whatever else is called, and in whatever order', () => {
    const one = world();
    const requests = [...one.requests(REQUESTS)];
    const forward = requests.map((request) => one.call('graded', request));
    const other = world();
    const seen = [...other.requests(REQUESTS)];
    expect(seen).toEqual(requests);
    const backward = seen
      .toReversed()
      .map((request) => {
        other.call('sharp', request);
        other.call('graded', request, 1);
        return other.call('graded', request);
      })
      .toReversed();
    expect(backward).toEqual(forward);
  });

  test('beside any other models', () => {
    const alone = new ModelSimulator({
      models: { graded: MODELS.graded },
      segments: { chat: { share: 3 }, code: { promptTokens: { median: 2000, logSd: 0.3 } } },
      seed: 11,
    });
    const among = world();
    for (const request of alone.requests(1500)) {
      expect(among.next()).toEqual(request);
      expect(alone.call('graded', request)).toEqual(among.call('graded', request));
    }
  });

  test('after a restart', () => {
    const one = world();
    const before = [...one.requests(1500)];
    one.restart();
    expect(one.nowMs).toBe(0);
    expect([...one.requests(1500)]).toEqual(before);
  });

  test('and other seeds, attempts and requests without a number bring other luck', () => {
    const replies = (reply: (one: ModelSimulator, request: SimulatedRequest) => unknown) => {
      const one = world();
      return JSON.stringify([...one.requests(50)].map((request) => reply(one, request)));
    };
    const first = replies((one, request) => one.call('graded', request));
    expect(replies((one, request) => one.call('graded', request, 1))).not.toBe(first);
    expect(replies((one) => one.call('graded', { segment: 'chat' }))).not.toBe(first);
    const seeds = [1, 2, 2n ** 64n - 1n].map((seed) =>
      JSON.stringify([...world({ seed }).requests(50)]),
    );
    expect(new Set(seeds).size).toBe(3);
    expect(world({ seed: 2n ** 64n - 1n }).seed).toBe(2n ** 64n - 1n);
  });
});

describe('the clock', () => {
  test('stands at arrivals, never runs back, and moves on by hand', () => {
    const one = world({ startMs: 500 });
    const [first, second] = [one.next()!, one.next()!];
    expect(first.atMs).toBeGreaterThan(500);
    expect(second.atMs).toBeGreaterThan(first.atMs);
    expect(one.clock()).toBe(second.atMs);
    one.advance(1e9);
    one.next();
    expect(one.nowMs).toBe(second.atMs + 1e9);
  });

  test('is not moved by calls', () => {
    const one = world();
    const request = one.next()!;
    one.call('sharp', request);
    expect(one.nowMs).toBe(request.atMs);
  });
});

describe('troubles', () => {
  test('a lower quality loses answers and wins none', () => {
    const one = world();
    const requests = [...one.requests(REQUESTS)];
    const grades = () =>
      requests.map((request) => {
        const reply = one.call('sharp', request);
        return reply.kind === 'answer' ? reply.quality : NaN;
      });
    const before = grades();
    one.degrade('sharp', { quality: { chat: 0.5 }, latencyFactor: 2 });
    expect(one.expectedQuality('sharp', 'chat')).toBe(0.5);
    expect(one.expectedQuality('sharp', 'code')).toBe(0.6);
    const after = grades();
    expect(after.every((grade, i) => grade <= before[i]!)).toBe(true);
    expect(after).not.toEqual(before);
    one.reset('sharp');
    expect(grades()).toEqual(before);
  });

  test('factors multiply times, tokens and quality', () => {
    const one = world();
    const request = one.next()!;
    const before = one.call('graded', request);
    one.degrade('graded', { latencyFactor: 3, outputTokensFactor: 1e-9, qualityFactor: 2 });
    const after = one.call('graded', request);
    expect(one.expectedQuality('graded')).toBe(1);
    if (before.kind !== 'answer' || after.kind !== 'answer') throw new Error('no answer');
    expect(after.firstTokenMs).toBeCloseTo(3 * before.firstTokenMs, 9);
    expect([after.outputTokens, after.quality]).toEqual([1, 1]);
  });

  test('an outage fails every call from its beginning until before its end', () => {
    const one = world();
    one.outage('sharp', { fromMs: 100, durationMs: 50, error: 'quota', retryAfterMs: 'remaining' });
    const kinds = [0, 99, 1, 49, 1].map((step) => {
      one.advance(step);
      const reply = one.call('sharp', { number: 0, segment: 'chat' });
      return reply.kind === 'error' ? [one.nowMs, reply.status, reply.retryAfterMs] : one.nowMs;
    });
    expect(kinds).toEqual([0, 99, [100, 402, 50], [149, 402, 1], 150]);
  });

  test('an outage may hit a share of calls only, ends by reset, and others are spared', () => {
    const one = world();
    const requests = [...one.requests(1000)];
    one.outage('sharp', { durationMs: Infinity, share: 0.5, retryAfterMs: 7 });
    const failed = () => requests.filter((r) => one.call('sharp', r).kind === 'error').length;
    // 1,000 coins: 6 standard deviations are 95.
    expect(Math.abs(failed() - 500)).toBeLessThan(95);
    expect(requests.every((request) => one.call('graded', request).kind === 'answer')).toBe(true);
    one.reset();
    expect(failed()).toBe(0);
  });

  test('what takes longer than the client waits is a time-out, as late as the client gave up', () => {
    const models = { slow: { ...MODELS.sharp, timeoutMs: 1 } };
    const reply = world({ models }).call('slow', { segment: 'chat' });
    expect(reply).toEqual({
      kind: 'error',
      model: 'slow',
      error: 'timeout',
      status: undefined,
      retryAfterMs: undefined,
      latencyMs: 1,
    });
  });
});

test('costs are tokens at list price', () => {
  const reply = world().call('sharp', { segment: 'chat', promptTokens: 1000 });
  if (reply.kind !== 'answer') throw new Error('no answer');
  expect(reply.costUsd).toBeCloseTo((1000 * 1 + reply.outputTokens * 4) / 1e6, 15);
});

test('a router can be made of a world’s models, fed with its requests, and told its answers', () => {
  const one = world();
  const router = createRouterSync({ models: one.models, willingnessToPayUsd: 1, seed: 1 });
  expect(router.models).toEqual(['flaky', 'graded', 'sharp']);
  for (const request of one.requests(50)) {
    const decision = router.select(routeOf(request));
    if (decision.kind !== 'decision') throw new Error('no decision');
    const reply = one.call(decision.model, request);
    if (reply.kind === 'error') continue;
    expect(router.report(decision.decisionId, outcomeOf(reply))).toMatchObject({
      kind: 'accepted',
      reward: reply.quality,
      costUsd: reply.costUsd,
    });
  }
});
