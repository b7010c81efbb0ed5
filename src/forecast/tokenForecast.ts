import { ParameterError } from '../core/errors';
import { requireObject, TOKENS } from '../core/validation';

/** A predictive distribution of the output tokens of one answer: what costs and latencies are forecast from. */
export interface TokenForecast {
  readonly meanTokens: number;
  /** Standard deviation of answers to this prompt were the parameters known. */
  readonly aleatoricSdTokens: number;
  /** Standard deviation due to the parameters not being known. */
  readonly epistemicSdTokens: number;
  /** Tokens that an answer stays within with probability p in (0, 1). */
  quantileTokens(p: number): number;
}

/** A forecast of tokens, or tokens that are known. */
export type OutputTokens = number | TokenForecast;

/** The forecast of a number of tokens that is known. */
function knownTokens(tokens: number): TokenForecast {
  return {
    meanTokens: tokens,
    aleatoricSdTokens: 0,
    epistemicSdTokens: 0,
    quantileTokens: () => tokens,
  };
}

/** Checks what a caller gives for output tokens. @throws {ParameterError} */
export function requireOutputTokens(parameter: string, value: unknown): TokenForecast {
  if (typeof value === 'number') return knownTokens(requireTokens(parameter, value));
  const forecast = requireObject(parameter, value) as unknown as TokenForecast;
  for (const key of ['meanTokens', 'aleatoricSdTokens', 'epistemicSdTokens'] as const)
    requireTokens(`${parameter}.${key}`, forecast[key]);
  if (typeof forecast.quantileTokens !== 'function')
    throw new ParameterError(
      `${parameter}.quantileTokens`,
      'a function',
      forecast.quantileTokens as unknown,
    );
  return forecast;
}

/** What a forecast gave for a quantile, checked: it may be anybody's. @throws {ParameterError} */
export function quantileOf(forecast: TokenForecast, p: number): number {
  return requireTokens(`quantileTokens(${p})`, forecast.quantileTokens(p));
}

function requireTokens(parameter: string, value: unknown): number {
  if (typeof value === 'number' && TOKENS.contains(value)) return value;
  throw new ParameterError(parameter, TOKENS.text, value);
}
