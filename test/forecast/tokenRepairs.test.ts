/**
 * Strategy: what a forecaster of tokens must keep through odd but legal use: the order of ids in a state, bytes after calls that fail or only read, features compared
 * by their values, tampered states, unlike forecasters, many models.
 * Not here: what is learnt (tokenForecaster.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { TokenForecaster } from '../../src/forecast/tokens/tokenForecaster';

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
    expect(restored.exportState()).toEqual(forecaster.exportState());
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
