/**
 * Strategy: random lives of a router: requests, batches, reports of every kind, bad ones, outages, idle hours, a clock that jumps, models isolated and
 * restored. Whatever happens: nothing throws but what was malformed; no isolated model is chosen, and some model wherever one
 * is left; the evidence is the fold over the accepted reports, bit for bit; the log replays; and once all providers are well again,
 * every breaker closes within the bound of docs/BREAKERS.md.
 * Not here: single cases (breakers.test.ts, reports.test.ts), a million requests (the soak script).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  loadKernelSync,
  ParameterError,
  type BreakerOptions,
  type Outcome,
  type Router,
  type RouterPosteriors,
} from '../../src/index';
import { parseRouterOptions } from '../../src/router/options';
import { Evidence } from '../../src/posterior/evidence';
import { MODELS } from './routers';
import { logged, refill, type Session } from './sessions';

const NAMES = Object.keys(MODELS).sort();
const SEGMENTS = [undefined, 'a', '__proto__', 'constructor'];
const BREAKERS: BreakerOptions = {
  minimumCalls: 2,
  cooldownMs: 100,
  maxCooldownMs: 1000,
  maxRetryAfterMs: 500,
  trialTimeoutMs: 300,
  slowCallMs: 1000,
  effects: { auth: 'isolate' },
};
/** trialTimeoutMs + max(maxCooldownMs, maxRetryAfterMs), docs/BREAKERS.md. */
const LONGEST_WAIT_MS = 1300;

const OUTCOMES: readonly Outcome[] = [
  { reward: 0.3, costUsd: 1e-4 },
  { reward: 1 },
  { costUsd: 2e-5 },
  { valid: true, latencyMs: 450, outputTokens: 80 },
  { valid: 0.4, latencyMs: 5000, retries: 1 },
  { latencyMs: 12 },
  { error: 'timeout' },
  { error: 'server', latencyMs: 4 },
  { status: 429, retryAfterMs: 1e9 },
  { error: 'contentFilter' },
  { error: 'quota', costUsd: 0 },
  { error: 'network', reward: 0 },
  { status: 200 },
];
const BAD: readonly unknown[] = [
  {},
  null,
  { reward: NaN },
  { latencyMs: -1 },
  { costUsd: Infinity },
  { reward: 2, error: 'server' },
  { error: 'Timeout' },
  { retryAfterMs: 3 },
];

type Step =
  | { readonly kind: 'select'; readonly segment: number; readonly mask: number }
  | { readonly kind: 'batch'; readonly rows: number }
  | { readonly kind: 'report' | 'bad'; readonly back: number; readonly outcome: number }
  | { readonly kind: 'wait' | 'jump'; readonly ms: number }
  | { readonly kind: 'isolate' | 'restore'; readonly arm: number }
  | { readonly kind: 'outage'; readonly arm: number; readonly on: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('select' as const),
      segment: fc.nat(3),
      mask: fc.nat(8),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('batch' as const), rows: fc.nat(7) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      back: fc.nat(12),
      outcome: fc.nat(OUTCOMES.length - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bad' as const),
      back: fc.nat(12),
      outcome: fc.nat(BAD.length - 1),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(400) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('jump' as const),
      ms: fc.constantFrom(-1e12, -5000, 3_600_000, 1e13),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('isolate' as const, 'restore' as const),
      arm: fc.nat(2),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('outage' as const),
      arm: fc.nat(2),
      on: fc.boolean(),
    }),
  },
);

interface Life {
  readonly session: Session;
  readonly router: Router;
  readonly time: { ms: number };
  readonly ids: { readonly id: string; readonly arm: number }[];
  readonly down: boolean[];
  readonly isolated: Set<string>;
}

function born(halfLifeRequests: number): Life {
  const time = { ms: 1e6 };
  const session = logged({
    breakers: BREAKERS,
    clock: () => time.ms,
    maxPendingDecisions: 20,
    pendingTtlMs: 5000,
    posterior: { halfLifeRequests },
  });
  const life: Life = {
    session,
    router: session.router,
    time,
    ids: [],
    down: [false, false, false],
    isolated: new Set(),
  };
  session.router.on('breaker', ({ model, to }) => {
    if (to === 'isolated') life.isolated.add(model);
    else life.isolated.delete(model);
  });
  return life;
}

/** Models that bits of `mask` name; 8 and none: all. */
function requestOf(segment: number, mask: number) {
  const eligible = NAMES.filter((_, arm) => (mask >> arm) & 1);
  const named = SEGMENTS[segment];
  return {
    ...(named !== undefined && { segment: named }),
    ...(mask > 0 && mask < 8 && { eligible }),
    ...(segment % 2 === 0 && { promptTokens: 100 * mask }),
  };
}

