/**
 * Prices from `@pydantic/genai-prices` (an optional peer dependency) for `CostForecaster`.
 *
 * Taken over: prices of input, output and cached input tokens, tiers by the length of the prompt, prices a request, and the dates from
 * which they hold; a price without a date holds from 1970 on, as it does in that package. Left out: what a plain text request
 * does not use (writing to caches, searches, images, audio, video, pages). What a text request would use and the price table cannot
 * say is an error: prices by the time of day, and reasoning tokens of their own price.
 */
import { calcPrice } from '@pydantic/genai-prices';
import { ParameterError } from '../core/errors';
import { rejectUnknownKeys, requireId, requireObject } from '../core/validation';
import type { DatedPrice, PriceTable, PriceTier, TokenPrices } from '../forecast/cost/prices';

/** Where a model stands in the package's data. */
export interface GenaiPriceKey {
  /** Such as `'openai'`. */
  readonly provider: string;
  /** The model's id with that provider, such as `'gpt-4o'`. */
  readonly model: string;
}

type ModelInfo = NonNullable<ReturnType<typeof calcPrice>>['model'];
/** What a unit costs: a number, or one by the length of the prompt. */
type Price = number | { readonly base: number; readonly tiers: readonly Tier[] };
interface Tier {
  readonly start: number;
  readonly price: number;
}
type Prices = Readonly<Record<string, Price | undefined>>;

/** Units with a place in a price table. */
const UNITS = {
  input_mtok: 'usdPerMillionInputTokens',
  output_mtok: 'usdPerMillionOutputTokens',
  cache_read_mtok: 'usdPerMillionCachedInputTokens',
} as const;
/** Of tokens that a text answer may hold, without a place. */
const REASONING = 'output_reasoning_mtok';
const BEGINNING = '1970-01-01';

/**
 * A price table of the caller's models, with the data that the package holds now.
 * @param models by the caller's id
 * @throws {ParameterError} for a model that the package does not know, or whose price a price table cannot say
 *
 * @example
 * ```ts
 * import { CostForecaster } from 'thompsonite';
 * import { pricesFromGenaiPrices } from 'thompsonite/genai-prices';
 * const prices = pricesFromGenaiPrices({ strong: { provider: 'openai', model: 'gpt-4o' } });
 * const costs = new CostForecaster({ prices });
 * ```
 */
export function pricesFromGenaiPrices(models: Readonly<Record<string, GenaiPriceKey>>): PriceTable {
  const entries = Object.entries(requireObject('models', models));
  return Object.fromEntries(
    entries.map(([id, value]) => {
      const path = `models[${JSON.stringify(id)}]`;
      const key = requireObject(path, value);
      return [id, datedPrices(path, findModel(path, key))];
    }),
  );
}

function findModel(path: string, key: Record<string, unknown>): ModelInfo {
  rejectUnknownKeys(path, key, ['provider', 'model']);
  const providerId = requireId(`${path}.provider`, key['provider']);
  const modelId = requireId(`${path}.model`, key['model']);
  // A calculation on no tokens, for the package's own way of finding a model.
  const found = calcPrice({}, modelId, { providerId });
  if (found) return found.model;
  const allowed = 'a provider and a model known to @pydantic/genai-prices';
  throw new ParameterError(path, allowed, { provider: providerId, model: modelId });
}

function datedPrices(path: string, { prices }: ModelInfo): DatedPrice[] {
  const conditional = Array.isArray(prices) ? prices : [{ prices }];
  const dated = conditional.map(({ constraint, prices: some }): DatedPrice => {
    if (constraint && !('start_date' in constraint))
      throw new ParameterError(path, 'a model of one price all day', constraint);
    return datedPrice(path, constraint?.start_date ?? BEGINNING, some as Prices);
  });
  // That package takes the last price of its list that is in force, a price table the one of the latest date.
  const rising = dated.every(
    ({ effectiveFrom }, i) => i === 0 || dated[i - 1]!.effectiveFrom < effectiveFrom,
  );
  if (rising) return dated;
  throw new ParameterError(path, 'a model whose prices stand in the order of their dates', prices);
}

function datedPrice(path: string, effectiveFrom: string, prices: Prices): DatedPrice {
  if (prices[REASONING] !== undefined)
    throw new ParameterError(path, `a model without a price of ${REASONING}`, prices[REASONING]);
  const perThousand = prices['requests_kcount'];
  if (typeof perThousand === 'object')
    throw new ParameterError(path, 'a model whose price a request has no tiers', perThousand);
  const starts = tierStarts(prices);
  const tiers = starts.map((start): PriceTier => ({
    aboveInputTokens: start,
    ...pricesAbove(path, prices, start),
  }));
  return {
    effectiveFrom,
    ...pricesAbove(path, prices, -1),
    ...(perThousand !== undefined && { usdPerRequest: perThousand / 1000 }),
    ...(tiers.length > 0 && { tiers }),
  };
}

/** Thresholds of any unit, rising. */
function tierStarts(prices: Prices): number[] {
  const starts = Object.keys(UNITS).flatMap((unit) => {
    const price = prices[unit];
    return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
  });
  return [...new Set(starts)].sort((a, b) => a - b);
}

/** Prices of requests of more input tokens than `start`. */
function pricesAbove(path: string, prices: Prices, start: number): TokenPrices {
  const named: Record<string, number> = {};
  for (const [unit, name] of Object.entries(UNITS)) {
    const price = prices[unit];
    if (price === undefined) continue;
    named[name] =
      typeof price === 'number'
        ? price
        : (price.tiers.findLast((tier) => tier.start <= start)?.price ?? price.base);
  }
  for (const name of [UNITS.input_mtok, UNITS.output_mtok]) {
    if (named[name] === undefined) throw new ParameterError(path, `a model with ${name}`, prices);
  }
  return named as unknown as TokenPrices;
}
