/**
 * Strategy: what a router is told anew when it goes on, from a snapshot and from a store: options that are others, left out or null, models with what names them, names of its evidence. After
 * every restart its log must replay to the bit. That nothing changes without new options is snapshot.test.ts's.
 */
import { describe, expect, test } from 'vitest';
import {
  createRouterSync,
  type FallbackOptions,
  ParameterError,
  ReplicaRegister,
  restoreRouterSync,
  SnapshotError,
  type RestoreOptions,
  type Router,
  type RouterOptions,
} from '../../src/index';
import { openFileStore, type FileStore } from '../../src/store/fileStore';
import { Disk } from '../store/disk';
import { decided, MODELS, router as made, teach } from './routers';
import { drive, logged, refill, type Session } from './sessions';

const BASE = { models: MODELS, willingnessToPayUsd: 0.01, seed: 5, clock: () => 7 };
const NEW = { ...MODELS, neu: { ...MODELS.cheap, family: 'c' } };
const force = (model: string) => ({ chain: [{ when: 'always', force: model } as const] });

const open = (disk: Disk): Promise<FileStore> => openFileStore('/store', { files: disk.files });

/** Lives of one store, each with options of its own, each with 20 reports; a life ends by closing or by a crash. */
async function lives(
  options: readonly Partial<RouterOptions>[],
  ends: 'closed' | 'crashed' = 'closed',
): Promise<Router> {
  let disk = new Disk();
  let router: Router | undefined;
  for (const changes of options) {
    const store = await open(disk);
    router = createRouterSync({ ...BASE, ...changes, store } as RouterOptions);
    expect(router.recovery ?? {}).not.toMatchObject({ problem: expect.any(String) });
    teach(router, 20, (i) => ['x', 'y'][i % 2]);
    await router.flush();
    if (ends === 'closed') await store.close();
    else {
      disk = disk.crash('lost', () => 0);
      for (const name of disk.names) if (name.startsWith('lock')) disk.put(name, new Uint8Array(0));
    }
  }
  return router!;
}

/** Each option that decisions depend on, as it is at first and later. */
const CHANGES: [string, Partial<RouterOptions>, Partial<RouterOptions>][] = [
  ['willingnessToPayUsd', {}, { willingnessToPayUsd: Infinity }],
  ['explorationScale', {}, { explorationScale: 0 }],
  ['floor', { floor: { epsilon: 0.3 } }, { floor: { epsilon: 0.1, baseline: 'inverse-cost' } }],
  ['fallback', {}, { fallback: { model: 'dear', qualityFloor: 0.4, confidence: 0.6 } }],
  ['riskWeight', {}, { riskWeight: 1 }],
  ['propensity', { propensity: 'exact' }, { propensity: 'off' }],
  ['drift', {}, { drift: { threshold: 2 } }],
  ['latency', { latency: { usdPerSecond: 0.01 } }, { latency: { limitMs: 1500 } }],
  ['maxPendingDecisions', {}, { maxPendingDecisions: 3 }],
  ['a price among several samples', { bestOf: { maxSamples: 3 } }, { willingnessToPayUsd: 1 }],
];

describe('a log is replayed across a restart with another', () => {
  const prompting = { context: { freezeAfterPrompts: 30 } };
  const cases = CHANGES.flatMap(([name, first, then]) => [
    [name, first, then] as const,
    [`${name}, forgetting`, { ...first, posterior: { halfLifeRequests: 30 } }, then] as const,
    [`${name}, forgetting by time`, { ...first, posterior: { halfLifeMs: 40_000 } }, then] as const,
    // Prompts take long: those whose state is carried over in ways of its own.
    ...(['latency', 'drift', 'maxPendingDecisions'].includes(name)
      ? [[`${name}, with prompts`, { ...first, ...prompting }, then] as const]
      : []),
  ]);
  test.each(cases)('%s', (_, first, then) => {
    let nowMs = 1e9;
    const clock = () => (nowMs += 1000);
    const session = drive(logged({ ...first, clock }), 60);
    const log = (line: string) => session.lines.push(line);
    const again: Session = {
      ...session,
      router: restoreRouterSync(session.router.snapshot(), {
        ...then,
        models: { ...NEW, middle: { ...MODELS.middle, usdPerMillionInputTokens: 2 } },
        instanceId: 'later',
        clock,
        log,
      }),
    };
    drive(again, 60, 2);
    const back = Object.keys(then).filter(
      (key) => !['willingnessToPayUsd', 'latency'].includes(key),
    );
    const dropped = Object.fromEntries(back.map((key) => [key, null])) as RestoreOptions;
    drive(
      { ...again, router: restoreRouterSync(again.router.snapshot(), { ...dropped, clock, log }) },
      60,
      3,
    );
    const { problems, summary } = refill(session.lines);
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({ unverified: 0, skippedLines: 0, modelChanges: 2 });
    expect(summary.decisions).toBeGreaterThan(150);
  });
});

