/**
 * Strategy: what a forecaster of tokens must keep through odd but legal use: the order of ids in a state, bytes after calls that fail or only read, features compared
 * by their values, tampered states, unlike forecasters, many models.
 * Not here: what is learnt (tokenForecaster.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { LatencyForecaster } from '../../src/forecast/latency/latencyForecaster';
import { TokenForecaster } from '../../src/forecast/tokens/tokenForecaster';

/** Bytes of megabytes: the matcher is too slow. */
const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const MODELS = { a: { family: 'x' }, b: { family: 'x' }, c: { family: 'y' } };

describe('a state', () => {
  it('keeps the order of ids that look like integers', () => {
    const forecaster = new TokenForecaster({ models: MODELS, ownFeatures: { dimensions: 1 } });
    forecaster.addModel('10', { family: 'y' });
    forecaster.addModel('2', { family: 'x' });
    const input = Float64Array.of(1);
    forecaster.fit(
      forecaster.models.map((model, i) => ({ input, model, outputTokens: 10 ** (i + 1) })),
    );
    const restored = TokenForecaster.fromState(forecaster.exportState());
    expect(restored.models).toEqual(['a', 'b', 'c', '10', '2']);
    expect(isSame(restored.exportState(), forecaster.exportState())).toBe(true);
    for (const model of forecaster.models)
      expect(restored.predict(input, model).meanTokens).toBe(
        forecaster.predict(input, model).meanTokens,
      );
  });

  it('is refused where two models have one id', () => {
    const forecaster = new TokenForecaster({ models: MODELS, ownFeatures: { dimensions: 1 } });
    const state = forecaster.exportState();
    const text = new TextDecoder('latin1').decode(state);
    state[text.indexOf('"id":"b"') + 6] = 'a'.charCodeAt(0);
    expect(() => TokenForecaster.fromState(state)).toThrow(ParameterError);
  });
});

describe('with an encoder of the caller', () => {
  const LENGTH = 8;
  const vectorOf = (prompt: string) =>
    Float64Array.from({ length: LENGTH }, (_, i) => Math.cos(prompt.charCodeAt(0) * (i + 1)));
  const make = (encoder: (prompt: string) => Float64Array = vectorOf) =>
    new TokenForecaster({ models: MODELS, encoder });
  const right = { input: 'b', model: 'a', outputTokens: 4 };
  const short = { prompt: 's', vector: new Float64Array(3).fill(1) };

  it('only what is learnt fixes the length of vectors', () => {
    const forecaster = make();
    const state = forecaster.exportState();
    forecaster.predict(short, 'a');
    forecaster.predict('b', 'a');
    forecaster.predictAll(short);
    expect(() => {
      forecaster.fit([{ ...right, input: short }, right]);
    }).toThrow('length must be 3');
    expect(isSame(forecaster.exportState(), state)).toBe(true);
    forecaster.observe(right);
    const learnt = forecaster.exportState();
    expect(() => forecaster.predict(short, 'a')).toThrow(ParameterError);
    expect(() => {
      forecaster.observe({ ...right, input: short });
    }).toThrow(ParameterError);
    expect(isSame(forecaster.exportState(), learnt)).toBe(true);
  });

  it('an encoder that throws leaves no trace, whenever it does', () => {
    const rows = ['a', 'b', 'c'].map((input) => ({ input, model: 'a', outputTokens: 9 }));
    let calls = 0;
    let fails = 0;
    const flaky = (prompt: string) => {
      if (++calls === fails) throw new Error('no answer');
      return vectorOf(prompt);
    };
    for (fails = 1; fails <= 3; fails++) {
      const forecaster = make(flaky);
      const state = forecaster.exportState();
      calls = 0;
      expect(() => {
        forecaster.fit(rows);
      }).toThrow('no answer');
      expect(isSame(forecaster.exportState(), state)).toBe(true);
      calls = fails - 1;
      expect(() => {
        forecaster.observe(right);
      }).toThrow('no answer');
      expect(isSame(forecaster.exportState(), state)).toBe(true);
    }
    calls = 0;
    fails = -1;
    make(flaky).fit([...rows, ...rows]);
    expect(calls).toBe(3);
  });

  it('an encoder may give one array again and again', () => {
    const reused = new Float64Array(LENGTH);
    const same = (prompt: string) => {
      reused.set(vectorOf(prompt));
      return reused;
    };
    const rows = [...'abcdefgh'].map((input, i) => ({ input, model: 'b', outputTokens: 10 * i }));
    const [fresh, again] = [make(), make(same)];
    fresh.fit(rows);
    again.fit(rows);
    expect(isSame(again.exportState(), fresh.exportState())).toBe(true);
  });

  it('every row of a batch is checked, later answers to a prompt too', () => {
    const forecaster = make();
    const state = forecaster.exportState();
    const vector = vectorOf('b');
    const bad = [
      { prompt: 'b', vector: vector.map((v, i) => (i === 2 ? NaN : v)) },
      { prompt: 'b', vector: new Float64Array(3) },
      { prompt: 'b', vectors: vector },
      { prompt: 'b', vector: [...vector] },
    ];
    for (const input of bad) {
      expect(() => {
        forecaster.fit([right, { ...right, input: input as never }]);
      }).toThrow(/rows\[1\]\.input/);
      expect(isSame(forecaster.exportState(), state)).toBe(true);
    }
  });
});

