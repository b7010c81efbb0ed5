// Compiles assembly/ to build/kernel.wasm and inlines it as base64 for the TypeScript side.
// `asc` is called through its JavaScript interface, so no shell and no path of a binary are involved.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

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
const wasm = readFileSync(new URL('../build/kernel.wasm', import.meta.url));
writeFileSync(
  new URL('../src/kernel/kernelBytes.generated.ts', import.meta.url),
  `// Written by scripts/build-kernel.mjs.\nexport const KERNEL_BASE64 =\n  '${wasm.toString('base64')}';\n`,
);
console.log(`kernel.wasm: ${wasm.length} bytes`);
