import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository: the nearest folder above with a lockfile, whether this runs from bench/ or bundled from build/. */
export const ROOT = find(import.meta.dirname);

function find(folder: string): string {
  if (existsSync(join(folder, 'package-lock.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('no package-lock.json above the benchmark');
  return find(above);
}
