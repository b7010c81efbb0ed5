/**
 * Strategy: what the kernel promises as an artifact: no imports, its size, exactly the exports that the facade declares, and
 * that the stock AssemblyScript loader can instantiate it. What the exports compute is tested beside each feature.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import * as loader from '@assemblyscript/loader';
import { expect, test } from 'vitest';
import { loadKernel, loadKernelSync } from '../../src/kernel/load';

const ROOT = resolve(import.meta.dirname, '../..');
const wasm = readFileSync(`${ROOT}/build/kernel.wasm`);
const module = new WebAssembly.Module(wasm);

/** The ratchet: it may be raised, on purpose, by the change that needs it. */
const LARGEST_BYTES = 96_200;
/** The same compressed by brotli at its highest quality, as a web server sends it. */
const LARGEST_BROTLI_BYTES = 38_700;

test('imports nothing', () => {
  expect(WebAssembly.Module.imports(module)).toEqual([]);
});

test('stays within its size', () => {
  expect(wasm.length).toBeLessThanOrEqual(LARGEST_BYTES);
  expect(brotliCompressSync(wasm).length).toBeLessThanOrEqual(LARGEST_BROTLI_BYTES);
});

test('exports exactly what the facade declares, with as many parameters', () => {
  const text = readFileSync(`${ROOT}/src/kernel/exports.ts`, 'utf8');
  const declared = [...text.matchAll(/^ {2}(\w+)\(([^)]*)\)/gm)].map(([, name, parameters]) => ({
    name: name!,
    parameters: parameters!.split(':').length - 1,
  }));
  const { memory, ...functions } = new WebAssembly.Instance(module, {}).exports;
  expect(memory).toBeInstanceOf(WebAssembly.Memory);
  const exported = Object.entries(functions).map(([name, value]) => ({
    name,
    parameters: (value as () => void).length,
  }));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(exported.sort(byName)).toEqual(declared.sort(byName));
});

test('instantiates through the stock loader and gives the same bits', async () => {
  const { exports } = await loader.instantiate(wasm, {});
  const stock = exports as unknown as {
    abi_version(): number;
    composite_reward(...values: number[]): number;
  };
  const ours = loadKernelSync().instantiate().raw;
  const reward = [1, 450, 1, 0.5, 0.3, 0.2, 2000, 600] as const;
  expect(stock.abi_version()).toBe(ours.abi_version());
  expect(stock.composite_reward(...reward)).toBe(ours.composite_reward(...reward));
});

test('is compiled once and instantiated per owner', async () => {
  const compiled = await loadKernel();
  expect(loadKernelSync()).toBe(compiled);
  const [a, b] = [compiled.instantiate(), compiled.instantiate()];
  a.f64(a.allocate(8), 1)[0] = 7;
  expect(b.f64(b.allocate(8), 1)[0]).toBe(0);
});

test('hands out zeroed, aligned memory, grows, and says when the host refuses', () => {
  const kernel = loadKernelSync().instantiate();
  for (const bytes of [1, 8, 24, 70_000, 5_000_000]) {
    const address = kernel.allocate(bytes);
    expect(address % 16).toBe(0);
    expect(kernel.u8(address, bytes).every((byte) => byte === 0)).toBe(true);
  }
  expect(() => kernel.allocate(2 ** 32 - 100)).toThrow(/refused 4294967196 bytes/);
  expect(() => kernel.allocate(2 ** 33)).toThrow(/refused/);
});
