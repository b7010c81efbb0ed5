/**
 * Strategy: the built entry `thompsonite/simulator`, as a user's package reaches it by its name: in both formats the same worlds, the
 * library's own errors, and no second copy of the kernel. Not tested here: what worlds do (test/simulator).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type * as library from '../../src/index';
import type * as simulator from '../../src/simulator';
import { thrownBy } from '../support/refusal';

const DIST = resolve(import.meta.dirname, '../../dist');
const require = createRequire(import.meta.url);

async function entries(): Promise<[typeof simulator, typeof library][]> {
  // One after the other: at once, the test runner would load the library twice.
  const esm = await import(`${DIST}/index.js`);
  return [
    [await import(`${DIST}/simulator/index.js`), esm] as [typeof simulator, typeof library],
    [require(`${DIST}/simulator/index.cjs`), require(`${DIST}/index.cjs`)],
  ];
}

const MODEL = { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1, quality: 0.5 };

test('both formats give the same worlds and the library’s errors', async () => {
  const seen = (await entries()).map(([{ ModelSimulator }, { ParameterError }]) => {
    const world = new ModelSimulator({ models: { m: MODEL }, seed: 3 });
    expect(thrownBy(() => world.call('n'))).toBeInstanceOf(ParameterError);
    return [...world.requests(20)].map((request) => world.call('m', request));
  });
  expect(seen[0]).toEqual(seen[1]);
});

test('the entry shares the kernel with the library and asks for nothing else', () => {
  for (const file of ['index.js', 'index.cjs']) {
    const text = readFileSync(`${DIST}/simulator/${file}`, 'utf8');
    const asked = [...text.matchAll(/(?:from |require\()["']([^"']+)["']/g)].map(
      ([, name]) => name,
    );
    expect(new Set(asked)).toEqual(new Set(['thompsonite']));
    expect(text.length).toBeLessThan(60_000);
  }
});
