/**
 * Strategy: routers with a store, on a disk in memory that crashes. What a crashed router's successor knows is, to the last bit, what a router without a store knew after
 * some number of steps, never fewer than were flushed. The store's own failures are failures.test.ts's, killed processes kills.test.ts's.
 */
import { describe, expect, test } from 'vitest';
import {
  createRouterSync,
  restoreRouterSync,
  type Router,
  type RouterOptions,
} from '../../src/index';
import { openFileStore, type FileStore } from '../../src/store/fileStore';
import { MODELS } from '../router/routers';
import { Disk } from './disk';

const FOLDER = '/store';
const BASE: RouterOptions = {
  models: MODELS,
  willingnessToPayUsd: 0.01,
  seed: 5,
  instanceId: 'first',
  clock: () => 1000,
};

/** Step n of a fixed life: a decision, and reports on those before, some in parts, some never. */
function step(router: Router, n: number): void {
  router.select({ segment: `s${n % 3}`, promptTokens: n * 10, ...prompt(router, n) });
  const target = n - (n % 4);
  const id = (number: number) => `${router.instanceId}-${number}`;
  if (n % 3 === 0) router.report(id(target), { reward: (n % 10) / 9 });
  else if (n % 3 === 1) router.report(id(n), { reward: (n % 7) / 6, costUsd: n / 1e6 });
}

const prompting = new WeakSet<Router>();
function prompt(router: Router, n: number): { prompt?: string } {
  return prompting.has(router) ? { prompt: `why is ${n * n} not a prime?` } : {};
}

function live(options: RouterOptions): Router {
  const router = createRouterSync(options);
  if (options.context) prompting.add(router);
  return router;
}

async function opened(disk: Disk): Promise<FileStore> {
  const copy = new Disk();
  for (const name of disk.names) if (!name.startsWith('lock')) copy.put(name, disk.bytesOf(name));
  return openFileStore(FOLDER, { files: copy.files, snapshotEveryBytes: 3000 });
}

/** What the evidence holds, wherever the router's name and log stand. */
const knowledge = (router: Router) =>
  JSON.stringify([
    router.getPosteriors(),
    router.getStats().evidenceVersion,
    router.pendingDecisions,
  ]);

/** Knowledge of a router without a store after each step. */
function reference(options: RouterOptions, steps: number): string[] {
  const router = live(options);
  const known = [knowledge(router)];
  for (let n = 0; n < steps; n++) {
    step(router, n);
    known.push(knowledge(router));
  }
  return known;
}

const KINDS: [string, Partial<RouterOptions>][] = [
  ['plain', {}],
  [
    'with latencies, a floor and forgetting',
    { latency: {}, floor: { epsilon: 0.1 }, posterior: { halfLifeRequests: 20 } },
  ],
  ['with exact propensities', { propensity: 'exact' }],
  [
    'with detectors, a budget and rules',
    {
      drift: { threshold: 2 },
      budget: { usd: 0.001, windowRequests: 20 },
      rules: { chain: [{ when: 'budget', usd: 0.0005, windowRequests: 15, models: ['cheap'] }] },
    },
  ],
  ['that reads prompts', { context: { freezeAfterPrompts: 20 } }],
  ['that takes several samples', { bestOf: { maxSamples: 3 } }],
];

describe.each(KINDS)('a router %s', (_, changes) => {
  const options = { ...BASE, ...changes };
  const STEPS = changes.context ? 25 : 60;

  test('is found where it was flushed, or a little further', async () => {
    const known = reference(options, STEPS);
    for (const mode of ['lost', 'kept', 'torn'] as const) {
      const disk = new Disk();
      const store = await openFileStore(FOLDER, { files: disk.files, snapshotEveryBytes: 3000 });
      const router = live({ ...options, store });
      let flushed = 0;
      for (let n = 0; n < STEPS; n++) {
        step(router, n);
        await undefined;
        if (n % 9 === 8) {
          await router.flush();
          flushed = n + 1;
        }
        if (n % 5 !== 0) continue;
        const found = await opened(disk.crash(mode, () => (n % 10) / 10));
        if (!found.found) {
          expect(flushed).toBe(0);
          continue;
        }
        const next = live({ ...options, store: found });
        const at = known.indexOf(knowledge(next));
        const problem = `step ${n}, ${mode}: ${next.recovery?.problem}`;
        // A crash between a decision and its report is a moment, too.
        if (at < 0)
          expect(next.getStats().evidenceVersion, problem).toBeGreaterThanOrEqual(
            versionAt(known, flushed),
          );
        else expect(at, problem).toBeGreaterThanOrEqual(flushed);
        expect(next.instanceId).toBe('first.2');
        await found.close();
      }
      await store.close();
    }
  });
});

