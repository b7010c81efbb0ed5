/**
 * Strategy: batches drawn from propensities against their own propensities and against plain draws (chi-square); the same requests in
 * batches cut anew must give the same decisions, and so must the replay of the log; one batch through half-open breakers against the same
 * requests one by one; what a decision holds, what it can be explained by, and bad input.
 * Not here: whether the propensities are right (propensity.test.ts, floor.test.ts, fallback.test.ts), the kernel's choices
 * (test/decision), plain batches (select.test.ts).
 */
import { mersenne } from 'pure-rand/generator/mersenne';
import { describe, expect, it } from 'vitest';
import {
  formatExplanation,
  ParameterError,
  type PropensityDecision,
  type PropensityResult,
  type Router,
  type RouteRequest,
  type RouterOptions,
} from '../../src/index';
import { gammaCdf } from '../support/gammaCdf';
import { decided, MODELS, model, router, teach } from './routers';
import { drive, logged, refill } from './sessions';

const FROM = { method: 'fromPropensity' } as const;
/** Chance that a right build fails one of the chi-square tests. */
const LEVEL = 1e-4;
const ROWS = 20_000;

const MANY = Object.fromEntries(
  Array.from({ length: 37 }, (_, i) => [`m${i}`, model(`f${i % 4}`, 0.1 * (i + 1), i)]),
);
const LATENCY = { usdPerSecond: 1e-4, limitMs: 4000, trialReports: 5 };

const CASES: [string, Partial<RouterOptions>][] = [
  ['plain', {}],
  ['a floor', { floor: { epsilon: 0.2, baseline: 'inverse-cost' } }],
  ['a fallback', { fallback: { model: 'dear', qualityFloor: 0.5, confidence: 0.7 } }],
  [
    'a fallback, risk, a floor',
    {
      fallback: { model: 'middle', qualityFloor: 0.45, confidence: 0.6 },
      riskWeight: 0.3,
      floor: { epsilon: 0.1 },
    },
  ],
  ['no exploration, a floor', { explorationScale: 0, floor: { epsilon: 0.3 } }],
  ['a limit of latency', { latency: LATENCY }],
  ['forgetting', { posterior: { halfLifeRequests: 700 } }],
  ['forgetting at once, latencies', { posterior: { halfLifeRequests: 30 }, latency: LATENCY }],
  ['forgetting by time', { posterior: { halfLifeMs: 1000 }, clock: () => 5e5 }],
  ['more models than the cumulative sums take', { models: { ...MODELS, ...MANY } }],
];

function taught(changes: Partial<RouterOptions> = {}, reports = 60): Router {
  const own = router({ willingnessToPayUsd: 0.02, ...changes });
  teach(own, reports, (i) => `s${i % 2}`);
  return own;
}

function made(results: readonly PropensityResult[]): PropensityDecision[] {
  return results.map((result) => {
    if (result.kind === 'decision') return result;
    throw new Error('no model was eligible');
  });
}

function counts(decisions: readonly { readonly model: string }[], models: readonly string[]) {
  const seen = new Map(models.map((name) => [name, 0]));
  for (const decision of decisions) seen.set(decision.model, seen.get(decision.model)! + 1);
  return [...seen.values()];
}

function expectLikely(statistic: number, freedom: number): void {
  if (freedom > 0) expect(1 - gammaCdf(statistic / 2, freedom / 2)).toBeGreaterThan(LEVEL);
  else expect(statistic).toBeCloseTo(0, 12);
}

/** Σ (count − expected)²/expected; cells of less than 8 expected are one. */
function expectCounts(observed: readonly number[], expected: readonly number[]): void {
  const cells = expected.map((e, i) => [observed[i]!, e] as const);
  const large = cells.filter(([, e]) => e >= 8);
  const rest = cells.filter(([, e]) => e < 8).reduce(([n, s], [o, e]) => [n + o, s + e], [0, 0]);
  const all = rest[1]! >= 1 ? [...large, rest] : large;
  expect(rest[1]! > 1e-9 || rest[0] === 0).toBe(true);
  const statistic = all.reduce((sum, [o, e]) => sum + (o! - e!) ** 2 / e!, 0);
  expectLikely(statistic, all.length - 1);
}

