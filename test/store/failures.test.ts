/**
 * Strategy: a file store on a disk in memory. A failure is put at every operation in turn, of every kind, and followed by a crash that loses what was not synced,
 * keeps it or tears it; the next process must find a state that held at some moment and misses nothing that was flushed. Then a store whose disk
 * recovers must go on as if nothing had been. Real kills of real processes are kills.test.ts's.
 */
import { expect, test } from 'vitest';
import { openFileStore } from '../../src/store/fileStore';
import { CountingRouter, countOf } from './counting';
import { Disk, type CrashMode, type FailureMode } from './disk';

const FOLDER = '/store';
const OPTIONS = { snapshotEveryBytes: 1000 };

/** Repeatable numbers in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A life: opens, writes, flushes now and then; returns what was written and what was acknowledged. */
async function live(disk: Disk, steps: number): Promise<{ count: number; flushed: number }> {
  let store;
  try {
    store = await openFileStore(FOLDER, { ...OPTIONS, files: disk.files });
  } catch {
    return { count: -1, flushed: -1 };
  }
  const router = new CountingRouter(store);
  let flushed = -1;
  for (let i = 1; i <= steps; i++) {
    router.step();
    // A turn of the event loop now and then lets the writer in.
    if (i % 3 === 0) await undefined;
    if (i % 7 !== 0) continue;
    const before = router.count;
    await router.flush().then(
      () => (flushed = before),
      () => undefined,
    );
  }
  await store.close().then(
    () => (flushed = router.count),
    () => undefined,
  );
  return { count: router.count, flushed };
}

async function found(disk: Disk): Promise<number> {
  // The lock's holder is this process, which the dead one's was, too.
  const store = await openFileStore(FOLDER, { ...OPTIONS, files: withoutLock(disk).files });
  const count = countOf(store.found);
  await store.close();
  return count;
}

function withoutLock(disk: Disk): Disk {
  const copy = new Disk();
  for (const name of disk.names) if (!name.startsWith('lock')) copy.put(name, disk.bytesOf(name));
  return copy;
}

const STEPS = 60;

test('a life without failures keeps two generations and is found whole', async () => {
  const disk = new Disk();
  expect(await live(disk, STEPS)).toEqual({ count: STEPS, flushed: STEPS });
  expect(disk.names.filter((name) => name.startsWith('log')).length).toBe(2);
  expect(await found(disk)).toBe(STEPS);
  expect(await live(disk, STEPS)).toEqual({ count: 2 * STEPS, flushed: 2 * STEPS });
  expect(await found(disk)).toBe(2 * STEPS);
});

const modes: readonly [FailureMode, CrashMode][] = [
  ['dead', 'lost'],
  ['dead', 'kept'],
  ['dead', 'torn'],
  ['reject', 'lost'],
  ['reject', 'torn'],
  ['half', 'lost'],
  ['half', 'kept'],
  ['half', 'torn'],
];

test.each(modes)('a failure (%s) at every operation, then a crash (%s)', async (failure, crash) => {
  const undisturbed = new Disk();
  await live(undisturbed, 20);
  const first = undisturbed.operations;
  await live(undisturbed, STEPS);
  const operations = undisturbed.operations - first;
  expect(operations).toBeGreaterThan(40);
  for (let at = 0; at < operations; at++) {
    // The second life begins with what a first one left.
    const disk = new Disk();
    await live(disk, 20);
    disk.failAt(first + at, failure);
    const { count, flushed } = await live(disk, STEPS);
    const left = await found(disk.crash(crash, randomFrom(at)));
    const problem = `operation ${at}: found ${left} of ${count}, flushed ${flushed}`;
    if (count < 0) expect(left, problem).toBe(20);
    else {
      expect(left, problem).toBeGreaterThanOrEqual(Math.max(20, flushed));
      expect(left, problem).toBeLessThanOrEqual(count);
    }
  }
});

test('after a failure that passes, the next flush makes everything durable', async () => {
  for (let at = 0; at < 60; at++) {
    const disk = new Disk();
    const store = await openFileStore(FOLDER, { ...OPTIONS, files: disk.files });
    const router = new CountingRouter(store);
    disk.failAt(disk.operations + at, 'half');
    for (let i = 0; i < STEPS; i++) {
      router.step();
      if (i % 5 === 0) await router.flush().catch(() => undefined);
    }
    await router.flush().catch(() => router.flush());
    expect(await found(disk.crash('lost', randomFrom(at))), `operation ${at}`).toBe(STEPS);
    await store.close();
  }
});

