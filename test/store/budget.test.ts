/**
 * Strategy: what a window has spent, over restarts from a store on a disk in memory: within the window it stands, after it nothing does. The store itself is
 * failures.test.ts's, windows are test/rules/spendMeter.test.ts's.
 */
import { describe, expect, test } from 'vitest';
import { createRouterSync, type RouterOptions } from '../../src/index';
import { openFileStore } from '../../src/store/fileStore';
import { MODELS } from '../router/routers';
import { Disk } from './disk';

const DAY = 86_400_000;
const SPENT = 0.9;

/** Spends in one process, stops, and starts again `laterMs` later. */
async function restarted(options: Partial<RouterOptions>, laterMs: number) {
  const disk = new Disk();
  const lines: string[] = [];
  const life = async (nowMs: number) => {
    const store = await openFileStore('/store', { files: disk.files });
    const log = (line: string) => lines.push(line);
    const base = { models: MODELS, willingnessToPayUsd: 1, seed: 2, clock: () => nowMs };
    return { store, router: createRouterSync({ ...base, ...options, store, log }) };
  };
  const first = await life(1e12);
  for (let i = 0; i < 9; i++) {
    const result = first.router.select();
    if (result.kind !== 'decision') throw new Error('refused');
    first.router.report(result.decisionId, { reward: 1, costUsd: SPENT / 9 });
  }
  await first.router.flush();
  await first.store.close();
  const { router } = await life(1e12 + laterMs);
  return { router, lines };
}

describe('after a restart', () => {
  const budget = { usd: 1, windowMs: DAY, ceilingUsd: 1 };

  test('the window that is under way has spent what it had', async () => {
    const { router } = await restarted({ budget }, DAY / 2);
    router.select();
    expect(router.getStats().budget!.spentUsd).toBeGreaterThanOrEqual(SPENT);
  });

  test('a new window has spent nothing', async () => {
    const { router } = await restarted({ budget }, 2 * DAY);
    const result = router.select();
    if (result.kind !== 'decision') throw new Error('refused');
    expect(router.getStats().budget!.spentUsd).toBe(result.expectedCostUsd);
  });

  test('rules count in the windows of their decisions', async () => {
    const rule = {
      when: 'budget',
      usd: SPENT,
      windowMs: DAY,
      taperFrom: 0.9,
      force: 'cheap',
    } as const;
    const rules = { chain: [rule] };
    const fired = async (laterMs: number) =>
      (await restarted({ rules }, laterMs)).router.select().rule;
    expect(await fired(DAY / 2)).toBe('budget#0');
    expect(await fired(2 * DAY)).toBeUndefined();
  });

  test('only windows of time put the time into the log', async () => {
    const timesOf = async (options: Partial<RouterOptions>) => {
      const { lines } = await restarted(options, 0);
      const decisions = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      return [
        ...new Set(decisions.filter(({ kind }) => kind === 'decision').map(({ atMs }) => atMs)),
      ];
    };
    expect(await timesOf({ budget })).toEqual([1e12]);
    expect(await timesOf({ budget: { usd: 1, windowRequests: 5 } })).toEqual([undefined]);
    expect(await timesOf({})).toEqual([undefined]);
  });
});