describe('as often as the propensities say', () => {
  it.each(CASES.slice(0, 6))('%s', (_, changes) => {
    const own = taught(changes);
    const batch = made(own.selectBatch({ count: ROWS, segment: 's1', promptTokens: 300 }, FROM));
    const { eligible, propensities, propensity, model: first } = batch[0]!;
    expect(propensity).toBe(propensities[eligible.indexOf(first)]);
    const expected = propensities.map((p) => p * ROWS);
    expectCounts(counts(batch, eligible), expected);
    // Those of the exact mode, and of so many plain draws: a sum of two variances.
    const exact = taught({ ...changes, propensity: 'exact' });
    const request = { segment: 's1', promptTokens: 300 };
    expect(decided(exact.select(request)).propensities).toEqual(propensities);
    const drawn = taught(changes)
      .selectBatch({ count: ROWS, ...request })
      .map(decided);
    const pooled = counts(drawn, eligible).map((n, i) => {
      const fromPropensity = counts(batch, eligible)[i]!;
      return [n, fromPropensity, n + fromPropensity] as const;
    });
    const cells = pooled.filter(([, , sum]) => sum >= 16);
    const statistic = cells.reduce((sum, [a, b, both]) => sum + (a - b) ** 2 / both, 0);
    expectLikely(statistic, cells.length - 1);
  });

  it('one decision does not tell of the next', () => {
    const batch = made(taught().selectBatch({ count: ROWS, segment: 's0' }, FROM));
    const { eligible, propensities } = batch[0]!;
    const pairs = batch.slice(1).map((one, i) => ({ model: `${batch[i]!.model} ${one.model}` }));
    const names = eligible.flatMap((a) => eligible.map((b) => `${a} ${b}`));
    const expected = propensities.flatMap((p) => propensities.map((q) => p * q * pairs.length));
    expectCounts(counts(pairs, names), expected);
  });
});

const REQUESTS: RouteRequest[] = Array.from({ length: 2500 }, (_, i) => ({
  ...(i % 700 >= 350 && { segment: `s${i % 3}` }),
  ...(i % 5 === 0 && { promptTokens: 100 * (1 + (i % 2)) }),
  ...(i % 11 === 0 && { eligible: i % 22 === 0 ? ['dear', 'cheap'] : ['middle'] }),
  ...(i % 97 === 0 && { eligible: [] }),
}));

describe('how a batch is cut makes no difference', () => {
  it.each(CASES)('%s', (_, changes) => {
    const whole = taught(changes).selectBatch(REQUESTS, FROM);
    const random = mersenne(5);
    const own = taught(changes);
    const pieces: PropensityResult[] = [];
    while (pieces.length < REQUESTS.length) {
      const size = 1 + ((random.next() >>> 0) % 900);
      pieces.push(...own.selectBatch(REQUESTS.slice(pieces.length, pieces.length + size), FROM));
    }
    expect(pieces).toEqual(whole);
  });

  it('nor that a new router meets its segments in it', () => {
    const whole = router().selectBatch(REQUESTS.slice(300, 400), FROM);
    const own = router();
    const single = REQUESTS.slice(300, 400).flatMap((one) => own.selectBatch([one], FROM));
    expect(single).toEqual(whole);
  });

  it('nor who asks: equal requests, one object, their count', () => {
    const request = { segment: 's1', promptTokens: 7 };
    const counted = taught().selectBatch({ count: 1500, ...request }, FROM);
    expect(taught().selectBatch(new Array(1500).fill(request), FROM)).toEqual(counted);
    const equal = Array.from({ length: 1500 }, () => ({ ...request }));
    expect(taught().selectBatch(equal, FROM)).toEqual(counted);
    expect(taught().selectBatch({ count: 30, ...request })).toEqual(
      taught().selectBatch(equal.slice(0, 30)),
    );
    expect(taught().selectBatch({ count: 0 }, FROM)).toEqual([]);
  });
});

