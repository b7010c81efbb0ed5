/**
 * Builds a small extra WebAssembly module from assembly/ with the options of asconfig.json, so that functions which the
 * kernel does not export can be tested as they are compiled. `patches` change a source before it is compiled: tests
 * use them to count how often a line runs.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import asc from 'assemblyscript/asc';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTRY = 'probe.ts';
const OUTPUT = 'probe.wasm';

/** Source file, from the root -> its text as it shall be compiled. */
export type Patches = Readonly<Record<string, (text: string) => string>>;

/** Compiles `source`, a module that imports './assembly/…', and gives its exports. */
export async function compileKernel<Exports>(
  source: string,
  patches: Patches = {},
): Promise<Exports> {
  let wasm = new Uint8Array();
  const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--target', 'release'], {
    readFile: (name) => readSource(name, source, patches),
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) wasm = Uint8Array.from(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), {});
  return instance.exports as unknown as Exports;
}

function readSource(name: string, source: string, patches: Patches): string | null {
  if (name === ENTRY) return source;
  try {
    const text = readFileSync(resolve(ROOT, name), 'utf8');
    if (name === 'asconfig.json') return redirected(text);
    return patches[name]?.(text) ?? text;
  } catch {
    return null; // The compiler asks for a file under several names.
  }
}

/** The kernel's own options, another entry and output. */
function redirected(config: string): string {
  const { options } = JSON.parse(config) as { options: object };
  return JSON.stringify({
    entries: [ENTRY],
    options,
    targets: { release: { outFile: OUTPUT } },
  });
}

/** Replaces the one occurrence of `before`; a test must not go on when the source no longer has it. */
export function replaceOnce(text: string, before: string, after: string): string {
  const pieces = text.split(before);
  if (pieces.length !== 2) {
    throw new Error(`expected "${before}" once, found it ${pieces.length - 1} times`);
  }
  return pieces.join(after);
}
