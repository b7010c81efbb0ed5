/**
 * Strategy: the replay loop with latencies against a router that is asked and told the same one request after the other; figures of
 * latencies by hand; static policies by the utility they maximise. Then the command's options, as a process.
 * Not here: forecasts (test/forecast/latency.test.ts), what a limit means (test/router/latency.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { createRouterSync, type ModelOptions } from '../../src/index';
import { Generator } from '../../src/random/generator';
import { assembleTable } from '../../src/replay/assembleTable';
import { ReplayEngine } from '../../src/replay/engine';
import { latencyFigures, replayPolicy, type ReplayLatency } from '../../src/replay/latency';
import { replayTable } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import type { OutcomeTable, RecordedRequest } from '../../src/replay/table';
import { files, hasTable, line, MODELS as TWO, tablePath, thompsonite } from '../cli/run';

const MODELS: Record<string, ModelOptions> = Object.fromEntries(
  ['a', 'b', 'c'].map((id, i) => [
    id,
    { family: i === 0 ? 'x' : 'y', usdPerMillionInputTokens: 1 + i, usdPerMillionOutputTokens: 2 },
  ]),
);

/** Slower models are better; every third answer's tokens are not known. */
function table(rows: number): OutcomeTable {
  const generator = new Generator(4, 0);
  const requests = Array.from({ length: rows }, (_, i): RecordedRequest => ({
    id: String(i),
    segment: `s${i % 3}`,
    atSeconds: i,
    promptTokens: 100 + i,
    prompt: undefined,
    promptCharacters: NaN,
    outcomes: new Map(
      Object.keys(MODELS).map((model, arm) => [
        model,
        {
          quality: Math.round(100 * (0.4 + 0.2 * arm * generator.unit())) / 100,
          costUsd: 1e-4 * (1 + arm),
          outputTokens: i % 3 === 0 ? NaN : generator.index(300),
          latencyMs: (1 + 3 * arm) * (300 + 900 * generator.unit()),
        },
      ]),
    ),
  }));
  const models = new Map(Object.entries(MODELS));
  return assembleTable({ file: 'made', name: 'made', requests, models, skippedLines: 0 });
}

const made = table(240);
const OPTIONS: [string, ReplayLatency][] = [
  ['a price', { usdPerSecond: 1e-3, limitMs: Infinity, maxViolationProbability: 0.05 }],
  ['a limit', { usdPerSecond: 0, limitMs: 5000, maxViolationProbability: 0.2 }],
  ['both', { usdPerSecond: 1e-4, limitMs: 3000, maxViolationProbability: 0.1 }],
];

describe.each(OPTIONS)('with %s', (_, latency) => {
  const engineOptions = { flat: true, halfLifeRequests: 50, chunkRequests: 17 };
  const run = {
    seed: 5,
    order: Uint32Array.from({ length: made.rows }, (_, i) => i),
    costWeight: 1 / 0.01,
    explorationScale: 1,
    latency: replayPolicy(latency, 1 / 0.01),
  };

  test('the loop chooses as a router that is told one answer after the other', () => {
    const chosen = new ReplayEngine(made, engineOptions).run(run);
    const { limitMs, maxViolationProbability, usdPerSecond } = latency;
    const router = createRouterSync({
      models: MODELS,
      willingnessToPayUsd: 0.01,
      seed: 5,
      posterior: { halfLifeRequests: 50 },
      latency: { usdPerSecond, ...(limitMs < Infinity && { limitMs, maxViolationProbability }) },
    });
    const names = Object.keys(MODELS);
    const replayed = Array.from(chosen, (_, row) => {
      const decision = router.select({
        promptTokens: made.promptTokens[row]!,
      });
      if (decision.kind !== 'decision') throw new Error('no model');
      const arm = names.indexOf(decision.model);
      const cell = row * names.length + arm;
      const outputTokens = made.outputTokens![cell]!;
      router.report(decision.decisionId, {
        reward: made.quality[cell]!,
        costUsd: made.costUsd[cell]!,
        latencyMs: made.latencyMs![cell]!,
        ...(!Number.isNaN(outputTokens) && { outputTokens }),
      });
      return arm;
    });
    expect(replayed).toEqual([...chosen]);
  });

  test('neither chunks nor earlier runs matter', () => {
    const engine = new ReplayEngine(made, engineOptions);
    const first = engine.run(run);
    engine.run({ ...run, seed: 6, latency: undefined });
    expect(engine.run(run)).toEqual(first);
    expect(new ReplayEngine(made, { ...engineOptions, chunkRequests: 1000 }).run(run)).toEqual(
      first,
    );
  });
});