describe('features of the caller', () => {
  const make = () => new TokenForecaster({ models: MODELS, ownFeatures: { dimensions: 2 } });
  const ROWS = Array.from({ length: 30 }, (_, i) => ({
    input: Float64Array.of(1, Math.floor(i / 3)),
    model: 'aab'[i % 3]!,
    outputTokens: 20 + i,
  }));

  it('are compared by their values: copies are one prompt', () => {
    const byPrompt = new Map<number, Float64Array>();
    const shared = ROWS.map((row) => {
      const value = row.input[1]!;
      if (!byPrompt.has(value)) byPrompt.set(value, row.input);
      return { ...row, input: byPrompt.get(value)! };
    });
    const [copies, same] = [make(), make()];
    copies.fit(ROWS);
    same.fit(shared);
    expect(isSame(copies.exportState(), same.exportState())).toBe(true);
  });

  it('may stand in one buffer that is filled anew for every row', () => {
    const buffer = new Float64Array(2);
    const reusing = ROWS.map(({ input, ...row }) => ({
      ...row,
      get input() {
        buffer.set(input);
        return buffer;
      },
    }));
    const [one, other] = [make(), make()];
    one.fit(ROWS);
    other.fit(reusing);
    expect(isSame(other.exportState(), one.exportState())).toBe(true);
  });
});

describe('merging refuses', () => {
  const tokens = (options: object = {}, models: object = MODELS) =>
    new TokenForecaster({
      models: models as typeof MODELS,
      ownFeatures: { dimensions: 6 },
      ...options,
    });
  const { a, b, c } = MODELS;

  it.each([
    ['other surface', tokens({ ownFeatures: { dimensions: 6, surface: 2 } }), 'of the surface 5'],
    ['other dimensions', tokens({ ownFeatures: { dimensions: 7 } }), 'features own 6'],
    ['another order', tokens({}, { b, a, c }), 'same models in the same order'],
    ['fewer models', tokens({}, { a, b }), 'same models in the same order'],
    ['another family', tokens({}, { a, b: c, c }), 'family'],
    ['another half-life', tokens({ halfLife: 5 }), 'half-life Infinity'],
  ])('forecasters of tokens of %s', (_, other, message) => {
    expect(() => {
      tokens().merge(other);
    }).toThrow(message);
  });

  const latencies = (providers: Record<string, string>) =>
    new LatencyForecaster({
      models: Object.fromEntries(
        Object.entries(providers).map(([id, provider]) => [id, { provider }]),
      ),
    });

  it('forecasters of latencies of other ids or providers', () => {
    const unlike = (one: Record<string, string>, other: Record<string, string>) => {
      expect(() => {
        latencies(one).merge(latencies(other));
      }).toThrow(ParameterError);
    };
    unlike({ 'a,b': 'p', c: 'p' }, { a: 'p', 'b,c': 'p' });
    unlike({ a: 'p', b: 'q' }, { a: 'q', b: 'p' });
    unlike({ a: 'p' }, { a: 'p', b: 'p' });
  });

  it('a forecaster itself', () => {
    const [one, other] = [tokens(), latencies({ a: 'p' })];
    expect(() => {
      one.merge(one);
    }).toThrow('another forecaster');
    expect(() => {
      other.merge(other);
    }).toThrow('another forecaster');
  });
});

describe('messages', () => {
  const forecaster = new TokenForecaster({ models: MODELS });

  it('name what was wrong', () => {
    expect(() => {
      forecaster.observe({ input: 5 as never, model: 'a', outputTokens: 3 });
    }).toThrow('a prompt or a Float64Array');
    const forecast = forecaster.predict('x', 'a');
    for (const wrong of ['x', undefined])
      expect(() => forecast.quantilesTokens(wrong as never)).toThrow(ParameterError);
    expect(() => new TokenForecaster({ models: MODELS, kernel: 5 as never })).toThrow(
      ParameterError,
    );
  });
});