describe.each(['closed', 'crashed'] as const)('a store that was %s', (ends) => {
  test.each(CHANGES)('keeps all reports when %s changes', async (_, first, then) => {
    const router = await lives([first, then, { ...first, ...keptLatency(then) }], ends);
    // What the best of several teaches is no reward of one: versions count reports of either kind.
    expect(router.getStats().evidenceVersion).toBe(60);
  });

  test('keeps them when models come, go and change their prices', async () => {
    const cheaper = { ...MODELS.dear, usdPerMillionInputTokens: 1 };
    const { cheap, middle, dear } = MODELS;
    const router = await lives(
      [
        {},
        { models: NEW, rules: force('neu'), fallback: fallback('neu') },
        { models: { cheap, dear: cheaper } },
        { models: { cheap, middle, dear }, rules: force('middle') },
      ],
      ends,
    );
    expect(router.getStats().evidenceReports).toBe(80);
    expect(router.models).toEqual(['cheap', 'dear', 'middle']);
    expect(router.getPosteriors('x').segments[0]!.models['neu']!.alpha).toBeGreaterThan(2);
  });
});

function fallback(model: string): FallbackOptions {
  return { model, qualityFloor: 0.5, confidence: 0.5 };
}

/** Latency stays, whatever it is at. */
function keptLatency({ latency }: Partial<RouterOptions>) {
  return latency ? { latency } : {};
}

test('a log that was damaged at its newest snapshot is recovered across other options', async () => {
  const disk = new Disk();
  for (const changes of CHANGES.slice(0, 5).map(([, , then]) => then)) {
    const store = await open(disk);
    const router = createRouterSync({ ...BASE, models: NEW, ...changes, store });
    teach(router, 20);
    await router.flush();
    await store.close();
  }
  const newest = disk.names
    .filter((name) => name.startsWith('snapshot'))
    .sort()
    .at(-1)!;
  disk.put(newest, new Uint8Array(9));
  const router = createRouterSync({ ...BASE, models: NEW, store: await open(disk) });
  expect(router.recovery).toMatchObject({ reports: 40, lostLines: 0, problem: undefined });
  expect(router.getStats().evidenceReports).toBe(100);
});

