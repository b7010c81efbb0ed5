/** Counts of prompts as compressed rows, in memory that grows: what the directions will come from. */
export class CollectedPrompts {
  /** Where each prompt's entries start, and where the last one's end: `count` + 1 values. */
  #starts = new Uint32Array(65);
  #indices = new Uint32Array(4096);
  #values = new Float64Array(4096);
  readonly #known = new Set<string>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get starts(): Uint32Array {
    return this.#starts.subarray(0, this.#count + 1);
  }

  get indices(): Uint32Array {
    return this.#indices.subarray(0, this.#starts[this.#count]!);
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#starts[this.#count]!);
  }

  /** Adds a prompt unless one with the same entries is there: a repeated prompt says nothing new. */
  add(indices: Uint32Array, values: Float64Array): boolean {
    const key = fingerprint(indices, values);
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    const start = this.#starts[this.#count]!;
    const end = start + indices.length;
    if (this.#count + 2 > this.#starts.length)
      this.#starts = grown(this.#starts, new Uint32Array(2 * this.#starts.length));
    if (end > this.#indices.length) {
      const length = Math.max(end, 2 * this.#indices.length);
      this.#indices = grown(this.#indices, new Uint32Array(length));
      this.#values = grown(this.#values, new Float64Array(length));
    }
    this.#indices.set(indices, start);
    this.#values.set(values, start);
    this.#starts[++this.#count] = end;
    return true;
  }
}

function grown<Numbers extends Uint32Array | Float64Array>(from: Numbers, into: Numbers): Numbers {
  into.set(from);
  return into;
}

/** Two 32-bit hashes (FNV-1a with different bases) and the length: prompts that agree in them are taken for one. */
function fingerprint(indices: Uint32Array, values: Float64Array): string {
  const words = new Uint32Array(values.slice().buffer);
  return `${indices.length}:${hashWords(indices, words, 0x811c9dc5)}:${hashWords(indices, words, 0x1f83d9ab)}`;
}

function hashWords(indices: Uint32Array, words: Uint32Array, hash: number): number {
  for (const index of indices) hash = Math.imul(hash ^ index, 0x01000193) ^ (hash >>> 15);
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  return hash >>> 0;
}