describe('the log of a router that decides both ways', () => {
  it.each(CASES)('%s: deferred, filled in, is the exact one to the byte', (_, changes) => {
    const run = (propensity: 'deferred' | 'exact' | 'off') => {
      const session = logged({ ...changes, propensity });
      for (let i = 0; i < 4; i++) {
        drive(session, 60, i);
        const batch = REQUESTS.slice(300 + 70 * i, 370 + 70 * i);
        for (const one of session.router.selectBatch(batch, FROM)) {
          if (one.kind !== 'decision' || one.sequenceNumber % 3 !== 0) continue;
          session.router.report(one.decisionId, { reward: 0.5, costUsd: 1e-4, latencyMs: 900 });
        }
      }
      return session.lines;
    };
    const [deferred, exact, off] = [run('deferred'), run('exact'), run('off')];
    expect(deferred.filter((line) => line.includes('"method":"fromPropensity"'))).toHaveLength(280);
    const { filled, problems, summary } = refill(deferred);
    expect(problems).toEqual([]);
    expect(filled.slice(1)).toEqual(exact.slice(1).map((line) => line.trimEnd()));
    expect(summary).toMatchObject({ unverified: 0, skippedLines: 0, off: 0 });
    expect(refill(exact).problems).toEqual([]);
    const unfilled = refill(off);
    expect(unfilled.problems).toEqual([]);
    expect(unfilled.filled).toEqual(off.map((line) => line.trimEnd()));
  });

  it('breaks where a decision is another', () => {
    const { router: own, lines } = logged();
    own.selectBatch({ count: 5 }, FROM);
    const other = (line: string) =>
      line.replace(
        /"model":"(\w+)"/,
        (_, name) => `"model":"${name === 'dear' ? 'cheap' : 'dear'}"`,
      );
    const changed = lines.map((line, i) => (i === 3 ? other(line) : line));
    expect(refill(changed).problems[0]).toContain('replayed, model is');
    const misread = lines.map((line) => line.replace('fromPropensity', 'other'));
    expect(refill(misread).problems[0]).toContain('method must be "fromPropensity" or absent');
  });
});

describe('breakers', () => {
  const BREAKERS = { minimumCalls: 3, cooldownMs: 1000, trialCalls: 3 };
  function broken(lines: string[]) {
    const time = { ms: 1e6 };
    const own = router({
      breakers: BREAKERS,
      clock: () => time.ms,
      willingnessToPayUsd: 1,
      log: (line) => lines.push(line),
    });
    const { decisionId } = decided(own.select({ eligible: ['cheap'] }));
    own.report(decisionId, { error: 'quota' });
    return { own, time };
  }

  it('half-open in a batch, decide as they would one by one, and the log replays', () => {
    const lines: string[] = [];
    const { own, time } = broken(lines);
    const open = own.selectBatch({ count: 50 }, FROM);
    expect(new Set(open.flatMap(({ excluded }) => excluded.map(({ reason }) => reason)))).toEqual(
      new Set(['circuit-open']),
    );
    time.ms += 5000;
    const batch = made(own.selectBatch({ count: 300 }, FROM));
    const trials = batch.filter((one) => one.model === 'cheap');
    expect(trials.length).toBeGreaterThan(0);
    expect(trials.length).toBeLessThanOrEqual(3);
    expect(new Set(trials.map(({ breaker }) => breaker))).toEqual(new Set(['half-open']));
    expect(batch[0]!.eligible).toHaveLength(3);
    expect(batch[299]!.excluded).toEqual([{ model: 'cheap', reason: 'circuit-open' }]);
    // Propensities are those of the models that were left.
    expect(batch[299]!.propensities).toHaveLength(2);
    const twin = broken([]);
    for (let i = 0; i < 50; i++) twin.own.selectBatch([{}], FROM);
    twin.time.ms += 5000;
    expect(batch.map((one) => twin.own.selectBatch([{}], FROM)[0] ?? one)).toEqual(batch);
    for (const { decisionId } of trials) own.report(decisionId, { reward: 1, costUsd: 0 });
    expect(refill(lines).problems).toEqual([]);
  });

  it('the last model left is let through', () => {
    const { own } = broken([]);
    const batch = made(own.selectBatch({ count: 3, eligible: ['cheap'] }, FROM));
    expect(batch[0]).toMatchObject({ model: 'cheap', letThrough: true, propensity: 1 });
  });
});