function decide(
  { router, ids, isolated }: Life,
  requests: readonly ReturnType<typeof requestOf>[],
) {
  const before = [...isolated];
  const results =
    requests.length === 1 ? [router.select(requests[0])] : router.selectBatch(requests);
  results.forEach((result, i) => {
    const asked = requests[i]!.eligible ?? NAMES;
    const eligible = result.kind === 'decision' ? result.eligible : [];
    expect([...eligible, ...result.excluded.map(({ model }) => model)].sort()).toEqual(NAMES);
    const left = asked.filter((name) => !before.includes(name));
    expect(result.kind).toBe(left.length > 0 ? 'decision' : 'no-eligible-model');
    if (result.kind !== 'decision') return;
    expect(left).toContain(result.model);
    expect(eligible).toContain(result.model);
    ids.push({ id: result.decisionId, arm: NAMES.indexOf(result.model) });
  });
}

function live(life: Life, one: Step): void {
  const { router, time, ids, down } = life;
  switch (one.kind) {
    case 'select':
      return decide(life, [requestOf(one.segment, one.mask)]);
    case 'batch':
      return decide(
        life,
        Array.from({ length: one.rows }, (_, i) => requestOf(i % 4, i % 3)),
      );
    case 'report': {
      const { id, arm } = ids[ids.length - 1 - one.back] ?? { id: 'test-9999999', arm: 0 };
      router.report(id, down[arm] ? { error: 'server' } : OUTCOMES[one.outcome]!);
      return;
    }
    case 'bad': {
      const { id } = ids[ids.length - 1 - one.back] ?? { id: 'test-9999999' };
      const before = router.getPosteriors();
      try {
        router.report(id, BAD[one.outcome] as Outcome);
      } catch (error) {
        expect(error).toBeInstanceOf(ParameterError);
      }
      expect(router.getPosteriors()).toEqual(before);
      return;
    }
    case 'wait':
    case 'jump':
      time.ms += one.ms;
      return;
    case 'isolate':
    case 'restore':
      router[one.kind](NAMES[one.arm]!);
      return;
    case 'outage':
      down[one.arm] = one.on;
  }
}

/** Evidence made from nothing but the lines of the log. */
function folded(lines: readonly string[], halfLifeRequests: number): RouterPosteriors['segments'] {
  const { arms, posterior } = parseRouterOptions({
    models: MODELS,
    willingnessToPayUsd: 1,
    posterior: { halfLifeRequests },
  });
  const evidence = new Evidence(loadKernelSync().instantiate(), arms, posterior);
  const rows: (string | null)[] = [];
  const cells = new Map<
    string,
    { readonly row: number; readonly arm: number; readonly clock: number }
  >();
  let clock = 0;
  for (const text of lines.slice(1)) {
    const line = JSON.parse(text) as Record<string, string & number & null>;
    if (line['kind'] === 'decision') {
      clock = line['sequenceNumber']!;
      const segment: string | null = line['segment']!;
      if (line['model'] !== null && !rows.includes(segment)) {
        if (rows.length > 0) evidence.addSegment();
        rows.push(segment);
      }
      const row = Math.max(0, rows.indexOf(segment));
      evidence.posteriors(row, clock, NaN);
      if (line['model'] !== null)
        cells.set(line['decisionId']!, { row, arm: arms.indexOf.get(line['model']!)!, clock });
    } else {
      const cell = cells.get(line['decisionId']!)!;
      const known = (key: string) => line[key] ?? NaN;
      evidence.observe(cell.row, cell.arm, {
        reward: known('reward'),
        costUsd: known('costUsd'),
        promptTokens: known('promptTokens'),
        clock: cell.clock,
      });
    }
  }
  return rows.map((segment, row) => {
    const posteriors = evidence.posteriors(row, clock, NaN);
    const models = arms.list.map(({ index, model }) => [model, posteriors[index]!]);
    return { segment, shared: false, models: Object.fromEntries(models) as never };
  });
}

/** All providers are well, and each is asked for every 50 ms. */
function recover({ router, time }: Life): void {
  const stepMs = 50;
  for (const name of NAMES) router.restore(name);
  const trials = 3 * stepMs;
  for (let waited = 0; waited <= LONGEST_WAIT_MS + trials; waited += stepMs) {
    for (const name of NAMES) {
      const result = router.select({ eligible: [name] });
      if (result.kind !== 'decision') throw new Error(`${name} is not served`);
      router.report(result.decisionId, { reward: 1, latencyMs: 1 });
    }
    time.ms += stepMs;
  }
  for (const [name, { breaker }] of Object.entries(router.getStats().models))
    expect([name, breaker!.state]).toEqual([name, 'closed']);
}

describe('whatever happens', () => {
  it.each([Infinity, 7])('at half-life %d', (halfLife) => {
    let openings = 0;
    let replayed = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const life = born(halfLife);
        const { router, session } = life;
        for (const one of steps) live(life, one);
        expect(router.getPosteriors().segments).toEqual(folded(session.lines, halfLife));
        const stats = router.getStats();
        expect(stats.pending).toBeLessThanOrEqual(20);
        for (const { breaker } of Object.values(stats.models)) openings += breaker!.openings;
        recover(life);
        if (replayed++ % 10 > 0) return;
        expect(refill(session.lines)).toMatchObject({ problems: [], summary: { unverified: 0 } });
      }),
      { seed: 52, numRuns: 50 },
    );
    expect(openings).toBeGreaterThan(60);
  });
});
