/**
 * Strategy: the QualityForecaster from outside: what it learns, how models borrow from each other, its state, and what it refuses without a trace.
 * Not here: the block against dense solutions (test/context/block.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { QualityForecaster } from '../../src/index';

const MODELS = { a1: { family: 'a' }, a2: { family: 'a' }, b: { family: 'b' } };
const make = (changes = {}) =>
  new QualityForecaster({ models: MODELS, freezeAfterPrompts: 40, ...changes });
const prompt = (i: number) =>
  i % 2 === 0 ? `Write a poem number ${i}.` : `Is ${i} a prime number?`;

function taught(count: number) {
  const forecaster = make();
  for (let i = 0; i < count; i++)
    forecaster.observe({
      prompt: prompt(i),
      model: i % 3 === 0 ? 'b' : 'a1',
      reward: i % 2 === 0 ? 0.9 : 0.3,
    });
  return forecaster;
}

describe('QualityForecaster', () => {
  it('tells prompts apart, and gets surer with more', () => {
    const [few, many] = [taught(60), taught(900)];
    expect(many.frozen).toBe(true);
    const poem = many.predict('Write a poem number 12345.', 'a1');
    expect(poem.mean).toBeGreaterThan(many.predict('Is 12345 a prime number?', 'a1').mean + 0.3);
    expect(poem.epistemicSd).toBeLessThan(
      few.predict('Write a poem number 12345.', 'a1').epistemicSd,
    );
    expect(poem.pooled).toBe(false);
  });

  it('a model without rewards, and one never heard of, get the others’ mean, flagged', () => {
    const forecaster = make();
    const before = forecaster.predict('x', 'a2');
    expect(before).toMatchObject({ mean: 0.5, pooled: true });
    for (let i = 0; i < 80; i++)
      forecaster.observe({ prompt: prompt(i), model: 'a1', reward: 0.9 });
    const [sibling, stranger] = ['a2', 'unheard of'].map((model) => forecaster.predict('x', model));
    expect(sibling).toMatchObject({ pooled: true });
    expect(stranger!.pooled).toBe(true);
    expect(sibling!.mean).toBeGreaterThan(stranger!.mean);
    expect(stranger!.mean).toBeGreaterThan(0.55);
  });

  it('predictAll is predict of each', () => {
    const forecaster = taught(100);
    const all = forecaster.predictAll('why?');
    expect([...all.keys()]).toEqual(['a1', 'a2', 'b']);
    for (const [model, forecast] of all)
      expect(forecaster.predict('why?', model)).toEqual(forecast);
  });

  it.each([20, 200])('goes on from its state after %i rewards', (count) => {
    const one = taught(count);
    const two = QualityForecaster.fromState(one.exportState(), {
      models: MODELS,
      freezeAfterPrompts: 40,
    });
    expect(two.predictAll('a poem')).toEqual(one.predictAll('a poem'));
    if (count < 40) return;
    for (const forecaster of [one, two])
      forecaster.observe({ prompt: 'x', model: 'b', reward: 0.2 });
    expect(two.predictAll('a poem')).toEqual(one.predictAll('a poem'));
  });

  it.each([
    [{ prompt: 'x', model: 'c', reward: 1 }, /observation.model must be one of the models/],
    [{ prompt: 'x', model: 'b', reward: 1.1 }, /observation.reward must be in \[0, 1\], got 1.1/],
    [{ prompt: 'x', model: 'b', reward: NaN }, /observation.reward/],
    [{ prompt: 'x', model: 'b', reward: 1, clock: -1 }, /observation.clock/],
    [
      { prompt: new Float64Array(3), model: 'b', reward: 1 },
      /observation.prompt must be a string or a Float64Array of 136/,
    ],
    [
      { prompt: new Float64Array(136).fill(Infinity), model: 'b', reward: 1 },
      /observation.prompt\[0\]/,
    ],
  ])('%o is refused and changes nothing', (observation, message) => {
    const forecaster = taught(30);
    const before = forecaster.predictAll('x');
    expect(() => {
      forecaster.observe(observation as never);
    }).toThrow(message);
    expect(forecaster.predictAll('x')).toEqual(before);
  });

  it('options and states are checked', () => {
    expect(() => make({ models: {} })).toThrow(/options.models/);
    expect(() => make({ halfLife: 0 })).toThrow(/options.halfLife/);
    expect(() => make({ size: 1 })).toThrow(/options/);
    expect(() => QualityForecaster.fromState(new Uint8Array(3), { models: MODELS })).toThrow(
      /state/,
    );
    expect(() =>
      QualityForecaster.fromState(taught(3).exportState(), { models: { b: { family: 'b' } } }),
    ).toThrow(/context block of these models/);
  });
});