describe('a decision', () => {
  it('has no draw, and is told whole however it is copied', () => {
    const own = taught({ floor: { epsilon: 0.1 } });
    const heard: unknown[] = [];
    own.on('decision', (result) => heard.push(result));
    const batch = made(own.selectBatch({ count: 1200, segment: 's1' }, FROM));
    expect(heard).toEqual(batch);
    const last = batch[1199]!;
    expect(last).toEqual({
      kind: 'decision',
      method: 'fromPropensity',
      decisionId: `test-${last.sequenceNumber}`,
      sequenceNumber: 1259,
      model: last.model,
      segment: 's1',
      expectedCostUsd: expect.any(Number),
      eligible: ['cheap', 'dear', 'middle'],
      excluded: [],
      evidenceReports: 60,
      evidenceVersion: 60,
      propensity: last.propensities[last.eligible.indexOf(last.model)],
      propensities: last.propensities,
      propensityAccuracy: 'accurate',
      expectedLatencyMs: undefined,
      probabilityWithinLimit: undefined,
      breaker: 'closed',
      letThrough: false,
      rule: undefined,
      willingnessToPayUsd: 0.02,
    });
    expect({ ...last }).toEqual(last);
    expect(Object.getPrototypeOf(last)).toBe(Object.prototype);
    expect(structuredClone(last)).toEqual(last);
    expect(JSON.parse(JSON.stringify(last))).toEqual(JSON.parse(JSON.stringify({ ...last })));
    expect('sampledQuality' in last || 'utility' in last || 'margin' in last).toBe(false);
    // Shared between decisions, so nobody may write to it.
    expect(() => (last.propensities as number[]).push(1)).toThrow(TypeError);
    expect(own.getStats()).toMatchObject({ decisions: 1260, pending: 1200 });
    expect(own.report(last.decisionId, { reward: 1, costUsd: 1e-4 }).kind).toBe('accepted');
    expect(own.report(last.decisionId, { reward: 1, costUsd: 1e-4 }).kind).toBe('duplicate');
  });

  it('is open as one that was decided alone: reports, breakers and snapshots are the same', () => {
    const [own, plain] = [0, 1].map(() => taught({ maxPendingDecisions: 150, clock: () => 7 })) as [
      Router,
      Router,
    ];
    const together = made(own.selectBatch({ count: 200, segment: 's1' }, FROM));
    const alone = Array.from(
      { length: 200 },
      () => made(plain.selectBatch({ count: 1, segment: 's1' }, FROM))[0]!,
    );
    expect(together).toEqual(alone);
    const report = (to: Router) =>
      alone.map((_, i) => {
        const { decisionId } = alone[(i * 77) % 200]!;
        const failed = i % 3 > 0;
        return to.report(decisionId, failed ? { error: 'server' } : { reward: 0.5 });
      });
    const reported = report(own);
    expect(reported).toEqual(report(plain));
    expect(new Set(reported.map(({ kind }) => kind))).toEqual(new Set(['accepted', 'expired']));
    expect(own.getStats()).toEqual(plain.getStats());
    expect(
      Object.values(own.getStats().models).some(({ breaker }) => breaker?.state !== 'closed'),
    ).toBe(true);
    expect(own.snapshot()).toEqual(plain.snapshot());
  });

  it('expects the cost that a draw would', () => {
    const [own, plain] = [taught(), taught()];
    const request = { count: 1000, segment: 's0', promptTokens: 900 };
    const costs = (of: readonly { model: string; expectedCostUsd: number }[]) =>
      Object.fromEntries(of.map((one) => [one.model, one.expectedCostUsd]));
    expect(costs(made(own.selectBatch(request, FROM)))).toEqual(
      costs(plain.selectBatch(request).map(decided)),
    );
  });

  it('is explained without draws, as of when it was made', () => {
    const own = taught({ fallback: { model: 'dear', qualityFloor: 0.5, confidence: 0.7 } });
    const batch = made(own.selectBatch({ count: 1500, segment: 's1' }, FROM));
    const told = batch.slice(-1024);
    for (const { decisionId } of batch.slice(0, 900)) own.report(decisionId, { reward: 0 });
    for (const decision of [told[0]!, told[1023]!]) {
      const explanation = own.explain(decision);
      if (explanation.kind !== 'explanation') throw new Error('not kept');
      expect(explanation).toMatchObject({
        decisionId: decision.decisionId,
        model: decision.model,
        chosenBy: 'propensities',
        greatestUtility: undefined,
        flips: [],
      });
      expect(explanation.arms.map((arm) => arm.propensity)).toEqual(decision.propensities);
      for (const arm of explanation.arms) {
        expect([arm.sampledQuality, arm.utility, arm.margin]).toEqual(Array(3).fill(undefined));
        expect(arm.meanQuality).toBeGreaterThan(0);
      }
      const text = formatExplanation(explanation);
      expect(text).toContain('drawn from the propensities');
      expect(text).not.toMatch(/NaN|undefined|utility/);
    }
    expect(own.explain(batch[0]!)).toMatchObject({ kind: 'unknown', reason: 'not-kept' });
    // A plain one in between is explained as ever.
    const plain = decided(own.select({ segment: 's1' }));
    expect(own.explain(plain)).toMatchObject({ model: plain.model, kind: 'explanation' });
    expect(own.explain(told[1023]!)).toMatchObject({ chosenBy: 'propensities' });
  });

  it('hands over to the trusted model whatever is not good enough', () => {
    const own = router({ fallback: { model: 'dear', qualityFloor: 0.99, confidence: 0.9 } });
    const batch = made(own.selectBatch({ count: 500 }, FROM));
    expect(new Set(batch.map((one) => one.model))).toEqual(new Set(['dear']));
    expect(batch[0]).toMatchObject({ propensity: 1, propensities: [0, 1, 0] });
  });

  it('knows models that come, go and cost anew', () => {
    const own = taught();
    const before = made(own.selectBatch({ count: 20 }, FROM));
    own.addModel('new', model('b', 0.2, 0.3));
    own.repriceModel('dear', { usdPerMillionInputTokens: 9, usdPerMillionOutputTokens: 90 });
    const added = made(own.selectBatch({ count: 2000 }, FROM));
    expect(counts(added, added[0]!.eligible)[added[0]!.eligible.indexOf('new')]).toBeGreaterThan(0);
    own.retireModel('new');
    const after = made(own.selectBatch({ count: 20 }, FROM));
    expect(after[0]!.excluded).toEqual([{ model: 'new', reason: 'retired' }]);
    expect(after[0]!.eligible).toEqual(before[0]!.eligible);
    expect(after[0]!.propensities).not.toEqual(before[0]!.propensities);
  });
});

