/**
 * Strategy: read every import of src/ and fail on an edge that points upwards, on a cycle between folders, and on words
 * that only one folder may say. What the folders are for is docs/ARCHITECTURE.md's to tell.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../../src');

/** From the ground up: a folder may import itself and those before it. */
const ORDER = [
  'core',
  'kernel',
  'random',
  'arms',
  'posterior',
  'forecast',
  'reward',
  'breaker',
  'selection',
  'shadow',
  'best-of-n',
  'pacing',
  'rules',
  'memory',
  'router',
  'store',
  'simulator',
  'replay',
  'cli',
  'integrations',
];

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

const files: SourceFile[] = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({
    path,
    folder: path.split('/')[0]!,
    text: readFileSync(join(SOURCE, path), 'utf8'),
  }));

/** Specifiers of all imports and re-exports, dynamic ones included; examples in docstrings are none. */
function imports({ text }: SourceFile): string[] {
  return [
    ...text.replaceAll(/\/\*\*[^]*?\*\//g, '').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g),
  ].map((match) => match[1]!);
}

function inside(file: SourceFile): string[] {
  return imports(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map(
      (specifier) =>
        relative(SOURCE, resolve(dirname(join(SOURCE, file.path)), specifier)).split('/')[0]!,
    );
}

function outside(file: SourceFile): string[] {
  return imports(file).filter((specifier) => !specifier.startsWith('.'));
}

/** The code without its comments and strings, for rules about words. */
function code({ text }: SourceFile): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '');
}

test('the reader finds the imports', () => {
  const router = files.find(({ path }) => path === 'router/router.ts')!;
  expect(inside(router)).toContain('kernel');
  expect(files.length).toBeGreaterThan(20);
});

test('every file stands in a known folder', () => {
  const strangers = files.filter(
    ({ path, folder }) => path !== 'index.ts' && !ORDER.includes(folder),
  );
  expect(strangers.map(({ path }) => path)).toEqual([]);
});

test('imports run downwards only', () => {
  const upward = files.flatMap((file) =>
    inside(file)
      .filter(
        (target) => file.path !== 'index.ts' && ORDER.indexOf(target) > ORDER.indexOf(file.folder),
      )
      .map((target) => `${file.path} -> ${target}`),
  );
  expect(upward).toEqual([]);
});

test('only the command line knows the replay, and the entry knows neither', () => {
  const knowing = files.filter(
    (file) => inside(file).includes('replay') && file.folder !== 'replay',
  );
  expect([...new Set(knowing.map(({ folder }) => folder))]).toEqual(['cli']);
  const entry = files.find(({ path }) => path === 'index.ts')!;
  expect(inside(entry)).not.toContain('cli');
});

test('nothing imports the adapters', () => {
  const knowing = files.filter(
    (file) => inside(file).includes('integrations') && file.folder !== 'integrations',
  );
  expect(knowing.map(({ path }) => path)).toEqual([]);
});

test('the library entry reaches no package and no Node built-in', () => {
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    const file = files.find((candidate) => candidate.path === path)!;
    expect(outside(file), path).toEqual([]);
    for (const specifier of imports(file))
      visit(`${relative(SOURCE, resolve(dirname(join(SOURCE, path)), specifier))}.ts`);
  };
  visit('index.ts');
  expect(reached.size).toBeGreaterThan(15);
});

test.each([
  ['WebAssembly', /\bWebAssembly\b/, /^kernel\//],
  ['memory', /\bmemory\b/, /^kernel\//],
  ['the time', /\b(Date|performance)\b/, /^core\/clock\.ts$/],
  ['randomness', /\bMath\.random\b|\bgetRandomValues\b|\bpure-rand\b/, /^random\//],
])('only one place says %s', (_, word, home) => {
  const strangers = files.filter((file) => word.test(code(file)) && !home.test(file.path));
  expect(strangers.map(({ path }) => path)).toEqual([]);
});
