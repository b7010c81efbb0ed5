// Builds what is missing or older than its sources, so that a fresh clone needs no separate step.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function newest(path) {
  const at = join(root, path);
  if (!existsSync(at)) return 0;
  if (!statSync(at).isDirectory()) return statSync(at).mtimeMs;
  return Math.max(0, ...readdirSync(at).map((name) => newest(join(path, name))));
}

function run(script, label) {
  console.error(`building ${label} …`);
  // npm_execpath is the npm that runs this script; it also works where npm is not on the PATH.
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  execFileSync(command, [...args, 'run', '--silent', script], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Is any of `outputs` missing or older than the newest of `sources`? */
function stale(outputs, sources) {
  return Math.min(...outputs.map(newest)) < Math.max(...sources.map(newest));
}

const kernel = ['build/kernel.wasm', 'src/kernel/kernelBytes.generated.ts'];
if (stale(kernel, ['assembly', 'asconfig.json', 'scripts/build-kernel.mjs', 'scripts/shrink']))
  run('build:kernel', 'the kernel');

const dist = [
  'dist/index.js',
  'dist/index.cjs',
  'dist/index.d.ts',
  'dist/cli/main.js',
  'dist/simulator/index.js',
  'dist/kernel.wasm',
];
if (stale(dist, ['src', 'tsup.config.ts', 'package.json'])) run('build:dist', 'the package');
