/**
 * Strategy: what a router does with latencies against forecasts of LatencyForecaster taught the same reports, and propensities against
 * `propensitiesInto` of posteriors and offsets; the limit by models whose latencies leave no doubt; then reports, the log and its replay, misuse.
 * Not here: the forecasts themselves (test/forecast/latency.test.ts), replays of tables (test/replay/latency.test.ts).
 */
import { describe, expect, test } from 'vitest';
import {
  LatencyForecaster,
  loadKernelSync,
  LogReplayer,
  propensitiesInto,
  type Outcome,
  type RouterOptions,
  type SelectResult,
} from '../../src/index';
import { thrownBy } from '../support/refusal';
import { decided, MODELS, router } from './routers';

const IDS = Object.keys(MODELS).sort();
/** Of an answer of each model, with some scatter. */
const MS = { cheap: 400, dear: 9000, middle: 1500 } as const;

function latencyOf(model: string, i: number): number {
  return MS[model as keyof typeof MS] * (0.8 + 0.4 * (((i * 37) % 101) / 101));
}

function outcomeOf(model: string, i: number): Outcome {
  const latencyMs = latencyOf(model, i);
  return {
    reward: ((i * 53) % 100) / 100,
    costUsd: 1e-4 * (1 + (i % 5)),
    latencyMs,
    ...(i % 2 === 0 && { outputTokens: 20 + (i % 90) }),
    ...(i % 3 === 0 && { firstTokenMs: latencyMs / 4 }),
  };
}

/** Routes and reports, each model in turn being the only one allowed; `wide` requests allow all. */
function taught(options: Partial<RouterOptions>, count: number) {
  const made = router(options);
  const reports: { model: string; outcome: Outcome; clock: number }[] = [];
  for (let i = 0; i < count; i++) {
    const model = IDS[i % IDS.length]!;
    const decision = decided(made.select({ eligible: [model] }));
    const outcome = outcomeOf(model, i);
    made.report(decision.decisionId, outcome);
    reports.push({ model, outcome, clock: i });
  }
  return { made, reports };
}

/** Expected latencies at the clock of the next decision, as a forecaster of the same reports has them. */
function forecaster(
  reports: ReturnType<typeof taught>['reports'],
  halfLife = Infinity,
  providers = FAMILIES,
) {
  const models = Object.fromEntries(IDS.map((id) => [id, { provider: providers[id]! }]));
  const made = new LatencyForecaster({ models, halfLife });
  for (const { model, outcome, clock } of reports) {
    const { latencyMs, firstTokenMs, outputTokens } = outcome;
    made.observe({
      model,
      latencyMs: latencyMs!,
      clock,
      ...(firstTokenMs !== undefined && { firstTokenMs }),
      ...(outputTokens !== undefined && { outputTokens }),
    });
  }
  return made;
}

const FAMILIES: Record<string, string> = { cheap: 'a', middle: 'b', dear: 'b' };