test('figures of a policy that always takes the middle model', () => {
  const latency = { usdPerSecond: 1e-3, limitMs: 3000, maxViolationProbability: 0.05 };
  const chosenByRow = [new Int32Array(made.rows).fill(1)];
  const figures = latencyFigures(made, { policy: 'fixed:b', chosenByRow }, latency, 100);
  const rows = Array.from({ length: made.rows }, (_, row) => 3 * row + 1);
  const mean = (value: (cell: number) => number) =>
    rows.reduce((sum, cell) => sum + value(cell), 0) / rows.length;
  expect(figures.meanMs).toBeCloseTo(
    mean((cell) => made.latencyMs![cell]!),
    8,
  );
  expect(figures.lateShare).toBe(mean((cell) => Number(made.latencyMs![cell]! > 3000)));
  expect(figures.utility).toBeCloseTo(
    mean(
      (cell) => made.quality[cell]! - 100 * (made.costUsd[cell]! + 1e-6 * made.latencyMs![cell]!),
    ),
    10,
  );
  expect(figures.p50Ms).toBeLessThan(figures.p95Ms);
});

test('policies that know the table maximise the utility with the price of time', () => {
  const policies = ['oracle', 'segment-means', 'fixed:a', 'fixed:b', 'fixed:c'];
  const options = {
    policies,
    seeds: 2,
    firstSeed: 1,
    willingnessToPayUsd: 0.01,
    explorationScale: 1,
    halfLifeRequests: Infinity,
    chunkRequests: 1000,
    sweep: false,
    synthetic: false,
  };
  const utilities = (latency: ReplayLatency | undefined) =>
    new Map(
      replayTable(made, { ...options, latency }).result.policies.map((one) => [one.policy, one]),
    );
  const priced = utilities(OPTIONS[0]![1]);
  const of = (policy: string) => priced.get(policy)!.latency!.utility;
  for (const fixed of ['fixed:a', 'fixed:b', 'fixed:c']) {
    expect(of('segment-means')).toBeGreaterThanOrEqual(of(fixed) - 1e-12);
    expect(of('oracle')).toBeGreaterThanOrEqual(of('segment-means'));
  }
  expect(priced.get('oracle')!.latency!.meanMs).toBeLessThan(
    utilities({ ...OPTIONS[0]![1], usdPerSecond: 0 }).get('oracle')!.latency!.meanMs,
  );
  expect(utilities(undefined).get('oracle')).not.toHaveProperty('latency');
});

describe('the command', () => {
  const answers = {
    big: { quality: 1, costUsd: 0.01, latencyMs: 900 },
    small: { quality: 0.5, costUsd: 0.001, latencyMs: 100 },
  };
  const timed = files({
    'timed.jsonl': [1, 2, 3].map((i) => line(String(i), { outcomes: answers })).join('\n'),
    'timed.models.json': TWO,
  });
  const untimed = files({
    'untimed.jsonl': [line('1'), line('2', { outcomes: { ...answers } })].join('\n'),
    'untimed.models.json': TWO,
  });

  test('prints what answers took', () => {
    const args = ['replay', timed, '--seeds', '2', '--policy', 'fixed:big,thompson'];
    const { status, stdout } = thompsonite(...args, '--latency-limit-ms', '500', '--json');
    expect(status).toBe(0);
    const { policies } = JSON.parse(stdout) as ReplayResult;
    expect(policies[0]!.latency).toMatchObject({
      meanMs: 900,
      p50Ms: 900,
      p95Ms: 900,
      lateShare: 1,
    });
    expect(thompsonite(...args, '--usd-per-second', '0.001').stdout).toMatch(/mean ms.*over limit/);
    expect(thompsonite(...args).stdout).not.toMatch(/over limit/);
  });

  test.each([
    [['--usd-per-second', '-1'], /--usd-per-second must be in \[0, 1e9\], got "-1"/],
    [['--latency-limit-ms', '0'], /--latency-limit-ms must be > 0/],
    [['--latency-limit-ms', 'NaN'], /--latency-limit-ms must be > 0/],
    [['--latency-limit-ms', '5', '--latency-delta', '1'], /--latency-delta must be in \(0, 1\)/],
    [['--latency-delta', '0.1'], /--latency-delta needs --latency-limit-ms/],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = thompsonite('replay', timed, ...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  test('refuses a table without latencies', () => {
    const { status, stderr } = thompsonite('replay', untimed, '--usd-per-second', '1');
    expect(stderr).toMatch(/tables with latencyMs of every answer, got "untimed"/);
    expect(status).toBe(2);
  });
});

test.skipIf(!hasTable('llmdrift'))('llmdrift: a price of time buys shorter waits', () => {
  const run = (price: string) => {
    const { stdout } = thompsonite(
      'replay',
      tablePath('llmdrift'),
      ...['--policy', 'thompson', '--seeds', '3', '--willingness-to-pay-usd', '0.1', '--json'],
      ...['--usd-per-second', price],
    );
    return (JSON.parse(stdout) as ReplayResult).policies[0]!.latency!;
  };
  expect(run('0.001').meanMs).toBeLessThan(run('0').meanMs);
});
