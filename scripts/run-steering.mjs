// Bundles bench/steering into build/steering and runs it: `npm run eval:steering -- [half-life|drift|budget|ceiling|all] [--tables FOLDER] [--seeds N]`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = join(root, 'build/steering/main.js');
await build({
  absWorkingDir: root,
  entryPoints: ['bench/steering/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  logLevel: 'warning',
});
const args = [outfile, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
process.exit(status ?? 1);
