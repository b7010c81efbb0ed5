import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { ROOT } from './root';

/** Bytes of the kernel as built and as a server would send it (brotli, quality 11). */
export function kernelSize(): { readonly bytes: number; readonly brotli: number } {
  const wasm = readFileSync(join(ROOT, 'build/kernel.wasm'));
  return { bytes: wasm.length, brotli: brotliCompressSync(wasm).length };
}
