import { ParameterError } from '../core/errors';
import {
  USD,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  wholeBetween,
} from '../core/validation';
import { parsePrior, type Prior } from './prior';

export { armsFrom, byCodeUnit, type Arm, type Arms } from './armList';

/** List prices of a model. */
export interface ModelPrices {
  /** USD per 10^6 input tokens. */
  readonly usdPerMillionInputTokens: number;
  /** USD per 10^6 output tokens. */
  readonly usdPerMillionOutputTokens: number;
}

/** A model as a caller names it. */
export interface ModelOptions extends ModelPrices {
  /** Models of one family borrow evidence from each other; usually the maker or the base model. */
  readonly family: string;
  /** What is believed of its mean reward before any report. @defaultValue what `priors` has for it, else its family */
  readonly prior?: Prior;
  /** Who serves it, for the option `latency`. @defaultValue what `latency.providers` has for it, else its family */
  readonly provider?: string;
  /** Most samples of it in one decision, for the option `bestOf`: a whole number in [1, 16]. @defaultValue that of `bestOf` */
  readonly maxSamples?: number;
}

/** Most samples of one decision of a router. */
export const MOST_ROUTED_SAMPLES = 16;
export const ROUTED_SAMPLES = wholeBetween(1, MOST_ROUTED_SAMPLES);

/** Most arms of one router. */
export const MOST_ARMS = 4096;

const PRICE_KEYS = ['usdPerMillionInputTokens', 'usdPerMillionOutputTokens'] as const;
const KEYS = ['family', ...PRICE_KEYS, 'prior', 'provider', 'maxSamples'] as const;

/**
 * Checks `models`, an object from id to `ModelOptions`.
 * @throws {ParameterError} naming the model and field
 */
export function parseModels(parameter: string, models: unknown): Map<string, ModelOptions> {
  const entries = Object.entries(requireObject(parameter, models));
  if (entries.length === 0 || entries.length > MOST_ARMS) {
    throw new ParameterError(
      parameter,
      `an object of 1 to ${MOST_ARMS} models`,
      `${entries.length} models`,
    );
  }
  return new Map(
    entries.map(([id, options]) => [
      requireId(`id in ${parameter}`, id),
      parseModel(`${parameter}[${JSON.stringify(id)}]`, options),
    ]),
  );
}

/** @throws {ParameterError} */
export function parseModel(parameter: string, options: unknown): ModelOptions {
  const model = requireObject(parameter, options);
  rejectUnknownKeys(parameter, model, KEYS);
  const { prior, provider, maxSamples } = model;
  return {
    family: requireId(`${parameter}.family`, model['family']),
    ...pricesOf(parameter, model),
    ...(prior !== undefined && { prior: parsePrior(`${parameter}.prior`, prior) }),
    ...(provider !== undefined && { provider: requireId(`${parameter}.provider`, provider) }),
    ...(maxSamples !== undefined && {
      maxSamples: requireNumber(`${parameter}.maxSamples`, maxSamples, ROUTED_SAMPLES),
    }),
  };
}

/** @throws {ParameterError} */
export function parsePrices(parameter: string, value: unknown): ModelPrices {
  const prices = requireObject(parameter, value);
  rejectUnknownKeys(parameter, prices, PRICE_KEYS);
  return pricesOf(parameter, prices);
}

function pricesOf(parameter: string, value: Record<string, unknown>): ModelPrices {
  const price = (key: (typeof PRICE_KEYS)[number]) =>
    requireNumber(`${parameter}.${key}`, value[key], USD);
  return {
    usdPerMillionInputTokens: price('usdPerMillionInputTokens'),
    usdPerMillionOutputTokens: price('usdPerMillionOutputTokens'),
  };
}
