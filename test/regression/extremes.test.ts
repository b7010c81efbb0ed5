/**
 * Strategy: inputs at and beyond the ends of what the online regression takes. Whatever is accepted leaves a state of finite numbers that can be
 * restored; whatever is refused changes nothing.
 * Not here: ordinary data (online.test.ts), batch fits (fit.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { OnlineRidge, type OnlineRidgeOptions } from '../../src/forecast/onlineRidge';

const create = (dimensions: number, options: Partial<OnlineRidgeOptions> = {}) =>
  new OnlineRidge({ dimensions, noisePrecision: 4, weightPrecision: 1, ...options });

function expectRefused(ridge: OnlineRidge, act: () => void, message: string): void {
  const before = ridge.exportState();
  expect(act).toThrow(ParameterError);
  expect(act).toThrow(message);
  expect(ridge.exportState()).toEqual(before);
}

function expectSound(ridge: OnlineRidge): void {
  expect(Array.from(ridge.coefficients).every(Number.isFinite)).toBe(true);
  expect(OnlineRidge.fromState(ridge.exportState()).exportState()).toEqual(ridge.exportState());
}

/** A state with the f64 at `offset` replaced. */
function altered(ridge: OnlineRidge, offset: number, value: number): Uint8Array {
  const state = ridge.exportState();
  new DataView(state.buffer).setFloat64(offset, value, true);
  return state;
}

describe('weights', () => {
  const row = Float64Array.of(1, 2, 3);
  const weighing = (ridge: OnlineRidge, weight: number) => () =>
    ridge.observe(row, Float64Array.of(1), { weights: Float64Array.of(weight) });

  it.each([1e308, 1.01e50, Infinity, NaN])('refuses %d', (weight) => {
    const ridge = create(3);
    expectRefused(ridge, weighing(ridge, weight), 'options.weights[0] must be in [0, 1e50], got');
  });

  it('takes 1e50, again and again, and with the largest values', () => {
    const ridge = create(3);
    for (let i = 0; i < 3; i++) weighing(ridge, 1e50)();
    ridge.observe(Float64Array.of(1e50, -1e50, 1e50), Float64Array.of(1e50), {
      weights: Float64Array.of(1e50),
    });
    ridge.merge(ridge);
    expectSound(ridge);
  });

  it('refuses to merge sums that would not be finite', () => {
    const ridge = create(1);
    ridge.observe(Float64Array.of(1), Float64Array.of(1));
    const sums = 160 + 3 * 32; // header, three vectors: the first element of the second moments
    const far = OnlineRidge.fromState(altered(ridge, sums, 1.5e308));
    expectRefused(ridge, () => ridge.merge(far), 'other must be a regression whose sums');
  });
});

describe('clocks', () => {
  const message = 'must be in [0, 2^53 half-lives of 0.001], got';
  const far = 1.8e305;

  it.each([far, 2 ** 53])('refuses %d at a half-life of 0.001', (clock) => {
    const ridge = create(1, { halfLife: 0.001 });
    const observe = () =>
      ridge.observe(Float64Array.of(1), Float64Array.of(1), { clocks: Float64Array.of(clock) });
    expectRefused(ridge, () => ridge.advance(clock), `clock ${message}`);
    expectRefused(ridge, observe, `options.clocks[0] ${message}`);
  });

  it('are refused in a state', () => {
    const state = altered(create(1, { halfLife: 0.001 }), 40, far);
    expect(() => OnlineRidge.fromState(state)).toThrow(`state.clock ${message}`);
  });

  it('takes the last one, and any without decay', () => {
    const ridge = create(1, { halfLife: 2 });
    ridge.advance(2 ** 54);
    ridge.observe(Float64Array.of(2), Float64Array.of(1));
    expect(ridge.weight).toBe(1);
    expectSound(ridge);
    const forever = create(1);
    forever.advance(far);
    expect(forever.clock).toBe(far);
  });
});

describe('precisions', () => {
  /** Eight rows of one feature whose targets are `scale` times (1 ± 0.1). */
  function learnt(scale: number): OnlineRidge {
    const ridge = create(1);
    for (let i = 0; i < 8; i++)
      ridge.observe(Float64Array.of(1), Float64Array.of(scale * (i % 2 ? 0.9 : 1.1)));
    return ridge;
  }
  const free = {
    noisePriorShape: 0,
    noisePriorRate: 0,
    weightPriorShape: 0,
    weightPriorRate: 0,
    maxIterations: 1000,
  };

  it.each([3e-51, 1e-60, 1e-70])('that would leave their range stay, targets %d', (scale) => {
    const ridge = learnt(scale);
    const before = ridge.exportState();
    const start = { initialNoisePrecision: 1e100, initialWeightPrecision: 1e100 };
    expect(ridge.estimatePrecisions({ ...free, ...start }).estimated).toBe(false);
    expect(ridge.exportState()).toEqual(before);
    expectSound(ridge);
  });

  it('are estimated inside it', () => {
    const ridge = learnt(1e-20);
    const start = { initialNoisePrecision: 1e40, initialWeightPrecision: 1e40 };
    expect(ridge.estimatePrecisions({ ...free, ...start }).estimated).toBe(true);
    expectSound(ridge);
  });

  it.each(['noisePriorShape', 'noisePriorRate', 'weightPriorShape', 'weightPriorRate'])(
    '%s is bounded',
    (key) => {
      const ridge = learnt(1);
      const estimate = (value: number) => () => ridge.estimatePrecisions({ [key]: value });
      expectRefused(ridge, estimate(1e308), `options.${key} must be in [0, 1e50], got`);
      estimate(1e50)();
      expectSound(ridge);
    },
  );
});
