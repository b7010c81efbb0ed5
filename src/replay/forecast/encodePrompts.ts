import { QUERY_FEATURES } from '../../forecast/features/queryFeatures';
import { PROMPT_FEATURES, PromptEncoder } from '../../forecast/encoder/promptEncoder';
import type { PromptFeatures } from './promptFeatures';
import type { Split } from './split';
import type { TokenTable } from './tokenTable';

/** Vectors of a custom encoder, one a prompt of the table; undefined for the hashed n-grams. */
export type PromptVectors = readonly Float64Array[] | undefined;

/**
 * Features of all prompts of a table, by principal directions of the training prompts: as a live router would have them that has seen those. Its
 * directions are found at the 500th prompt, or at the last training prompt if there are fewer.
 */
export function encodePrompts(
  { prompts }: TokenTable,
  { trainingPrompts }: Split,
  vectors: PromptVectors,
): PromptFeatures {
  const encoder = new PromptEncoder(vectors ? { encoder: neverAsked } : {});
  for (const prompt of trainingPrompts) encoder.observe(prompts[prompt]!, vectors?.[prompt]);
  encoder.freeze();
  return {
    dimensions: PROMPT_FEATURES,
    named: 1 + QUERY_FEATURES.length,
    values: encoder.encodeAll(prompts, vectors),
  };
}

/** Every vector is handed over with its prompt. */
function neverAsked(): never {
  throw new Error('the vector of every prompt is known');
}
