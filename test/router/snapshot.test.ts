/**
 * Strategy: a router and one restored from its snapshot get the same requests and reports; decisions, results of reports, logs and the next snapshot must be equal to
 * the last bit, for every kind of router. Then options at a restore, damage, and the names of decisions. Containers are test/memory's, stores test/store's.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createRouterSync,
  ReplicaRegister,
  restoreRouter,
  restoreRouterSync,
  Router,
  SnapshotError,
  type RouterOptions,
  type SnapshotLoss,
} from '../../src/index';
import { crc32c } from '../../src/memory/crc32c';
import { decided, MODELS, router as made, teach } from './routers';
import { drive, logged, refill, type Session } from './sessions';

/** Whole snapshots are compared by one number: they have millions of bytes. */
const sum = (router: Router) => crc32c(router.snapshot());

/** A clock that goes on by a second a reading. */
function ticking(startMs = 1.7e12): () => number {
  let nowMs = startMs;
  return () => (nowMs += 1000);
}

const encoder = (prompt: string) => Float64Array.of(prompt.length, prompt.charCodeAt(0) || 0, 1);

const KINDS: [string, Partial<RouterOptions>][] = [
  ['plain', {}],
  [
    'that forgets, with a floor and exact propensities',
    {
      posterior: { halfLifeRequests: 37, priorMean: 0.7, priorStrength: 3 },
      floor: { epsilon: 0.1, baseline: 'inverse-cost' },
      propensity: 'exact',
    },
  ],
  ['with latencies and a limit', { latency: { usdPerSecond: 0.001, limitMs: 3000 } }],
  ['with few tickets and a short time to live', { maxPendingDecisions: 7, pendingTtlMs: 20_000 }],
  ['without breakers, money no object', { breakers: false, willingnessToPayUsd: Infinity }],
  [
    'that forgets by time and watches for changes',
    {
      posterior: { halfLifeMs: 50_000 },
      drift: { threshold: 2 },
    },
  ],
  [
    'with a budget of requests and rules',
    {
      budget: { usd: 0.002, windowRequests: 50, ceilingUsd: 0.004 },
      rules: {
        chain: [
          { when: 'segment', segments: ['b'], models: ['cheap', 'dear'] },
          { when: 'budget', usd: 0.001, windowRequests: 30, models: ['cheap'] },
        ],
      },
    },
  ],
  ['with a budget of time', { budget: { usd: 0.01, windowMs: 60_000 } }],
  ['with prompts, the encoder not frozen', { context: { freezeAfterPrompts: 1000 } }],
  ['with prompts, the encoder frozen on the way', { context: { freezeAfterPrompts: 90 } }],
  ['with prompts and an encoder of its own', { context: { encoder, freezeAfterPrompts: 60 } }],
  [
    'that takes several samples',
    { bestOf: { maxSamples: 3 }, models: { ...MODELS, dear: { ...MODELS.dear, maxSamples: 1 } } },
  ],
  [
    'that takes several samples on a budget, forgets by time and watches for changes',
    {
      bestOf: { maxSamples: 4, agreement: 0.7, agreementWeight: 3, proxyGain: 0.6 },
      budget: { usd: 0.02, windowRequests: 50, ceilingUsd: 0.03 },
      posterior: { halfLifeMs: 50_000 },
      drift: { threshold: 2 },
      floor: { epsilon: 0.1 },
      propensity: 'exact',
    },
  ],
];

/** Reports late and in pieces on decisions of before, and fails some calls. */
function late({ router, decisions }: Session, from: readonly { decisionId: string }[]) {
  const errors = ['server', 'timeout', 'rateLimited', undefined] as const;
  const results = from.map(({ decisionId }, i) =>
    router.report(decisionId, { reward: (i % 5) / 4, costUsd: 1e-4 }),
  );
  return results.concat(
    decisions.slice(-40).map(({ decisionId }, i) => {
      const error = errors[i % 4];
      return router.report(decisionId, error ? { error, latencyMs: 10 } : { latencyMs: 900 });
    }),
  );
}

