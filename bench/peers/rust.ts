import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root';
import { startProcess, type Absent, type Contestant } from './lineProcess';

const PROJECT = join(ROOT, 'bench/peers/rust');
const TARGET = join(ROOT, 'build/peers/rust');
const SHOWN = ['rand', 'rand_distr', 'rand_xoshiro'];

/** rand_distr, built here if cargo is on the PATH: release, lto, for the default processor of the target. */
export async function startRust(): Promise<Contestant | Absent> {
  const name = 'rust';
  const build = spawnSync('cargo', ['build', '--release', '--locked', '--quiet'], {
    cwd: PROJECT,
    env: { ...process.env, CARGO_TARGET_DIR: TARGET },
    encoding: 'utf8',
  });
  if (build.error) return { name, absent: `cargo was not found (${build.error.message})` };
  if (build.status !== 0)
    return { name, absent: `cargo build failed: ${build.stderr.trim().split('\n')[0] ?? ''}` };
  const contestant = await startProcess(name, {
    program: join(TARGET, 'release/thompsonite-bench-peer'),
    arguments: [],
  });
  return 'absent' in contestant ? contestant : { ...contestant, versions: versions() };
}

function versions(): Record<string, string> {
  const { stdout } = spawnSync('rustc', ['--version'], { encoding: 'utf8' });
  const lock = readFileSync(join(PROJECT, 'Cargo.lock'), 'utf8');
  const locked = SHOWN.map((name) => {
    const found = new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(lock);
    return [name, found?.[1] ?? '?'] as const;
  });
  return { ...Object.fromEntries(locked), rustc: stdout.trim().replace(/^rustc /, '') };
}
