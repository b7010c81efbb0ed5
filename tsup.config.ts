import { copyFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';

export default defineConfig([
  {
    // The library: no Node built-in, no dependency, the kernel inlined as bytes.
    entry: { index: 'src/index.ts' },
    outDir: 'dist',
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    sourcemap: true,
    clean: true,
    onSuccess: async () => copyFile('build/kernel.wasm', 'dist/kernel.wasm'),
  },
  {
    // The command line.
    entry: { 'cli/main': 'src/cli/main.ts' },
    outDir: 'dist',
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    sourcemap: true,
  },
]);