describe.each(KINDS)('a router %s', (_, changes) => {
  const again = changes.context?.encoder ? { context: changes.context } : {};

  test('and its restored twin do the same, to the last bit', () => {
    const first = logged({ ...changes, clock: ticking() });
    drive(first, 120);
    late(first, first.decisions.slice(0, 10));
    const snapshot = first.router.snapshot();
    expect(sum(first.router)).toBe(crc32c(snapshot));

    const lines: string[] = [];
    const twin: Session = {
      router: restoreRouterSync(snapshot, {
        clock: ticking(1.7e12 + 1e6),
        log: (line) => lines.push(line),
        ...again,
      }),
      lines,
      decisions: [],
      prompts: first.prompts,
      samples: first.samples,
    };
    // The original's clock, from the same moment.
    const original: Session = {
      ...first,
      router: restoreRouterSync(snapshot, { clock: ticking(1.7e12 + 1e6), ...again }),
      decisions: [],
    };
    const before = first.decisions.slice(-30);
    const results = [original, twin].map((session) => {
      drive(session, 120, 2);
      return late(session, before);
    });
    expect(twin.decisions).toEqual(original.decisions);
    expect(results[1]).toEqual(results[0]);
    expect(sum(twin.router)).toBe(sum(original.router));
    expect(twin.router.getStats()).toEqual(original.router.getStats());
  });

  test('goes on as if nothing had been', () => {
    const [interrupted, whole] = [0, 1].map(() =>
      drive(logged({ ...changes, clock: () => 5 }), 120),
    );
    const restored: Session = {
      ...interrupted!,
      router: restoreRouterSync(interrupted!.router.snapshot(), {
        clock: () => 5,
        log: (line) => interrupted!.lines.push(line),
        ...again,
      }),
    };
    drive(restored, 120, 2);
    drive(whole!, 120, 2);
    expect(late(restored, restored.decisions)).toEqual(late(whole!, whole!.decisions));
    expect(restored.decisions).toEqual(whole!.decisions);
    expect(sum(restored.router)).toBe(sum(whole!.router));
    // The log differs by the line that tells of the restart, and replays.
    const told = restored.lines.filter((line) => !line.includes('"kind":"restored"'));
    expect(told).toEqual(whole!.lines);
    expect(restored.lines.length).toBe(told.length + 1);
    const { problems, filled } = refill(restored.lines);
    expect(problems).toEqual([]);
    expect(filled.length).toBe(restored.lines.length);
  });
});

test('a snapshot restores to the same snapshot, empty ones too', () => {
  const empty = made({ clock: () => 3 });
  expect(sum(restoreRouterSync(empty.snapshot(), { clock: () => 3 }))).toBe(sum(empty));
  const taught = made({ clock: () => 3 });
  teach(taught, 30, (i) => ['x', undefined, 'y'][i % 3]);
  const restored = restoreRouterSync(taught.snapshot(), { clock: () => 3 });
  expect(sum(restored)).toBe(sum(taught));
});

test('each way to restore gives the same router', async () => {
  const options = { clock: () => 3 };
  const snapshot = made(options).snapshot();
  const ways = [restoreRouter(snapshot, options), Router.restore(snapshot, options)];
  for (const one of await Promise.all(ways)) expect(sum(one)).toBe(crc32c(snapshot));
});

