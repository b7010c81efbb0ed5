import type { ModelOptions } from './models';

/** When the prices below were the providers' list prices, as `@pydantic/genai-prices` 0.1.8 of that day has them. */
export const DEMO_PRICES_DATE = '2026-09-23';

/**
 * USD that one unit of quality is worth to a router without options: with 500 tokens in and 300 out the dearest model of the list costs USD 0.006,
 * which then counts as much as 0.12 of quality.
 */
export const DEMO_WILLINGNESS_TO_PAY_USD = 0.05;

function listed(family: string, input: number, output: number): ModelOptions {
  return Object.freeze({
    family,
    usdPerMillionInputTokens: input,
    usdPerMillionOutputTokens: output,
  });
}

/**
 * The models of a router made without any: well-known ones of three providers, cheap to dear, for trying the library out. Prices of prompts up to
 * 200,000 tokens, from openai.com/api/pricing, docs.claude.com (pricing) and ai.google.dev/gemini-api/docs/pricing by way of the package above. Prices
 * change: name your own models, with what you pay, for anything but a trial.
 */
export const DEMO_MODELS: Readonly<Record<string, ModelOptions>> = Object.freeze({
  'gpt-4.1-nano': listed('openai', 0.1, 0.4),
  'gpt-4.1-mini': listed('openai', 0.4, 1.6),
  'gpt-4.1': listed('openai', 2, 8),
  'claude-haiku-4-5': listed('anthropic', 1, 5),
  'claude-sonnet-4-5': listed('anthropic', 3, 15),
  'gemini-2.5-flash-lite': listed('google', 0.1, 0.4),
  'gemini-2.5-flash': listed('google', 0.3, 2.5),
  'gemini-2.5-pro': listed('google', 1.25, 10),
});