describe('with a store, the options are all of the configuration', () => {
  const ALL: Partial<RouterOptions> = {
    rules: { chain: [() => ({ force: 'cheap' })] },
    reward: () => 0.5,
    budget: { usd: 1e-6, windowRequests: 20, ceilingUsd: 1e-6 },
    fallback: fallback('dear'),
    floor: { epsilon: 0.5 },
    drift: {},
    riskWeight: 1,
    breakers: false,
  };

  test('what is left out is off, functions too', async () => {
    const disk = new Disk();
    const store = await open(disk);
    createRouterSync({ ...BASE, ...ALL, budget: { usd: 1, windowRequests: 9 }, store });
    await store.flush();
    await store.close();
    const router = createRouterSync({ ...BASE, store: await open(disk) });
    const fresh = createRouterSync(BASE);
    const chosen = (one: Router) =>
      Array.from({ length: 30 }, () => {
        const { model, sampledQuality } = decided(one.select());
        return [model, sampledQuality];
      });
    expect(chosen(router)).toEqual(chosen(fresh));
    const { decisionId } = decided(router.select());
    expect(router.report(decisionId, { valid: true, latencyMs: 1 })).not.toMatchObject({
      reward: 0.5,
    });
    router.isolate('dear');
  });

  test('what the memory hangs on stays', async () => {
    const disk = new Disk();
    const store = await open(disk);
    const memory = { posterior: { priorMean: 0.7 }, latency: {}, replicaId: 'me' };
    createRouterSync({ ...BASE, ...memory, store });
    await store.flush();
    await store.close();
    const again = await open(disk);
    const router = createRouterSync({ store: again, clock: () => 7 });
    expect(router.models).toEqual(['cheap', 'dear', 'middle']);
    expect([router.seed, router.replicaId]).toEqual([5n, 'me']);
    expect(decided(router.select()).expectedLatencyMs).toBeGreaterThan(0);
    expect(decided(router.select()).demo).toBeUndefined();
    await router.flush();
    await again.close();
    // Without models, rules are held against those of the store.
    const third = await open(disk);
    expect(() => createRouterSync({ store: third, models: undefined } as never)).toThrow(
      /models must be an object/,
    );
    expect(() => createRouterSync({ store: third, onLoss: () => undefined } as never)).toThrow(
      /"onLoss"/,
    );
    const forced = createRouterSync({ store: third, rules: force('dear') });
    expect(decided(forced.select()).model).toBe('dear');
    expect(router.getPosteriors().segments[0]!.models['cheap']!.pooledMean).toBeCloseTo(0.7, 6);
  });
});

describe('null at a restore', () => {
  const first = made({
    rules: { chain: [() => ({ force: 'cheap' })] },
    reward: () => 0.5,
    budget: { usd: 1, windowRequests: 9 },
    fallback: fallback('dear'),
    floor: { epsilon: 0.5 },
    drift: {},
    latency: { limitMs: 100 },
    propensity: 'exact',
  });
  teach(first, 10);
  const snapshot = first.snapshot();
  const off = { rules: null, reward: null, budget: null, fallback: null, floor: null, drift: null };

  test('switches options off', () => {
    const lines: string[] = [];
    const all = { ...off, latency: null, propensity: null };
    const router = restoreRouterSync(snapshot, { ...all, log: (line) => lines.push(line) });
    const decision = decided(router.select());
    expect(decision.expectedLatencyMs).toBeUndefined();
    expect(router.report(decision.decisionId, { latencyMs: 1, costUsd: 0 })).not.toMatchObject({
      reward: 0.5,
    });
    expect(JSON.parse(lines[0]!)).toMatchObject({
      changed: {
        floor: { epsilon: 0 },
        fallback: null,
        drift: null,
        latency: null,
        propensity: 'deferred',
      },
    });
    // And stays so.
    const again = restoreRouterSync(router.snapshot());
    expect(again.getStats().evidenceReports).toBe(10);
    expect(() => restoreRouterSync(router.snapshot(), { latency: {} })).toThrow(
      /options.latency must be as before/,
    );
  });

  test('is what a lost function asks for', () => {
    expect(() => restoreRouterSync(snapshot)).toThrow(
      /options.(rules.chain.0|reward) was a function: give it again, or options.(rules|reward): null to go on without/,
    );
    expect(() => restoreRouterSync(snapshot, { rules: null })).toThrow(/options.reward: null/);
    restoreRouterSync(snapshot, { rules: null, reward: null });
    const own = made({ context: { encoder: () => Float64Array.of(1) } }).snapshot();
    expect(() => restoreRouterSync(own)).toThrow(
      /options.context.encoder was a function: give it again$/,
    );
  });

  test.each([
    'seed',
    'posterior',
    'context',
    'models',
    'willingnessToPayUsd',
    'instanceId',
    'replicaId',
  ])('is no %s', (option) => {
    expect(() => restoreRouterSync(snapshot, { ...off, [option]: null } as never)).toThrow(
      ParameterError,
    );
  });
});

