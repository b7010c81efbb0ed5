/**
 * Strategy: one busy session is run twice, with propensities deferred and exact; the deferred log, filled in, must be the exact
 * one to the byte, whatever the options. Then the log itself: what stands in it, and what a failing sink does.
 * Not here: bad logs (logErrors.test.ts), the command line (test/cli/propensities.test.ts), whether the probabilities are right
 * (propensity.test.ts, floor.test.ts).
 */
import { describe, expect, it } from 'vitest';
import type { RouterOptions } from '../../src/index';
import { decided, MODELS, model, router } from './routers';
import { drive, logged, refill } from './sessions';

const MANY = Object.fromEntries(
  Array.from({ length: 13 }, (_, i) => [`m${i}`, model(`f${i % 4}`, 0.1 * (i + 1), i)]),
);

const CASES: [string, Partial<RouterOptions>][] = [
  ['plain', {}],
  ['forgetting', { posterior: { halfLifeRequests: 30 } }],
  ['forgetting at once', { posterior: { halfLifeRequests: 0.3 } }],
  ['a floor', { floor: { epsilon: 0.2 } }],
  [
    'a floor by cost, forgetting',
    { floor: { epsilon: 0.3, baseline: 'inverse-cost' }, posterior: { halfLifeRequests: 12.7 } },
  ],
  ['no exploration', { explorationScale: 0, floor: { epsilon: 0.1 } }],
  ['little exploration', { explorationScale: 0.5 }],
  ['money no object', { willingnessToPayUsd: Infinity }],
  ['a seed of 64 bits', { seed: 2n ** 64n - 3n }],
  ['few open decisions', { maxPendingDecisions: 5 }],
  ['thirteen models', { models: { ...MODELS, ...MANY } }],
  ['a fallback', { fallback: { model: 'dear', qualityFloor: 0.5, confidence: 0.7 } }],
  [
    'a fallback, risk, a floor, forgetting',
    {
      fallback: { model: 'middle', qualityFloor: 0.45, confidence: 0.8 },
      riskWeight: 0.3,
      floor: { epsilon: 0.2 },
      posterior: { halfLifeRequests: 30 },
    },
  ],
  [
    'prompts, a fallback, risk',
    {
      context: { freezeAfterPrompts: 150 },
      fallback: { model: 'cheap', qualityFloor: 0.4, confidence: 0.7 },
      riskWeight: 0.2,
    },
  ],
  ['prompts', { context: { freezeAfterPrompts: 150 } }],
  [
    'prompts, a floor, forgetting',
    {
      context: { freezeAfterPrompts: 40 },
      floor: { epsilon: 0.2 },
      posterior: { halfLifeRequests: 30 },
    },
  ],
  ['detectors of drift', { drift: { threshold: 2 } }],
  ['several samples', { bestOf: { maxSamples: 3 } }],
  [
    'several samples, a floor by cost, a budget, forgetting, drift',
    {
      bestOf: { maxSamples: 4, agreement: 0.7, proxyGain: 0.6 },
      models: { ...MODELS, cheap: { ...MODELS.cheap, maxSamples: 2 } },
      floor: { epsilon: 0.2, baseline: 'inverse-cost' },
      budget: { usd: 0.02, windowRequests: 40 },
      posterior: { halfLifeRequests: 30 },
      drift: { threshold: 2 },
    },
  ],
  ['several samples, no exploration', { bestOf: { maxSamples: 2 }, explorationScale: 0 }],
  [
    'several samples, money no object',
    { bestOf: { maxSamples: 3 }, willingnessToPayUsd: Infinity },
  ],
  [
    'forgetting by time, by a clock that jumps',
    {
      posterior: { halfLifeMs: 60_000 },
      // A clock of its own for each of the two sessions.
      get clock() {
        let reading = 0;
        return () => 1.7e12 + 1500 * ++reading + (reading % 97 === 0 ? 1e7 : 0);
      },
    },
  ],
  [
    'rules',
    {
      rules: {
        policies: { standard: ['cheap', 'middle'] },
        chain: [
          { when: 'segment', segments: ['a'], force: 'dear' },
          { when: 'budget', usd: 0.05, windowRequests: 200, policy: 'standard' },
        ],
      },
    },
  ],
  ['a budget', { budget: { usd: 0.05, windowRequests: 200, ceilingUsd: 0.06 } }],
  [
    'all of it, with prompts',
    {
      drift: { threshold: 2, keep: 0.3 },
      budget: { usd: 0.02, windowRequests: 100 },
      rules: { chain: [{ when: 'segment', segments: ['b'], models: ['cheap', 'dear'] }] },
      context: { freezeAfterPrompts: 40 },
      floor: { epsilon: 0.1 },
    },
  ],
  ['prompts, no exploration', { context: { freezeAfterPrompts: 40 }, explorationScale: 0 }],
];

