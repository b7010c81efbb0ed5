import { ParameterError } from '../../core/errors';
import {
  optionalNumber,
  rejectUnknownKeys,
  requireObject,
  wholeBetween,
} from '../../core/validation';
import type { CompiledKernel } from '../../kernel/load';

/**
 * Turns a prompt into a vector of 1 to 4,096 numbers in [−1e50, 1e50], always as many: a sentence encoder, features of the caller's own. It takes the place of
 * the hashed n-grams and is projected like them. The same prompt must give the same vector.
 */
export type Encoder = (prompt: string) => Float64Array;

export interface PromptEncoderOptions {
  /** @defaultValue hashed word 1–2-grams, without dependencies */
  readonly encoder?: Encoder;
  /** Different prompts after which the directions are found and frozen, in [1, 1000]. @defaultValue 500 */
  readonly freezeAfterPrompts?: number;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

const KEYS = ['encoder', 'freezeAfterPrompts', 'kernel'];

/** Longest vector of an encoder. */
export const MOST_INPUTS = 4096;
export const FREEZE_AFTER = wholeBetween(1, 1000);
export const INPUTS = wholeBetween(1, MOST_INPUTS);

const LARGEST_VALUE = 1e50;

/** @throws {ParameterError} */
export function resolveEncoderOptions(options: PromptEncoderOptions): {
  readonly encoder: Encoder | undefined;
  readonly freezeAfterPrompts: number;
} {
  rejectUnknownKeys('options', requireObject('options', options), KEYS);
  const { encoder } = options;
  if (encoder !== undefined && typeof encoder !== 'function')
    throw new ParameterError('options.encoder', 'a function', encoder);
  const freezeAfterPrompts = optionalNumber(
    'options.freezeAfterPrompts',
    options.freezeAfterPrompts,
    FREEZE_AFTER,
    500,
  );
  return { encoder, freezeAfterPrompts };
}

/** @throws {ParameterError} */
export function requirePrompt(parameter: string, prompt: unknown): string {
  if (typeof prompt !== 'string') throw new ParameterError(parameter, 'a string', prompt);
  return prompt;
}

/** Returns `vector` if it has `inputs` values (0: 1 to 4,096), all in [−1e50, 1e50]. @throws {ParameterError} */
export function requireVector(parameter: string, vector: unknown, inputs: number): Float64Array {
  if (!(vector instanceof Float64Array))
    throw new ParameterError(parameter, 'a Float64Array', vector);
  const fits = inputs === 0 ? INPUTS.contains(vector.length) : vector.length === inputs;
  if (!fits)
    throw new ParameterError(
      `${parameter}.length`,
      inputs === 0 ? INPUTS.text : String(inputs),
      vector.length,
    );
  const bad = vector.findIndex((value) => !(Math.abs(value) <= LARGEST_VALUE));
  if (bad >= 0) throw new ParameterError(`${parameter}[${bad}]`, 'in [-1e50, 1e50]', vector[bad]);
  return vector;
}
