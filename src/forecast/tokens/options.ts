import { ParameterError } from '../../core/errors';
import {
  HALF_LIFE,
  optionalNumber,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  requireOptions,
  TOKENS,
  type Interval,
} from '../../core/validation';
import type { CompiledKernel } from '../../kernel/load';
import type { Encoder } from '../encoder/encoderOptions';
import { clockWithin } from '../ridgeOptions';

export interface TokenModelOptions {
  /** Models of a family are expected to resemble each other. */
  readonly family: string;
  /** Most tokens of an answer, in [1, 1e9]; forecasts are truncated there, or at the longest answer seen. @defaultValue 131072 */
  readonly maxOutputTokens?: number;
}

/** Features of the caller's own, in place of those of the prompt. */
export interface OwnFeaturesOptions {
  /** Values a row, in [1, 256]; the first is always 1. */
  readonly dimensions: number;
  /**
   * How many of them, after the first, are standardised each by itself; the others share one scale, as directions of one space do.
   * @defaultValue all
   */
  readonly surface?: number;
}

export interface TokenForecasterOptions {
  /** Models by id. */
  readonly models: Readonly<Record<string, TokenModelOptions>>;
  /** Vectors of prompts, in place of hashed word 1–2-grams; see `PromptEncoder`. */
  readonly encoder?: Encoder;
  /** Different prompts after which the encoder's directions are settled, in [1, 1000]. @defaultValue 500; a `fit` of 100 prompts settles them too */
  readonly freezeAfterPrompts?: number;
  /** No encoder: every row brings its features. */
  readonly ownFeatures?: OwnFeaturesOptions;
  /** Clock units after which an observation weighs half, >= 0.001. @defaultValue Infinity: nothing is forgotten */
  readonly halfLife?: number;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

export interface TokenModel {
  readonly id: string;
  readonly family: string;
  readonly maxOutputTokens: number;
}

export interface ResolvedTokenOptions {
  readonly models: readonly TokenModel[];
  readonly halfLife: number;
}

const MODEL_KEYS = ['family', 'maxOutputTokens'];
const OPTION_KEYS = [
  'models',
  'encoder',
  'freezeAfterPrompts',
  'ownFeatures',
  'halfLife',
  'kernel',
];
const DEFAULT_MOST_TOKENS = 131_072;
const MOST_TOKENS: Interval = { text: 'in [1, 1e9]', contains: (v) => v >= 1 && v <= 1e9 };
/** Most models: a tree of them must fit the kernel's memory. */
export const MOST_MODELS = 4096;

/** @param restored models in the order of a state; objects move ids that look like integers to the front. @throws {ParameterError} */
export function resolveTokenOptions(
  options: TokenForecasterOptions,
  restored?: readonly TokenModel[],
): ResolvedTokenOptions {
  rejectUnknownKeys('options', requireObject('options', options), OPTION_KEYS);
  const models = restored ?? modelsOf(options.models);
  if (models.length < 1 || models.length > MOST_MODELS)
    throw new ParameterError(
      'options.models',
      `an object of 1 to ${MOST_MODELS} models`,
      models.length,
    );
  const halfLife = optionalNumber('options.halfLife', options.halfLife, HALF_LIFE, Infinity);
  return { models, halfLife };
}

function modelsOf(given: unknown): TokenModel[] {
  return Object.entries(requireObject('options.models', given)).map(([id, model]) =>
    resolveTokenModel(`options.models.${id}`, id, model),
  );
}

/** @throws {ParameterError} */
export function resolveTokenModel(parameter: string, id: string, value: unknown): TokenModel {
  requireId('model id', id);
  const model = requireOptions(parameter, value, MODEL_KEYS);
  return {
    id,
    family: requireId(`${parameter}.family`, model['family']),
    maxOutputTokens: optionalNumber(
      `${parameter}.maxOutputTokens`,
      model['maxOutputTokens'],
      MOST_TOKENS,
      DEFAULT_MOST_TOKENS,
    ),
  };
}

/** Output tokens of an answer. @throws {ParameterError} */
export function requireTokens(parameter: string, value: unknown): number {
  return requireNumber(parameter, value, TOKENS);
}

/** @throws {ParameterError} */
export function requireClock(parameter: string, value: unknown, halfLife: number): number {
  return requireNumber(parameter, value, clockWithin(halfLife));
}
