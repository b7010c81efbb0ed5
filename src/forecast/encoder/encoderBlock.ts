import type { Kernel } from '../../kernel/kernel';
import { SURFACE_COUNTS } from '../features/promptCounts';
import type { CollectedPrompts } from './collectedPrompts';

/** Entries and prompts that cross in one call; an entry is 12 bytes, and a prompt has up to 4,096. */
const ENTRIES = 16_384;
const PROMPTS = 256;

/** Byte offsets in the header of an encoder's block (assembly/encoder/layout.ts). */
export const enum EncoderHeader {
  Magic = 0,
  Version = 4,
  Inputs = 8,
  Dense = 12,
  Prompts = 16,
  Rank = 24,
  Energy = 32,
  Bytes = 64,
}

/** What a prompt brings: counts for the named features, and entries (input, value). */
export interface EncoderRow {
  readonly surface: Float64Array;
  readonly indices: Uint32Array;
  readonly values: Float64Array;
  readonly length: number;
  /** Length of the vector, or number of buckets. */
  readonly inputs: number;
}

/** An encoder's block in kernel memory, and room for the prompts of one call. */
export class EncoderBlock {
  readonly kernel: Kernel;
  readonly inputs: number;
  /** Of the block. */
  readonly address: number;
  readonly bytes: number;
  /** Prompts that fit beside each other, at most. */
  readonly mostPrompts = PROMPTS;
  readonly #surface: number;
  readonly #starts: number;
  readonly #indices: number;
  readonly #values: number;
  #rows = 0;
  #entries = 0;

  constructor(kernel: Kernel, inputs: number, dense: boolean) {
    this.kernel = kernel;
    this.inputs = inputs;
    this.bytes = kernel.raw.encoder_bytes(inputs);
    this.address = kernel.allocate(this.bytes);
    kernel.raw.encoder_init(this.address, inputs, dense ? 1 : 0);
    this.#surface = kernel.allocate(PROMPTS * SURFACE_COUNTS * 8);
    this.#starts = kernel.allocate((PROMPTS + 1) * 4);
    this.#indices = kernel.allocate(ENTRIES * 4);
    this.#values = kernel.allocate(ENTRIES * 8);
  }

  figure(offset: EncoderHeader): number {
    return this.kernel.f64(this.address + offset, 1)[0]!;
  }

  /** Whether one more row of `length` entries fits beside those put. */
  fits(length: number): boolean {
    return this.#rows < PROMPTS && this.#entries + length <= ENTRIES;
  }

  /** Forgets prompts that were put and not encoded. */
  clear(): void {
    this.#rows = 0;
    this.#entries = 0;
  }

  /** Puts a prompt beside those already there. */
  put({ surface, indices, values, length }: EncoderRow): void {
    const { kernel } = this;
    const row = this.#rows++;
    kernel.f64(this.#surface + row * SURFACE_COUNTS * 8, SURFACE_COUNTS).set(surface);
    kernel.u32(this.#indices + this.#entries * 4, length).set(indices.subarray(0, length));
    kernel.f64(this.#values + this.#entries * 8, length).set(values.subarray(0, length));
    this.#entries += length;
    kernel.u32(this.#starts + 4 * row + 4, 1)[0] = this.#entries;
  }

  /** Writes the features of the prompts that were put to `out` on, and forgets them; returns how many. */
  encode(out: number): number {
    const rows = this.#rows;
    this.kernel.raw.encoder_encode(
      this.address,
      rows,
      this.#surface,
      this.#starts,
      this.#indices,
      this.#values,
      out,
    );
    this.clear();
    return rows;
  }

  /** Finds the directions in `workshop`, an instance of its own whose memory can go, and takes them over. */
  fit(workshop: Kernel, prompts: CollectedPrompts): void {
    const { raw } = workshop;
    const { count, starts, indices, values } = prompts;
    const block = workshop.allocate(this.bytes);
    workshop.u8(block, this.bytes).set(this.state());
    const at = [starts, indices, values].map((array) => {
      const address = workshop.allocate(array.byteLength);
      workshop
        .u8(address, array.byteLength)
        .set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return address;
    }) as [number, number, number];
    const scratch = workshop.allocate(raw.encoder_fit_bytes(this.inputs, count, indices.length));
    raw.encoder_fit(block, scratch, count, ...at);
    this.restore(workshop.u8(block, this.bytes));
  }

  state(): Uint8Array {
    return this.kernel.u8(this.address, this.bytes).slice();
  }

  restore(state: Uint8Array): void {
    this.kernel.u8(this.address, this.bytes).set(state);
  }
}
