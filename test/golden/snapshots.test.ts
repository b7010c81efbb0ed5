/**
 * Strategy: snapshots that released versions have written (scripts/make-golden-snapshots.mjs) load in this one, with the same beliefs and counts; and while neither draws
 * nor formats have changed, the same next decisions to the last bit. A release that changes draws leaves its older `next` behind here, with a note.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  restoreRouterSync,
  type RouterPosteriors,
  type RouterStats,
  type SelectResult,
} from '../../src/index';

const FOLDER = join(import.meta.dirname, 'snapshots');

interface Expected {
  readonly posteriors: RouterPosteriors;
  readonly stats: RouterStats;
  readonly next: readonly SelectResult[];
}

describe.each(readdirSync(FOLDER))('a snapshot of version %s', (version) => {
  const folder = join(FOLDER, version);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
    string,
    Expected
  >;

  test.each(Object.keys(expected))('%s', (name) => {
    const losses: unknown[] = [];
    const snapshot = gunzipSync(readFileSync(join(folder, `${name}.tsnp.gz`)));
    const router = restoreRouterSync(snapshot, {
      clock: () => 1_700_000_000_000,
      onLoss: (loss) => losses.push(loss),
    });
    expect(losses).toEqual([]);
    const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
    const { posteriors, stats, next } = expected[name]!;
    // Later versions may say more.
    expect(json(router.getPosteriors())).toMatchObject(posteriors);
    expect(json(router.getStats())).toMatchObject(stats);
    const again = next.map((_, i) =>
      router.select({ segment: 's', ...(name === 'prompts' && { prompt: `why ${i}` }) }),
    );
    expect(json(again)).toMatchObject(next);
  });
});
