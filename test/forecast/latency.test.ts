/**
 * Strategy: every moment and forecast of LatencyForecaster against a slow reference that solves the whole tree at once
 * (test/reference/latency.ts); probabilities and quantiles against a fine sum; then laws (merging, forgetting, passes, states), what
 * is learned from simulated answers, and misuse, after which nothing has changed.
 * Not here: coverage on recorded latencies (npm run eval:latency, docs/RESULTS.md), what routers do with it (test/router/latency.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { LatencyForecaster, ParameterError, type LatencyObservation } from '../../src/index';
import { Generator } from '../../src/random/generator';
import { Sampler } from '../../src/random/sampler';
import { ReferenceLatency, sumCdf } from '../reference/latency';
import { thrownBy } from '../support/refusal';

const MODELS = {
  a1: { provider: 'a' },
  a2: { provider: 'a' },
  b1: { provider: 'b' },
  c1: { provider: 'c' },
  unseen: { provider: 'b' },
  alone: { provider: 'd' },
};
const IDS = Object.keys(MODELS).sort();

/** Answers of the first four models: what is told of each changes by turns. */
function observations(count: number, clocked = false): LatencyObservation[] {
  const generator = new Generator(5, 0);
  return Array.from({ length: count }, (_, i) => {
    const model = ['a1', 'a2', 'b1', 'c1'][generator.index(4)]!;
    const latencyMs = 200 + 5000 * generator.unit() * generator.unit();
    return {
      model,
      latencyMs,
      ...(i % 3 !== 0 && { outputTokens: generator.index(600) }),
      ...(i % 4 < 2 && { firstTokenMs: latencyMs * generator.unit() }),
      // Some reports come late.
      ...(clocked && { clock: Math.max(0, i - (i % 7 === 0 ? 5 : 0)) }),
    };
  });
}

function taught(rows: readonly LatencyObservation[], halfLife = Infinity): LatencyForecaster {
  const forecaster = new LatencyForecaster({ models: MODELS, halfLife });
  for (const row of rows) forecaster.observe(row);
  return forecaster;
}

function referenceOf(rows: readonly LatencyObservation[], halfLife = Infinity): ReferenceLatency {
  const reference = new ReferenceLatency(GROUPS, halfLife);
  for (const row of rows) reference.observe(reportOf(row));
  return reference;
}

/** As the forecaster numbers providers: by first appearance in the order of the ids. */
const GROUPS = (() => {
  const names = IDS.map((id) => MODELS[id as keyof typeof MODELS].provider);
  const known = [...new Set(names)];
  return names.map((name) => known.indexOf(name));
})();

function reportOf({ model, latencyMs, firstTokenMs, outputTokens, clock }: LatencyObservation) {
  return {
    model: IDS.indexOf(model),
    latencyMs,
    firstTokenMs: firstTokenMs ?? NaN,
    outputTokens: outputTokens ?? NaN,
    clock: clock ?? 0,
  };
}

/** What a forecaster says of a model with known tokens, without, and of the chances. */
function answers(forecaster: LatencyForecaster, model: string) {
  return [{ outputTokens: 3 }, { outputTokens: 400 }, {}].flatMap((options) => {
    const one = forecaster.predict(model, options);
    return [one.meanMs, one.sdMs, one.medianMs, one.quantileMs(0.9), one.probabilityWithin(1500)];
  });
}

