/**
 * Strategy: the golden vectors: every program gives the recorded bits through the raw exports, every export is called by some
 * vector, and the file is what its scripts make. A change here is value-breaking and belongs in the changelog.
 * Not tested here: whether the values are right (the tests beside each feature); other hosts (test/hosts).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGolden, replay } from './replay';

const ROOT = resolve(import.meta.dirname, '../..');
const golden = readGolden();
const module = new WebAssembly.Module(readFileSync(`${ROOT}/build/kernel.wasm`));

describe.each(golden.vectors)('$area: $name', (vector) => {
  test('gives the recorded bits', () => {
    const replayed = replay(module, vector);
    expect(replayed.length).toBeGreaterThan(0);
    expect(replayed.filter(({ expected, received }) => expected !== received)).toEqual([]);
  });
});

test('every export is called by some vector', () => {
  const called = golden.vectors.flatMap(({ steps }) => steps.map(({ call }) => call));
  const exported = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
  const names = exported.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !called.includes(name))).toEqual([]);
});

test('names are unique within an area', () => {
  const names = golden.vectors.map(({ area, name }) => `${area}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

test('the file is what its scripts make, and names the program and versions that made it', () => {
  expect(Object.keys(golden.versions)).toEqual(['thompsonite', 'assemblyscript', 'node']);
  const check = () => execFileSync(process.execPath, [golden.program, '--check'], { cwd: ROOT });
  expect(check).not.toThrow();
});

test('a replay notices one bit', () => {
  const [vector] = golden.vectors.filter(({ area }) => area === 'reward');
  const steps = vector!.steps.map((step) => ({ ...step, returns: '3fe0000000000001' }));
  const replayed = replay(module, { ...vector!, steps });
  expect(replayed.every(({ expected, received }) => expected !== received)).toBe(true);
});
