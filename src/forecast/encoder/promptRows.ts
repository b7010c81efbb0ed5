import { ParameterError } from '../../core/errors';
import { PromptCounts } from '../features/promptCounts';
import type { EncoderRow } from './encoderBlock';
import { MOST_INPUTS, requireVector, type Encoder } from './encoderOptions';

/** Makes of each prompt what the kernel takes. The row is overwritten by the next one. */
export class PromptRows {
  readonly dense: boolean;
  readonly #encoder: Encoder | undefined;
  readonly #counts = new PromptCounts();
  readonly #inputs = new Uint32Array(MOST_INPUTS);
  readonly #values = new Float64Array(MOST_INPUTS);

  constructor(encoder: Encoder | undefined) {
    this.#encoder = encoder;
    this.dense = encoder !== undefined;
  }

  /** Counts of the hashed n-grams, or the vector without its zeros; `inputs` as in `requireVector`. @throws {ParameterError} */
  row(prompt: string, vector: Float64Array | undefined, inputs: number): EncoderRow {
    const values = this.vector('vector', prompt, vector, inputs);
    if (!values) {
      this.#counts.count(prompt);
      const { surface, indices, values, length } = this.#counts;
      return { surface, indices, values, length, inputs: indices.length };
    }
    this.#counts.count(prompt);
    let length = 0;
    for (let i = 0; i < values.length; i++) {
      if (values[i] === 0) continue;
      this.#inputs[length] = i;
      this.#values[length++] = values[i]!;
    }
    const { surface } = this.#counts;
    return { surface, indices: this.#inputs, values: this.#values, length, inputs: values.length };
  }

  /** The vector given for a prompt or else the encoder's, checked; none without an encoder. @throws {ParameterError} */
  vector(
    parameter: string,
    prompt: string,
    given: unknown,
    inputs: number,
  ): Float64Array | undefined {
    if (!this.#encoder) {
      if (given === undefined) return undefined;
      throw new ParameterError(parameter, 'absent, as there is no options.encoder', given);
    }
    return given === undefined
      ? requireVector('encoder(prompt)', this.#encoder(prompt), inputs)
      : requireVector(parameter, given, inputs);
  }
}