describe.each([
  ['before any report', 0, Infinity],
  ['after one', 1, Infinity],
  ['after 60', 60, Infinity],
  ['after 60, forgetting', 60, 20],
  ['after 300, forgetting across landmarks', 300, 2],
])('%s', (_, count, halfLife) => {
  const rows = observations(count, halfLife < Infinity);
  const forecaster = taught(rows, halfLife);
  const reference = referenceOf(rows, halfLife);
  const [first, token, tokens] = [0, 1, 2].map((component) => reference.moments(component));

  test.each(IDS)('%s is forecast as the reference does', (model) => {
    const i = IDS.indexOf(model);
    for (const known of [40, undefined]) {
      const one = forecaster.predict(model, known === undefined ? {} : { outputTokens: known });
      const extra =
        known === undefined ? tokens![i]! : { mean: Math.log(known), variance: 0, noise: 0 };
      const rest = {
        mean: token![i]!.mean + extra.mean,
        variance: token![i]!.variance + extra.variance,
        noise: token![i]!.noise + extra.noise,
      };
      const parts = [first![i]!, rest];
      const means = parts.map(({ mean, noise }) => Math.exp(mean + noise / 2));
      const variances = parts.map(({ noise }, k) => means[k]! ** 2 * Math.expm1(noise));
      // Sums over landmarks of e^… round differently.
      expect(one.meanMs / (means[0]! + means[1]!)).toBeCloseTo(1, 9);
      expect(one.sdMs / Math.sqrt(variances[0]! + variances[1]!)).toBeCloseTo(1, 8);
      for (const ms of [100, 700, 3000, 20_000])
        expect(Math.abs(one.probabilityWithin(ms) - sumCdf(first![i]!, rest, ms))).toBeLessThan(
          1e-3,
        );
      for (const p of [0.025, 0.5, 0.9])
        expect(Math.abs(one.probabilityWithin(one.quantileMs(p)) - p)).toBeLessThan(1e-9);
      expect(one.medianMs).toBe(one.quantileMs(0.5));
    }
  });

  test('says which models have no report of their own', () => {
    const seen = new Set(rows.map(({ model }) => model));
    for (const model of IDS) expect(forecaster.predict(model).pooled).toBe(!seen.has(model));
    expect(forecaster.reports).toBe(count);
  });
});

