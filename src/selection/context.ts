import { ParameterError } from '../core/errors';
import { optionalNumber, rejectUnknownKeys, requireObject } from '../core/validation';
import { FREEZE_AFTER, type Encoder } from '../forecast/encoder/encoderOptions';

/** Decisions by the prompt, beside the segments: a second expert of quality and cost (docs/MATH.md §22). */
export interface ContextOptions {
  /** Takes the place of the hashed n-grams. @defaultValue none */
  readonly encoder?: Encoder;
  /** Different prompts after which the encoder is frozen, in [1, 1000]; before, only the named features tell. @defaultValue 500 */
  readonly freezeAfterPrompts?: number;
}

export interface ParsedContext {
  readonly encoder: Encoder | undefined;
  readonly freezeAfterPrompts: number;
}

/** Every model has two matrices of 136 × 136. */
export const MOST_CONTEXT_MODELS = 512;

/** @throws {ParameterError} */
export function parseContext(
  parameter: string,
  value: unknown,
  models: number,
): ParsedContext | undefined {
  if (value === undefined) return undefined;
  const options = requireObject(parameter, value);
  rejectUnknownKeys(parameter, options, ['encoder', 'freezeAfterPrompts']);
  if (models > MOST_CONTEXT_MODELS)
    throw new ParameterError(parameter, `used with at most ${MOST_CONTEXT_MODELS} models`, models);
  const { encoder, freezeAfterPrompts } = options;
  if (encoder !== undefined && typeof encoder !== 'function')
    throw new ParameterError(`${parameter}.encoder`, 'a function', encoder);
  return {
    encoder: encoder as Encoder | undefined,
    freezeAfterPrompts: optionalNumber(
      `${parameter}.freezeAfterPrompts`,
      freezeAfterPrompts,
      FREEZE_AFTER,
      500,
    ),
  };
}
