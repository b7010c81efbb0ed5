import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * Randomness outside the kernel: shuffles and simulated worlds. Mersenne twister, because pure-rand's other generators
 * hand out their weak low bits. `stream` keeps uses of one seed apart.
 */
export class Generator {
  readonly #generator: RandomGenerator;

  constructor(seed: number, stream: number) {
    // Odd multipliers spread neighbouring (seed, stream) pairs over the 32-bit seeds of the twister.
    this.#generator = mersenne(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca77));
  }

  /** Whole number in [0, count). */
  index(count: number): number {
    return uniformInt(this.#generator, 0, count - 1);
  }

  /** 53-bit uniform on [0, 1). */
  unit(): number {
    return uniformFloat64(this.#generator);
  }

  /** A permutation of 0 … count - 1 (Fisher & Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.index(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }
}

/** Streams of `Generator` in use. */
export const GeneratorStream = {
  ORDER: 0,
  RANDOM_POLICY: 1,
  WORKLOAD: 2,
  TOKEN_SPLIT: 3,
  COLD_START: 4,
} as const;
