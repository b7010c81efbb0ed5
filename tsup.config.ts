import { copyFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';

/** Takes modules from the library itself, so that an entry holds no second copy of them. */
function shared(filter: RegExp) {
  const external = { path: 'thompsonite', external: true };
  return {
    name: 'shared with the library',
    setup(build: { onResolve(options: { filter: RegExp }, callback: () => object): void }) {
      build.onResolve({ filter }, () => external);
    },
  };
}

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
    // Adapters for other people's libraries, each its own entry, which the library's never imports.
    entry: {
      'integrations/genaiPrices': 'src/integrations/genaiPrices.ts',
      'integrations/energetic': 'src/integrations/energetic.ts',
    },
    outDir: 'dist',
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    external: ['@pydantic/genai-prices', /^@energetic-ai\//],
    // Their errors are the library's own, so that `instanceof ParameterError` holds.
    esbuildPlugins: [shared(/\/errors$/)],
    dts: true,
    sourcemap: true,
  },
  {
    // Simulated worlds, for tests and demonstrations: beside the library, whose kernel and errors they share.
    entry: { 'simulator/index': 'src/simulator/index.ts' },
    outDir: 'dist',
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    esbuildPlugins: [shared(/\/(errors|kernel\/load)$/)],
    dts: true,
    sourcemap: true,
  },
  {
    // What needs Node: a router's memory in files.
    entry: { node: 'src/store/node.ts' },
    outDir: 'dist',
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    esbuildPlugins: [
      {
        name: 'errors of the library',
        setup(build) {
          const external = { path: 'thompsonite', external: true };
          build.onResolve({ filter: /\/(errors|snapshotError)$/ }, () => external);
        },
      },
    ],
    dts: true,
    sourcemap: true,
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
