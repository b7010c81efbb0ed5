/**
 * Strategy: every TypeScript snippet of the README and of the public docstrings is type-checked against the built package and run;
 * the README's format snippets are read by the readers they describe. Not tested here: examples (test/examples).
 */
import {
  readFileSync,
  readdirSync,
  writeFileSync,
  mkdtempSync,
  symlinkSync,
  mkdirSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { build } from 'esbuild';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import * as library from '../../src/index';
import { parseRecordedRequest } from '../../src/replay/parseRequest';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
let folder: string;

beforeAll(() => {
  // A user's project: the package installed by a link, nothing else.
  folder = mkdtempSync(join(tmpdir(), 'thompsonite-docs-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/thompsonite'), 'dir');
});

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))].map(
    (match) => match[1]!,
  );
}

async function run(name: string, code: string) {
  const file = join(folder, `${name}.mjs`);
  const { outputFiles } = await build({
    stdin: { contents: code, loader: 'ts', resolveDir: folder },
    bundle: false,
    format: 'esm',
    write: false,
  });
  writeFileSync(file, outputFiles[0]!.text);
  return spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
}

describe('README', () => {
  test.each(blocks(readme, 'ts').map((code, i) => [i + 1, code] as const))(
    'snippet %i runs',
    async (i, code) => {
      const { status, stderr } = await run(`readme-${i}`, code);
      expect(stderr).toBe('');
      expect(status).toBe(0);
    },
  );

  test('the table format is what the reader takes', () => {
    const [example] = blocks(readme, 'json');
    const request = parseRecordedRequest(example!);
    expect(request.outcomes.get('gpt-4o')).toEqual({
      quality: 1,
      costUsd: 0.0009,
      outputTokens: 80,
    });
  });

  test('starts with the two commands', () => {
    const [commands] = blocks(readme, 'sh');
    expect(
      commands!
        .split('\n')
        .map((line) => line.split('  ')[0]!.trim())
        .filter(Boolean),
    ).toEqual(['npm ci && npm run replay', 'npm ci && npm test']);
  });
});

describe('docstring examples', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts'),
  );
  const examples = sources.flatMap((path) => {
    const text = readFileSync(join(ROOT, 'src', path), 'utf8').replace(/^ +\* ?/gm, '');
    return blocks(text, 'ts').map((code) => [path, code] as const);
  });

  test('there are some', () => expect(examples.length).toBeGreaterThanOrEqual(2));

  test.each(examples)('%s', async (path, code) => {
    const own = [...code.matchAll(/^import \{(.*)\} from/gm)].map(([, names]) => names).join();
    const names = Object.keys(library).filter((name) => !new RegExp(`\\b${name}\\b`).test(own));
    const imports = `import { ${names.join(', ')} } from 'thompsonite';\n`;
    const { status, stderr } = await run(path.replaceAll(/\W/g, '-'), imports + code);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

test('the snippets and the package’s own declarations pass a strict compiler without the DOM', () => {
  const snippets = blocks(readme, 'ts').map((code, i) => {
    const file = join(folder, `typed-${i}.mts`);
    writeFileSync(file, `${code}\nexport {};\n`);
    return file;
  });
  const program = ts.createProgram(snippets, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2022.d.ts'],
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  });
  const problems = ts.getPreEmitDiagnostics(program);
  expect(
    problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  ).toEqual([]);
});