describe('the price of time', () => {
  test.each([
    ['families', undefined],
    ['providers that are named', { cheap: 'x', middle: 'y', dear: 'z' }],
  ])('takes expected seconds from utility, by %s', (_, providers) => {
    const latency = { usdPerSecond: 1e-4, ...(providers && { providers }) };
    const { made, reports } = taught({ latency }, 60);
    const known = forecaster(reports, Infinity, providers ?? FAMILIES);
    const decision = decided(made.select({ promptTokens: 100 }));
    const expectedMs = known.predict(decision.model).meanMs;
    expect(decision.expectedLatencyMs).toBe(expectedMs);
    expect(decision.probabilityWithinLimit).toBe(1);
    const spent = (decision.expectedCostUsd + (1e-4 * expectedMs) / 1000) / 0.01;
    expect(decision.utility).toBeCloseTo(decision.sampledQuality - spent, 12);
  });

  test('propensities are those of posteriors and all offsets', () => {
    const latency = { usdPerSecond: 2e-4 };
    const { made, reports } = taught({ latency, propensity: 'exact' }, 60);
    const known = forecaster(reports);
    const posteriors = IDS.map((id) => made.posteriors()!.get(id)!);
    const offsets = posteriors.map(
      ({ expectedCostUsd }, i) =>
        (expectedCostUsd + (2e-4 * known.predict(IDS[i]!).meanMs) / 1000) / 0.01,
    );
    const decision = decided(made.select());
    const expected = new Float64Array(3);
    propensitiesInto(
      {
        alphas: Float64Array.from(posteriors, ({ alpha }) => alpha),
        betas: Float64Array.from(posteriors, ({ beta }) => beta),
        utilityOffsets: Float64Array.from(offsets),
      },
      expected,
    );
    decision.propensities!.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 10));
  });

  test('makes the fast model win where time is dear, and changes no draw', () => {
    const { made } = taught({ latency: { usdPerSecond: 1 } }, 60);
    const { made: without } = taught({}, 60);
    for (let i = 0; i < 50; i++) {
      const decision = decided(made.select());
      expect(decision.model).toBe('cheap');
      const other = decided(without.select({ eligible: ['cheap'] }));
      expect(decision.sampledQuality).toBe(other.sampledQuality);
    }
  });

  test('is nothing where money is no object, and no price is no price', () => {
    for (const options of [
      { latency: { usdPerSecond: 5 }, willingnessToPayUsd: Infinity },
      { latency: {} },
    ]) {
      const { made } = taught(options, 30);
      const decision = decided(made.select());
      const { willingnessToPayUsd = 0.01 } = options as Partial<RouterOptions>;
      expect(decision.utility).toBe(
        decision.sampledQuality - (1 / willingnessToPayUsd) * decision.expectedCostUsd,
      );
      expect(decision.expectedLatencyMs).toBeGreaterThan(0);
    }
  });

  test('forgets with the posterior’s half-life', () => {
    const posterior = { halfLifeRequests: 10 };
    const { made, reports } = taught({ latency: { usdPerSecond: 1e-4 }, posterior }, 60);
    const known = forecaster(reports, 10);
    const decision = decided(made.select());
    // The decision's own clock is one further than the last report's.
    known.observe({ model: decision.model, latencyMs: 1, clock: 60 });
    expect(decision.expectedLatencyMs).not.toBe(known.predict(decision.model).meanMs);
    expect(
      decision.expectedLatencyMs! / forecaster(reports, 10).predict(decision.model).meanMs,
    ).toBeCloseTo(1, 1);
  });
});

describe('the limit', () => {
  const latency = { limitMs: 6000, maxViolationProbability: 0.05 };

  test('excludes a model that breaks it, and says so', () => {
    const { made, reports } = taught({ latency }, 60);
    const known = forecaster(reports);
    expect(known.predict('dear').probabilityWithin(6000)).toBeLessThan(0.95);
    expect(known.predict('middle').probabilityWithin(6000)).toBeGreaterThan(0.95);
    for (let i = 0; i < 40; i++) {
      const decision = decided(made.select());
      expect(decision.eligible).toEqual(['cheap', 'middle']);
      expect(decision.excluded).toEqual([{ model: 'dear', reason: 'latency-limit' }]);
      expect(decision.probabilityWithinLimit).toBe(
        known.predict(decision.model).probabilityWithin(6000),
      );
    }
    const decision = decided(made.select({ eligible: ['dear', 'cheap'] }));
    expect(decision.model).toBe('cheap');
    expect(decision.excluded).toEqual([
      { model: 'dear', reason: 'latency-limit' },
      { model: 'middle', reason: 'not-in-request' },
    ]);
  });

  test('excludes none on fewer reports than asked for', () => {
    const { made } = taught({ latency: { ...latency, trialReports: 21 } }, 60);
    expect(decided(made.select()).excluded).toEqual([]);
    const { made: stricter } = taught({ latency: { ...latency, trialReports: 20 } }, 60);
    expect(decided(stricter.select()).excluded).toHaveLength(1);
    expect(decided(router({ latency }).select()).excluded).toEqual([]);
  });

  test('one answer that hung excludes no model', () => {
    const made = router({ latency: { limitMs: 1500 } });
    for (let i = 0; i < 600; i++) {
      const decision = decided(made.select({ eligible: [IDS[i % 3]!] }));
      made.report(decision.decisionId, { latencyMs: 600 + (i % 400), outputTokens: 100 });
    }
    const { decisionId } = decided(made.select({ eligible: ['dear'] }));
    made.report(decisionId, { error: 'timeout', latencyMs: 600_000 });
    expect(decided(made.select()).excluded).toEqual([]);
  });

  test('with a half-life, tries an excluded model again', () => {
    const posterior = { halfLifeRequests: 30 };
    const { made } = taught({ latency, posterior }, 60);
    const excluded: number[] = [];
    for (let i = 0; i < 200; i++) {
      const decision = decided(made.select());
      excluded.push(decision.excluded.length);
    }
    expect(excluded[0]).toBe(1);
    expect(excluded.at(-1)).toBe(0);
  });

  test.each([undefined, ['dear', 'middle'], ['dear']])(
    'where none of %j keeps it, the likeliest serves',
    (eligible) => {
      const { made, reports } = taught({ latency: { limitMs: 5 }, propensity: 'exact' }, 60);
      const known = forecaster(reports);
      const allowed = eligible ?? IDS;
      const chance = (model: string) => known.predict(model).probabilityWithin(5);
      const best = [...allowed].sort((a, b) => chance(b) - chance(a))[0]!;
      const decision = decided(made.select(eligible ? { eligible } : {}));
      expect(decision.model).toBe(best);
      expect(decision.eligible).toEqual([best]);
      expect(decision.propensity).toBe(1);
      expect(decision.probabilityWithinLimit).toBeLessThan(0.95);
    },
  );

  test('binds the floor too', () => {
    const { made } = taught({ latency, floor: { epsilon: 1 }, propensity: 'exact' }, 60);
    for (let i = 0; i < 60; i++) {
      const decision = decided(made.select());
      expect(decision.model).not.toBe('dear');
      expect(decision.propensities).toEqual([0.5, 0.5]);
    }
  });

  test('a batch decides as its rows do', () => {
    const { made: one } = taught({ latency }, 60);
    const { made: other } = taught({ latency }, 60);
    const requests = [
      {},
      { eligible: ['dear'] },
      { eligible: [] },
      { eligible: ['cheap', 'dear'] },
      {},
    ];
    expect(one.selectBatch(requests)).toEqual(requests.map((request) => other.select(request)));
  });

  test('no model allowed is no model', () => {
    const { made } = taught({ latency }, 30);
    expect(made.select({ eligible: [] }).kind).toBe('no-eligible-model');
  });
});

