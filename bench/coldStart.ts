/**
 * Goal: milliseconds to compile and instantiate the kernel in a process that has done nothing else, 20 fresh processes.
 * Not measured here: decoding the inlined bytes and starting Node.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const PROGRAM = `
  const bytes = require('node:fs').readFileSync(process.argv[1]);
  const start = process.hrtime.bigint();
  new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports.abi_version();
  console.log(Number(process.hrtime.bigint() - start) / 1e6);
`;

export function coldStart(processes: number): {
  readonly min: number;
  readonly median: number;
  readonly max: number;
} {
  const wasm = resolve(import.meta.dirname, '../build/kernel.wasm');
  const times = Array.from({ length: processes }, () => {
    const { stdout } = spawnSync(process.execPath, ['-e', PROGRAM, wasm], { encoding: 'utf8' });
    return Number(stdout);
  }).sort((a, b) => a - b);
  return { min: times[0]!, median: times[processes >> 1]!, max: times.at(-1)! };
}