describe('a deferred log, filled in, is the exact one to the byte', () => {
  it.each(CASES)('%s', (_, changes) => {
    const deferred = drive(logged({ ...changes, propensity: 'deferred' }), 1000);
    const exact = drive(logged({ ...changes, propensity: 'exact' }), 1000);
    const { filled, problems, summary } = refill(deferred.lines);
    expect(problems).toEqual([]);
    expect(filled.slice(1)).toEqual(exact.lines.slice(1).map((line) => line.trimEnd()));
    // … and says what the decisions said.
    const told = exact.decisions.map(({ decisionId, propensity }) => [decisionId, propensity]);
    const written = filled
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ kind, model }) => kind === 'decision' && model !== null)
      .map(({ decisionId, propensity }) => [decisionId, propensity]);
    expect(written).toEqual(told);
    expect(summary).toMatchObject({ filled: told.length, unverified: 0, skippedLines: 0 });
    expect(summary.withoutModel).toBeGreaterThan(50);
    expect(summary.reports).toBeGreaterThan(300);
  });

  it('again, when it is filled in already', () => {
    const { filled } = refill(drive(logged(), 200).lines);
    expect(refill(filled)).toMatchObject({ filled, problems: [] });
  });

  it('of several routers that write to one', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const sessions = [1, 2].map((seed) => logged({ seed, instanceId: `worker-${seed}`, log }));
    for (let i = 0; i < 20; i++) for (const session of sessions) drive(session, 10, i);
    const { problems, summary } = refill(lines);
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({ routers: 2, unverified: 0 });
    expect(summary.filled).toBe(sessions[0]!.decisions.length + sessions[1]!.decisions.length);
  });

  it('of a router that starts again under its name', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    for (let i = 0; i < 3; i++) drive(logged({ log }), 50);
    expect(refill(lines)).toMatchObject({ problems: [], summary: { routers: 3, unverified: 0 } });
  });

  it('with members that others have added to its lines', () => {
    const { lines } = drive(logged(), 50);
    const added = lines.map((line) => JSON.stringify({ time: 5, ...JSON.parse(line), tag: 'x' }));
    const { filled, problems } = refill(added);
    expect(problems).toEqual([]);
    for (const line of filled) expect(JSON.parse(line)).toMatchObject({ time: 5, tag: 'x' });
  });
});