describe('rules and fallback are held against the models that will be there', () => {
  const snapshot = made({
    rules: {
      policies: { complex: ['dear'] },
      chain: [{ when: 'segment', segments: ['q'], force: 'dear' }],
    },
  }).snapshot();
  const policies = {
    policies: { standard: ['neu'] },
    chain: [{ when: 'always', policy: 'standard' }],
  } as const;

  test.each<[string, RestoreOptions]>([
    ['a rule', { rules: force('neu') }],
    ['a policy', { rules: policies }],
    ['the fallback', { rules: null, fallback: { ...fallback('neu'), confidence: 1 } }],
  ])('%s may name a new one', (_, options) => {
    const router = restoreRouterSync(snapshot, { ...options, models: NEW });
    expect(decided(router.select()).model).toBe('neu');
    const again = restoreRouterSync(router.snapshot());
    expect(decided(again.select()).model).toBe('neu');
  });

  test.each<[string, RestoreOptions, RegExp]>([
    [
      'given rules',
      { rules: force('neu') },
      /rules.chain\[0\].force must be the id of one of the models, got "neu"/,
    ],
    [
      'kept rules',
      { models: { cheap: MODELS.cheap } },
      /rules.policies.complex\[0\] must be the id/,
    ],
    [
      'the fallback',
      { models: { dear: MODELS.dear }, fallback: fallback('cheap')! },
      /fallback.model must be the id/,
    ],
  ])('%s must not name others', (_, options, message) => {
    expect(() => restoreRouterSync(snapshot, options)).toThrow(message);
    expect(() => restoreRouterSync(snapshot, options)).toThrow(ParameterError);
  });

  test('a model that was retired may still be named', () => {
    const one = restoreRouterSync(snapshot);
    one.retireModel('dear');
    expect(restoreRouterSync(one.snapshot()).select({ segment: 'q' }).kind).toBe(
      'no-eligible-model',
    );
  });
});

describe('the name of the evidence', () => {
  test('is that of the first life, in stores and under other names', async () => {
    const register = new ReplicaRegister();
    const disk = new Disk();
    let router: Router;
    for (let life = 1; life <= 3; life++) {
      const store = await open(disk);
      router = createRouterSync({ ...BASE, instanceId: 'r1', store });
      expect(router.instanceId).toBe(life === 1 ? 'r1' : `r1.${life}`);
      teach(router, 10);
      expect(register.put(router.replicaState())).toBe('taken');
      await store.close();
    }
    const other = restoreRouterSync(router!.snapshot(), { instanceId: 'B' });
    teach(other, 5);
    expect(register.put(other.replicaState())).toBe('taken');
    expect(register.ids).toEqual(['r1']);
    expect(register.getPosteriors().evidenceReports).toBe(35);
  });

  test('may be given at birth, and is no other later', () => {
    const one = made({ replicaId: 'eu' });
    expect([one.instanceId, one.replicaId]).toEqual(['test', 'eu']);
    expect(restoreRouterSync(one.snapshot(), { instanceId: 'x', replicaId: 'eu' }).replicaId).toBe(
      'eu',
    );
    expect(() => restoreRouterSync(one.snapshot(), { replicaId: 'us' })).toThrow(
      /options.replicaId must be as before, "eu", or left out, got "us"/,
    );
    for (const option of ['replicaId', 'instanceId'])
      expect(() => made({ [option]: '' })).toThrow(
        `${option} must be a string of 1 to 64 characters`,
      );
  });

  test('two routers restored from one snapshot are found out', () => {
    const one = made();
    teach(one, 10);
    const register = new ReplicaRegister();
    const [a, b] = [0, 1].map(() => restoreRouterSync(one.snapshot()));
    const id = decided(a!.select()).decisionId;
    b!.select();
    a!.report(id, { reward: 1 });
    b!.report(id, { reward: 0 });
    register.put(a!.replicaState());
    expect(() => register.put(b!.replicaState())).toThrow(SnapshotError);
    // Reads, decisions, and another life change no evidence.
    a!.getPosteriors();
    a!.select({ segment: 'new' });
    expect(register.put(a!.replicaState())).toBe('duplicate');
    expect(register.put(restoreRouterSync(a!.snapshot(), { instanceId: 'z' }).replicaState())).toBe(
      'duplicate',
    );
  });

  test('merged posteriors of one replica are its own', () => {
    const one = made();
    teach(one, 40, (i) => ['x', 'y', undefined][i % 3]);
    const register = new ReplicaRegister();
    register.put(one.replicaState());
    const [merged, own] = [register.getPosteriors(), one.getPosteriors()];
    expect(merged.evidenceReports).toBe(own.evidenceReports);
    // Rounding: sums over arms are made in the order of names.
    expect(merged.dispersion).toBeCloseTo(own.dispersion, 12);
    expect(merged.priorStrengthOfCells).toBeCloseTo(own.priorStrengthOfCells, 9);
    expect(merged.segments.map(({ segment }) => segment)).toEqual([null, 'x', 'y']);
    for (const { segment, models } of own.segments) {
      const row = merged.segments.find((other) => other.segment === segment)!;
      for (const [model, beliefs] of Object.entries(models))
        for (const [name, value] of Object.entries(beliefs))
          expect(row.models[model]![name as 'alpha'] / value).toBeCloseTo(1, 9);
    }
  });
});

