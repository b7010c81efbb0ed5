/**
 * Strategy: from the end of any random life, a provider that answers every call well and traffic that asks regularly; the breaker must be
 * closed again within the bound of docs/BREAKERS.md, whatever late errors of calls from before still come in. Isolated ones must stay so.
 * A second test makes sure that the random lives reach every state, by every cause, so that neither this nor the model test passes
 * for want of cases.
 * Not tested here: what the states are (model.test.ts).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPTIONS, STEPS } from './arbitraries';
import { Life } from './lives';
import type { ModelOptions } from './model';

/** The traffic asks this often. */
const ASK_MS = 7;

/** From docs/BREAKERS.md: the time to closed of any breaker that is not isolated. */
function boundMs(options: ModelOptions, answerMs: number): number {
  const longestWaitMs = Math.max(options.maxCooldownMs, options.maxRetryAfterMs);
  return options.trialTimeoutMs + longestWaitMs + (options.trialSuccesses + 1) * ASK_MS + answerMs;
}

/** Milliseconds until the breaker is closed under healthy traffic; Infinity if not within `most`. */
function timeToClosed(life: Life, answerMs: number, late: readonly number[], most: number): number {
  const { breaker } = life;
  const given: { permit: number; dueMs: number }[] = [];
  let nextMs = 0;
  for (let elapsed = 0; elapsed <= most; elapsed++) {
    const now = life.now + elapsed;
    const permit = elapsed === nextMs ? breaker.admit(now) : 0;
    if (elapsed === nextMs) nextMs += ASK_MS;
    if (permit > 0) given.push({ permit, dueMs: elapsed + answerMs });
    while (given[0]?.dueMs === elapsed) breaker.succeeded(given.shift()!.permit, now, answerMs);
    for (const stale of late)
      if ((elapsed + stale) % 5 === 0) breaker.failed(stale, now, 'server', 1, 1e9);
    if (breaker.state === 'closed') return elapsed;
  }
  return Infinity;
}

test('a provider that recovered is served again within the bound, from every state', () => {
  fc.assert(
    fc.property(OPTIONS, STEPS, fc.nat(29), (options, steps, answer) => {
      const life = new Life(options, 1_000);
      for (const step of steps) life.lead(step);
      const answerMs = Math.min(answer, options.trialTimeoutMs - 1, options.slowCallMs);
      if (life.breaker.state === 'isolated') {
        expect(timeToClosed(life, answerMs, [], 500)).toBe(Infinity);
        life.breaker.restore(life.now);
        expect(life.breaker.state).toBe('closed');
        return;
      }
      const { generation } = life.breaker;
      const late = life.permits.map(({ permit }) => permit).filter((p) => p < generation);
      const bound = boundMs(options, answerMs);
      expect(timeToClosed(life, answerMs, late.slice(-4), bound)).toBeLessThanOrEqual(bound);
    }),
    { seed: 4, numRuns: 600 },
  );
});

test('the random lives go through every change and see every effect', () => {
  const seen = new Map<string, number>();
  const see = (what: string | null) => what !== null && seen.set(what, (seen.get(what) ?? 0) + 1);
  for (const [options, steps] of fc.sample(fc.tuple(OPTIONS, STEPS), { seed: 1, numRuns: 1_000 })) {
    const life = new Life(options, 0);
    for (const step of steps) see(life.lead(step).breaker.effect);
    for (const { from, to, cause } of life.told) see(`${from} ${to} ${cause}`);
  }
  const rare = [
    'counted',
    'ignored',
    'lengthened',
    'stale',
    'closed open failure-rate',
    'closed open slow-call-rate',
    'closed open error',
    'closed isolated error',
    'closed isolated manual',
    'open half-open cooldown-over',
    'open half-open let-through',
    'open isolated manual',
    'half-open closed trial-successes',
    'half-open open trial-failures',
    'half-open open trial-expiry',
    'half-open open slow-trials',
    'half-open open error',
    'half-open isolated error',
    'half-open isolated manual',
    'isolated closed manual',
  ].filter((what) => (seen.get(what) ?? 0) < 20);
  expect(rare).toEqual([]);
});