describe('modes', () => {
  it.each(['deferred', 'exact', 'off'] as const)('%s decides the same', (propensity) => {
    const changes = { floor: { epsilon: 0.1 } };
    const choices = ({ decisions }: { decisions: { model: string; sampledQuality: number }[] }) =>
      decisions.map(({ model, sampledQuality }) => [model, sampledQuality]);
    const plain = choices(drive(logged(changes), 300));
    expect(choices(drive(logged({ ...changes, propensity }), 300))).toEqual(plain);
  });

  it('deferred and off have none at the decision', () => {
    for (const propensity of ['deferred', 'off'] as const) {
      const decision = decided(router({ propensity }).select());
      expect([decision.propensity, decision.propensities]).toEqual([undefined, undefined]);
    }
  });

  it('off leaves them out of the log, and the log as it is', () => {
    const { lines } = drive(logged({ propensity: 'off' }), 100);
    expect(lines.join('')).not.toContain('"propensities"');
    const { filled, summary } = refill(lines);
    expect(filled).toEqual(lines.map((line) => line.trimEnd()));
    expect(summary).toMatchObject({ filled: 0, off: summary.decisions - summary.withoutModel });
  });

  it('exact gives those of the eligible models, in their order, which sum to 1', () => {
    for (const floor of [{ epsilon: 0 }, { epsilon: 0.25 }]) {
      const { decisions } = drive(logged({ propensity: 'exact', floor }), 300);
      for (const { model, eligible, propensity, propensities } of decisions) {
        expect(propensities).toHaveLength(eligible.length);
        expect(propensity).toBe(propensities![eligible.indexOf(model)]);
        const sum = propensities!.reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
        const least = floor.epsilon / eligible.length;
        for (const p of propensities!) expect(p).toBeGreaterThanOrEqual(least * (1 - 1e-12));
      }
    }
  });

  it('exact gives 1 to an only model, and to the best where nothing is explored', () => {
    const alone = router({ propensity: 'exact', floor: { epsilon: 0.3 } });
    expect(decided(alone.select({ eligible: ['dear'] })).propensities).toEqual([1]);
    const still = decided(router({ propensity: 'exact', explorationScale: 0 }).select());
    expect(still.propensity).toBe(1);
    expect(still.propensities!.filter((p) => p === 0)).toHaveLength(2);
  });

  it('exact bears an empty batch', () => {
    const [idle, twin] = [router({ propensity: 'exact' }), router({ propensity: 'exact' })];
    expect(idle.selectBatch([])).toEqual([]);
    expect(idle.select()).toEqual(twin.select());
  });

  it('exact cuts a large batch without a trace', () => {
    const models = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`m${i}`, model()]));
    const make = () => logged({ models, propensity: 'exact' });
    const [batched, looped] = [make(), make()];
    const requests = Array.from({ length: 1000 }, (_, i) => ({ promptTokens: i }));
    const results = batched.router.selectBatch(requests);
    expect(results).toEqual(requests.map((request) => looped.router.select(request)));
    expect(batched.lines).toEqual(looped.lines);
  });
});

