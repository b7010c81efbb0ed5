// Bundles bench/live into build/bench-live and runs one of its programs: compare, throughput, soak or rotChoice, with the arguments that follow.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROGRAMS = ['compare', 'throughput', 'soak', 'rotChoice'];
const [program, ...rest] = process.argv.slice(2);
if (!PROGRAMS.includes(program)) {
  console.error(`usage: node scripts/run-live-bench.mjs ${PROGRAMS.join('|')} [--help]`);
  process.exit(1);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'build/bench-live');
await build({
  absWorkingDir: root,
  entryPoints: [`bench/live/${program}.ts`],
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  logLevel: 'warning',
});
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', join(outdir, `${program}.js`), ...rest],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
