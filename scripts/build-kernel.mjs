// Compiles assembly/ to build/kernel.wasm, makes it smaller and inlines it as base64 for the TypeScript side.
// `asc` is called through its JavaScript interface, so no shell and no path of a binary are involved.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { shrink } from './shrink/shrink.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { error, stderr } = await asc.main([
  '--config',
  'asconfig.json',
  '--target',
  'release',
  '--baseDir',
  root,
]);
if (error) {
  console.error(stderr.toString());
  process.exit(1);
}
const path = new URL('../build/kernel.wasm', import.meta.url);
const compiled = readFileSync(path);
const wasm = Buffer.from(shrink(compiled));
writeFileSync(path, wasm);
writeFileSync(
  new URL('../src/kernel/kernelBytes.generated.ts', import.meta.url),
  `// Written by scripts/build-kernel.mjs.\nexport const KERNEL_BASE64 =\n  '${wasm.toString('base64')}';\n`,
);
console.log(`kernel.wasm: ${wasm.length} bytes (${compiled.length} before it was shrunk)`);
