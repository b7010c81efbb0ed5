import { ParameterError } from '../../core/errors';
import { requireOptions } from '../../core/validation';
import type { Kernel } from '../../kernel/kernel';
import { kernelOf, type CompiledKernel } from '../../kernel/load';
import { BUCKETS } from '../features/promptCounts';
import { CollectedPrompts } from './collectedPrompts';
import { EncoderHeader, EncoderBlock, type EncoderRow } from './encoderBlock';
import { requirePrompt, resolveEncoderOptions, type PromptEncoderOptions } from './encoderOptions';
import { readEncoderState, stateVersion, writeEncoderState } from './encoderState';
import { PromptRows } from './promptRows';

type RestoreOptions = Omit<PromptEncoderOptions, 'freezeAfterPrompts'>;

/** Features of a prompt: 1, the seven named ones, 128 projections. */
export const PROMPT_FEATURES = 136;

/**
 * Turns prompts into features: a 1 for the bias, the seven of `QUERY_FEATURES`, and 128 projections of the prompt's hashed word 1–2-grams (or of the
 * vector of a custom `Encoder`) on the principal directions of the first 500 different prompts observed (docs/MATH.md §18). No label goes into the
 * directions. Until they are found the projections are 0; then they are frozen for good, and the features of a prompt never change again.
 *
 * Finding them takes some tenths of a second, once. The arithmetic is the kernel's: the same prompts give the same bits on every host.
 *
 * @example
 * ```ts
 * const encoder = new PromptEncoder({ freezeAfterPrompts: 2 });
 * encoder.observe('What is the capital of France?');
 * encoder.observe('Write a haiku about rain.'); // true: frozen now
 * const features = encoder.encode('What is the capital of Peru?'); // 136 numbers
 * ```
 */
export class PromptEncoder {
  /** Different prompts after which the directions are found. */
  readonly freezeAfterPrompts: number;
  readonly #compiled: CompiledKernel;
  readonly #kernel: Kernel;
  readonly #rows: PromptRows;
  #collected: CollectedPrompts | undefined = new CollectedPrompts();
  /** Made by the first prompt observed, which fixes the length of vectors. */
  #block: EncoderBlock | undefined;
  /** Encodes while there is no block. */
  #blank: EncoderBlock | undefined;
  #version: string | undefined;
  #out = 0;
  #batch = 0;

  /** @throws {ParameterError} */
  constructor(options?: PromptEncoderOptions);
  /** @internal `instance`: the kernel instance to write features into, its owner's. */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- the public one must not name the instance
  constructor(options?: PromptEncoderOptions, instance?: Kernel);
  constructor(options: PromptEncoderOptions = {}, instance?: Kernel) {
    const { encoder, freezeAfterPrompts } = resolveEncoderOptions(options);
    this.freezeAfterPrompts = freezeAfterPrompts;
    this.#rows = new PromptRows(encoder);
    this.#compiled = kernelOf(options.kernel);
    this.#kernel = instance ?? this.#compiled.instantiate();
  }

  /**
   * An encoder from what `exportState` gave, with the same bits in every later answer. An encoder with a function of its own needs the same one again
   * in `options.encoder`.
   * @throws {ParameterError} for bytes that are no such state
   */
  static fromState(state: Uint8Array, options?: RestoreOptions): PromptEncoder;
  /** @internal As above, for the kernel instance `instance`. */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- as above
  static fromState(state: Uint8Array, options?: RestoreOptions, instance?: Kernel): PromptEncoder;
  static fromState(
    state: Uint8Array,
    options: RestoreOptions = {},
    instance?: Kernel,
  ): PromptEncoder {
    requireOptions('options', options, ['encoder', 'kernel']);
    const read = readEncoderState(state);
    if (read.dense !== (options.encoder !== undefined))
      throw new ParameterError(
        'options.encoder',
        read.dense ? 'the function that the state was made with' : 'absent, as the state has none',
        options.encoder,
      );
    const encoder = new PromptEncoder(
      { ...options, freezeAfterPrompts: read.freezeAfterPrompts },
      instance,
    );
    if (read.inputs > 0)
      encoder.#block = new EncoderBlock(encoder.#kernel, read.inputs, read.dense);
    if (read.block) {
      encoder.#block!.restore(read.block);
      encoder.#collected = undefined;
    } else {
      for (const { indices, values } of read.prompts) encoder.#collected!.add(indices, values);
    }
    return encoder;
  }

  /** Whether the directions are found. */
  get frozen(): boolean {
    return this.#collected === undefined;
  }

  /** Different prompts that the directions come from, or will: those observed so far. */
  get prompts(): number {
    return this.#collected?.count ?? this.#block!.figure(EncoderHeader.Prompts);
  }

  /** Directions in use, in [0, 128]; fewer than 128 if the prompts did not have as many. */
  get rank(): number {
    return this.frozen ? this.#block!.figure(EncoderHeader.Rank) : 0;
  }

