/**
 * Strategy: forecasters on a world of models whose log tokens are known linear functions of features: what fit and observe make of it, the laws (batch = one by one,
 * restored = kept, merged = learnt together, fewer rows = less sure), and everything that must be refused without a trace.
 * Not here: the tree's arithmetic (test/hierarchy), the mixture's (mixture.test.ts), recorded traffic (recorded.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { TokenForecaster, type TokenObservation } from '../../src/forecast/tokens/tokenForecaster';
import { Draws } from '../regression/data';

const D = 5;
const MODELS = {
  a: { family: 'x' },
  b: { family: 'x' },
  c: { family: 'x' },
  d: { family: 'y', maxOutputTokens: 5000 },
  e: { family: 'z' },
};
type Id = keyof typeof MODELS;
/** Log tokens at the mean, and slopes, of each model. */
const TRUTH: Record<Id, readonly number[]> = {
  a: [5, 0.8, -0.3, 0, 0.2],
  b: [5.2, 0.9, -0.3, 0, 0.2],
  c: [5.1, 0.7, -0.2, 0.1, 0.2],
  d: [6.5, 0.4, 0, 0, 0.5],
  e: [4, 0.8, 0.3, 0, 0],
};
const SD = 0.4;

const own = (options: { halfLife?: number } = {}) =>
  new TokenForecaster({ models: MODELS, ownFeatures: { dimensions: D }, ...options });

function features(draws: Draws): Float64Array {
  return Float64Array.from({ length: D }, (_, j) => (j === 0 ? 1 : draws.bell() * 1.7));
}

const truth = (model: Id, x: Float64Array) =>
  TRUTH[model].reduce((sum, weight, j) => sum + weight * x[j]!, 0);

function answer(model: Id, x: Float64Array, draws: Draws): TokenObservation {
  const y = truth(model, x) + SD * Math.sqrt(3) * draws.bell();
  const most = model === 'd' ? 5000 : Infinity;
  return { input: x, model, outputTokens: Math.min(Math.round(Math.exp(y)), most) };
}

function world(seed: number, rows: number, models: readonly Id[]): TokenObservation[] {
  const draws = new Draws(seed);
  return Array.from({ length: rows }, (_, i) =>
    answer(models[i % models.length]!, features(draws), draws),
  );
}

const ALL: Id[] = ['a', 'b', 'c', 'd', 'e'];
const PROBE = features(new Draws(77));

