/**
 * Strategy: docs/REPORTS.md row by row: what each kind of report changes, and that what it does not change stays to the last bit, which a
 * twin shows that never got the report.
 * Not here: malformed fields (misuse.test.ts), what breakers then do (breakers.test.ts), age and number of tickets (pending.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError, type Outcome, type Router, type RouterOptions } from '../../src/index';
import { decided, router, teach } from './routers';

/** A router with one open decision, and a twin. */
function twins(changes: Partial<RouterOptions> = {}): [Router, Router, string] {
  const pair = [router(changes), router(changes)] as [Router, Router];
  let id = '';
  for (const own of pair) {
    teach(own, 20);
    id = decided(own.select()).decisionId;
  }
  return [...pair, id];
}

const chosen = (own: Router) => Object.values(own.getStats().models);
const calls = (own: Router) => chosen(own).reduce((sum, one) => sum + one.calls, 0);
const failures = (own: Router) => chosen(own).reduce((sum, one) => sum + one.failures, 0);

it.each<[Outcome, string]>([
  [{}, '{}'],
  [{ retries: 2 }, '{"retries":2}'],
  [{ promptTokens: 7 }, '{"promptTokens":7}'],
])('%j tells nothing, and is shown as it came', (outcome, shown) => {
  const [own, , id] = twins();
  expect(() => own.report(id, outcome)).toThrow(`, got ${shown}`);
});

describe('an error without a judgement', () => {
  it.each([{ error: 'timeout' }, { status: 503 }, { error: 'server', latencyMs: 50 }] as Outcome[])(
    '%j is for the breaker only',
    (outcome) => {
      const [own, twin, id] = twins();
      const before = own.getStats();
      expect(own.report(id, outcome)).toEqual({ kind: 'accepted' });
      expect(own.getPosteriors()).toEqual(twin.getPosteriors());
      expect(own.getStats().evidenceVersion).toBe(before.evidenceVersion);
      expect(failures(own)).toBe(failures(twin) + 1);
      // The ticket stays open for what is still to come, and the call's outcome is known.
      expect(own.pendingDecisions).toBe(twin.pendingDecisions);
      expect(own.report(id, outcome)).toEqual({ kind: 'duplicate' });
      expect(own.report(id, { reward: 0.25, costUsd: 0 })).toMatchObject({ reward: 0.25 });
      expect(calls(own)).toBe(calls(twin) + 1);
    },
  );

  it('teaches a cost where it brings one', () => {
    const [own, , id] = twins();
    expect(own.report(id, { error: 'timeout', costUsd: 0.5 })).toMatchObject({
      reward: undefined,
      costUsd: 0.5,
    });
  });

  it('teaches the reward that the options say of its class', () => {
    const by = (changes: Partial<RouterOptions>, outcome: Outcome) => {
      const [own, , id] = twins(changes);
      return (own.report(id, outcome) as { reward?: number }).reward;
    };
    expect(by({}, { error: 'contentFilter' })).toBe(0);
    expect(by({}, { error: 'contentFilter', valid: true })).toBe(1);
    expect(by({}, { error: 'badRequest' })).toBeUndefined();
    expect(by({ reward: { errorRewards: {} } }, { error: 'contentFilter' })).toBeUndefined();
    expect(by({ reward: { errorRewards: { server: 0.1 } } }, { status: 500 })).toBe(0.1);
    expect(by({ reward: { errorRewards: { server: 0.1 } } }, { error: 'server', reward: 1 })).toBe(
      1,
    );
  });

  it('of a refused call says nothing about how long answers take, a timeout does', () => {
    const [own, , id] = twins({ latency: {} });
    expect(own.report(id, { status: 429, latencyMs: 20 })).toMatchObject({ latencyMs: undefined });
    const { decisionId } = decided(own.select());
    expect(own.report(decisionId, { error: 'timeout', latencyMs: 30_000 })).toMatchObject({
      latencyMs: 30_000,
    });
  });
});

describe('parts', () => {
  it.each<[string, Outcome[], Outcome]>([
    [
      'latency now, validity tomorrow',
      [{ latencyMs: 450 }, { valid: true }],
      { valid: true, latencyMs: 450 },
    ],
    [
      'retries too',
      [{ latencyMs: 450, retries: 2 }, { valid: 0.5 }],
      { valid: 0.5, latencyMs: 450, retries: 2 },
    ],
    [
      'after an error',
      [{ error: 'server' }, { valid: true, latencyMs: 900, retries: 1 }],
      { valid: true, latencyMs: 900, retries: 1 },
    ],
    [
      'tokens, then validity',
      [
        { latencyMs: 9, outputTokens: 70 },
        { promptTokens: 30, valid: true },
      ],
      { valid: true, latencyMs: 9, promptTokens: 30, outputTokens: 70 },
    ],
    [
      'the first told stands',
      [
        { latencyMs: 450, retries: 1 },
        { valid: true, latencyMs: 9000, retries: 0 },
      ],
      { valid: true, latencyMs: 450, retries: 1 },
    ],
    ['quality first', [{ valid: true }, { costUsd: 1 }], { valid: true, costUsd: 1 }],
  ])('%s add up', (_, parts, whole) => {
    const [own, twin, id] = twins();
    for (const part of parts) expect(own.report(id, part).kind).toBe('accepted');
    expect(twin.report(id, whole).kind).toBe('accepted');
    expect(own.getPosteriors().segments).toEqual(twin.getPosteriors().segments);
    expect(calls(own)).toBe(calls(twin));
  });

  it('450 ms, valid, no retry is 0.9789, at once or one after the other', () => {
    const [own, twin, id] = twins();
    own.report(id, { latencyMs: 450, retries: 0 });
    const { reward } = own.report(id, { valid: true }) as { reward: number };
    expect(reward).toBeCloseTo(0.9789, 4);
    expect(twin.report(id, { valid: true, latencyMs: 450 })).toMatchObject({ reward });
  });

  it('a latency that comes after the validity changes no reward', () => {
    const [own, , id] = twins();
    expect(own.report(id, { valid: true })).toMatchObject({ reward: 1 });
    expect(own.report(id, { latencyMs: 9000 })).toEqual({ kind: 'duplicate' });
  });

  it('the call succeeds once', () => {
    const [own, , id] = twins();
    const before = calls(own);
    own.report(id, { latencyMs: 5 });
    own.report(id, { reward: 1 });
    own.report(id, { costUsd: 1, error: 'server' });
    expect([calls(own) - before, failures(own)]).toEqual([1, 0]);
  });
});

