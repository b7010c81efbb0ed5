/**
 * Strategy: a short piece of the soak (bench/live/soak), a storm and a calm, with forgetting and without: nothing throws, every breaker is
 * closed again within its bound, and the evidence equals the fold over the accepted reports byte for byte. That the storm
 * blows is checked too: all kinds of reports, openings, clock jumps.
 * Not tested here: a million requests (`node scripts/run-live-bench.mjs soak`), breakers by themselves (test/breaker).
 */
import { expect, test } from 'vitest';
import { replicaSoak } from '../../bench/live/soak/replicas';
import { soak } from '../../bench/live/soak/soak';

const STORM = 8000;
const CALM = 13_500;

test.each([
  ['with forgetting, restarted from snapshots', 500, 3000],
  ['without', Infinity, 0],
])('%s', (_, halfLifeRequests, restartEvery) => {
  const requests = STORM + CALM;
  const life = { requests, seed: 2, storm: STORM, calm: CALM, halfLifeRequests, restartEvery };
  const result = soak(life);
  expect(result.restarts).toBe(restartEvery === 0 ? 0 : Math.floor((requests - 1) / restartEvery));
  expect(result).toMatchObject({ requests, calms: 1, stuck: 0, equalBytes: true });
  expect(result.slowestRecoveryMs).toBeLessThan(result.boundMs);
  // The calm lasts longer than the bound, or nothing would have been shown.
  expect((CALM / 10) * 1000).toBeGreaterThan(result.boundMs);
  const { accepted, duplicate, expired, lost, refused } = result.reports;
  for (const count of [duplicate, expired, lost, refused, result.stale, result.outages])
    expect(count).toBeGreaterThan(4);
  expect(result.openings).toBeGreaterThan(20);
  expect(result.clockJumps).toBeGreaterThan(0);
  expect(accepted).toBeGreaterThan(0.9 * requests);
});

test('three replicas that restart and merge', () => {
  const storm = { requests: 2000, seed: 5, storm: 2000, calm: 0 };
  const result = replicaSoak({ ...storm, restartEvery: 700, mergeEvery: 300 });
  expect(result.replicas.every(({ equalBytes }) => equalBytes)).toBe(true);
  expect(result.merges).toBe(7);
  expect(result.effects).toEqual({ taken: 21, duplicate: 7, stale: 6 });
  expect(result.largestRelativeError).toBeLessThan(1e-12);
});