test('breakers, isolation and permits go on', () => {
  const clock = { ms: 1e6 };
  const first = made({ clock: () => clock.ms, breakers: { minimumCalls: 2 } });
  first.isolate('dear');
  const open = Array.from({ length: 8 }, () =>
    decided(first.select({ eligible: ['cheap', 'middle'] })),
  );
  const failing = open.filter(({ model }) => model === open[0]!.model);
  for (const { decisionId } of failing) first.report(decisionId, { error: 'server' });
  expect(first.getStats().models[open[0]!.model]!.breaker!.state).toBe('open');
  const second = restoreRouterSync(first.snapshot(), { clock: () => clock.ms });
  expect(second.getStats()).toEqual(first.getStats());
  clock.ms += 30_000;
  for (let i = 0; i < 20; i++) expect(second.select()).toEqual(first.select());
  second.restore('dear');
  expect(second.getStats().models['dear']!.breaker!.state).toBe('closed');
});

describe('options at a restore', () => {
  const first = made({ latency: {}, posterior: { halfLifeRequests: 100 } });
  teach(first, 20);
  const snapshot = first.snapshot();
  const restore = (options: Partial<RouterOptions>) => restoreRouterSync(snapshot, options);

  test.each<[string, Partial<RouterOptions>]>([
    ['seed', { seed: 12 }],
    ['posterior', { posterior: { halfLifeRequests: 99 } }],
    ['posterior', { posterior: {} }],
    ['latency', { latency: { providers: { cheap: 'p' } } }],
    ['context', { context: {} }],
  ])('%s must be as before', (option, options) => {
    expect(() => restore(options)).toThrow(SnapshotError);
    expect(() => restore(options)).toThrow(`options.${option} must be as before`);
  });

  test('what is as before may be said again, and the rest anew', () => {
    expect(
      restore({ seed: 11, models: MODELS, latency: {}, posterior: { halfLifeRequests: 100 } }).seed,
    ).toBe(11n);
    const changed = restore({
      willingnessToPayUsd: 1,
      explorationScale: 0,
      propensity: 'exact',
      floor: { epsilon: 0.2 },
      maxPendingDecisions: 3,
      breakers: false,
      latency: { usdPerSecond: 0.5 },
      reward: { retryWeight: 1 },
    });
    for (let i = 0; i < 5; i++) expect(decided(changed.select()).propensity).toBeGreaterThan(0);
    expect(changed.pendingDecisions).toBe(3);
    // What was said anew stands in the next snapshot.
    const again = restoreRouterSync(changed.snapshot());
    expect(decided(again.select())).toEqual(decided(changed.select()));
  });

  test('options out of range are told as ever', () => {
    expect(() => restore({ willingnessToPayUsd: -1 })).toThrow(/willingnessToPayUsd must be/);
    expect(() => restore({ unknown: 1 } as never)).toThrow(/unknown/);
    expect(() => restoreRouterSync(snapshot, null as never)).toThrow(/options must be an object/);
  });

  test('a function that took part must be given again', () => {
    const own = made({ reward: () => 0.5 });
    const kept = own.snapshot();
    expect(() => restoreRouterSync(kept)).toThrow(/options.reward was a function: give it again/);
    const restored = restoreRouterSync(kept, { reward: () => 0.25 });
    const { decisionId } = decided(restored.select());
    expect(restored.report(decisionId, { latencyMs: 1 })).toMatchObject({ reward: 0.25 });
  });
});

test('under another name, reports for earlier decisions count and those that were lost do not', () => {
  const first = made({ clock: () => 1 });
  const kept = decided(first.select());
  const snapshot = first.snapshot();
  const lost = decided(first.select());
  const second = restoreRouterSync(snapshot, { instanceId: 'second', clock: () => 1 });
  const renumbered = decided(second.select());
  expect(renumbered.sequenceNumber).toBe(lost.sequenceNumber);
  expect(renumbered.decisionId).toBe('second-1');
  expect(second.report(lost.decisionId, { reward: 1 }).kind).toBe('unknown');
  expect(second.report(kept.decisionId, { reward: 1 }).kind).toBe('accepted');
  const third = restoreRouterSync(second.snapshot(), { instanceId: 'third', clock: () => 1 });
  expect(third.report(kept.decisionId, { costUsd: 1 }).kind).toBe('accepted');
  expect(third.report(renumbered.decisionId, { reward: 1 }).kind).toBe('accepted');
  expect(third.report('test-1', { reward: 1 }).kind).toBe('unknown');
});

