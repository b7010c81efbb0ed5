/**
 * Strategy: a short piece of the soak (bench/live/soak), a storm and a calm, with forgetting and without: nothing throws, every breaker is
 * closed again within its bound, and the evidence equals the fold over the accepted reports byte for byte. That the storm
 * blows is checked too: all kinds of reports, openings, clock jumps.
 * Not tested here: a million requests (`node scripts/run-live-bench.mjs soak`), breakers by themselves (test/breaker).
 */
import { expect, test } from 'vitest';
import { soak } from '../../bench/live/soak/soak';

const STORM = 8000;
const CALM = 13_500;

test.each([
  ['with forgetting', 500],
  ['without', Infinity],
])('%s', (_, halfLifeRequests) => {
  const requests = STORM + CALM;
  const result = soak({ requests, seed: 2, storm: STORM, calm: CALM, halfLifeRequests });
  expect(result).toMatchObject({ requests, calms: 1, stuck: 0, equalBytes: true });
  expect(result.slowestRecoveryMs).toBeLessThan(result.boundMs);
  // The calm lasts longer than the bound, or nothing would have been shown.
  expect((CALM / 10) * 1000).toBeGreaterThan(result.boundMs);
  const { accepted, duplicate, expired, lost, refused } = result.reports;
  for (const count of [duplicate, expired, lost, refused, result.stale, result.outages])
    expect(count).toBeGreaterThan(5);
  expect(result.openings).toBeGreaterThan(20);
  expect(result.clockJumps).toBeGreaterThan(0);
  expect(accepted).toBeGreaterThan(0.9 * requests);
});
