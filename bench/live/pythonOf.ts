import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root';

/** The Python asked for, else THOMPSONITE_BENCH_PYTHON, else that of `npm run bench -- --install-peers`, else python3. */
export function pythonOf(option: string | undefined): string {
  const windows = process.platform === 'win32';
  const installed = join(ROOT, 'build/peers/python', windows ? 'Scripts/python.exe' : 'bin/python');
  const chosen = option ?? process.env['THOMPSONITE_BENCH_PYTHON'];
  return chosen ?? (existsSync(installed) ? installed : 'python3');
}