describe('damage', () => {
  const first = made({ latency: {}, clock: () => 7 });
  teach(first, 25, (i) => ['x', 'y'][i % 2]);
  for (let i = 0; i < 5; i++) first.select();
  const snapshot = first.snapshot();

  /** The bytes with their checksum made right. */
  const sealed = (bytes: Uint8Array) => {
    new DataView(bytes.buffer).setUint32(4, crc32c(bytes.subarray(8)), true);
    return bytes;
  };

  test('flipped bits, cuts and random bytes give a typed error', () => {
    const damaged = fc.oneof(
      fc.tuple(fc.nat(snapshot.length - 1), fc.nat(7)).map(([at, bit]) => {
        const bytes = snapshot.slice();
        bytes[at]! ^= 1 << bit;
        return bytes;
      }),
      fc.nat(snapshot.length - 1).map((length) => snapshot.slice(0, length)),
      fc.uint8Array({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(damaged, (bytes) => {
        expect(() => restoreRouterSync(bytes)).toThrow(SnapshotError);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test('with the checksum made right, a typed error or a router that works', () => {
    const change = fc.tuple(fc.nat(snapshot.length - 1), fc.nat(255));
    let loaded = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = snapshot.slice();
        for (const [at, value] of changes) bytes[at] = value;
        let restored;
        try {
          restored = restoreRouterSync(sealed(bytes), { clock: () => 7 });
        } catch (error) {
          expect(['SnapshotError', 'ParameterError']).toContain((error as Error).name);
          return;
        }
        loaded++;
        for (const segment of ['x', 'z']) {
          const decision = restored.select({ segment });
          if (decision.kind !== 'decision') continue;
          expect(Number.isFinite(decision.sampledQuality)).toBe(true);
          restored.report(decision.decisionId, { reward: 1, costUsd: 1, latencyMs: 1 });
        }
        restored.getStats();
        restored.snapshot();
      }),
      { seed: 2, numRuns: 150 },
    );
    expect(loaded).toBeGreaterThan(20);
  });

  /** The snapshot with one number of its evidence block changed. */
  const withCell = (fromEnd: number, value: number) => {
    const bytes = snapshot.slice();
    const view = new DataView(bytes.buffer);
    const end = view.getUint32(32, true) + view.getUint32(36, true);
    view.setFloat64(end - 8 * fromEnd, value, true);
    return sealed(bytes);
  };

  test('a bad cell is left out and told, and the rest loads', () => {
    const losses: SnapshotLoss[] = [];
    const restored = restoreRouterSync(withCell(24, NaN), { onLoss: (loss) => losses.push(loss) });
    expect(losses).toMatchObject([{ section: 'kernel', count: 1 }]);
    expect(restored.posteriors('x')!.get('cheap')).toEqual(
      expect.objectContaining({ alpha: expect.any(Number) }),
    );
    expect(decided(restored.select()).sampledQuality).toBeGreaterThan(0);
  });

  test('alpha = 0 is refused', () => {
    const bytes = snapshot.slice();
    const view = new DataView(bytes.buffer);
    // κ, and so every alpha that has no evidence.
    view.setFloat64(view.getUint32(32, true) + 64 + 144, 0, true);
    expect(() => restoreRouterSync(sealed(bytes))).toThrow(/section "kernel".*strength/);
  });

  test('a model in another family than its numbers is refused', () => {
    const models = { ...MODELS, cheap: { ...MODELS.cheap, family: 'other' } };
    expect(() => restoreRouterSync(snapshot, { models })).toThrow(
      /options.models\["cheap"\].family must be as before, "a"/,
    );
  });

  test('arms that are not as many as the numbers are about are refused', () => {
    const text = new TextDecoder('latin1').decode(snapshot);
    const bytes = snapshot.slice();
    bytes.set(new TextEncoder().encode('"model":"dear2"'), text.indexOf('"model":"cheap"'));
    // The list is in order of its ids no more, which models added later need not be.
    expect(restoreRouterSync(sealed(bytes)).models).toContain('dear2');
    const twice = snapshot.slice();
    twice.set(new TextEncoder().encode('"model":"dear" '), text.indexOf('"model":"cheap"'));
    expect(() => restoreRouterSync(sealed(twice))).toThrow(SnapshotError);
  });
});

describe('models that come and go', () => {
  const extra = { ...MODELS.cheap, prior: { mean: 0.8, strength: 5 } };
  function changed(): Router {
    const one = made({ clock: () => 9, latency: {} });
    teach(one, 10, (i) => ['x', 'y'][i % 2]);
    one.addModel('aaa', extra);
    one.retireModel('dear');
    one.repriceModel('middle', { usdPerMillionInputTokens: 7, usdPerMillionOutputTokens: 1 / 3 });
    teach(one, 10, (i) => ['x', 'z'][i % 2]);
    return one;
  }

  test('are as they were after a restore', () => {
    const first = changed();
    const second = restoreRouterSync(first.snapshot(), { clock: () => 9 });
    expect(second.models).toEqual(['cheap', 'middle', 'aaa']);
    for (const one of [first, second]) one.addModel('dear', MODELS.dear);
    teach(first, 20);
    teach(second, 20);
    expect(second.select()).toEqual(first.select());
    expect(sum(second)).toBe(sum(first));
  });

  test('are brought to those given at a restore, and the log says so', () => {
    const lines: string[] = [];
    const models = { cheap: MODELS.cheap, middle: MODELS.middle, aaa: extra, bbb: MODELS.dear };
    const second = restoreRouterSync(changed().snapshot(), {
      models,
      clock: () => 9,
      log: (line) => lines.push(line),
    });
    expect(second.models).toEqual(['cheap', 'middle', 'aaa', 'bbb']);
    const [{ models: changes }] = lines.map((line) => JSON.parse(line)) as [
      { models: { action: string; model: string }[] },
    ];
    expect(changes.map(({ action, model }) => [action, model])).toEqual([
      ['reprice', 'middle'],
      ['add', 'bbb'],
    ]);
    const third = restoreRouterSync(second.snapshot(), { models: { aaa: extra } });
    expect(third.models).toEqual(['aaa']);
  });

  test('the demo list stays one', () => {
    const demo = createRouterSync();
    expect(decided(restoreRouterSync(demo.snapshot()).select()).demo).toBe(true);
  });
});

test('replicas of whole routers merge', () => {
  const register = new ReplicaRegister();
  const routers = ['a', 'b', 'c'].map((instanceId, i) => {
    const one = made({ instanceId, seed: i });
    teach(one, 20 + i, (n) => ['x', 'y', undefined][(n + i) % 3]);
    expect(register.put(one.replicaState())).toBe('taken');
    return one;
  });
  const merged = register.merged();
  const reports = new DataView(merged.evidence.buffer).getFloat64(24, true);
  expect(reports).toBe(63);
  expect(merged.segments).toEqual([null, 'x', 'y']);
  teach(routers[0]!, 1);
  expect(register.put(routers[0]!.replicaState())).toBe('taken');
  const timed = ['a', 'b'].map((instanceId) =>
    made({ instanceId, posterior: { halfLifeMs: 1e6 } }),
  );
  const byTime = new ReplicaRegister();
  for (const one of timed) {
    teach(one, 5);
    byTime.put(one.replicaState());
  }
  expect(byTime.merged().clock).toBe('time');
  const forgetful = createRouterSync({
    models: MODELS,
    willingnessToPayUsd: 1,
    posterior: { halfLifeRequests: 10 },
  });
  expect(() => register.put(forgetful.replicaState())).toThrow(/no clock in common/);
});