describe('a forecaster', () => {
  it('finds the functions behind the answers, and their noise', () => {
    const forecaster = own();
    forecaster.fit(world(1, 3000, ALL));
    for (const model of ALL) {
      const forecast = forecaster.predict(PROBE, model);
      expect(Math.abs(forecast.logMean - truth(model, PROBE))).toBeLessThan(0.1);
      expect(forecast.aleatoricSdLog).toBeCloseTo(SD, 1);
      expect(forecast.epistemicSdLog).toBeLessThan(0.1);
      expect(forecast.pooled).toBe(false);
      expect(forecast.weight).toBe(600);
      const mean = Math.exp(truth(model, PROBE) + (SD * SD) / 2);
      expect(Math.abs(forecast.meanTokens / mean - 1)).toBeLessThan(0.12);
      expect(forecast.medianTokens).toBeLessThan(forecast.meanTokens);
    }
  });

  it('has intervals that hold', () => {
    const forecaster = own();
    forecaster.fit(world(2, 1500, ALL));
    const fresh = world(3, 4000, ALL);
    for (const level of [0.5, 0.8, 0.95]) {
      const within = fresh.filter(({ input, model, outputTokens }) => {
        const p = forecaster.predict(input, model).probabilityWithin(outputTokens);
        return p >= (1 - level) / 2 && p <= (1 + level) / 2;
      });
      // Four standard errors, and what rounding to whole tokens may do.
      const slack = 4 * Math.sqrt((level * (1 - level)) / fresh.length) + 0.01;
      expect(Math.abs(within.length / fresh.length - level)).toBeLessThan(slack);
    }
  });

  it('forecasts a model without answers from its family, and an unknown one from all, and says so', () => {
    const forecaster = own();
    forecaster.fit(world(4, 2000, ['a', 'b', 'd', 'e']));
    const [known, sibling, stranger] = ['a', 'c', 'nobody'].map((m) =>
      forecaster.predict(PROBE, m),
    );
    expect([known!.pooled, sibling!.pooled, stranger!.pooled]).toEqual([false, true, true]);
    expect(Math.abs(sibling!.logMean - truth('c', PROBE))).toBeLessThan(0.4);
    expect(known!.epistemicSdLog).toBeLessThan(sibling!.epistemicSdLog);
    expect(sibling!.epistemicSdLog).toBeLessThan(stranger!.epistemicSdLog);
    expect(stranger!.model).toBe('nobody');
  });

  it('forecasts all models as it does each', () => {
    const forecaster = own();
    forecaster.fit(world(5, 300, ALL));
    const all = forecaster.predictAll(PROBE);
    expect(all.map(({ model }) => model)).toEqual(forecaster.models);
    for (const forecast of all) {
      const single = forecaster.predict(PROBE, forecast.model);
      for (const key of [
        'meanTokens',
        'medianTokens',
        'aleatoricSdTokens',
        'epistemicSdTokens',
      ] as const)
        expect(forecast[key]).toBe(single[key]);
    }
  });

  it('keeps a forecast as it was when it learns on', () => {
    const forecaster = own();
    forecaster.fit(world(6, 300, ALL));
    const before = forecaster.predict(PROBE, 'a');
    const expected = forecaster.predict(PROBE, 'a');
    const figures = [expected.medianTokens, expected.aleatoricSdTokens, expected.crpsTokens(200)];
    forecaster.fit(world(7, 300, ALL));
    expect([before.medianTokens, before.aleatoricSdTokens, before.crpsTokens(200)]).toEqual(
      figures,
    );
  });

  it('stays below the most tokens of a model, unless it has seen more', () => {
    const forecaster = own();
    const far = Float64Array.of(1, 9, 0, 0, 0);
    forecaster.fit(world(8, 500, ['d', 'e']));
    const forecast = forecaster.predict(far, 'd');
    expect(forecast.quantileTokens(0.999999)).toBeLessThanOrEqual(5000.001);
    expect(forecast.meanTokens).toBeLessThan(5000);
    expect(forecast.probabilityWithin(5000)).toBe(1);
    forecaster.observe({ input: far, model: 'd', outputTokens: 20_000 });
    expect(forecaster.predict(far, 'd').quantileTokens(0.999999)).toBeGreaterThan(5000);
  });

  it('takes prompts, learns its features from them, and more prompts than one batch', () => {
    const forecaster = new TokenForecaster({ models: { a: { family: 'x' }, b: { family: 'x' } } });
    const rows = Array.from({ length: 240 }, (_, i) => {
      const long = i % 2 === 0;
      const prompt = long
        ? `write a long story about topic number ${i}`
        : `name one word of list ${i}`;
      return {
        input: prompt,
        model: i % 4 < 2 ? 'a' : 'b',
        outputTokens: (long ? 600 : 12) + (i % 7),
      };
    });
    forecaster.fit(rows);
    expect(forecaster.featureVersion).not.toBe('surface');
    const [long, short] = [
      'write a long story about topic number 999',
      'name one word of list 999',
    ].map((prompt) => forecaster.predict(prompt, 'b').medianTokens);
    expect(long).toBeGreaterThan(200);
    expect(short).toBeLessThan(40);
    for (const prompt of ['', 'x'.repeat(1 << 20), '\ud800 alone \udfff'])
      expect(forecaster.predict(prompt, 'a').meanTokens).toBeGreaterThan(0);
  });
});

