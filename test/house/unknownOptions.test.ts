/**
 * Strategy: a misspelt option is refused by name wherever there are options, and what is no object at all as well: an option
 * that is passed over would leave a generator without its seed.
 * Not tested here: the options' values (each class's own tests).
 */
import { describe, expect, test } from 'vitest';
import {
  fitBayesianRidge,
  LogReplayer,
  modelFeatures,
  ParameterError,
  PromptEncoder,
  PropensityChooser,
  propensitiesInto,
  Sampler,
  TableChooser,
  TokenForecaster,
} from '../../src/index';

const shapes = { alphas: Float64Array.of(8, 3), betas: Float64Array.of(3, 2) };
const chooser = new TableChooser({ ...shapes, seed: 1 });
const fit = fitBayesianRidge(Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 2.9), {
  dimensions: 1,
});

const encoderState = new PromptEncoder().exportState();

const ownFeatures = { dimensions: 1 };
const forecaster = new TokenForecaster({ models: { a: { family: 'x' } }, ownFeatures });

const takers: readonly (readonly [string, (options: object) => unknown])[] = [
  ['Sampler', (options) => new Sampler(options)],
  ['PropensityChooser', (options) => new PropensityChooser(options)],
  ['TableChooser', (options) => new TableChooser(options && { ...shapes, ...options })],
  [
    'TableChooser.chooseInto',
    (options) =>
      chooser.chooseInto(
        new Float64Array(2),
        options && { costWeight: 1, ...options },
        new Int32Array(1),
      ),
  ],
  ['PromptEncoder', (options) => new PromptEncoder(options)],
  ['PromptEncoder.fromState', (options) => PromptEncoder.fromState(encoderState, options)],
  ['modelFeatures', (options) => modelFeatures(options && ({ family: 'a', ...options } as never))],
  [
    'TokenForecaster',
    (options) =>
      new TokenForecaster(options && { models: { a: { family: 'x' } }, ownFeatures, ...options }),
  ],
  [
    'TokenForecaster.addModel',
    (options) => {
      forecaster.addModel('b', options && ({ family: 'x', ...options } as never));
    },
  ],
  ['LogReplayer', (options) => new LogReplayer(options as never)],
  [
    'BayesianRidgeFit.predictInto',
    (options) =>
      fit.predictInto(Float64Array.of(1), options && { mean: new Float64Array(1), ...options }),
  ],
];

describe.each(takers)('%s', (_, take) => {
  test('refuses an option that is misspelt', () => {
    expect(() => take({ sed: 1 })).toThrow(ParameterError);
    expect(() => take({ sed: 1 })).toThrow(/sed/);
  });

  test('refuses what is no object', () => {
    expect(() => take(null as never)).toThrow(ParameterError);
  });
});

test('sets of propensities that grow arm by arm take memory in proportion to the largest', () => {
  const before = process.memoryUsage().external;
  for (let arms = 1; arms <= 1024; arms++) {
    propensitiesInto(
      {
        alphas: new Float64Array(arms).fill(3000),
        betas: new Float64Array(arms).fill(500),
        utilityOffsets: Float64Array.from({ length: arms }, (_, arm) => arm),
      },
      new Float64Array(arms),
    );
  }
  expect(process.memoryUsage().external - before).toBeLessThan(64e6);
});
