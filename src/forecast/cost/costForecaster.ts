import { isoOf, nowMs } from '../../core/clock';
import { ParameterError } from '../../core/errors';
import {
  FINITE,
  OPEN_UNIT,
  optionalNumber,
  requireId,
  requireNumber,
  requireOptions,
  TOKENS,
} from '../../core/validation';
import { quantileOf, requireOutputTokens, type OutputTokens } from '../tokenForecast';
import {
  parsePriceTable,
  type ParsedPrice,
  type ParsedPriceTable,
  type PriceTable,
} from './prices';

export interface CostForecasterOptions {
  readonly prices: PriceTable;
}

/** One call whose cost is asked for. */
export interface CostRequest {
  readonly model: string;
  /** Input tokens, cached ones included, in [0, 1e12]. */
  readonly promptTokens: number;
  /** Those of them that are read from the provider's cache. @defaultValue 0 */
  readonly cachedPromptTokens?: number;
  /** The forecast of the output tokens, or their number where it is known. */
  readonly outputTokens: OutputTokens;
  /** Time of the call, in ms since 1970-01-01T00:00Z: which prices are in force. @defaultValue now */
  readonly atMs?: number;
}

/** The distribution of a cost: a known part for the prompt, and output tokens times their price. */
export interface CostForecast {
  /** Prompt and request: certain. */
  readonly promptUsd: number;
  /** Price of one output token. */
  readonly usdPerOutputToken: number;
  readonly meanUsd: number;
  /** √(aleatoric² + epistemic²) of the tokens, times their price. */
  readonly sdUsd: number;
  /** Cost that is not exceeded with probability p in (0, 1). @throws {ParameterError} */
  quantileUsd(p: number): number;
}

const KEYS = ['model', 'promptTokens', 'cachedPromptTokens', 'outputTokens', 'atMs'];

/**
 * Costs of calls from prices and a forecast of output tokens (docs/MATH.md §21). A price that is not known is an error, never 0: of
 * a model that is not in the table, before its first date, or of cached tokens without a price of their own.
 *
 * @example
 * ```ts
 * import { CostForecaster } from 'thompsonite';
 * const costs = new CostForecaster({
 *   prices: {
 *     small: { effectiveFrom: '2026-01-01', usdPerMillionInputTokens: 0.1, usdPerMillionOutputTokens: 0.4 },
 *   },
 * });
 * const { meanUsd } = costs.forecast({ model: 'small', promptTokens: 420, outputTokens: 150 });
 * ```
 */
export class CostForecaster {
  readonly #prices: ParsedPriceTable;

  /** @throws {ParameterError} naming the model and field */
  constructor(options: CostForecasterOptions) {
    const { prices } = requireOptions('options', options, ['prices']);
    this.#prices = parsePriceTable('options.prices', prices);
  }

  /** Models with prices. */
  get models(): readonly string[] {
    return [...this.#prices.keys()];
  }

  /** @throws {ParameterError} for bad input, and where a price is not known */
  forecast(request: CostRequest): CostForecast {
    const given = requireOptions('request', request, KEYS);
    const promptTokens = requireNumber('request.promptTokens', given['promptTokens'], TOKENS);
    const cached = optionalNumber(
      'request.cachedPromptTokens',
      given['cachedPromptTokens'],
      {
        text: `in [0, ${promptTokens}], the prompt's tokens`,
        contains: (v) => v >= 0 && v <= promptTokens,
      },
      0,
    );
    const tokens = requireOutputTokens('request.outputTokens', given['outputTokens']);
    const atMs = optionalNumber('request.atMs', given['atMs'], FINITE, nowMs());
    const { usdPerRequest, tiers } = this.#priceOf(given['model'], atMs);
    const price = tiers.findLast((tier) => promptTokens > tier.aboveInputTokens)!;
    const usdPerCached = price.usdPerMillionCachedInputTokens;
    if (cached > 0 && usdPerCached === undefined) {
      const allowed = `0 for ${JSON.stringify(given['model'])}, whose price of cached tokens is not known`;
      throw new ParameterError('request.cachedPromptTokens', allowed, cached);
    }
    const promptUsd =
      usdPerRequest +
      ((promptTokens - cached) * price.usdPerMillionInputTokens + cached * (usdPerCached ?? 0)) /
        1e6;
    const usdPerOutputToken = price.usdPerMillionOutputTokens / 1e6;
    const { meanTokens, aleatoricSdTokens, epistemicSdTokens } = tokens;
    return {
      promptUsd,
      usdPerOutputToken,
      meanUsd: promptUsd + usdPerOutputToken * meanTokens,
      sdUsd:
        usdPerOutputToken *
        Math.sqrt(aleatoricSdTokens * aleatoricSdTokens + epistemicSdTokens * epistemicSdTokens),
      quantileUsd: (p) =>
        promptUsd + usdPerOutputToken * quantileOf(tokens, requireNumber('p', p, OPEN_UNIT)),
    };
  }

  #priceOf(value: unknown, atMs: number): ParsedPrice {
    const model = requireId('request.model', value);
    const prices = this.#prices.get(model);
    if (!prices) throw new ParameterError('request.model', 'a model with a known price', model);
    const price = prices.findLast(({ fromMs }) => fromMs <= atMs);
    if (price) return price;
    const { fromMs } = prices[0]!;
    const allowed = `from ${isoOf(fromMs)} on (>= ${fromMs}), the first date of the prices of ${JSON.stringify(model)}, not ${isoOf(atMs)}`;
    throw new ParameterError('request.atMs', allowed, atMs);
  }
}