describe('messages', () => {
  const snapshot = made({ posterior: { halfLifeRequests: 50 } }).snapshot();

  test.each<[unknown, RegExp]>([
    [{ onLoss: 5 }, /^onLoss must be a function, got 5$/],
    [{ misspelt: 5 }, /with keys among models, .*, store, onLoss, got "misspelt"/],
    [
      { posterior: {} },
      /"halfLifeRequests":50,"halfLifeMs":Infinity,.*got .*"halfLifeRequests":Infinity/,
    ],
  ])('of restoreRouter(snapshot, %j)', (options, message) => {
    expect(() => restoreRouterSync(snapshot, options as never)).toThrow(message);
  });

  test('a replica’s state is no snapshot', () => {
    expect(() => restoreRouterSync(made().replicaState())).toThrow(
      /the state of a replica, which a ReplicaRegister takes/,
    );
  });

  test('a model may be called like the tag of what JSON has no word for', () => {
    const models = { ...MODELS, $number: MODELS.cheap };
    const one = made({ models, latency: { providers: { $number: 'openai' } } });
    teach(one, 5);
    expect(restoreRouterSync(one.snapshot()).select()).toEqual(one.select());
  });

  test('a log without its beginning says so', () => {
    const session = drive(logged(), 20);
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    drive(
      {
        ...session,
        router: restoreRouterSync(session.router.snapshot(), { instanceId: 'b', log }),
      },
      20,
    );
    const { problems, summary } = refill(lines);
    expect(problems[0]).toMatch(
      /goes on from another log, which must be put before this one, got "test"/,
    );
    expect(summary).toMatchObject({ routers: 0, continued: ['test'] });
    const whole = refill([...session.lines, ...lines]);
    expect(whole.problems).toEqual([]);
    expect(whole.summary).toMatchObject({ unverified: 0, continued: [] });
  });
});

test('a store serves one router', async () => {
  const store = await open(new Disk());
  // One that could not be made has not had it.
  expect(() => createRouterSync({ ...BASE, seed: -1, store })).toThrow(/seed must be/);
  const router = createRouterSync({ ...BASE, store });
  for (const make of [
    () => createRouterSync({ ...BASE, store }),
    () => restoreRouterSync(router.snapshot(), { store }),
  ])
    expect(make).toThrow(/store must be of this router alone: close it and open it again/);
  teach(router, 3);
  await router.flush();
  expect(store.health.lostLines).toBe(0);
});

test('a disk that refuses is an event, once until it works again', async () => {
  const disk = new Disk();
  const store = await open(disk);
  const router = createRouterSync({ ...BASE, store });
  const errors: unknown[] = [];
  router.on('error', (event) => errors.push(event));
  await router.flush();
  for (let round = 1; round <= 2; round++) {
    disk.failAt(disk.operations, 'dead');
    for (let i = 0; i < 3; i++) {
      teach(router, 1);
      await expect(router.flush()).rejects.toThrow(/was not written/);
    }
    expect(errors.length).toBe(round);
    expect(errors.at(-1)).toMatchObject({ event: 'store', error: { name: 'StoreError' } });
    disk.failAt(Infinity, 'dead');
    await router.flush();
  }
  expect(router.getStats().droppedErrors).toBe(0);
});
