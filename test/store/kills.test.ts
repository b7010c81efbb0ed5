/**
 * Strategy: real processes on a real disk: some kills at random moments (a thousand: npm run test:crash), and locks. Failures of single operations are
 * failures.test.ts's.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openFileStore } from '../../src/store/fileStore';
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

test.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, host: hostname(), token: 'x' }, true],
  ['this process, in a life before', { pid: process.pid, host: hostname(), token: 'x' }, true],
  ['a process that lives', { pid: process.ppid, host: hostname(), token: 'x' }, false],
  ['another host', { pid: 1, host: 'elsewhere', token: 'x' }, false],
  ['nobody, for its name was torn', '{"pi', true],
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
  } else await expect(opened).rejects.toMatchObject({ fault: 'locked' });
});