describe('tampered bytes', () => {
  /** The tree follows a header of 24 bytes and the description, padded to 8. */
  const treeOf = (state: Uint8Array) =>
    24 + 8 * Math.ceil(new DataView(state.buffer).getUint32(8, true) / 8);
  const trained = (halfLife: number) => {
    const forecaster = new TokenForecaster({
      models: MODELS,
      ownFeatures: { dimensions: 2 },
      halfLife,
    });
    for (let i = 0; i < 200; i++)
      forecaster.observe({
        input: Float64Array.of(1, i % 5),
        model: 'abc'[i % 3]!,
        outputTokens: i,
        clock: i,
      });
    return forecaster.exportState();
  };

  it.each([
    ['half-life', 48, [NaN, 0, 1e-320, 7, -1]],
    ['landmark', 56, [-1, 0.5, 1e9]],
    ['clock', 64, [-1, NaN, Infinity]],
    ['weight of the present', 72, [0, 0.5, 1e30, -1]],
    ['guesses', 88, [2, 0]],
    ['correlation', 112, [-0.1, 0.96, 1e300]],
    ['weight of a prompt', 168, [-1, 1e300]],
    ['weights of residuals', 160, [-1]],
  ])('of a tree: %s', (_, offset, values) => {
    for (const halfLife of [Infinity, 10]) {
      const state = trained(halfLife);
      expect(isSame(TokenForecaster.fromState(state).exportState(), state)).toBe(true);
      for (const value of values) {
        const tampered = state.slice();
        new DataView(tampered.buffer).setFloat64(treeOf(state) + offset, value, true);
        expect(() => TokenForecaster.fromState(tampered)).toThrow(ParameterError);
      }
    }
  });

  it('of latencies: a state is refused, or its forecasts are numbers', () => {
    const options = { models: { m: { provider: 'p' }, n: { provider: 'p' } }, halfLife: 100 };
    const forecaster = new LatencyForecaster(options);
    for (let i = 0; i < 30; i++)
      forecaster.observe({
        model: 'mn'[i % 2]!,
        latencyMs: 100 + i,
        outputTokens: i,
        clock: 50 * i,
      });
    const state = forecaster.exportState();
    expect(isSame(LatencyForecaster.fromState(state, options).exportState(), state)).toBe(true);
    for (let bit = 0; bit < 8 * state.length; bit++) {
      const tampered = state.slice();
      tampered[bit >> 3]! ^= 1 << (bit & 7);
      let restored: LatencyForecaster;
      try {
        restored = LatencyForecaster.fromState(tampered, options);
      } catch (error) {
        expect(error).toBeInstanceOf(ParameterError);
        continue;
      }
      const { meanMs, medianMs } = restored.predict('m');
      if (!(Number.isFinite(meanMs) && Number.isFinite(medianMs)))
        throw new Error(`bit ${bit}: ${meanMs} ${medianMs}`);
    }
  });
});

describe('models that nobody has seen', () => {
  it('get the latency of all providers, as one without reports of a new provider does', () => {
    const models = { m: { provider: 'p' }, n: { provider: 'q' } };
    const forecaster = new LatencyForecaster({ models, halfLife: 100 });
    const wider = new LatencyForecaster({
      models: { ...models, z: { provider: 'r' } },
      halfLife: 100,
    });
    for (let i = 0; i < 40; i++) {
      const report = {
        model: 'mn'[i % 2]!,
        latencyMs: 900 + 50 * i,
        outputTokens: 9 + i,
        clock: 300 * i,
      };
      forecaster.observe(report);
      wider.observe(report);
    }
    const state = forecaster.exportState();
    const [unknown, expected] = [forecaster.predict('unheard'), wider.predict('z')];
    expect(unknown.pooled).toBe(true);
    expect(unknown.meanMs).toBe(expected.meanMs);
    expect(unknown.quantileMs(0.9)).toBe(expected.quantileMs(0.9));
    expect(forecaster.predict('m').meanMs).toBe(wider.predict('m').meanMs);
    expect(isSame(forecaster.exportState(), state)).toBe(true);
  });

  it('are not added beyond 4,096', () => {
    const ids = Array.from({ length: 4096 }, (_, i) => [`m${i}`, { family: 'x' }]);
    const forecaster = new TokenForecaster({
      models: Object.fromEntries(ids) as Record<string, { family: string }>,
      ownFeatures: { dimensions: 1 },
    });
    expect(() => {
      forecaster.addModel('one more', { family: 'x' });
    }).toThrow('4096');
    expect(forecaster.models).toHaveLength(4096);
  });
});