describe('laws', () => {
  it('a batch is its rows one by one, once what is estimated has settled', () => {
    const rows = world(10, 400, ALL);
    const [batch, single] = [own(), own()];
    batch.fit(rows);
    for (const row of rows) single.observe(row);
    for (let i = 0; i < 12; i++) for (const one of [batch, single]) one.estimate();
    expect(single.rows).toBe(batch.rows);
    for (const model of [...ALL, 'nobody']) {
      const [a, b] = [batch, single].map((one) => one.predict(PROBE, model));
      expect(Math.abs(a!.epistemicSdLog / b!.epistemicSdLog - 1)).toBeLessThan(1e-4);
      // The shape of the noise, seen before or after learning a row, moves the mean of the mixture a little.
      expect(Math.abs(a!.logMean - b!.logMean)).toBeLessThan(0.03);
    }
  });

  it('two batches are their union', () => {
    const rows = world(11, 400, ALL);
    const [whole, halves] = [own(), own()];
    whole.fit(rows);
    halves.fit(rows.slice(0, 200));
    halves.fit(rows.slice(200));
    for (let i = 0; i < 12; i++) for (const one of [whole, halves]) one.estimate();
    const [a, b] = [whole, halves].map((one) => one.predict(PROBE, 'a'));
    expect(Math.abs(a!.epistemicSdLog / b!.epistemicSdLog - 1)).toBeLessThan(1e-4);
  });

  it('is less sure the less it knows: the epistemic sd falls with every answer at fixed precisions', () => {
    const forecaster = own();
    forecaster.fit(world(12, 400, ALL));
    let last = forecaster.predict(PROBE, 'a').epistemicSdLog;
    // Fewer than would double the answers: nothing is estimated anew.
    for (const row of world(13, 90, ['a'])) {
      forecaster.observe(row);
      const next = forecaster.predict(PROBE, 'a').epistemicSdLog;
      expect(next).toBeLessThan(last);
      last = next;
    }
  });

  it('restored is the same, bit by bit, in what it says and what it learns', () => {
    const forecaster = own({ halfLife: 100 });
    world(14, 300, ALL).forEach((row, i) => forecaster.observe({ ...row, clock: i }));
    const other = TokenForecaster.fromState(forecaster.exportState());
    expect(other.models).toEqual(forecaster.models);
    expect([other.rows, other.clock, other.halfLife]).toEqual([300, 299, 100]);
    for (const one of [forecaster, other]) {
      world(15, 40, ALL).forEach((row, i) => one.observe({ ...row, clock: 300 + i }));
    }
    expect(other.exportState()).toEqual(forecaster.exportState());
    expect(other.predict(PROBE, 'a').medianTokens).toBe(
      forecaster.predict(PROBE, 'a').medianTokens,
    );
  });

  it('restored with an encoder encodes as before', () => {
    const forecaster = new TokenForecaster({
      models: { a: { family: 'x' } },
      freezeAfterPrompts: 3,
    });
    const prompts = ['one prompt', 'another prompt here', 'and a third', 'and the last of four'];
    for (const input of prompts)
      forecaster.observe({ input, model: 'a', outputTokens: input.length });
    const other = TokenForecaster.fromState(forecaster.exportState());
    expect(other.featureVersion).toBe(forecaster.featureVersion);
    expect(other.predict('one more', 'a').meanTokens).toBe(
      forecaster.predict('one more', 'a').meanTokens,
    );
  });

  it('merged is learnt together', () => {
    const rows = world(16, 300, ALL);
    const [together, left, right] = [own(), own(), own()];
    together.fit(rows);
    left.fit(rows.slice(0, 100));
    right.fit(rows.slice(100));
    const before = right.exportState();
    left.merge(right);
    expect(right.exportState()).toEqual(before);
    expect(left.rows).toBe(300);
    for (let i = 0; i < 12; i++) for (const one of [together, left]) one.estimate();
    for (const model of ALL) {
      const [a, b] = [together, left].map((one) => one.predict(PROBE, model));
      expect(Math.abs(a!.epistemicSdLog / b!.epistemicSdLog - 1)).toBeLessThan(1e-4);
    }
  });

  it('forgets: after many half-lives only the new answers count', () => {
    const forecaster = own({ halfLife: 50 });
    const old = world(17, 400, ['a']).map((row, i) => ({
      ...row,
      outputTokens: 10 * row.outputTokens + 50,
      clock: i,
    }));
    forecaster.fit(old);
    const before = forecaster.predict(PROBE, 'a');
    world(18, 400, ['a']).forEach((row, i) => forecaster.observe({ ...row, clock: 1000 + i }));
    const after = forecaster.predict(PROBE, 'a');
    expect(before.logMean - truth('a', PROBE)).toBeGreaterThan(1.8);
    expect(Math.abs(after.logMean - truth('a', PROBE))).toBeLessThan(0.4);
    expect(after.weight).toBeLessThan(80);
    forecaster.advance(1e6);
    expect(forecaster.predict(PROBE, 'a').epistemicSdLog).toBeGreaterThan(after.epistemicSdLog);
    expect(forecaster.predict(PROBE, 'a').meanTokens).toBeGreaterThan(0);
  });

  it('a model added later is as one named from the start', () => {
    const rows = world(19, 200, ['a', 'b', 'd']);
    const first = new TokenForecaster({
      models: { a: MODELS.a, b: MODELS.b, d: MODELS.d },
      ownFeatures: { dimensions: D },
    });
    first.fit(rows);
    first.addModel('c', MODELS.c);
    first.addModel('e', MODELS.e);
    expect(first.models).toEqual(['a', 'b', 'd', 'c', 'e']);
    expect(first.predict(PROBE, 'c').pooled).toBe(true);
    first.observe(world(20, 1, ['c'])[0]!);
    expect(first.predict(PROBE, 'c').pooled).toBe(false);
    expect(first.rows).toBe(201);
    expect(first.predict(PROBE, 'e').epistemicSdLog).toBeGreaterThan(
      first.predict(PROBE, 'c').epistemicSdLog,
    );
  });
});

