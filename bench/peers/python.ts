import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root';
import { startProcess, type Absent, type Contestant } from './lineProcess';

const ENVIRONMENT = join(ROOT, 'build/peers/python');

/** What makes numpy's and scikit-learn's libraries use one thread; they read it when they are loaded. */
const ONE_THREAD = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  BLIS_NUM_THREADS: '1',
};

/** numpy, scipy and scikit-learn: of THOMPSONITE_BENCH_PYTHON, else of the environment that was installed, else of python3. */
export function startNumpy(): Promise<Contestant | Absent> {
  const script = join(ROOT, 'bench/peers/numpyPeer.py');
  return startProcess('numpy', {
    program: pythonProgram(),
    arguments: ['-u', script],
    environment: ONE_THREAD,
  });
}

/** `--install-peers`: a virtual environment inside build/ with the current versions. */
export function installNumpy(): void {
  const run = (program: string, ...args: string[]) => {
    const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
    if (status !== 0)
      console.error(`${program} ${args.join(' ')} failed: ${error?.message ?? status}`);
    return status === 0;
  };
  if (run('python3', '-m', 'venv', ENVIRONMENT))
    run(inEnvironment(), '-m', 'pip', 'install', '--upgrade', 'numpy', 'scipy', 'scikit-learn');
}

function pythonProgram(): string {
  const chosen = process.env['THOMPSONITE_BENCH_PYTHON'];
  if (chosen) return chosen;
  return existsSync(inEnvironment()) ? inEnvironment() : 'python3';
}

function inEnvironment(): string {
  const windows = process.platform === 'win32';
  return join(ENVIRONMENT, windows ? 'Scripts/python.exe' : 'bin/python');
}
