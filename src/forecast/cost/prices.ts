import { dayMs } from '../../core/clock';
import { ParameterError } from '../../core/errors';
import {
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  TOKENS,
  USD,
} from '../../core/validation';

/** What tokens cost, in USD. */
export interface TokenPrices {
  /** USD per 10^6 input tokens, in [0, 1e9]. */
  readonly usdPerMillionInputTokens: number;
  /** USD per 10^6 output tokens. */
  readonly usdPerMillionOutputTokens: number;
  /** USD per 10^6 input tokens read from the provider's cache. Without it, a request with cached tokens has no known price. */
  readonly usdPerMillionCachedInputTokens?: number;
}

/** Prices of all tokens of a request whose input tokens, cached ones included, are more than `aboveInputTokens`. */
export interface PriceTier extends TokenPrices {
  readonly aboveInputTokens: number;
}

/** Prices of one model from one day on. */
export interface DatedPrice extends TokenPrices {
  /** First day, UTC, as YYYY-MM-DD. */
  readonly effectiveFrom: string;
  /** USD a request, whatever its tokens. @defaultValue 0 */
  readonly usdPerRequest?: number;
  /** Prices of long prompts, by rising `aboveInputTokens`. @defaultValue none */
  readonly tiers?: readonly PriceTier[];
}

/** Prices by model; of several of a model the latest that is in force counts. */
export type PriceTable = Readonly<Record<string, DatedPrice | readonly DatedPrice[]>>;

/** Checked prices of a model. */
export interface ParsedPrice {
  readonly fromMs: number;
  readonly usdPerRequest: number;
  /** By rising threshold; the first one's is -1. */
  readonly tiers: readonly PriceTier[];
}

/** Prices of each model, by rising date. */
export type ParsedPriceTable = ReadonlyMap<string, readonly ParsedPrice[]>;

const TOKEN_KEYS = [
  'usdPerMillionInputTokens',
  'usdPerMillionOutputTokens',
  'usdPerMillionCachedInputTokens',
] as const;
const TIER_KEYS = [...TOKEN_KEYS, 'aboveInputTokens'];
const KEYS = [...TOKEN_KEYS, 'effectiveFrom', 'usdPerRequest', 'tiers'];

/** @throws {ParameterError} naming the model and field */
export function parsePriceTable(parameter: string, value: unknown): ParsedPriceTable {
  const entries = Object.entries(requireObject(parameter, value));
  return new Map(
    entries.map(([model, prices]) => [
      requireId(`id in ${parameter}`, model),
      parsePrices(`${parameter}[${JSON.stringify(model)}]`, prices),
    ]),
  );
}

function parsePrices(parameter: string, value: unknown): ParsedPrice[] {
  if (!Array.isArray(value)) return [parsePrice(parameter, value)];
  if (value.length === 0)
    throw new ParameterError(parameter, 'a price or a non-empty array of prices', value);
  const prices = value.map((price: unknown, i) => parsePrice(`${parameter}[${i}]`, price));
  prices.sort((a, b) => a.fromMs - b.fromMs);
  const twice = prices.findIndex((price, i) => price.fromMs === prices[i - 1]?.fromMs);
  if (twice < 0) return prices;
  throw new ParameterError(`${parameter}.effectiveFrom`, 'different in each price', value);
}

function parsePrice(parameter: string, value: unknown): ParsedPrice {
  const price = requireObject(parameter, value);
  rejectUnknownKeys(parameter, price, KEYS);
  const { effectiveFrom, usdPerRequest, tiers } = price;
  const fromMs = typeof effectiveFrom === 'string' ? dayMs(effectiveFrom) : NaN;
  if (Number.isNaN(fromMs))
    throw new ParameterError(`${parameter}.effectiveFrom`, 'a day as YYYY-MM-DD', effectiveFrom);
  const base = { aboveInputTokens: -1, ...tokenPrices(parameter, price) };
  return {
    fromMs,
    usdPerRequest:
      usdPerRequest === undefined
        ? 0
        : requireNumber(`${parameter}.usdPerRequest`, usdPerRequest, USD),
    tiers: [base, ...(tiers === undefined ? [] : parseTiers(`${parameter}.tiers`, tiers))],
  };
}

function parseTiers(parameter: string, value: unknown): PriceTier[] {
  if (!Array.isArray(value)) throw new ParameterError(parameter, 'an array of tiers', value);
  let before = -1;
  return value.map((one: unknown, i) => {
    const path = `${parameter}[${i}]`;
    const tier = requireObject(path, one);
    rejectUnknownKeys(path, tier, TIER_KEYS);
    const aboveInputTokens = requireNumber(
      `${path}.aboveInputTokens`,
      tier['aboveInputTokens'],
      TOKENS,
    );
    if (aboveInputTokens <= before)
      throw new ParameterError(`${path}.aboveInputTokens`, `> ${before}`, aboveInputTokens);
    before = aboveInputTokens;
    return { aboveInputTokens, ...tokenPrices(path, tier) };
  });
}

function tokenPrices(parameter: string, prices: Record<string, unknown>): TokenPrices {
  const price = (key: string) => requireNumber(`${parameter}.${key}`, prices[key], USD);
  return {
    usdPerMillionInputTokens: price('usdPerMillionInputTokens'),
    usdPerMillionOutputTokens: price('usdPerMillionOutputTokens'),
    ...(prices['usdPerMillionCachedInputTokens'] !== undefined && {
      usdPerMillionCachedInputTokens: price('usdPerMillionCachedInputTokens'),
    }),
  };
}