describe('reports', () => {
  test('bring a latency alone, once, early or late', () => {
    const made = router({ latency: {} });
    const { decisionId } = decided(made.select());
    expect(made.report(decisionId, { latencyMs: 900 })).toEqual({
      kind: 'accepted',
      reward: undefined,
      costUsd: undefined,
      latencyMs: 900,
    });
    expect(made.report(decisionId, { latencyMs: 1 }).kind).toBe('duplicate');
    expect(made.report(decisionId, { reward: 1, costUsd: 0, latencyMs: 1 })).toMatchObject({
      reward: 1,
      costUsd: 0,
      latencyMs: undefined,
    });
    expect(made.report(decisionId, { latencyMs: 1 }).kind).toBe('duplicate');
    const { decisionId: second } = decided(made.select());
    expect(made.report(second, { reward: 1, costUsd: 0 }).kind).toBe('accepted');
    expect(made.report(second, { latencyMs: 30 })).toMatchObject({
      kind: 'accepted',
      latencyMs: 30,
    });
  });

  test('learn none without the option', () => {
    const made = router();
    const { decisionId } = decided(made.select());
    for (const outcome of [{ latencyMs: 900 }, { reward: 1, latencyMs: 900 }])
      expect(made.report(decisionId, outcome)).toMatchObject({
        kind: 'accepted',
        latencyMs: undefined,
      });
  });

  test.each([
    ['a first token after the last', { latencyMs: 5, firstTokenMs: 6 }, 'outcome.firstTokenMs'],
    ['a first token alone', { reward: 1, firstTokenMs: 6 }, 'outcome.firstTokenMs'],
    ['a negative latency', { latencyMs: -1 }, 'outcome.latencyMs'],
    ['a NaN latency', { latencyMs: NaN }, 'outcome.latencyMs'],
    ['more than a month', { latencyMs: 3.0001e9 }, 'outcome.latencyMs'],
    ['a huge latency', { latencyMs: 1e308 }, 'outcome.latencyMs'],
  ])('with %s are refused, and the decision stays open', (_, outcome, parameter) => {
    const made = router({ latency: {} });
    const { decisionId } = decided(made.select());
    expect(thrownBy(() => made.report(decisionId, outcome))).toMatchObject({ parameter });
    expect(made.report(decisionId, { latencyMs: 7 }).kind).toBe('accepted');
  });
});

