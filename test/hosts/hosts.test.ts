/**
 * Strategy: every golden vector in other hosts of the kernel: Python's wasmtime, whose compiler is not V8's, and the supported
 * versions of Node that do not run this test. A host that is absent is skipped by name, but fails where CI is set.
 * Not tested here: this Node (test/golden).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { GOLDEN_FILE, readGolden } from '../golden/replay';
import places from './places.json';

const ROOT = resolve(import.meta.dirname, '../..');
const KERNEL = 'build/kernel.wasm';
const ABSENT = 'absent: node scripts/install-hosts.mjs';

interface Host {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Exits with 0 where the host is present. */
  readonly probe: readonly string[];
  /** Its last words but one, if it has any. */
  readonly version?: string;
}

const local = resolve(ROOT, places.python);
const hosts: Host[] = [
  {
    name: 'Python (wasmtime)',
    command: process.env['THOMPSONITE_PYTHON'] ?? (existsSync(local) ? local : 'python3'),
    args: ['test/hosts/host.py', KERNEL, GOLDEN_FILE],
    probe: ['-c', 'import wasmtime'],
  },
  ...Object.entries(places.node)
    .filter(([version]) => version.split('.')[0] !== process.versions.node.split('.')[0])
    .map(([version, place]) => ({
      name: `Node ${version}`,
      command: resolve(ROOT, place),
      args: ['--import', 'tsx', 'test/hosts/node.ts', KERNEL],
      probe: ['--version'],
      version: `Node v${version}`,
    })),
];

const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function isPresent({ command, probe }: Host): boolean {
  try {
    run(command, probe);
    return true;
  } catch {
    return false;
  }
}

for (const host of hosts) {
  const present = isPresent(host);
  const title = `${host.name} replays every golden vector${present ? '' : ` (${ABSENT})`}`;
  test.skipIf(!present && !process.env['CI'])(title, () => {
    const lines = run(host.command, host.args).trim().split('\n');
    const vectors = readGolden().vectors.length;
    expect(lines.at(-1)).toMatch(new RegExp(`^${vectors} vectors, [1-9]\\d* checks, 0 failures$`));
    if (host.version) expect(lines.at(-2)).toBe(host.version);
  });
}

test('a host is small: a hundred lines of Python', () => {
  const lines = readFileSync(`${ROOT}/test/hosts/host.py`, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(100);
});