function versionAt(known: readonly string[], step: number): number {
  return (JSON.parse(known[step]!) as [unknown, number])[1];
}

test('a life in many processes is one life', async () => {
  const STEPS = 90;
  let disk = new Disk();
  let router: Router | undefined;
  const whole = createRouterSync(BASE);
  const names: string[] = [];
  for (let n = 0; n < STEPS; n++) {
    if (n % 10 === 0) {
      const store = await openFileStore(FOLDER, { files: disk.files, snapshotEveryBytes: 3000 });
      router = createRouterSync({ ...BASE, store });
      names.push(router.instanceId);
      if (n > 0) expect(router.recovery).toMatchObject({ lostLines: 0, problem: undefined });
    }
    step(router!, n);
    step(whole, n);
    if (n % 10 !== 9) continue;
    await router!.flush();
    expect(knowledge(router!)).toBe(knowledge(whole));
    // No goodbye: the lock is the dead one's.
    disk = disk.crash('lost', () => 0);
    for (const name of disk.names) if (name.startsWith('lock')) disk.put(name, new Uint8Array(0));
  }
  expect(names).toEqual(['first', ...Array.from({ length: 8 }, (_, i) => `first.${i + 2}`)]);
  // Reports for decisions of every life count.
  expect(router!.report('first.3-23', { reward: 1 }).kind).toBe('accepted');
  expect(router!.report('first.3-35', { reward: 1 }).kind).toBe('unknown');
});

test('models that come and go are recovered from the log', async () => {
  const disk = new Disk();
  const store = await openFileStore(FOLDER, { files: disk.files });
  const [router, whole] = [createRouterSync({ ...BASE, store }), createRouterSync(BASE)];
  for (const one of [router, whole]) {
    step(one, 1);
    one.addModel('new', { ...MODELS.dear, prior: { mean: 0.9, strength: 3 } });
    one.repriceModel('cheap', { usdPerMillionInputTokens: 5, usdPerMillionOutputTokens: 6 });
    for (let n = 2; n < 20; n++) step(one, n);
    one.retireModel('middle');
    step(one, 20);
  }
  await router.flush();
  const found = await opened(disk.crash('lost', () => 0));
  const next = createRouterSync({ willingnessToPayUsd: 0.01, clock: () => 1000, store: found });
  expect(next.recovery).toMatchObject({ modelChanges: 3, lostLines: 0, skippedLines: 0 });
  expect(knowledge(next)).toBe(knowledge(whole));
  expect(next.models).toEqual(whole.models);
});

test('options in conflict with the store are told before anything is written', async () => {
  const disk = new Disk();
  const store = await openFileStore(FOLDER, { files: disk.files });
  const router = createRouterSync({ ...BASE, store });
  step(router, 0);
  await router.flush();
  const next = await opened(disk);
  expect(() => createRouterSync({ ...BASE, seed: 6, store: next })).toThrow(
    /options.seed must be as before/,
  );
  const again = await opened(disk);
  expect(again.found!.lines.length).toBe(store.found?.lines.length ?? 3);
});

test('without a store, flush resolves at once', async () => {
  await expect(createRouterSync(BASE).flush()).resolves.toBeUndefined();
});

test.each([1, {}, null, { write: () => undefined }])('what is no store is refused: %j', (store) => {
  expect(() => createRouterSync({ ...BASE, store: store as never })).toThrow(
    /store must be an object/,
  );
});

test('restoring twice from one snapshot gives two routers', () => {
  const router = createRouterSync(BASE);
  step(router, 1);
  const [a, b] = [0, 1].map(() => restoreRouterSync(router.snapshot(), { clock: () => 1000 }));
  step(a!, 2);
  expect(knowledge(a!)).not.toBe(knowledge(b!));
});