test('whatever latencies are taken, utilities stay finite', () => {
  const made = router({ latency: { usdPerSecond: 1e6, limitMs: 6000 }, propensity: 'exact' });
  for (let i = 0; i < 60; i++) {
    const decision = decided(made.select());
    for (const figure of [decision.utility, decision.expectedLatencyMs])
      expect(Number.isFinite(figure)).toBe(true);
    expect(decision.margin).toBeGreaterThanOrEqual(0);
    expect(decision.propensities!.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    made.report(decision.decisionId, {
      reward: 0.5,
      latencyMs: [0, 3e9][i % 2]!,
      outputTokens: [0, 1e12][(i >> 1) % 2]!,
    });
  }
});

describe('the log', () => {
  function session(options: Partial<RouterOptions>) {
    const lines: string[] = [];
    const { made } = taught(
      {
        latency: { usdPerSecond: 1e-4, limitMs: 6000, providers: { cheap: 'p' } },
        log: (line) => lines.push(line),
        ...options,
      },
      45,
    );
    const results: SelectResult[] = [];
    for (let i = 0; i < 30; i++) {
      const result = made.select({ segment: `s${i % 3}`, ...(i % 10 === 9 && { eligible: [] }) });
      results.push(result);
      if (result.kind !== 'decision') continue;
      if (i % 2 === 0) made.report(result.decisionId, { latencyMs: latencyOf(result.model, i) });
      if (i % 3 === 0) made.report(result.decisionId, outcomeOf(result.model, i));
    }
    return { lines, results };
  }

  function replayed(lines: readonly string[]) {
    const replayer = new LogReplayer({ file: 'log', kernel: loadKernelSync(), strict: true });
    return { filled: lines.map((line, i) => replayer.replay(line, i + 1)!), replayer };
  }

  test('replays, with the propensities that mode exact gives', () => {
    const exact = session({ propensity: 'exact' });
    const deferred = session({});
    const { filled, replayer } = replayed(deferred.lines);
    expect(replayer.summary.unverified).toBe(0);
    expect(filled.slice(1)).toEqual(exact.lines.slice(1).map((line) => line.trimEnd()));
    expect(replayed(exact.lines).replayer.summary.skippedLines).toBe(0);
  });

  test('holds who was too slow and what was expected', () => {
    const { lines, results } = session({});
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged[0]!['latency']).toEqual({
      usdPerSecond: 1e-4,
      limitMs: 6000,
      maxViolationProbability: 0.05,
      trialReports: 5,
      providers: { cheap: 'p' },
    });
    const decisions = logged.filter(({ kind }) => kind === 'decision').slice(45);
    decisions.forEach((line, i) => {
      const result = results[i]!;
      const slow = result.kind === 'decision' ? result.excluded.map(({ model }) => model) : [];
      expect(line['tooSlow']).toEqual(slow);
      if (result.kind === 'decision')
        expect(line['expectedLatencyMs']).toBe(result.expectedLatencyMs);
    });
  });

  test.each([
    [
      'an expectation changed',
      /"expectedLatencyMs":\d/,
      '"expectedLatencyMs":1',
      /expectedLatencyMs is/,
    ],
    ['a report’s latency changed', /"latencyMs":\d/, '"latencyMs":9', /is .*, not/],
  ])('with %s is broken', (_, pattern, replacement, message) => {
    const { lines } = session({});
    const at = lines.findIndex((line, i) => i > 60 && pattern.test(line));
    const changed = lines.map((line, i) => (i === at ? line.replace(pattern, replacement) : line));
    expect(() => replayed(changed)).toThrow(message);
  });

  test('of a router without latencies has no word of them', () => {
    const lines: string[] = [];
    const made = router({ log: (line) => lines.push(line) });
    made.report(decided(made.select()).decisionId, { reward: 1, latencyMs: 4 });
    expect(lines.join('')).not.toMatch(/latency(Ms)?":|tooSlow/i);
  });
});

test.each([
  ['a price below 0', { usdPerSecond: -1 }, 'latency.usdPerSecond'],
  ['a NaN price', { usdPerSecond: NaN }, 'latency.usdPerSecond'],
  ['a limit of 0', { limitMs: 0 }, 'latency.limitMs'],
  ['an infinite limit', { limitMs: Infinity }, 'latency.limitMs'],
  [
    'a violation of 0',
    { limitMs: 5, maxViolationProbability: 0 },
    'latency.maxViolationProbability',
  ],
  [
    'a violation of 1',
    { limitMs: 5, maxViolationProbability: 1 },
    'latency.maxViolationProbability',
  ],
  [
    'a violation without a limit',
    { maxViolationProbability: 0.1 },
    'latency.maxViolationProbability',
  ],
  ['trials without a limit', { trialReports: 3 }, 'latency.trialReports'],
  ['half a trial', { limitMs: 5, trialReports: 0.5 }, 'latency.trialReports'],
  ['a provider of an unknown model', { providers: { x: 'p' } }, 'latency.providers'],
  ['a provider without a name', { providers: { cheap: '' } }, 'latency.providers["cheap"]'],
  ['a misspelt option', { usdPerMs: 1 }, 'latency'],
  ['no object', 3, 'latency'],
])('the option refuses %s', (_, latency, parameter) => {
  expect(thrownBy(() => router({ latency: latency as never }))).toMatchObject({
    name: 'ParameterError',
    parameter,
  });
});