  /** Share of the prompts' sum of squares that the directions hold, in [0, 1]. */
  get energyShare(): number {
    // Rounding may take a share of all a little above 1.
    return this.frozen ? Math.min(1, this.#block!.figure(EncoderHeader.Energy)) : 0;
  }

  /** Names the features: equal versions, equal features. `'surface'` while the projections are 0. */
  get version(): string {
    if (!this.frozen) return 'surface';
    return (this.#version ??= stateVersion(this.#block!.state()));
  }

  /**
   * Counts a prompt towards those that the directions come from. One that was counted already, or comes after freezing, changes nothing.
   * @param vector what `options.encoder` would give for the prompt, where it is known already
   * @returns whether this prompt brought the freezing
   * @throws {ParameterError} for a prompt that is no string and a vector that is not finite or of another length than those before; nothing has then changed
   */
  observe(prompt: string, vector?: Float64Array): boolean {
    requirePrompt('prompt', prompt);
    if (!this.#collected) return false;
    const row = this.#rows.row(prompt, vector, this.#inputs);
    this.#block ??= new EncoderBlock(this.#kernel, row.inputs, this.#rows.dense);
    this.#collected.add(row.indices.subarray(0, row.length), row.values.subarray(0, row.length));
    return this.#collected.count >= this.freezeAfterPrompts && this.freeze();
  }

  /** Finds the directions from the prompts so far. Returns whether it did: not where there are none, or the directions are there already. */
  freeze(): boolean {
    if (!this.#collected || this.#collected.count === 0) return false;
    this.#block!.fit(this.#compiled.instantiate(), this.#collected);
    this.#collected = undefined;
    return true;
  }

  /**
   * Features of a prompt: 136 numbers.
   * @param vector as in `observe`
   * @throws {ParameterError} as `observe`
   */
  encode(prompt: string, vector?: Float64Array): Float64Array {
    this.#out ||= this.#kernel.allocate(PROMPT_FEATURES * 8);
    this.encodeAt(this.#out, prompt, vector);
    return this.#kernel.f64(this.#out, PROMPT_FEATURES).slice();
  }

  /** @internal As `encode`, to an address of the kernel instance. */
  encodeAt(address: number, prompt: string, vector?: Float64Array): void {
    const row = this.#rows.row(requirePrompt('prompt', prompt), vector, this.#inputs);
    const block = this.#encoding;
    block.clear();
    block.put(this.#shown(row));
    block.encode(address);
  }

  /** @internal The vector that `observe` and `encode` would take for a prompt, a copy; `inputs` as in `requireVector`. @throws {ParameterError} as `observe` */
  vectorOf(
    parameter: string,
    prompt: string,
    vector: unknown,
    inputs: number,
  ): Float64Array | undefined {
    return this.#rows.vector(parameter, prompt, vector, inputs || this.#inputs)?.slice();
  }

  /**
   * Features of many prompts, row-major: prompts × 136.
   * @param vectors as in `observe`, one a prompt
   * @throws {ParameterError} as `observe`, and for vectors that are not as many as the prompts
   */
  encodeAll(prompts: readonly string[], vectors?: readonly Float64Array[]): Float64Array {
    if (!Array.isArray(prompts)) throw new ParameterError('prompts', 'an array', prompts);
    requireAsMany(vectors, prompts.length);
    const out = new Float64Array(prompts.length * PROMPT_FEATURES);
    let done = 0;
    const block = this.#encoding;
    block.clear();
    let inputs = this.#inputs;
    const take = () => {
      this.#batch ||= this.#kernel.allocate(block.mostPrompts * PROMPT_FEATURES * 8);
      const rows = block.encode(this.#batch);
      const features = this.#kernel.f64(this.#batch, rows * PROMPT_FEATURES);
      out.set(features, done * PROMPT_FEATURES);
      done += rows;
    };
    prompts.forEach((prompt: unknown, i) => {
      const text = requirePrompt(`prompts[${i}]`, prompt);
      const row = this.#rows.row(text, vectors?.[i], inputs);
      inputs = row.inputs;
      const shown = this.#shown(row);
      if (!block.fits(shown.length)) take();
      block.put(shown);
    });
    take();
    return out;
  }

  /** Everything it knows, as bytes: 2.1 MB once frozen, before that the counts of the prompts so far. */
  exportState(): Uint8Array {
    const { dense } = this.#rows;
    const { freezeAfterPrompts } = this;
    const shape = { inputs: dense ? this.#inputs : BUCKETS, dense, freezeAfterPrompts };
    return writeEncoderState(shape, this.#collected ?? this.#block!.state());
  }

  /** Values that vectors must have; 0 while there is none. */
  get #inputs(): number {
    return this.#block?.inputs ?? 0;
  }

  get #encoding(): EncoderBlock {
    return this.#block ?? (this.#blank ??= new EncoderBlock(this.#kernel, 1, this.#rows.dense));
  }

  /** What of a row is encoded: before the first prompt is observed, when no length is fixed, there is nothing to project on. */
  #shown(row: EncoderRow): EncoderRow {
    return this.#block ? row : { ...row, length: 0 };
  }
}

function requireAsMany(vectors: unknown, prompts: number): void {
  if (vectors === undefined) return;
  if (!Array.isArray(vectors)) throw new ParameterError('vectors', 'an array', vectors);
  if (vectors.length !== prompts)
    throw new ParameterError('vectors.length', `${prompts}, as prompts`, vectors.length);
}