describe('kinds', () => {
  it('are counted, and but for the accepted change nothing', () => {
    const [own, twin, id] = twins();
    const { reports } = own.getStats();
    for (const one of [own, twin]) one.report(id, { reward: 1, costUsd: 0 });
    expect(own.report(id, { reward: 0 })).toEqual({ kind: 'duplicate' });
    expect(own.report('test-99', { reward: 0 })).toEqual({ kind: 'unknown' });
    expect(own.report('other-1', { reward: 0 })).toEqual({ kind: 'unknown' });
    expect(own.getStats().reports).toEqual({
      accepted: reports.accepted + 1,
      duplicate: 1,
      unknown: 2,
      expired: 0,
    });
    expect(own.getPosteriors()).toEqual(twin.getPosteriors());
    expect(own.select()).toEqual(twin.select());
  });

  it('out of order and late are accepted, with the weight of their decision', () => {
    const half = { posterior: { halfLifeRequests: 5 } };
    const [own, twin] = [router(half), router(half)];
    const ids = [0, 1, 2, 3].map(() => decided(own.select()).decisionId);
    for (let i = 0; i < 4; i++) twin.select();
    for (const i of [3, 0, 2, 1]) own.report(ids[i]!, { reward: i / 3 });
    for (const i of [0, 1, 2, 3]) twin.report(ids[i]!, { reward: i / 3 });
    const alphas = (one: Router) => [...one.posteriors()!.values()].map(({ alpha }) => alpha);
    alphas(own).forEach((alpha, i) => expect(alpha).toBeCloseTo(alphas(twin)[i]!, 9));
  });
});

describe('a reward function', () => {
  it('is asked where no reward is brought, with what was told before', () => {
    const seen: Outcome[] = [];
    const reward = (outcome: Outcome) => {
      seen.push(outcome);
      return outcome.valid === undefined ? undefined : 0.75;
    };
    const [own, , id] = twins({ reward });
    expect(seen).toEqual([]);
    expect(own.report(id, { latencyMs: 7 })).toMatchObject({ reward: undefined });
    expect(own.report(id, { valid: true, error: 'timeout' })).toMatchObject({ reward: 0.75 });
    expect(seen).toEqual([{ latencyMs: 7 }, { latencyMs: 7, valid: 1, error: 'timeout' }]);
    const { decisionId } = decided(own.select());
    expect(own.report(decisionId, { reward: 0.5 })).toMatchObject({ reward: 0.5 });
    expect(seen).toHaveLength(2);
  });

  it.each([NaN, -0.1, 1.1, '1', null, Infinity, {}])('that gives %s changes nothing', (bad) => {
    const [own, twin, id] = twins({ reward: () => bad as number });
    expect(() => own.report(id, { valid: true })).toThrow(ParameterError);
    expect(own.getStats()).toEqual(twin.getStats());
    expect(own.report(id, { reward: 1 }).kind).toBe('accepted');
  });

  it('that throws changes nothing, and says why', () => {
    const [own, twin, id] = twins({
      reward: () => {
        throw new Error('no judge today');
      },
    });
    expect(() => own.report(id, { valid: true })).toThrow(/no judge today/);
    expect(own.getStats()).toEqual(twin.getStats());
    expect(own.report(id, { reward: 1 }).kind).toBe('accepted');
  });

  it('that reports is stopped, and nothing has changed', () => {
    const ids: string[] = [];
    const own: Router = router({
      reward: () => {
        own.report(ids[0]!, { reward: 0.5 });
        return 1;
      },
    });
    ids.push(decided(own.select()).decisionId);
    expect(() => own.report(ids[0]!, { latencyMs: 4 })).toThrow(/does not report/);
    expect(own.getStats()).toMatchObject({ evidenceReports: 0, pending: 1 });
    expect(own.report(ids[0]!, { reward: 1 }).kind).toBe('accepted');
  });

  it('that drives its own decision out makes it expire', () => {
    const own: Router = router({
      maxPendingDecisions: 2,
      reward: () => {
        for (let i = 0; i < 3; i++) own.select();
        return 1;
      },
    });
    const { decisionId } = decided(own.select());
    expect(own.report(decisionId, { latencyMs: 4 })).toEqual({ kind: 'expired' });
    expect(own.getStats().evidenceReports).toBe(0);
  });
});
