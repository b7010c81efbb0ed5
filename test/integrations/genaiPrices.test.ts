/**
 * Strategy: the real @pydantic/genai-prices; the costs that follow from its table equal what the package itself calculates, for every
 * text model of the large providers that a price table can say, on short and long prompts, with cached tokens, on several days. What cannot be said
 * is refused by name. The figures of the package are not written down here: they change with its versions.
 * Not here: the price table's own rules (test/forecast/cost.test.ts).
 */
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { describe, expect, test } from 'vitest';
import { CostForecaster, ParameterError } from '../../src/index';
import { pricesFromGenaiPrices } from '../../src/integrations/genaiPrices';

const PROVIDERS = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'groq',
  'deepseek',
  'x-ai',
  'cohere',
];
const DAYS = ['2025-06-01', '2026-07-29', '2026-07-30', '2026-11-22'];
const PROMPTS = [1, 1000, 199_999, 200_001, 271_999, 272_000, 900_000];

/** Models of a provider with a price table, and why the others have none. */
function tablesOf(provider: string) {
  const accepted: string[] = [];
  const refused = new Map<string, string>();
  for (const { id } of findProvider({ providerId: provider })!.models) {
    try {
      pricesFromGenaiPrices({ [id]: { provider, model: id } });
      accepted.push(id);
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      refused.set(id, error.message);
    }
  }
  return { accepted, refused };
}

describe.each(PROVIDERS)('%s', (provider) => {
  const { accepted, refused } = tablesOf(provider);

  test('costs as the package calculates', () => {
    expect(accepted.length).toBeGreaterThan(2);
    const keys = accepted.map((model) => [model, { provider, model }]);
    const costs = new CostForecaster({
      prices: pricesFromGenaiPrices(Object.fromEntries(keys) as never),
    });
    for (const model of accepted) {
      for (const day of DAYS) {
        const timestamp = new Date(`${day}T12:00:00Z`);
        for (const promptTokens of PROMPTS) {
          const usage = { input_tokens: promptTokens, output_tokens: 321 };
          const expected = calcPrice(usage, model, { providerId: provider, timestamp })!;
          const cost = costs.forecast({
            model,
            promptTokens,
            outputTokens: 321,
            atMs: timestamp.getTime(),
          });
          expect(cost.meanUsd, `${model} ${day} ${promptTokens}`).toBeCloseTo(
            expected.total_price,
            10,
          );
        }
      }
    }
  });

  test('refuses for a reason it names', () => {
    for (const [model, message] of refused)
      expect(message, model).toMatch(
        /known to @pydantic|a model (with usdPerMillion|of one price all day|without a price of|whose price)/,
      );
  });
});

test('cached tokens cost what the package says', () => {
  const prices = pricesFromGenaiPrices({ m: { provider: 'openai', model: 'gpt-4o' } });
  const usage = { input_tokens: 1000, cache_read_tokens: 700, output_tokens: 50 };
  const expected = calcPrice(usage, 'gpt-4o', { providerId: 'openai' })!;
  const request = { model: 'm', promptTokens: 1000, cachedPromptTokens: 700, outputTokens: 50 };
  const cost = new CostForecaster({ prices }).forecast(request);
  expect(cost.meanUsd).toBeCloseTo(expected.total_price, 14);
});

test('dated models have their dates, tiered ones their tiers', () => {
  const models = findProvider({ providerId: 'openai' })!.models;
  const dated = models.find(({ prices }) => Array.isArray(prices) && prices.length > 1)!;
  const table = pricesFromGenaiPrices({ m: { provider: 'openai', model: dated.id } });
  expect(table['m']).toHaveLength((dated.prices as unknown[]).length);
});

test.each([
  [
    'a price by the time of day',
    { provider: 'deepseek', model: 'deepseek-chat' },
    /one price all day/,
  ],
  [
    'speech by the hour',
    { provider: 'openai', model: 'gpt-transcribe' },
    /usdPerMillionInputTokens/,
  ],
  [
    'reasoning tokens of their own price',
    { provider: 'openrouter', model: 'perplexity/sonar-deep-research' },
    /output_reasoning_mtok/,
  ],
  [
    'an unknown model',
    { provider: 'openai', model: 'no-such-model' },
    /known to @pydantic\/genai-prices/,
  ],
  [
    'an unknown provider',
    { provider: 'nobody', model: 'gpt-4o' },
    /known to @pydantic\/genai-prices/,
  ],
  ['no provider', { model: 'gpt-4o' }, /provider must be a string/],
  [
    'a misspelt key',
    { provider: 'openai', model: 'gpt-4o', id: 3 },
    /with keys among provider, model/,
  ],
])('refuses %s', (_, key, message) => {
  const make = () => pricesFromGenaiPrices({ m: key as never });
  expect(make).toThrow(ParameterError);
  expect(make).toThrow(message);
});