test('a damaged snapshot is passed over for the one before', async () => {
  const disk = new Disk();
  await live(disk, STEPS);
  const newest = disk.names
    .filter((name) => name.startsWith('snapshot'))
    .sort()
    .at(-1)!;
  const bytes = disk.bytesOf(newest).slice();
  bytes[bytes.length - 1]! ^= 1;
  disk.put(newest, bytes);
  const store = await openFileStore(FOLDER, { files: withoutLock(disk).files });
  expect(countOf(store.found)).toBe(STEPS);
  expect(store.health.unusedFiles).toEqual([
    { file: newest, problem: 'the checksum does not fit the bytes' },
  ]);
});

test('a log whose snapshot was taken away is an error, not a new beginning', async () => {
  const disk = new Disk();
  await live(disk, STEPS);
  const left = new Disk();
  for (const name of disk.names) if (name.startsWith('log')) left.put(name, disk.bytesOf(name));
  await expect(openFileStore(FOLDER, { files: left.files })).rejects.toMatchObject({
    fault: 'damaged',
    message: expect.stringMatching(/log-\d+\.jsonl has \d+ bytes, and no snapshot is there/),
  });
  // The store let go of the folder.
  expect(left.names.filter((name) => name.startsWith('lock'))).toEqual([]);
  const empty = new Disk();
  empty.put('log-00000001.jsonl', new Uint8Array(0));
  expect((await openFileStore(FOLDER, { files: empty.files })).found).toBeUndefined();
});

test('nothing that can be read is an error, not a new beginning', async () => {
  const disk = new Disk();
  await live(disk, STEPS);
  for (const name of disk.names) if (name.startsWith('snapshot')) disk.put(name, new Uint8Array(9));
  const opened = openFileStore(FOLDER, { files: withoutLock(disk).files });
  await expect(opened).rejects.toMatchObject({ name: 'StoreError', fault: 'damaged' });
});

test('a newer snapshot is not passed over', async () => {
  const disk = new Disk();
  await live(disk, STEPS);
  const newest = disk.names
    .filter((name) => name.startsWith('snapshot'))
    .sort()
    .at(-1)!;
  const bytes = disk.bytesOf(newest).slice();
  bytes[8] = 99;
  disk.put(newest, bytes);
  const opened = openFileStore(FOLDER, { files: withoutLock(disk).files });
  await expect(opened).rejects.toMatchObject({ name: 'StoreError', fault: 'newer-version' });
});

test('a disk that takes nothing loses lines beyond a bound, says so, and a snapshot makes up for it', async () => {
  const disk = new Disk();
  const store = await openFileStore(FOLDER, { files: disk.files });
  const router = new CountingRouter(store);
  router.step();
  await router.flush();
  disk.failAt(disk.operations, 'dead');
  const long = `${'x'.repeat(2 ** 22)}\n`;
  for (let i = 0; i < 20; i++) store.write(long);
  await expect(store.flush()).rejects.toMatchObject({ fault: 'io' });
  expect(store.health.lostLines).toBeGreaterThan(0);
  expect(store.snapshotDue).toBe(true);
  disk.failAt(Infinity, 'dead');
  router.step();
  await router.flush();
  expect(await found(disk.crash('lost', () => 0))).toBe(2);
});

test('a closed store refuses, and takes nothing more', async () => {
  const disk = new Disk();
  const store = await openFileStore(FOLDER, { files: disk.files });
  await store.close();
  await store.close();
  store.write('{"n":1}\n');
  await expect(store.flush()).rejects.toMatchObject({ fault: 'closed' });
  expect(await found(disk)).toBe(0);
});

test.each([
  [{ snapshotEveryBytes: 1 }, /snapshotEveryBytes must be/],
  [{ keepLogs: 1 }, /keepLogs must be true or false/],
  [{ unknown: 1 }, /unknown/],
])('bad options are refused: %j', async (options, message) => {
  const { files } = new Disk();
  await expect(openFileStore(FOLDER, { ...options, files } as never)).rejects.toThrow(message);
});

test.each([undefined, '', 3, 'a\0b'])('a folder that is no path is refused: %j', async (folder) => {
  const { files } = new Disk();
  await expect(openFileStore(folder as never, { files })).rejects.toThrow(/folder must be/);
});
