/**
 * Strategy: whatever a call does, the one who offered notices nothing, every promise is handled (the process is watched for rejections that are not),
 * the place of the call is given away once, and nothing is learned that is no outcome. Then privacy: who may not be called.
 * Not here: the bounds (budgets.test.ts), a real router and its log (test/router/shadow.test.ts).
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ParameterError } from '../../src/index';
import { parseShadowOptions, type ShadowOptions } from '../../src/shadow/options';
import { decision, turn, world } from './fakes';

const unhandled: unknown[] = [];
const noteUnhandled = (error: unknown) => unhandled.push(error);

beforeAll(() => {
  process.on('unhandledRejection', noteUnhandled);
  process.on('uncaughtException', noteUnhandled);
});
afterAll(async () => {
  // Node tells of them after the turn in which they were made.
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', noteUnhandled);
  process.off('uncaughtException', noteUnhandled);
  expect(unhandled).toEqual([]);
});
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const throws = () => {
  throw new Error('a getter');
};
const hostileError = Object.defineProperty(new Error('x'), 'message', { get: throws });
const hostilePromise = Object.defineProperty(Promise.resolve({}), 'constructor', { get: throws });

const MISDEEDS: [string, () => unknown, string, string | undefined][] = [
  ['throws', () => throws(), 'failed', 'Error: a getter'],
  ['throws nothing at all', () => Promise.reject(undefined as never), 'failed', 'undefined'],
  ['rejects', () => Promise.reject(new TypeError('down')), 'failed', 'TypeError: down'],
  [
    'rejects with what cannot be read',
    () => Promise.reject(hostileError),
    'failed',
    'an error that cannot be read',
  ],
  ['gives a thenable that throws', () => ({ then: throws }), 'failed', 'Error: a getter'],
  ['gives a hostile promise', () => hostilePromise, 'failed', 'Error: a getter'],
  [
    'gives a thenable that settles twice',
    () => ({
      then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
        resolve({ reward: 1 });
        reject(new Error('again'));
        throws();
      },
    }),
    'answered',
    undefined,
  ],
  ['never settles', () => new Promise(() => undefined), 'timed-out', undefined],
  [
    'gives nothing',
    () => undefined,
    'invalid',
    'ParameterError: outcome must be an outcome, got undefined',
  ],
  ['gives text', () => 'fine', 'invalid', 'ParameterError: outcome must be an outcome, got "fine"'],
  [
    'gives a getter that throws',
    () =>
      Object.defineProperty({}, 'reward', {
        get: () => throws(),
      }) as unknown,
    'invalid',
    'Error: a getter',
  ],
  [
    'gives a reward below 0',
    () => Promise.resolve({ reward: -1 }),
    'invalid',
    'ParameterError: outcome must be an outcome, got {"reward":-1}',
  ],
];

describe('a call that', () => {
  it.each(MISDEEDS)('%s', async (_, call, status, error) => {
    const one = world({ call, timeoutMs: 100, maxConcurrent: 1 });
    expect(one.shadow.offer(decision(0))).toBe('started');
    // It has not begun: whoever asked goes on first.
    expect(one.shadow.stats.underWay).toBe(1);
    await turn(100);
    expect(one.shadow.stats.underWay).toBe(0);
    expect(one.lines).toHaveLength(1);
    expect(one.lines[0]).toMatchObject({ kind: 'call', decisionId: 't-0', status });
    expect(one.lines[0]!['error']).toBe(error ?? null);
    expect(one.told).toEqual(one.lines);
    if (status !== 'answered') expect(one.learned).toEqual([]);
    // Errors of programming are told as such; a provider that is down is no error.
    expect(one.errors).toHaveLength(status === 'invalid' ? 1 : 0);
    // The place is free again.
    expect(one.shadow.offer(decision(1))).toBe('started');
    one.shadow.close();
  });

  it('is begun in a turn of its own, after what the offer’s own turn still does', async () => {
    const order: string[] = [];
    const one = world({ call: () => order.push('call') && {} });
    one.shadow.offer(decision(0));
    order.push('rest of the turn');
    await Promise.resolve();
    order.push('its promises');
    await turn();
    expect(order).toEqual(['rest of the turn', 'its promises', 'call']);
  });

  it('heeds its signal at the timeout, or not: the place is free, and what comes later is not learned', async () => {
    const one = world({ timeoutMs: 100 });
    one.shadow.offer(decision(0));
    one.shadow.offer(decision(1));
    await turn();
    const [heeds, ignores] = one.calls;
    const { signal } = heeds!.call;
    signal.addEventListener('abort', () => heeds!.fail(signal.reason));
    await turn(99);
    expect([signal.aborted, one.shadow.stats.underWay]).toEqual([false, 2]);
    await turn(1);
    expect([signal.aborted, one.shadow.stats.underWay]).toEqual([true, 0]);
    expect((signal.reason as Error).name).toBe('TimeoutError');
    ignores!.answer({ reward: 1, costUsd: 3 });
    await turn();
    expect(one.learned).toEqual([]);
    expect(one.shadow.stats).toMatchObject({ timedOut: 2, answered: 0, failed: 0, late: 1 });
  });
});

describe('the host', () => {
  it('that fails while it learns or writes is told of, and frees the place', async () => {
    const one = world({ call: () => ({ reward: 1 }) });
    one.learned.push = throws;
    one.shadow.offer(decision(0));
    await turn();
    expect(one.errors).toHaveLength(1);
    expect(one.shadow.stats.underWay).toBe(0);
  });
});

describe('drain and close', () => {
  it('drain waits for what is under way, at once without', async () => {
    const one = world();
    await one.shadow.drain();
    one.shadow.offer(decision(0));
    one.shadow.offer(decision(1));
    let drained = 0;
    for (let i = 0; i < 2; i++) void one.shadow.drain().then(() => drained++);
    await turn();
    one.calls[0]!.answer({});
    await turn();
    expect(drained).toBe(0);
    one.calls[1]!.fail('down');
    await turn();
    expect(drained).toBe(2);
  });

  it('close aborts what is under way and takes no more', async () => {
    const one = world();
    one.shadow.offer(decision(0));
    await turn();
    one.shadow.offer(decision(1));
    const drained = one.shadow.drain();
    one.shadow.close();
    await drained;
    expect(one.calls).toHaveLength(1);
    expect(one.calls[0]!.call.signal.aborted).toBe(true);
    expect(one.shadow.offer(decision(2))).toBe('closed');
    expect(one.shadow.stats).toMatchObject({ aborted: 2, underWay: 0, reservedUsd: 0 });
    one.shadow.close();
    one.calls[0]!.answer({ reward: 1 });
    await turn(60_000);
    expect(one.calls).toHaveLength(1);
    expect(one.learned).toEqual([]);
  });
});

describe('who is called', () => {
  const excluded = [
    { model: 'x', reason: 'not-in-request' as const },
    { model: 'y', reason: 'latency-limit' as const },
  ];

  it('not whom the request did not allow, unless that is asked for', () => {
    const called = (changes: Partial<ShadowOptions>) => {
      const one = world({ timeoutMs: 1, ...changes });
      for (let i = 0; i < 40; i++) one.shadow.offer(decision(i, { excluded }));
      vi.advanceTimersByTime(10);
      return one.shadow.comparison().map(({ calls }) => calls > 0);
    };
    expect(called({})).toEqual([false, true]);
    expect(called({ ignoreEligibility: true })).toEqual([true, true]);
  });

  it('nobody where all are out, or serve themselves', () => {
    const one = world({ candidates: ['served'] });
    expect(one.shadow.offer(decision(0))).toBe('no-candidate');
    const other = world();
    other.out.add('x').add('y');
    expect(other.shadow.offer(decision(0))).toBe('no-candidate');
  });

  it('with what was offered', async () => {
    const one = world({ candidates: ['x'] });
    const payload = { text: 'hello' };
    one.shadow.offer(decision(3, { segment: '__proto__' }), payload);
    await turn();
    const { call } = one.calls[0]!;
    expect(call).toMatchObject({ model: 'x', decisionId: 't-3', served: 'served' });
    expect(call.request).toEqual({ segment: '__proto__' });
    expect(call.payload).toBe(payload);
    one.shadow.close();
  });
});

describe('misuse', () => {
  it('offers: what is no result of select is refused; operating trouble is an answer', () => {
    const one = world();
    const wrong = [undefined, null, 3, 't-0', [], {}, { kind: 'decision' }, { kind: 'x' }];
    const halves = [
      { ...decision(0), excluded: undefined },
      { ...decision(0), segment: 3 },
    ];
    for (const result of [...wrong, ...halves])
      expect(() => one.shadow.offer(result as never)).toThrow(ParameterError);
    const none = { kind: 'no-eligible-model', excluded: [] } as const;
    expect(one.shadow.offer(none)).toBe('not-decided');
    expect(one.shadow.offer(decision(0, { decisionId: 'other-0' }))).toBe('not-open');
    expect(one.shadow.offer(decision(0))).toBe('started');
    expect(one.shadow.offer(decision(0))).toBe('repeated');
    one.shadow.close();
  });

  const right = {
    candidates: ['x'],
    call: () => ({}),
    share: 0.1,
    budget: { usd: 1, windowMs: 1000 },
  };
  it.each([
    ['shadow.candidates', { candidates: [] }],
    ['shadow.candidates', { candidates: ['x', 'x'] }],
    ['shadow.candidates', { candidates: 'x' }],
    ['shadow.candidates[0]', { candidates: [''] }],
    ['shadow.call', { call: undefined }],
    ['shadow.share', { share: undefined }],
    ['shadow.share', { share: NaN }],
    ['shadow.share', { share: 1.01 }],
    ['shadow.budget', { budget: undefined }],
    ['shadow.budget', { budget: { usd: 1, windowMs: 1000, usdd: 1 } }],
    ['shadow.budget.usd', { budget: { windowMs: 1000 } }],
    ['shadow.budget.usd', { budget: { usd: -1, windowMs: 1000 } }],
    ['shadow.budget.usd', { budget: { usd: Infinity, windowMs: 1000 } }],
    ['shadow.budget.windowMs', { budget: { usd: 1, windowMs: 0 } }],
    ['shadow.budget.windowMs', { budget: { usd: 1, windowMs: NaN } }],
    ['shadow.maxConcurrent', { maxConcurrent: 0 }],
    ['shadow.maxConcurrent', { maxConcurrent: 1.5 }],
    ['shadow.timeoutMs', { timeoutMs: Infinity }],
    ['shadow.timeoutMs', { timeoutMs: 0 }],
    ['shadow.weight', { weight: -0.5 }],
    ['shadow.weight', { weight: 1e-7 }],
    ['shadow.weight', { weight: 1.5 }],
    ['shadow.seed', { seed: -1 }],
    ['shadow.ignoreEligibility', { ignoreEligibility: 1 }],
    ['shadow', { wieght: 1 }],
  ])('option %s: %j', (parameter, changes) => {
    const parse = (value: object) => parseShadowOptions(value, { low: 0, high: 0 });
    parse(right);
    expect(() => parse({ ...right, ...changes })).toThrow(
      expect.objectContaining({ name: 'ParameterError', parameter }) as Error,
    );
  });
});
