/**
 * Strategy: costs against sums written out by hand, each rule of the price table by a case on both sides of its edge, then what must be
 * refused. Token forecasts are made up: any object of the interface must do.
 * Not here: prices from @pydantic/genai-prices (test/integrations), token forecasts themselves.
 */
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../src/core/clock';
import {
  CostForecaster,
  ParameterError,
  type PriceTable,
  type TokenForecast,
} from '../../src/index';

const JULY = Date.UTC(2026, 6, 1);
const DAY = 86_400_000;

const PRICES: PriceTable = {
  plain: {
    effectiveFrom: '2026-01-01',
    usdPerMillionInputTokens: 3,
    usdPerMillionOutputTokens: 15,
  },
  cached: {
    effectiveFrom: '2026-01-01',
    usdPerMillionInputTokens: 2,
    usdPerMillionOutputTokens: 8,
    usdPerMillionCachedInputTokens: 0.5,
    usdPerRequest: 0.005,
  },
  // Not in the order of the dates.
  dated: [
    { effectiveFrom: '2026-07-01', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 },
    { effectiveFrom: '2026-03-01', usdPerMillionInputTokens: 4, usdPerMillionOutputTokens: 4 },
  ],
  tiered: {
    effectiveFrom: '2026-01-01',
    usdPerMillionInputTokens: 1,
    usdPerMillionOutputTokens: 2,
    tiers: [
      { aboveInputTokens: 1000, usdPerMillionInputTokens: 10, usdPerMillionOutputTokens: 20 },
      { aboveInputTokens: 5000, usdPerMillionInputTokens: 100, usdPerMillionOutputTokens: 200 },
    ],
  },
  free: { effectiveFrom: '2026-01-01', usdPerMillionInputTokens: 0, usdPerMillionOutputTokens: 0 },
  ['__proto__x']: {
    effectiveFrom: '2026-01-01',
    usdPerMillionInputTokens: 1,
    usdPerMillionOutputTokens: 1,
  },
};

const costs = new CostForecaster({ prices: PRICES });

const tokens: TokenForecast = {
  meanTokens: 200,
  aleatoricSdTokens: 30,
  epistemicSdTokens: 40,
  quantileTokens: (p) => 400 * p,
};

function forecast(model: string, changes: object = {}) {
  return costs.forecast({
    model,
    promptTokens: 1000,
    outputTokens: tokens,
    atMs: JULY,
    ...changes,
  });
}

describe('a cost', () => {
  test('is the prompt at its price and tokens times theirs', () => {
    const cost = forecast('plain');
    expect(cost.promptUsd).toBeCloseTo(0.003, 15);
    expect(cost.usdPerOutputToken).toBeCloseTo(15e-6, 18);
    expect(cost.meanUsd).toBeCloseTo(0.003 + 200 * 15e-6, 15);
    expect(cost.sdUsd).toBeCloseTo(50 * 15e-6, 15);
    for (const p of [0.025, 0.5, 0.9])
      expect(cost.quantileUsd(p)).toBeCloseTo(0.003 + 400 * p * 15e-6, 15);
  });

  test('of known tokens is certain', () => {
    const cost = forecast('plain', { outputTokens: 7 });
    expect(cost.sdUsd).toBe(0);
    expect(cost.quantileUsd(0.01)).toBe(cost.meanUsd);
    expect(cost.quantileUsd(0.99)).toBe(cost.meanUsd);
    expect(forecast('plain', { outputTokens: 0 }).meanUsd).toBeCloseTo(0.003, 15);
  });

  test('counts cached tokens at their price, and what a request costs', () => {
    const { promptUsd } = forecast('cached', { cachedPromptTokens: 600 });
    expect(promptUsd).toBeCloseTo(0.005 + (400 * 2 + 600 * 0.5) / 1e6, 15);
    expect(forecast('cached', { cachedPromptTokens: 1000 }).promptUsd).toBeCloseTo(0.0055, 15);
  });

  test('that is nothing is nothing, because the price says so', () => {
    expect(forecast('free').meanUsd).toBe(0);
  });

  test('takes hostile ids for ids', () => {
    expect(forecast('__proto__x').promptUsd).toBeCloseTo(0.001, 15);
    for (const id of ['__proto__', 'constructor', 'toString'])
      expect(() => forecast(id)).toThrow(/a model with a known price/);
  });
});

describe('the price in force', () => {
  test.each([
    [Date.UTC(2026, 2, 1), 4],
    [JULY - 1, 4],
    [JULY, 1],
    [JULY + 1000 * DAY, 1],
  ])('at %d is %d', (atMs, price) => {
    expect(forecast('dated', { atMs, outputTokens: 0 }).promptUsd).toBeCloseTo(price / 1000, 15);
  });

  test('before the first date is an error', () => {
    for (const [atMs, date] of [
      [Date.UTC(2026, 2, 1) - 1, '2026-02-28T23:59:59.999Z'],
      [Date.UTC(2025, 11, 31), '2025-12-31'],
      [-1e300, '-1e+300 ms'],
    ] as const)
      expect(() => forecast('dated', { atMs })).toThrow(
        `request.atMs must be from 2026-03-01 on (>= 1772323200000), the first date of the prices of "dated", not ${date}, got ${atMs}`,
      );
  });

  test('is that of now where no time is given', () => {
    const prices = {
      a: [
        { effectiveFrom: '2000-01-01', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 },
        { effectiveFrom: '9999-01-01', usdPerMillionInputTokens: 9, usdPerMillionOutputTokens: 9 },
      ],
    };
    const now = new CostForecaster({ prices }).forecast({
      model: 'a',
      promptTokens: 1e6,
      outputTokens: 0,
    });
    expect(now.promptUsd).toBe(1);
  });

  test.each([
    [1000, 1, 2],
    [1001, 10, 20],
    [5000, 10, 20],
    [5001, 100, 200],
  ])('of %d input tokens is %d and %d', (promptTokens, input, output) => {
    const cost = forecast('tiered', { promptTokens });
    expect(cost.promptUsd).toBeCloseTo((promptTokens * input) / 1e6, 12);
    expect(cost.usdPerOutputToken).toBeCloseTo(output / 1e6, 15);
  });
});