describe('what stands in it', () => {
  it('a router, then decisions and reports in the order in which they hit the evidence', () => {
    const session = logged({ willingnessToPayUsd: Infinity, propensity: 'exact' });
    const [first, second] = session.router
      .selectBatch([{ segment: 's', promptTokens: 7 }, { eligible: ['dear'] }])
      .map(decided);
    session.router.report(second!.decisionId, { costUsd: 0.25 });
    session.router.report(first!.decisionId, { valid: true, promptTokens: 9 });
    session.router.report(first!.decisionId, { reward: 0 });
    session.router.select({ eligible: [] });
    expect(session.lines.every((line) => line.endsWith('}\n'))).toBe(true);
    const [header, ...rest] = session.lines.map((line) => JSON.parse(line) as object);
    expect(Object.keys(header!)[0]).toBe('schemaVersion');
    expect(header).toMatchObject({
      schemaVersion: 1,
      kind: 'router',
      instanceId: 'test',
      kernelAbi: 3,
      seed: '11',
      propensity: 'exact',
      willingnessToPayUsd: 'Infinity',
      explorationScale: 1,
      floor: { epsilon: 0, baseline: 'uniform' },
      posterior: { priorMean: 0.5, priorStrength: 2, halfLifeRequests: 'Infinity' },
      models: MODELS,
    });
    expect(rest).toEqual([
      {
        kind: 'decision',
        decisionId: 'test-0',
        sequenceNumber: 0,
        evidenceVersion: 0,
        segment: 's',
        promptTokens: 7,
        eligible: ['cheap', 'dear', 'middle'],
        model: first!.model,
        byFloor: false,
        sampledQuality: first!.sampledQuality,
        expectedCostUsd: first!.expectedCostUsd,
        propensity: first!.propensity,
        propensities: first!.propensities,
        propensityAccuracy: 'accurate',
      },
      {
        kind: 'decision',
        decisionId: 'test-1',
        sequenceNumber: 1,
        evidenceVersion: 0,
        segment: null,
        promptTokens: null,
        eligible: ['dear'],
        model: 'dear',
        byFloor: false,
        sampledQuality: second!.sampledQuality,
        expectedCostUsd: second!.expectedCostUsd,
        propensity: 1,
        propensities: [1],
        propensityAccuracy: 'accurate',
      },
      {
        kind: 'report',
        decisionId: 'test-1',
        evidenceVersion: 1,
        reward: null,
        costUsd: 0.25,
        promptTokens: null,
      },
      {
        kind: 'report',
        decisionId: 'test-0',
        evidenceVersion: 2,
        reward: 1,
        costUsd: null,
        promptTokens: 9,
      },
      {
        kind: 'decision',
        decisionId: 'test-2',
        sequenceNumber: 2,
        evidenceVersion: 2,
        segment: null,
        promptTokens: null,
        eligible: [],
        model: null,
        byFloor: false,
        sampledQuality: null,
        expectedCostUsd: null,
        propensity: null,
        propensities: null,
        propensityAccuracy: null,
      },
    ]);
  });

  it('models with hostile names', () => {
    const models = JSON.parse(
      `{"__proto__":${JSON.stringify(model())},"10":${JSON.stringify(model())},"line\\nbreak":${JSON.stringify(model())}}`,
    ) as RouterOptions['models'];
    const session = logged({ models, propensity: 'exact' });
    for (let i = 0; i < 20; i++) session.router.select();
    expect(session.lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(refill(session.lines)).toMatchObject({ problems: [], summary: { filled: 20 } });
  });
});

describe('a sink', () => {
  it('may be a stream', () => {
    const lines: string[] = [];
    const stream = {
      lines,
      write(line: string) {
        // As methods of classes are: useless without their object.
        this.lines.push(line);
        return false;
      },
    };
    drive(logged({ log: stream }), 30);
    expect(refill(lines).problems).toEqual([]);
  });

  it('that fails for a while loses nothing and is not felt', () => {
    const lines: string[] = [];
    let calls = 0;
    const failure = new Error('disk full');
    const flaky = (line: string) => {
      if (++calls % 7 < 4) throw failure;
      lines.push(line);
    };
    const [shaky, sound] = [drive(logged({ log: flaky }), 400), drive(logged(), 400)];
    expect(shaky.decisions).toEqual(sound.decisions);
    expect(shaky.router.logHealth!.lastError).toBe(failure);
    while (shaky.router.logHealth!.waitingLines > 0) shaky.router.selectBatch([]);
    expect(lines).toEqual(sound.lines);
  });

  it('that writes and fails all the same doubles a line, which is told', () => {
    const lines: string[] = [];
    let calls = 0;
    const log = (line: string) => {
      lines.push(line);
      if (++calls % 5 === 0) throw new Error('interrupted');
    };
    drive(logged({ log }), 100);
    const { filled, problems, summary } = refill(lines);
    expect(problems.length).toBeGreaterThan(10);
    expect(summary).toMatchObject({ unverified: 0, skippedLines: problems.length });
    expect(filled.length).toBe(new Set(lines).size);
  });

  it('that fails for ever costs a bounded number of lines', () => {
    const session = logged({
      log: () => {
        throw new Error('gone');
      },
    });
    for (let i = 0; i < 3; i++) session.router.selectBatch(Array(4000).fill({}));
    expect(session.router.logHealth).toMatchObject({ waitingLines: 10_000, lostLines: 2001 });
  });

  it('that routes a request of its own keeps the order', () => {
    const lines: string[] = [];
    const session = logged({
      log: (line) => {
        lines.push(line);
        const { sequenceNumber, decisionId } = JSON.parse(line) as Record<string, string>;
        if (Number(sequenceNumber) < 20) {
          session.router.select({ segment: 'inner' });
          session.router.report(decisionId!, { reward: 0.5 });
        }
      },
    });
    session.router.selectBatch([{}, {}, {}]);
    const { problems, summary } = refill(lines);
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({ unverified: 0, reports: 20 });
  });

  it('may be absent', () => {
    expect(router().logHealth).toBeUndefined();
  });
});