describe('bad input changes nothing', () => {
  const BAD: [string, unknown, unknown][] = [
    ['options.method', [{}], { method: 'propensity' }],
    ['options.method', [{}], { method: null }],
    ['options', [{}], { methods: 'draw' }],
    ['options', [{}], 'fromPropensity'],
    ['options', [{}], null],
    ['requests', 'x', FROM],
    ['requests', null, FROM],
    ['requests', { segment: 'a' }, FROM],
    ['requests', new Array(65_537).fill({}), FROM],
    ['requests.count', { count: 1.5 }, FROM],
    ['requests.count', { count: NaN }, FROM],
    ['requests.count', { count: -1 }, FROM],
    ['requests.count', { count: 65_537 }, FROM],
    ['requests.segment', { count: 2, segment: '' }, FROM],
    ['requests', { count: 2, other: 1 }, FROM],
    ['requests[1].promptTokens', [{}, { promptTokens: -1 }], FROM],
    ['requests[2].eligible', [{}, {}, { eligible: ['nobody'] }], FROM],
    ['requests[1]', [{}, null], FROM],
  ];

  it.each(BAD)('%s: %j with %j', (parameter, requests, options) => {
    const [own, twin] = [taught(), taught()];
    const call = () => own.selectBatch(requests as never, options as never);
    expect(call).toThrow(ParameterError);
    expect(call).toThrow(`${parameter} must be`);
    expect(own.selectBatch({ count: 20 }, FROM)).toEqual(twin.selectBatch({ count: 20 }, FROM));
  });

  it('and neither does a router with a budget', () => {
    const own = router({ budget: { usd: 1, windowRequests: 100 } });
    expect(() => own.selectBatch([{}], FROM)).toThrow('"draw" for a router that has a budget');
  });

  it('and neither does a router that reads prompts', () => {
    const own = router({ context: {} });
    expect(() => own.selectBatch([{ prompt: 'why' }], FROM)).toThrow(
      'options.method must be "draw" for a router that reads prompts, got "fromPropensity"',
    );
    expect(
      decided(own.selectBatch([{ prompt: 'why' }], { method: 'draw' })[0]!).sequenceNumber,
    ).toBe(0);
  });
});