test('probabilities hold within .0011 for parts of all spreads', () => {
  // One model of one provider, its variances set by what it is shown; the reference sums finely.
  for (const [spreadFirst, spreadToken] of [
    [0.02, 2],
    [2, 0.02],
    [1, 1],
    [0.3, 0.02],
  ] as const) {
    const normals = new Sampler({ seed: 8 }).normal(0, 1, 400);
    const rows = Array.from({ length: 200 }, (_, i): LatencyObservation => {
      const firstTokenMs = 300 * Math.exp(spreadFirst * normals[2 * i]!);
      const perToken = 3 * Math.exp(spreadToken * normals[2 * i + 1]!);
      return {
        model: 'alone',
        firstTokenMs,
        latencyMs: firstTokenMs + 100 * perToken,
        outputTokens: 100,
      };
    });
    const one = taught(rows).predict('alone', { outputTokens: 100 });
    const i = IDS.indexOf('alone');
    const reference = referenceOf(rows);
    const first = reference.moments(0)[i]!;
    const token = reference.moments(1)[i]!;
    const rest = { mean: token.mean + Math.log(100), variance: token.variance };
    for (const p of [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
      expect(Math.abs(sumCdf(first, rest, one.quantileMs(p)) - p)).toBeLessThan(1.1e-3);
  }
});

describe('what is learned', () => {
  const normals = new Sampler({ seed: 3 }).normal(0, 1, 8000);
  const simulated = Array.from(
    { length: 2000 },
    (_, i): LatencyObservation & { firstTokenMs: number } => {
      const firstTokenMs = 400 * Math.exp(0.4 * normals[4 * i]!);
      const outputTokens = Math.ceil(150 * Math.exp(1.2 * normals[4 * i + 1]!));
      const latencyMs = firstTokenMs + outputTokens * 12 * Math.exp(0.2 * normals[4 * i + 2]!);
      return { model: 'a1', latencyMs, firstTokenMs, outputTokens };
    },
  );

  test.each([
    ['with the first token told', (row: (typeof simulated)[number]) => row, 0.02],
    [
      'from whole latencies alone',
      ({ firstTokenMs: _, ...row }: (typeof simulated)[number]) => row as LatencyObservation,
      0.1,
    ],
  ])('%s, the parts come out and 80 and 95 %% intervals hold', (_, tell, tolerance) => {
    const forecaster = new LatencyForecaster({ models: MODELS });
    forecaster.fit(simulated.slice(0, 1000).map(tell), { passes: 20 });
    // 1 token: nearly all first token; 10,000: nearly none.
    const median = (outputTokens: number) => forecaster.predict('a1', { outputTokens }).medianMs;
    expect(Math.abs(median(1) / 412 - 1)).toBeLessThan(tolerance + 0.03);
    expect(Math.abs(median(10_000) / 120_400 - 1)).toBeLessThan(tolerance);
    const p = simulated
      .slice(1000)
      .map(({ latencyMs, outputTokens }) =>
        forecaster.predict('a1', { outputTokens: outputTokens! }).probabilityWithin(latencyMs),
      );
    const coverage = (mass: number) =>
      p.filter((one) => Math.abs(one - 0.5) <= mass / 2).length / p.length;
    // Three standard errors of a share of 1,000.
    expect(Math.abs(coverage(0.8) - 0.8)).toBeLessThan(0.038 + tolerance / 2);
    expect(Math.abs(coverage(0.95) - 0.95)).toBeLessThan(0.021 + tolerance / 4);
  });

  test('an unseen model is forecast from its provider, and less surely than its siblings', () => {
    const rows = simulated.slice(0, 200).map((row) => ({ ...row, model: 'b1' }));
    const forecaster = taught(rows);
    const [own, pooled, far] = ['b1', 'unseen', 'c1'].map((model) =>
      forecaster.predict(model, { outputTokens: 100 }),
    );
    expect([own!.pooled, pooled!.pooled, far!.pooled]).toEqual([false, true, true]);
    const width = (one: typeof own) => one!.quantileMs(0.9) / one!.quantileMs(0.1);
    expect(width(own)).toBeLessThan(width(pooled));
    expect(width(pooled)).toBeLessThan(width(far));
  });

  test.each([
    ['', { outputTokens: 100 }],
    [', its tokens not told', {}],
    [', of the first token', { outputTokens: 100, firstTokenMs: 600_000 }],
  ])('one answer that hung among 300 barely moves the forecast%s', (_, told) => {
    const even = simulated.slice(0, 300).map((row) => ({
      model: 'a1',
      latencyMs: row.firstTokenMs + 400,
      outputTokens: 100,
      ...('firstTokenMs' in told && { firstTokenMs: row.firstTokenMs }),
    }));
    const forecaster = taught(even);
    const [median, late] = [0.5, 0.95].map((p) => forecaster.predict('a1').quantileMs(p));
    forecaster.observe({ model: 'a1', latencyMs: 600_000, ...told });
    expect(forecaster.predict('a1').medianMs / median!).toBeLessThan(1.05);
    expect(forecaster.predict('a1').quantileMs(0.95) / late!).toBeLessThan(1.1);
    expect(forecaster.predict('a1').quantileMs(0.95)).toBeGreaterThan(late!);
  });

  test('answers that are slow time and again are believed', () => {
    const forecaster = taught(
      Array.from({ length: 300 }, (_, i) => ({ model: 'a1', latencyMs: 600 + (i % 40) * 10 })),
    );
    for (let i = 0; i < 100; i++)
      forecaster.observe({ model: 'a1', latencyMs: 6000 + (i % 40) * 100 });
    expect(forecaster.predict('a1').probabilityWithin(2000)).toBeLessThan(0.9);
  });

  test('with a half-life, what was comes to weigh nothing', () => {
    const slow = observations(100).map((row, clock) => ({ ...row, model: 'a1', clock }));
    const fast = Array.from({ length: 50 }, (_, i) => ({
      model: 'a1',
      latencyMs: 50,
      outputTokens: 1,
      clock: 1e6 + i,
    }));
    const forgetful = taught([...slow, ...fast], 10);
    expect(forgetful.predict('a1').medianMs).toBeLessThan(100);
  });
});

describe('laws', () => {
  const rows = observations(80, true);

  test('a token forecast stands for its median and spread', () => {
    const forecaster = taught(rows);
    const spread = 2;
    const known = forecaster.predict('a1', { outputTokens: 100 });
    const of = (factor: number) =>
      forecaster.predict('a1', {
        outputTokens: {
          meanTokens: 100,
          aleatoricSdTokens: 0,
          epistemicSdTokens: 0,
          quantileTokens: (p) => (p > 0.5 ? 100 * factor : 100),
        },
      });
    expect(of(1).quantileMs(0.9)).toBe(known.quantileMs(0.9));
    expect(of(spread).quantileMs(0.9)).toBeGreaterThan(known.quantileMs(0.9));
    expect(of(spread).medianMs).toBeGreaterThan(0.5 * known.medianMs);
  });

  test.each([Infinity, 3])('merging adds up, half-life %d', (halfLife) => {
    // What each splits off depends on what it has seen, so only fully told reports merge to the same sums.
    const told = rows.map((row) => ({ ...row, firstTokenMs: row.latencyMs / 3, outputTokens: 50 }));
    const one = taught(
      told.filter((_, i) => i % 2 === 0),
      halfLife,
    );
    const other = taught(
      told.filter((_, i) => i % 2 === 1),
      halfLife,
    );
    const before = other.exportState();
    one.merge(other);
    expect(other.exportState()).toEqual(before);
    const together = taught(told, halfLife);
    for (const model of IDS)
      answers(one, model).forEach((value, i) =>
        expect(value / answers(together, model)[i]!).toBeCloseTo(1, 10),
      );
    expect(one.reports).toBe(together.reports);
  });

  test('a state gives the same bits in every later answer', () => {
    const forecaster = taught(rows.slice(0, 50), 7);
    const again = LatencyForecaster.fromState(forecaster.exportState(), {
      models: MODELS,
      halfLife: 7,
    });
    for (const row of rows.slice(50)) {
      forecaster.observe(row);
      again.observe(row);
    }
    for (const model of IDS) expect(answers(again, model)).toEqual(answers(forecaster, model));
    expect(again.exportState()).toEqual(forecaster.exportState());
  });

  test('a fit does not depend on the order of its rows, and forgets what was before', () => {
    const forecaster = taught(rows.slice(0, 20));
    const unclocked = observations(80);
    forecaster.fit(unclocked);
    const turned = new LatencyForecaster({ models: MODELS });
    turned.fit([...unclocked].reverse());
    for (const model of IDS)
      answers(forecaster, model).forEach((value, i) =>
        expect(value / answers(turned, model)[i]!).toBeCloseTo(1, 9),
      );
  });

  test('a forecast does not change with later reports', () => {
    const forecaster = taught(rows);
    const forecast = forecaster.predict('a1');
    const before = forecast.quantileMs(0.9);
    forecaster.observe({ model: 'a1', latencyMs: 1e6 });
    forecaster.predict('b1');
    expect(forecast.quantileMs(0.9)).toBe(before);
  });

  test('latencies and tokens of 0 are taken', () => {
    const forecaster = taught([
      { model: 'a1', latencyMs: 0 },
      { model: 'a1', latencyMs: 0, firstTokenMs: 0, outputTokens: 0 },
      { model: 'a1', latencyMs: 3e9, firstTokenMs: 3e9, outputTokens: 1e12 },
    ]);
    for (const value of answers(forecaster, 'a1')) expect(Number.isFinite(value)).toBe(true);
  });
});

describe('misuse changes nothing', () => {
  const forecaster = taught(observations(30));
  const before = forecaster.exportState();
  const row = { model: 'a1', latencyMs: 100 };

  test.each([
    ['an unknown model', { ...row, model: 'x' }, 'observation.model'],
    ['no latency', { model: 'a1' }, 'observation.latencyMs'],
    ['a NaN latency', { ...row, latencyMs: NaN }, 'observation.latencyMs'],
    ['a negative latency', { ...row, latencyMs: -1 }, 'observation.latencyMs'],
    ['an infinite latency', { ...row, latencyMs: Infinity }, 'observation.latencyMs'],
    ['a first token after the last', { ...row, firstTokenMs: 101 }, 'observation.firstTokenMs'],
    ['negative tokens', { ...row, outputTokens: -1 }, 'observation.outputTokens'],
    ['NaN tokens', { ...row, outputTokens: NaN }, 'observation.outputTokens'],
    ['a NaN clock', { ...row, clock: NaN }, 'observation.clock'],
    ['a misspelt member', { ...row, tokens: 3 }, 'observation'],
    ['no object', null, 'observation'],
  ])('observing %s', (_, observation, parameter) => {
    expect(thrownBy(() => forecaster.observe(observation as never))).toMatchObject({ parameter });
    expect(forecaster.exportState()).toEqual(before);
  });

  test('fitting rows of which one is bad', () => {
    const rows = [row, { ...row, latencyMs: NaN }];
    expect(thrownBy(() => forecaster.fit(rows))).toMatchObject({
      parameter: 'observations[1].latencyMs',
    });
    expect(thrownBy(() => forecaster.fit([row], { passes: 0 }))).toMatchObject({
      parameter: 'options.passes',
    });
    expect(thrownBy(() => forecaster.fit(3 as never))).toMatchObject({ parameter: 'observations' });
    expect(forecaster.exportState()).toEqual(before);
  });

  test.each([
    ['a model that is no string', () => forecaster.predict(5 as never), 'model'],
    ['NaN tokens', () => forecaster.predict('a1', { outputTokens: NaN }), 'options.outputTokens'],
    ['a misspelt option', () => forecaster.predict('a1', { tokens: 1 } as never), 'options'],
    ['the quantile at 1', () => forecaster.predict('a1').quantileMs(1), 'p'],
    [
      'the probability within NaN',
      () => forecaster.predict('a1').probabilityWithin(NaN),
      'limitMs',
    ],
  ])('predicting with %s', (_, act, parameter) => {
    expect(thrownBy(act)).toMatchObject({ name: 'ParameterError', parameter });
    expect(taught(observations(30)).exportState()).toEqual(before);
  });

  test.each([
    ['no models', {}, 'options.models'],
    ['no provider', { a: {} }, 'options.models["a"].provider'],
    ['an empty id', { '': { provider: 'a' } }, 'id in options.models'],
  ])('making one with %s', (_, models, parameter) => {
    expect(thrownBy(() => new LatencyForecaster({ models: models as never }))).toMatchObject({
      parameter,
    });
  });

  test('a half-life that is none', () => {
    expect(thrownBy(() => new LatencyForecaster({ models: MODELS, halfLife: 0 }))).toBeInstanceOf(
      ParameterError,
    );
  });

  test('merging with another kind', () => {
    const others = [
      new LatencyForecaster({ models: MODELS, halfLife: 3 }),
      new LatencyForecaster({ models: { ...MODELS, a2: { provider: 'b' } } }),
      {},
    ];
    for (const other of others)
      expect(thrownBy(() => forecaster.merge(other as never))).toMatchObject({
        parameter: 'other',
      });
    expect(forecaster.exportState()).toEqual(before);
  });

  test('states that are none', () => {
    const options = { models: MODELS };
    const changed = (at: number, value: number) => {
      const state = before.slice();
      new DataView(state.buffer).setFloat64(at, value, true);
      return state;
    };
    const bad = [
      before.slice(1),
      'state',
      changed(32, NaN), // clock
      changed(24, 3), // landmark without a half-life
      changed(16, 5), // half-life
      changed(8, -1), // reports
      changed(128, 7 * Number.MIN_VALUE), // a provider: its lower half
      changed(128 + 4 * 48, -1), // a weight
      changed(128 + 5 * 48, Infinity), // a sum
    ];
    for (const state of bad)
      expect(thrownBy(() => LatencyForecaster.fromState(state as never, options))).toMatchObject({
        parameter: 'state',
      });
  });
});