test.each([
  ['2026-02-28', Date.UTC(2026, 1, 28)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2026-02-30', NaN],
  ['2026-13-01', NaN],
  ['26-01-01', NaN],
  ['2026-01-01T00:00:00Z', NaN],
  ['', NaN],
])('the day %j begins at %d', (day, ms) => expect(dayMs(day)).toBe(ms));

describe('refuses', () => {
  test.each([
    ['an unknown model', { model: 'dear' }, 'request.model'],
    ['no model', { model: undefined }, 'request.model'],
    ['NaN prompt tokens', { promptTokens: NaN }, 'request.promptTokens'],
    ['negative prompt tokens', { promptTokens: -1 }, 'request.promptTokens'],
    ['more cached tokens than tokens', { cachedPromptTokens: 1001 }, 'request.cachedPromptTokens'],
    ['cached tokens without a price', { cachedPromptTokens: 1 }, 'request.cachedPromptTokens'],
    ['NaN cached tokens', { cachedPromptTokens: NaN }, 'request.cachedPromptTokens'],
    ['NaN output tokens', { outputTokens: NaN }, 'request.outputTokens'],
    ['negative output tokens', { outputTokens: -3 }, 'request.outputTokens'],
    ['no output tokens', { outputTokens: undefined }, 'request.outputTokens'],
    [
      'a mean that is none',
      { outputTokens: { ...tokens, meanTokens: NaN } },
      'request.outputTokens.meanTokens',
    ],
    [
      'no quantiles',
      { outputTokens: { ...tokens, quantileTokens: 3 } },
      'request.outputTokens.quantileTokens',
    ],
    ['a time that is none', { atMs: NaN }, 'request.atMs'],
    ['a misspelt member', { cachedTokens: 3 }, 'request'],
  ])('%s', (_, changes, parameter) => {
    const error = errorOf(() => forecast('plain', changes));
    expect(error.parameter).toBe(parameter);
  });

  test.each([0, 1, NaN, -0.5])('the quantile at %d', (p) => {
    expect(errorOf(() => forecast('plain').quantileUsd(p)).parameter).toBe('p');
  });

  test('a quantile that a forecast makes up', () => {
    const cost = forecast('plain', { outputTokens: { ...tokens, quantileTokens: () => NaN } });
    expect(errorOf(() => cost.quantileUsd(0.5)).parameter).toBe('quantileTokens(0.5)');
  });

  const good = PRICES['plain'] as object;
  test.each([
    ['no table', undefined, 'options.prices'],
    ['an array', [], 'options.prices'],
    [
      'a price that is null',
      { m: { ...good, usdPerMillionInputTokens: null } },
      'options.prices["m"].usdPerMillionInputTokens',
    ],
    [
      'a price left out',
      { m: { ...good, usdPerMillionOutputTokens: undefined } },
      'options.prices["m"].usdPerMillionOutputTokens',
    ],
    [
      'a negative price',
      { m: { ...good, usdPerMillionCachedInputTokens: -1 } },
      'options.prices["m"].usdPerMillionCachedInputTokens',
    ],
    ['no date', { m: { ...good, effectiveFrom: undefined } }, 'options.prices["m"].effectiveFrom'],
    [
      'a day that is none',
      { m: { ...good, effectiveFrom: '2026-02-30' } },
      'options.prices["m"].effectiveFrom',
    ],
    ['a date twice', { m: [good, good] }, 'options.prices["m"].effectiveFrom'],
    ['no prices of a model', { m: [] }, 'options.prices["m"]'],
    [
      'tiers that fall',
      { m: { ...good, tiers: [{ ...tier(5) }, { ...tier(5) }] } },
      'options.prices["m"].tiers[1].aboveInputTokens',
    ],
    ['tiers that are none', { m: { ...good, tiers: 3 } }, 'options.prices["m"].tiers'],
    ['a misspelt price', { m: { ...good, usdPerMillionTokens: 1 } }, 'options.prices["m"]'],
    ['an empty id', { '': good }, 'id in options.prices'],
  ])('%s', (_, prices, parameter) => {
    expect(errorOf(() => new CostForecaster({ prices: prices as never })).parameter).toBe(
      parameter,
    );
  });
});

function tier(aboveInputTokens: number) {
  return { aboveInputTokens, usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 };
}

function errorOf(act: () => unknown): ParameterError {
  try {
    act();
  } catch (error) {
    if (error instanceof ParameterError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
