/**
 * Strategy: real processes on a real disk: some kills at random moments (a thousand: npm run test:crash), and locks. Failures of single operations are
 * failures.test.ts's.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ParameterError } from '../../src/index';
import { openFileStore } from '../../src/store/fileStore';
import { NODE_FILES } from '../../src/store/files';
import { CountingRouter, countOf } from './counting';

const ROOT = resolve(import.meta.dirname, '../..');
const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'thompsonite-store-'));
  folders.push(made);
  return made;
}

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

test('a router that is killed again and again loses nothing that was flushed', () => {
  const kills = join(ROOT, 'bench/crash/kills.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [kills, '--kills', '12'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { lives, began, flushed } = JSON.parse(stdout) as Record<string, number>;
  expect(lives).toBe(12);
  expect(began).toBeGreaterThan(0);
  expect(flushed).toBeGreaterThan(0);
});

test('files on a real disk: written, closed, found', async () => {
  const place = join(folder(), 'deep', 'er');
  const store = await openFileStore(place, { snapshotEveryBytes: 1000, keepLogs: true });
  const router = new CountingRouter(store);
  for (let i = 0; i < 100; i++) {
    router.step();
    if (i % 9 === 0) await router.flush();
  }
  await store.close();
  const names = readdirSync(place).sort();
  expect(names.filter((name) => name.startsWith('snapshot')).length).toBe(2);
  // All logs together hold every line.
  const lines = names
    .filter((name) => name.startsWith('log'))
    .flatMap((name) => readFileSync(join(place, name), 'utf8').trimEnd().split('\n'))
    .filter((line) => line !== '');
  expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  const again = await openFileStore(place);
  expect(countOf(again.found)).toBe(100);
  await again.close();
});

test('a second holder in this process is refused, until the first lets go', async () => {
  const place = folder();
  const store = await openFileStore(place);
  await expect(openFileStore(place)).rejects.toMatchObject({ name: 'StoreError', fault: 'locked' });
  // Two that come at the same time are no better off.
  const rivals = await Promise.allSettled([openFileStore(place), openFileStore(place)]);
  expect(rivals.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await store.close();
  await (await openFileStore(place)).close();
});

const HERE = { pid: process.pid, host: hostname(), token: 'x' };
const PARENT = { ...HERE, pid: process.ppid };
const STARTED = await NODE_FILES.processStart!(process.pid);
const PARENT_STARTED = await NODE_FILES.processStart!(process.ppid);
/** Hosts that do not tell when a process began cannot tell a dead one's number from a living one's. */
const told = STARTED !== undefined;

test.each([
  ['a process that is gone', { ...HERE, pid: 2 ** 22 + 1 }, true],
  // As in containers, where every router's process is number 1.
  ['a process of this number, before', { ...HERE, started: 'boot/1' }, told],
  ['a worker of this process', { ...HERE, started: STARTED }, false],
  ['this process, without its beginning', HERE, false],
  ['a process whose number another has now', { ...PARENT, started: 'boot/1' }, told],
  ['a process that lives', { ...PARENT, started: PARENT_STARTED }, false],
  ['a process that lives, without its beginning', PARENT, false],
  ['another host', { ...HERE, pid: 1, host: 'elsewhere' }, false],
  ['nobody, for its name was torn', '{"pi', true],
  ['nobody, for its token is no name of a file', { ...HERE, token: '../../evil' }, true],
  ['nobody, for it is no process', { ...HERE, pid: 0 }, true],
])('the lock of %s', async (_, holder, free) => {
  const place = folder();
  const text = typeof holder === 'string' ? holder : JSON.stringify(holder);
  writeFileSync(join(place, 'lock.json'), text);
  const opened = openFileStore(place);
  if (free) {
    const rivals = await Promise.allSettled([opened, openFileStore(place), openFileStore(place)]);
    const held = rivals.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(held.length).toBe(1);
    await held[0]!.close();
    expect(readdirSync(place).filter((name) => name.startsWith('lock'))).toEqual([]);
  } else {
    const message = expect.stringMatching(/has this store.*remove that file/);
    await expect(opened).rejects.toMatchObject({ fault: 'locked', message });
  }
});

test('a second copy of the library in this process is refused, too', async () => {
  const place = folder();
  const store = await openFileStore(place);
  vi.resetModules();
  const copy = await import('../../src/store/fileStore');
  expect(copy.openFileStore).not.toBe(openFileStore);
  await expect(copy.openFileStore(place)).rejects.toThrow(/this process has this store already/);
  await store.close();
  await (await copy.openFileStore(place)).close();
});

test.each(['removed', 'moved'])('flush tells that the folder was %s', async (how) => {
  const place = folder();
  const store = await openFileStore(place);
  const failures: Error[] = [];
  store.onFailure = (error) => failures.push(error);
  const router = new CountingRouter(store);
  router.step();
  await router.flush();
  await router.flush();
  if (how === 'removed') rmSync(place, { recursive: true });
  else renameSync(place, `${place}-moved`);
  folders.push(`${place}-moved`);
  // Whether there are new lines or not.
  await expect(router.flush()).rejects.toThrow(/was removed or moved/);
  router.step();
  await expect(router.flush()).rejects.toMatchObject({ name: 'StoreError', fault: 'io' });
  expect(failures.length).toBe(1);
  expect(store.health.failures).toBe(2);
  // Another may have the folder now.
  const other = await openFileStore(place);
  await expect(router.flush()).rejects.toThrow(/was removed or moved/);
  await expect(store.close()).rejects.toThrow(/was removed or moved/);
  expect(readdirSync(place)).toEqual(['lock.json']);
  await other.close();
});

test.each<[unknown, object, RegExp]>([
  [5, {}, /folder must be a path of 1 to 4096 characters, got 5/],
  ['', {}, /folder must be a path/],
  ['a\0b', {}, /folder must be a path/],
  ['f', { files: 5 }, /options.files must be an object/],
  ['f', { files: {} }, /options.files.makeFolder must be a function/],
])('openFileStore(%j, %j) is refused', async (place, options, message) => {
  await expect(openFileStore(place as string, options)).rejects.toThrow(message);
  await expect(openFileStore(place as string, options)).rejects.toThrow(ParameterError);
});
