import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = resolve(import.meta.dirname, '../..');

/** Real recorded tables, kept beside the project; absent on most machines. */
export const SHARED_DATA = resolve(ROOT, '../shared/data');

/** Is a recorded table there? Says so once when it is not, so that a skipped test has a reason. */
export function hasTable(name: string): boolean {
  const there = existsSync(tablePath(name));
  if (!there) console.warn(`skipped: ${name}.jsonl.gz is not in ../shared/data`);
  return there;
}

export function tablePath(name: string): string {
  return join(SHARED_DATA, `${name}.jsonl.gz`);
}

/** Runs the built command line as a process of its own. */
export function thompsonite(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'dist/cli/main.js'), ...args],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  return { status, stdout, stderr };
}

/** Writes files into a fresh folder and gives the path of the first; `.gz` names are packed. */
export function files(contents: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'thompsonite-'));
  const paths = Object.entries(contents).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(
      path,
      name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content,
    );
    return path;
  });
  return paths[0]!;
}

export function folderOf(path: string): string {
  return dirname(path);
}

export const MODELS = JSON.stringify({
  big: { family: 'f', usdPerMillionInputTokens: 10, usdPerMillionOutputTokens: 30 },
  small: { family: 'f', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 },
});

/** A line of a table; fields given replace the good ones. */
export function line(id: string, changes: object = {}): string {
  return JSON.stringify({
    id,
    segment: `s${id.length % 2}`,
    promptTokens: 100,
    outcomes: { big: { quality: 1, outputTokens: 10 }, small: { quality: 0.5, costUsd: 0.0001 } },
    ...changes,
  });
}
