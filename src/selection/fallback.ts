import { ParameterError } from '../core/errors';
import { requireNumber, requireOptions, UNIT } from '../core/validation';

/**
 * Confidence fallback: a model whose P(quality >= qualityFloor), by its posterior at the decision, is below `confidence` hands its turn to the trusted
 * model, where that one is eligible (docs/MATH.md §25). The trusted model's own confidence is not asked. A floor (option `floor`) acts afterwards.
 */
export interface FallbackOptions {
  /** Id of the trusted model. */
  readonly model: string;
  /** In [0, 1]. */
  readonly qualityFloor: number;
  /** In [0, 1]; 0 hands nothing over, 1 whatever is not certain. */
  readonly confidence: number;
}

export type ParsedFallback = FallbackOptions;

const KEYS = ['model', 'qualityFloor', 'confidence'];

/** @param models by id @throws {ParameterError} */
export function parseFallback(
  parameter: string,
  value: unknown,
  models: ReadonlyMap<string, unknown>,
): ParsedFallback | undefined {
  if (value === undefined) return undefined;
  const options = requireOptions(parameter, value, KEYS);
  const { model } = options;
  if (typeof model !== 'string' || !models.has(model))
    throw new ParameterError(`${parameter}.model`, 'the id of one of the router’s models', model);
  return {
    model,
    qualityFloor: requireNumber(`${parameter}.qualityFloor`, options['qualityFloor'], UNIT),
    confidence: requireNumber(`${parameter}.confidence`, options['confidence'], UNIT),
  };
}
