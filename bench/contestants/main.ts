/** The process of a contestant written in TypeScript: its name is the argument. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ROOT } from '../root';
import { serve } from '../serve';
import type { Works } from '../works';

interface Entry {
  readonly works: Works;
  /** Packages whose versions it shows. */
  readonly packages: readonly string[];
}

/** Loaded when asked for: each process holds the code of one contestant. */
const CONTESTANTS: Readonly<Record<string, () => Promise<Entry>>> = {
  thompsonite: async () => ({
    works: (await import('./thompsoniteWorks')).thompsoniteWorks,
    packages: ['thompsonite'],
  }),
  plain: async () => ({ works: (await import('./plainWorks')).plainWorks, packages: [] }),
  stdlib: async () => ({
    works: (await import('./stdlibWorks')).stdlibWorks,
    packages: ['@stdlib/random-base-beta', '@stdlib/random-base-gamma'],
  }),
};

const name = process.argv[2] ?? '';
const load = CONTESTANTS[name];
if (!load) throw new Error(`no contestant ${name}`);
const { works, packages } = await load();
serve(works, {
  ...Object.fromEntries(packages.map((one) => [one, versionOf(one)])),
  Node: process.versions.node,
});

function versionOf(name: string): string {
  const path = name === 'thompsonite' ? '.' : `node_modules/${name}`;
  const text = readFileSync(resolve(ROOT, path, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
