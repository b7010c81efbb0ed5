/**
 * Strategy: the command as a real process on snapshots of routers: what it prints, and what it says of files that are none. What snapshots hold is
 * test/router/snapshot.test.ts's.
 */
import { expect, test } from 'vitest';
import { restoreRouterSync } from '../../src/index';
import { router, teach } from '../router/routers';
import { files, thompsonite } from './run';

const taught = router({ clock: () => 1e12, reward: () => 0.5, willingnessToPayUsd: Infinity });
teach(taught, 40, (i) => [undefined, 'support', '__proto__'][i % 3]);
taught.isolate('dear');
taught.select();
const SNAPSHOT = Buffer.from(taught.snapshot());

function show(content: Buffer, ...rest: string[]) {
  return thompsonite('snapshot', 'show', files({ 'router.tsnp': content }), ...rest);
}

test('prints header, models, breakers and posteriors', () => {
  const { status, stdout, stderr } = show(SNAPSHOT);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^Snapshot of router test by thompsonite [\d.]+: [\d,]+ bytes, container 1, /,
  );
  expect(stdout).toMatch(
    /Next decision 41, evidence version 40, seed 11; 1 open decisions, 40 rewards/,
  );
  expect(stdout).toMatch(/^kernel +1 +[\d,]+$/m);
  expect(stdout).toMatch(/^dear +b +3 +15 +\d+ +\d+ +\d+ +isolated$/m);
  expect(stdout).toMatch(/^__proto__ +cheap +0\.\d+ +/m);
  expect(stdout).toMatch(/^\(none\) +middle +0\.\d+ +/m);
});

test('prints one JSON document', () => {
  const { status, stdout } = show(SNAPSHOT, '--json');
  expect(status).toBe(0);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({
    instanceId: 'test',
    replicaId: 'test',
    seed: '11',
    sequenceNumber: 41,
    functions: ['reward'],
    options: { willingnessToPayUsd: 'Infinity' },
    losses: [],
  });
  const same = restoreRouterSync(SNAPSHOT, { clock: () => 1e12, reward: () => 0.5 });
  expect(told.posteriors).toEqual(JSON.parse(JSON.stringify(same.getPosteriors())));
  expect(told.stats).toEqual(JSON.parse(JSON.stringify(same.getStats())));
});

test('a router under another name', () => {
  const later = restoreRouterSync(SNAPSHOT, { instanceId: 'test.2', reward: () => 0.5 });
  expect(show(Buffer.from(later.snapshot())).stdout).toMatch(
    /^Snapshot of router test\.2 \(replica test\) by /,
  );
});

test('a router that has decided nothing', () => {
  expect(show(Buffer.from(router().snapshot())).stdout).toMatch(
    /No segment has been seen yet\.\n$/,
  );
});

test.each<[string, Buffer, RegExp]>([
  [
    'an empty file',
    Buffer.alloc(0),
    /router\.tsnp: the bytes are no snapshot of a router \(not-a-snapshot\)/,
  ],
  ['a text', Buffer.from('{"a":1}'), /no snapshot of a router/],
  ['a cut', SNAPSHOT.subarray(0, 500), /500 bytes are here of \d+ \(corrupt\)/],
  ['a flipped bit', flipped(200), /the checksum does not fit the bytes \(corrupt\)/],
  [
    'a replica’s state',
    Buffer.from(taught.replicaState()),
    /the bytes are the state of a replica, which a ReplicaRegister takes, .* \(not-a-snapshot\)/,
  ],
  ['a newer version', flipped(8), /version 0|version \d+, this library reads up to 1/],
])('%s is told in a sentence', (_, content, message) => {
  const { status, stdout, stderr } = show(content);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n').length).toBe(1);
  expect(status).toBe(1);
});

function flipped(at: number): Buffer {
  const bytes = Buffer.from(SNAPSHOT);
  bytes[at]! ^= 2;
  return bytes;
}

test('a file that is not there, and a wrong command line', () => {
  expect(thompsonite('snapshot', 'show', '/nowhere/x').stderr).toMatch(/cannot be read: ENOENT/);
  for (const args of [[], ['show'], ['hide', 'x'], ['show', 'x', 'y'], ['show', 'x', '--yes']]) {
    const { status, stderr } = thompsonite('snapshot', ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/See thompsonite --help/);
  }
});