describe('what is refused leaves no trace', () => {
  const row = { input: PROBE, model: 'a', outputTokens: 10 };
  const withNaN = Float64Array.of(1, 0, NaN, 0, 0);

  it.each<[string, object, RegExp]>([
    ['tokens below 0', { ...row, outputTokens: -1 }, /outputTokens must be in \[0, 1e12\], got -1/],
    ['tokens that are NaN', { ...row, outputTokens: NaN }, /outputTokens/],
    ['tokens as text', { ...row, outputTokens: '12' }, /outputTokens/],
    [
      'an unknown model',
      { ...row, model: 'nobody' },
      /model must be the id of a model, got "nobody"/,
    ],
    ['a model that is everybody’s', { ...row, model: '__proto__' }, /model/],
    ['NaN features', { ...row, input: withNaN }, /input/],
    ['too few features', { ...row, input: PROBE.subarray(1) }, /input.length must be 5, got 4/],
    ['features as an array', { ...row, input: [1, 0, 0, 0, 0] }, /input/],
    ['a prompt without an encoder', { ...row, input: 'hello' }, /input must be a Float64Array/],
    ['a clock below 0', { ...row, clock: -1 }, /clock/],
    ['a misspelt key', { ...row, tokens: 3 }, /tokens/],
    ['nothing', {}, /model/],
  ])('%s', (_, bad, message) => {
    const forecaster = own();
    forecaster.fit(world(21, 60, ALL));
    const before = forecaster.exportState();
    expect(() => forecaster.observe(bad as TokenObservation)).toThrow(message);
    expect(() => forecaster.fit([row, bad as TokenObservation])).toThrow(ParameterError);
    expect(forecaster.exportState()).toEqual(before);
  });

  it('0 tokens are an answer', () => {
    const forecaster = own();
    forecaster.observe({ ...row, outputTokens: 0 });
    expect(forecaster.rows).toBe(1);
    expect(forecaster.predict(PROBE, 'a').probabilityWithin(0)).toBeGreaterThan(0);
  });

  it('an empty batch changes nothing', () => {
    const forecaster = own();
    const before = forecaster.exportState();
    forecaster.fit([]);
    expect(forecaster.exportState()).toEqual(before);
  });

  it('equal and constant columns are learnt as far as they say something', () => {
    const forecaster = own();
    const draws = new Draws(22);
    for (let i = 0; i < 200; i++) {
      const a = draws.bell();
      forecaster.observe({
        input: Float64Array.of(1, a, a, 0, 3),
        model: 'a',
        outputTokens: Math.round(100 * (1 + (i % 5))),
      });
    }
    const forecast = forecaster.predict(Float64Array.of(1, 0.1, 0.1, 0, 3), 'a');
    expect(forecast.medianTokens).toBeGreaterThan(50);
    expect(forecast.medianTokens).toBeLessThan(800);
  });

  it('options', () => {
    const make = (options: object) => () => new TokenForecaster(options as never);
    const ownFeatures = { dimensions: 3 };
    expect(make({ models: {} })).toThrow(/options.models/);
    expect(make({ models: { a: {} } })).toThrow(/options.models.a.family/);
    expect(make({ models: { '': { family: 'x' } } })).toThrow(/model id/);
    expect(make({ models: { a: { family: 'x', maxOutputTokens: 0 } } })).toThrow(/maxOutputTokens/);
    expect(make({ models: MODELS, ownFeatures: { dimensions: 0 } })).toThrow(/dimensions/);
    expect(make({ models: MODELS, ownFeatures: { dimensions: 3, surface: 3 } })).toThrow(/surface/);
    expect(make({ models: MODELS, ownFeatures, encoder: () => PROBE })).toThrow(/encoder/);
    expect(make({ models: MODELS, halfLife: NaN })).toThrow(/halfLife/);
    expect(make({ models: MODELS, halflife: 3 })).toThrow(/halflife/);
  });

  it('states and partners of another kind', () => {
    const forecaster = own();
    const state = forecaster.exportState();
    const broken = state.slice();
    new DataView(broken.buffer).setFloat64(broken.length - 80, NaN, true);
    expect(() => TokenForecaster.fromState(broken)).toThrow(/finite/);
    // The tree is last: its first record's family, of which there are three and that of the unknown model.
    const treeAt = state.length - new DataView(state.buffer).getUint32(12, true);
    const elsewhere = state.slice();
    new DataView(elsewhere.buffer).setUint32(treeAt + 272 + 2 * 64, 9, true);
    expect(() => TokenForecaster.fromState(elsewhere)).toThrow(
      /state.tree\[\d+\] must be 3, got 9/,
    );
    const frozen = state.slice();
    new DataView(frozen.buffer).setFloat64(treeAt + 192, 0, true);
    expect(() => TokenForecaster.fromState(frozen)).toThrow(/> 0/);
    expect(() => TokenForecaster.fromState(state.subarray(0, 100))).toThrow(/state.length/);
    expect(() => TokenForecaster.fromState(new Uint8Array(40))).toThrow(/state/);
    expect(() => TokenForecaster.fromState('x' as never)).toThrow(/state/);
    const other = new TokenForecaster({
      models: { a: { family: 'x' } },
      ownFeatures: { dimensions: D },
    });
    const before = forecaster.exportState();
    expect(() => forecaster.merge(other)).toThrow(/same models/);
    expect(() => forecaster.merge(own({ halfLife: 3 }))).toThrow(/half-life/);
    expect(() => forecaster.merge({} as never)).toThrow(/TokenForecaster/);
    expect(() => forecaster.addModel('a', { family: 'x' })).toThrow(/id/);
    expect(forecaster.exportState()).toEqual(before);
    expect(() => forecaster.predict(PROBE, 3 as never)).toThrow(/model/);
    expect(() => forecaster.predict(PROBE, 'a').quantileTokens(1)).toThrow(/p must be in \(0, 1\)/);
    expect(() => forecaster.predict(PROBE, 'a').crpsTokens(-1)).toThrow(/tokens/);
  });
});
