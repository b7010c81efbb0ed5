import { ParameterError } from '../core/errors';
import { CollectedPrompts } from '../forecast/encoder/collectedPrompts';
import { EncoderBlock } from '../forecast/encoder/encoderBlock';
import { BUCKETS, PromptCounts, SURFACE_COUNTS } from '../forecast/features/promptCounts';
import { loadKernelSync } from '../kernel/load';
import type { Kernel } from '../kernel/kernel';
import type { OutcomeTable } from './table';

/** Different prompts after which the directions are found, as in a `PromptEncoder`. */
const FREEZE_AFTER = 500;
/** Bias and named features: what takes part before. */
const SURFACE_FEATURES = 8;
const NEVER = 0xffffffff;

/** Counts of all prompts of a table, as compressed rows. */
export interface CountedPrompts {
  readonly surface: Float64Array;
  readonly starts: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float64Array;
}

/** @throws {ParameterError} for a table that lacks a prompt */
export function countPrompts(policy: string, table: OutcomeTable): CountedPrompts {
  const { prompts, rows } = table;
  if (!prompts)
    throw new ParameterError(
      `--policy ${policy}`,
      'used on tables whose every request has its prompt',
      table.name,
    );
  const counts = new PromptCounts();
  const surface = new Float64Array(rows * SURFACE_COUNTS);
  const starts = new Uint32Array(rows + 1);
  let indices = new Uint32Array(1 << 16);
  let values = new Float64Array(1 << 16);
  prompts.forEach((prompt, row) => {
    counts.count(prompt);
    surface.set(counts.surface, row * SURFACE_COUNTS);
    const start = starts[row]!;
    const end = start + counts.length;
    if (end > indices.length) {
      indices = grown(indices, new Uint32Array(2 * end));
      values = grown(values, new Float64Array(2 * end));
    }
    indices.set(counts.indices.subarray(0, counts.length), start);
    values.set(counts.values.subarray(0, counts.length), start);
    starts[row + 1] = end;
  });
  const entries = starts[rows]!;
  return {
    surface,
    starts,
    indices: indices.subarray(0, entries),
    values: values.subarray(0, entries),
  };
}

function grown<Numbers extends Uint32Array | Float64Array>(from: Numbers, into: Numbers): Numbers {
  into.set(from);
  return into;
}

/** The prompts of a table and a context block in an engine's kernel. */
export class PromptContext {
  readonly address: number;
  readonly scratch: number;
  readonly #kernel: Kernel;
  readonly #table: OutcomeTable;
  readonly #counted: CountedPrompts;
  readonly #experts: number;
  readonly #features: number;
  readonly #encoder: EncoderBlock;
  /** By seed: where its directions are found, and the encoder that has them. */
  readonly #frozen = new Map<number, { readonly freezeAt: number; readonly state: Uint8Array }>();

  constructor(
    kernel: Kernel,
    table: OutcomeTable,
    counted: CountedPrompts,
    /** 1: the prompt alone decides, 2: beside the Beta cells. */
    experts: 1 | 2,
  ) {
    const { raw } = kernel;
    const arms = table.arms.list.length;
    this.#kernel = kernel;
    this.#table = table;
    this.#counted = counted;
    this.#experts = experts;
    this.#features = raw.encoder_features();
    this.address = kernel.allocate(raw.context_bytes(this.#features, arms) >>> 0);
    this.scratch = kernel.allocate(raw.context_scratch_bytes(this.#features, arms) >>> 0);
    this.#encoder = new EncoderBlock(kernel, BUCKETS, false);
    const place = (array: Uint32Array | Float64Array) => {
      const address = kernel.allocate(array.byteLength);
      kernel
        .u8(address, array.byteLength)
        .set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return address;
    };
    const { surface, starts, indices, values } = counted;
    raw.replay_set_prompts(
      this.#encoder.address,
      place(surface),
      place(starts),
      place(indices),
      place(values),
      kernel.allocate((this.#features + 2) * 8),
    );
  }

  /** Empties the block and readies the encoder of a seed; returns the position from which on its directions are known. */
  begin(seed: number, order: Uint32Array, halfLifeRequests: number, priorMean: number): number {
    let frozen = this.#frozen.get(seed);
    if (!frozen) this.#frozen.set(seed, (frozen = this.#freeze(order)));
    const { list } = this.#table.arms;
    const { raw } = this.#kernel;
    this.#encoder.restore(frozen.state);
    raw.context_init(
      this.address,
      this.#features,
      SURFACE_FEATURES,
      list.length,
      this.#experts,
      halfLifeRequests,
      priorMean,
    );
    for (const arm of list) raw.context_set_family(this.address, arm.index, arm.family);
    return frozen.freezeAt;
  }

  /** Directions of the first different prompts of an order. */
  #freeze(order: Uint32Array): { freezeAt: number; state: Uint8Array } {
    const { starts, indices, values } = this.#counted;
    const collected = new CollectedPrompts();
    const workshop = loadKernelSync().instantiate();
    const encoder = new EncoderBlock(workshop, BUCKETS, false);
    for (let position = 0; position < order.length; position++) {
      const row = order[position]!;
      collected.add(
        indices.subarray(starts[row], starts[row + 1]),
        values.subarray(starts[row], starts[row + 1]),
      );
      if (collected.count < FREEZE_AFTER) continue;
      encoder.fit(loadKernelSync().instantiate(), collected);
      return { freezeAt: position, state: encoder.state() };
    }
    return { freezeAt: NEVER, state: encoder.state() };
  }
}
