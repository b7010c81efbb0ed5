/** Strategy: the version that the library writes into its logs is the package's. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { LIBRARY_VERSION } from '../../src/core/version';

test('the library knows its version', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8');
  expect(LIBRARY_VERSION).toBe((JSON.parse(text) as { version: string }).version);
});
