import { ParameterError } from '../../core/errors';
import { optionalNumber, requireNumber, requireOptions, wholeBetween } from '../../core/validation';
import type { Kernel } from '../../kernel/kernel';
import { PROMPT_FEATURES, PromptEncoder } from '../encoder/promptEncoder';
import { requireValues } from '../ridgeOptions';
import type { TokenForecasterOptions } from './options';

interface PromptRow {
  readonly prompt: string;
  readonly vector?: Float64Array;
}

/** A prompt, or a prompt and what `options.encoder` would give for it, or features: `dimensions` values, the first of them 1. */
export type PromptInput =
  string | Float64Array | { readonly prompt: string; readonly vector?: Float64Array };

interface NamedPrompt {
  readonly prompt: string;
  readonly vector: unknown;
}

/** Named query features, which follow the bias. */
const SURFACE = 7;
/** A batch with this many prompts settles the encoder's directions, if that has not happened yet. */
const FEWEST_PROMPTS = 100;
const LARGEST_DIMENSIONS = 256;

/** Where the features of a row come from: the forecaster's own encoder, or the caller. */
export class RowFeatures {
  readonly dimensions: number;
  /** How many features after the bias have scales of their own. */
  readonly surface: number;
  readonly encoder: PromptEncoder | undefined;

  /** @throws {ParameterError} */
  constructor(options: TokenForecasterOptions, kernel: Kernel, encoderState?: Uint8Array) {
    const { ownFeatures, encoder, freezeAfterPrompts } = options;
    if (ownFeatures === undefined) {
      const given = {
        ...(encoder && { encoder }),
        ...(options.kernel && { kernel: options.kernel }),
      };
      this.dimensions = PROMPT_FEATURES;
      this.surface = SURFACE;
      this.encoder = encoderState
        ? PromptEncoder.fromState(encoderState, given, kernel)
        : new PromptEncoder(
            { ...given, ...(freezeAfterPrompts !== undefined && { freezeAfterPrompts }) },
            kernel,
          );
      return;
    }
    for (const key of ['encoder', 'freezeAfterPrompts'] as const)
      if (options[key] !== undefined)
        throw new ParameterError(`options.${key}`, 'absent beside ownFeatures', options[key]);
    const own = requireOptions('options.ownFeatures', ownFeatures, ['dimensions', 'surface']);
    const name = 'options.ownFeatures';
    const dimensions = wholeBetween(1, LARGEST_DIMENSIONS);
    this.dimensions = requireNumber(`${name}.dimensions`, own['dimensions'], dimensions);
    const surface = wholeBetween(0, this.dimensions - 1);
    this.surface = optionalNumber(`${name}.surface`, own['surface'], surface, this.dimensions - 1);
    this.encoder = undefined;
  }

  /** Writes the features of an input to `address`. @throws {ParameterError} */
  put(parameter: string, input: unknown, kernel: Kernel, address: number): void {
    if (input instanceof Float64Array) {
      this.#check(parameter, input);
      kernel.f64(address, this.dimensions).set(input);
      return;
    }
    const { prompt, vector } = this.#prompt(parameter, input);
    this.encoder!.encodeAt(address, prompt, vector);
  }

  /**
   * Reads the inputs of a batch without learning anything: each is checked, and made what `put` and `observe` take without asking the encoder again. What is
   * equal to an input before it gives that one.
   */
  reader(): (parameter: string, input: unknown) => PromptInput {
    const known = new Map<string, PromptInput>();
    let inputs = 0;
    return (parameter, input) => {
      const own = input instanceof Float64Array;
      if (own) this.#check(parameter, input);
      const row = own ? undefined : this.#prompt(parameter, input);
      const key = row ? `p${row.prompt}` : `f${bitsOf(input as Float64Array)}`;
      const before = known.get(key);
      if (before !== undefined && row?.vector === undefined) return before;
      const made = row ? this.#withVector(parameter, row, inputs) : (input as Float64Array).slice();
      if (!(made instanceof Float64Array)) inputs ||= made.vector?.length ?? 0;
      if (before !== undefined) return before;
      known.set(key, made);
      return made;
    };
  }

  #withVector(parameter: string, { prompt, vector }: NamedPrompt, inputs: number): PromptRow {
    const made = this.encoder!.vectorOf(`${parameter}.vector`, prompt, vector, inputs);
    return made ? { prompt, vector: made } : { prompt };
  }

  /** Counts the prompt of an input towards the encoder's directions. @throws {ParameterError} */
  observe(parameter: string, input: unknown): void {
    if (input instanceof Float64Array) return;
    const { prompt, vector } = this.#prompt(parameter, input);
    this.encoder!.observe(prompt, vector);
  }

  /** After the prompts of a batch: settles the directions, where there are prompts enough. */
  settle(): void {
    const { encoder } = this;
    if (encoder && !encoder.frozen && encoder.prompts >= FEWEST_PROMPTS) encoder.freeze();
  }

  #check(parameter: string, features: Float64Array): void {
    if (features.length !== this.dimensions)
      throw new ParameterError(`${parameter}.length`, String(this.dimensions), features.length);
    requireValues(parameter, features);
  }

  #prompt(parameter: string, input: unknown): { prompt: string; vector: Float64Array | undefined } {
    const allowed = this.encoder ? 'a prompt or a Float64Array' : 'a Float64Array';
    if (!this.encoder) throw new ParameterError(parameter, allowed, input);
    if (typeof input === 'string') return { prompt: input, vector: undefined };
    if (typeof input !== 'object' || input === null)
      throw new ParameterError(parameter, allowed, input);
    const given = requireOptions(parameter, input, ['prompt', 'vector']);
    if (typeof given['prompt'] !== 'string')
      throw new ParameterError(`${parameter}.prompt`, 'a string', given['prompt']);
    return { prompt: given['prompt'], vector: given['vector'] as Float64Array | undefined };
  }
}

/** The bits of numbers as a key: equal keys, equal prompts, as the kernel compares them (assembly/hierarchy/observe.ts). */
function bitsOf(values: Float64Array): string {
  return String.fromCharCode(...new Uint16Array(values.slice().buffer));
}
