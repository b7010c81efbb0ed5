import { loadKernelSync, type CompiledKernel } from '../../kernel/load';
import { EncoderBlock } from '../encoder/encoderBlock';
import { requirePrompt } from '../encoder/encoderOptions';
import { PromptCounts } from './promptCounts';

/**
 * Names of the seven query features, in order.
 *
 * - `length`: log(1 + UTF-16 units of the prompt), in [0, 21]
 * - `complexity`: mean of words per sentence, units per word and requirements (words such as "if", "must", "exactly", and question marks), each as
 *   a/(a + c) with c = 20, 5 and 4; in [0, 1)
 * - `coding`, `creative`, `analysis`, `math`, `knowledge`: n/(1 + n) with n the words and symbols that point to such a task; in [0, 1), 0 = none
 */
export const QUERY_FEATURES = [
  'length',
  'complexity',
  'coding',
  'creative',
  'analysis',
  'math',
  'knowledge',
] as const;

export type QueryFeature = (typeof QUERY_FEATURES)[number];

/**
 * The seven features of a prompt (docs/MATH.md §18). Indicator words are whole English words, never parts of words. Of a prompt longer than 32,768 units
 * the first and the last 16,384 are read; its length counts whole. The empty prompt has zeros.
 *
 * @param kernel @defaultValue `loadKernelSync()`
 * @throws {ParameterError} for a prompt that is no string
 *
 * @example
 * ```ts
 * const { coding, length } = queryFeatures('Write a Python function that sorts a list.'); // coding: 2 words, 2/3
 * ```
 */
export function queryFeatures(
  prompt: string,
  kernel: CompiledKernel = loadKernelSync(),
): Record<QueryFeature, number> {
  const values = queryFeaturesInto(prompt, new Float64Array(QUERY_FEATURES.length), kernel);
  const [length, complexity, coding, creative, analysis, math, knowledge] = values as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { length, complexity, coding, creative, analysis, math, knowledge };
}

/** Writes the seven features to the start of `out`. */
export function queryFeaturesInto(
  prompt: string,
  out: Float64Array,
  compiled: CompiledKernel,
): Float64Array {
  const { block, counts, address } = workshopOf(compiled);
  counts.count(requirePrompt('prompt', prompt));
  block.put({ ...counts, surface: counts.surface, length: 0, inputs: 1 });
  block.encode(address);
  out.set(block.kernel.f64(address + 8, QUERY_FEATURES.length));
  return out;
}

interface Workshop {
  readonly block: EncoderBlock;
  readonly counts: PromptCounts;
  readonly address: number;
}

/** An encoder without directions, shared: it writes the named features. */
const workshops = new WeakMap<CompiledKernel, Workshop>();

function workshopOf(compiled: CompiledKernel): Workshop {
  let workshop = workshops.get(compiled);
  if (!workshop) {
    const kernel = compiled.instantiate();
    const block = new EncoderBlock(kernel, 1, false);
    const address = kernel.allocate(8 * kernel.raw.encoder_features());
    workshops.set(compiled, (workshop = { block, counts: new PromptCounts(), address }));
  }
  return workshop;
}
