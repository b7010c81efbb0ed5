/**
 * Strategy: the (model, n) router on recorded samples, the recorded verifier as reward model, with the figures that the project
 * promises (docs/RESULTS.md has the commands). Skipped, with the reason printed, where the table is absent.
 * Not tested here: what the policies do on made tables (test/replay/levels.test.ts).
 */
import { expect, test } from 'vitest';
import { ranking } from '../../bench/best-of-n/ranking';
import type { ReplayResult } from '../../src/replay/result';
import { hasTable, tablePath, thompsonite } from './run';

const TABLE = 'reasoning-gym-easy';
const there = hasTable(TABLE);

test.skipIf(!there)(
  'the (model, n) router is above the hull of all (model, n) arms; llama-4-maverick×3 beats claude-3.5-sonnet at about half its cost',
  () => {
    const policies = ['thompson-best-of-n', 'fixed:llama-4-maverick×3', 'fixed:claude-3.5-sonnet'];
    const args = [
      '--policy',
      policies.join(),
      '--willingness-to-pay-usd',
      '0.2',
      '--seeds',
      '10',
      '--json',
    ];
    const { status, stdout } = thompsonite('replay', tablePath(TABLE), ...args);
    expect(status).toBe(0);
    const { policies: results, table } = JSON.parse(stdout) as ReplayResult;
    const [router, maverick, claude] = results;
    expect(table.models.length).toBe(19);
    expect(router!.hullGain!.ci95[0]).toBeGreaterThan(0);
    expect(maverick!.quality.ci95[0]).toBeGreaterThan(claude!.quality.ci95[1]);
    expect(maverick!.costUsdPer1000.mean).toBeLessThan(0.56 * claude!.costUsdPer1000.mean);
  },
);

test.skipIf(!there)(
  'and the router finds it: first in its ranking, most of its decisions',
  async () => {
    const [first, ...others] = await ranking(tablePath(TABLE), 0.05, 3);
    expect(first!.arm).toBe('llama-4-maverick×3');
    const claude = others.find(({ arm }) => arm === 'claude-3.5-sonnet')!;
    expect(first!.believed).toBeGreaterThan(claude.believed);
    expect(first!.share).toBeGreaterThan(0.35);
    expect(claude.lateShare).toBeLessThan(0.05);
  },
);
