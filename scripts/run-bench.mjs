// Bundles bench/ into build/bench and runs it, with the arguments given. Bundled as the package is, not through a loader: a loader that
// keeps function names slows every closure down, in this library and in the plain TypeScript it is compared with.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'build/bench');
await build({
  absWorkingDir: root,
  entryPoints: { run: 'bench/run.ts', contestant: 'bench/contestants/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [join(outdir, 'run.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
