/**
 * Milliseconds to compile and instantiate the kernel in a process that has done nothing else. Not measured: reading the file,
 * decoding the inlined bytes, starting Node.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { spreadOf, type Spread } from './quantiles';
import { ROOT } from './root';

const PROGRAM = `
  const bytes = require('node:fs').readFileSync(process.argv[1]);
  const start = process.hrtime.bigint();
  new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports.abi_version();
  console.log(Number(process.hrtime.bigint() - start) / 1e6);
`;

export function coldStart(processes: number): Spread {
  const wasm = join(ROOT, 'build/kernel.wasm');
  const times = Array.from({ length: processes }, () => {
    const { stdout } = spawnSync(process.execPath, ['-e', PROGRAM, wasm], { encoding: 'utf8' });
    return Number(stdout);
  });
  return spreadOf(times);
}
