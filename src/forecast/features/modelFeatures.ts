import { ParameterError } from '../../core/errors';
import {
  POSITIVE,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
} from '../../core/validation';
import { loadKernelSync, type CompiledKernel } from '../../kernel/load';
import { QUERY_FEATURES, queryFeaturesInto } from './queryFeatures';

/** The families that have an indicator, unless others are given. A model of any other family has five zeros. */
export const MODEL_FAMILIES = ['openai', 'anthropic', 'google', 'meta', 'mistral'] as const;

/**
 * Names of the seven model features, in order: five indicators (1 if the model is of that family, else 0), then
 *
 * - `size`: b/(b + 70) with b the model's parameters in thousand millions, in (0, 1); ½ if not known
 * - `verbosity`: t/(t + 300) with t the output tokens that are usual for the model, in (0, 1); ½ if not known
 */
export const MODEL_FEATURES = [
  'family1',
  'family2',
  'family3',
  'family4',
  'family5',
  'size',
  'verbosity',
] as const;

export type ModelFeature = (typeof MODEL_FEATURES)[number];

/** What is known of a model beforehand. */
export interface ModelDescription {
  /** As in `ModelOptions.family`. */
  readonly family: string;
  /** Parameters in thousand millions, > 0. @defaultValue not known */
  readonly billionParameters?: number;
  /** Output tokens that are usual for it, > 0. @defaultValue not known */
  readonly typicalOutputTokens?: number;
}

/** Parameters and tokens at which size and verbosity are ½. */
const MIDDLE_SIZE = 70;
const MIDDLE_TOKENS = 300;
const KEYS = ['family', 'billionParameters', 'typicalOutputTokens'];

/**
 * The seven features of a model: the model's half of the 14-dimensional design.
 * @param families the five with an indicator, in order; compared as they are written
 * @throws {ParameterError}
 */
export function modelFeatures(
  model: ModelDescription,
  families: readonly string[] = MODEL_FAMILIES,
): Record<ModelFeature, number> {
  const [family1, family2, family3, family4, family5, size, verbosity] = modelFeatureValues(
    model,
    families,
  );
  return { family1, family2, family3, family4, family5, size, verbosity };
}

type Seven = [number, number, number, number, number, number, number];

function modelFeatureValues(model: ModelDescription, families: readonly string[]): Seven {
  rejectUnknownKeys('model', requireObject('model', model), KEYS);
  const family = requireId('model.family', model.family);
  if (!Array.isArray(families) || families.length !== 5 || new Set(families).size !== 5)
    throw new ParameterError('families', 'five different ids', families);
  const indicators = families.map((name, i) =>
    requireId(`families[${i}]`, name) === family ? 1 : 0,
  );
  return [
    ...indicators,
    share('model.billionParameters', model.billionParameters, MIDDLE_SIZE),
    share('model.typicalOutputTokens', model.typicalOutputTokens, MIDDLE_TOKENS),
  ] as Seven;
}

function share(parameter: string, value: number | undefined, middle: number): number {
  if (value === undefined) return 0.5;
  return 1 / (1 + middle / requireNumber(parameter, value, POSITIVE));
}

/**
 * The 14 features of a (prompt, model) pair: `QUERY_FEATURES`, then `MODEL_FEATURES`.
 * @throws {ParameterError}
 */
export function queryModelFeatures(
  prompt: string,
  model: ModelDescription,
  families: readonly string[] = MODEL_FAMILIES,
  kernel: CompiledKernel = loadKernelSync(),
): Float64Array {
  const out = new Float64Array(QUERY_FEATURES.length + MODEL_FEATURES.length);
  out.set(modelFeatureValues(model, families), QUERY_FEATURES.length);
  return queryFeaturesInto(prompt, out, kernel);
}
