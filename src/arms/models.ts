import { ParameterError } from '../core/errors';
import {
  USD,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
} from '../core/validation';

/** A model as a caller names it. */
export interface ModelOptions {
  /** Models of one family borrow evidence from each other; usually the maker or the base model. */
  readonly family: string;
  /** List price, USD per 10^6 input tokens. */
  readonly usdPerMillionInputTokens: number;
  /** List price, USD per 10^6 output tokens. */
  readonly usdPerMillionOutputTokens: number;
}

/** A model with its dense index, which the kernel knows it by. */
export interface Arm {
  readonly index: number;
  readonly model: string;
  readonly family: number;
  /** NaN where the list price is not known. */
  readonly usdPerInputToken: number;
  /** NaN where the list price is not known. */
  readonly usdPerOutputToken: number;
}

/** The arms of a router or a replay, in code-unit order of their ids. */
export interface Arms {
  readonly list: readonly Arm[];
  readonly families: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
}

/** Most arms of one router. */
export const MOST_ARMS = 4096;

const KEYS = ['family', 'usdPerMillionInputTokens', 'usdPerMillionOutputTokens'] as const;

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

function parseModel(parameter: string, options: unknown): ModelOptions {
  const model = requireObject(parameter, options);
  rejectUnknownKeys(parameter, model, KEYS);
  return {
    family: requireId(`${parameter}.family`, model['family']),
    usdPerMillionInputTokens: price(parameter, model, 'usdPerMillionInputTokens'),
    usdPerMillionOutputTokens: price(parameter, model, 'usdPerMillionOutputTokens'),
  };
}

function price(parameter: string, model: Record<string, unknown>, key: string): number {
  return requireNumber(`${parameter}.${key}`, model[key], USD);
}

/** Gives the models dense indices. `undefined` options stand for a model whose family and price are not known. */
export function armsFrom(models: ReadonlyMap<string, ModelOptions | undefined>): Arms {
  const ids = [...models.keys()].sort(byCodeUnit);
  const families: string[] = [];
  const list = ids.map((model, index): Arm => {
    const options = models.get(model);
    // A model of unknown family is a family of its own; the prefix keeps it apart from any named family.
    const name = options?.family ?? `\u0000${model}`;
    if (!families.includes(name)) families.push(name);
    return {
      index,
      model,
      family: families.indexOf(name),
      usdPerInputToken: (options?.usdPerMillionInputTokens ?? NaN) / 1e6,
      usdPerOutputToken: (options?.usdPerMillionOutputTokens ?? NaN) / 1e6,
    };
  });
  return { list, families, indexOf: new Map(ids.map((id, index) => [id, index])) };
}

/** Order of UTF-16 code units: the same on every host, whatever its locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
