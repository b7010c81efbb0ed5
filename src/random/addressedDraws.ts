import type { Kernel } from '../kernel/kernel';
import { loadKernelSync } from '../kernel/load';

/** Draws of a distribution come in blocks of so many. */
export const DRAWS_IN_BLOCK = 1024;

const UNIFORM = 0;
const NORMAL = 1;
const EXPONENTIAL = 2;

const MASK = 2n ** 64n - 1n;

/**
 * Blocks of draws that are found by an address: a seed and any words. What stands at an address does not depend on what was
 * drawn before it, so simulated worlds stay the same whatever a policy does in them.
 */
export class AddressedDraws {
  readonly #kernel: Kernel;
  readonly #state: number;
  readonly #buffer: number;

  constructor() {
    this.#kernel = loadKernelSync().instantiate();
    this.#state = this.#kernel.allocate(this.#kernel.raw.sampler_bytes());
    this.#buffer = this.#kernel.allocate(8 * DRAWS_IN_BLOCK);
  }

  /** Goes to an address; the fills that follow are its first, second, … block. */
  open(key: bigint): void {
    const { raw } = this.#kernel;
    raw.sampler_init(this.#state, Number(key & 0xffffffffn), Number(key >> 32n));
  }

  /** Uniforms on [0, 1). */
  uniforms(): Float64Array {
    return this.#fill(UNIFORM, 0, 1).slice();
  }

  /** Exponentials of mean 1. */
  exponentials(): Float64Array {
    return this.#fill(EXPONENTIAL, 1, 0).slice();
  }

  /** Log-normals of median 1: e^(logSd z); logSd 0 gives ones. */
  logNormals(logSd: number): Float64Array {
    this.#fill(NORMAL, 0, logSd);
    this.#kernel.raw.elementary_exp(DRAWS_IN_BLOCK, this.#buffer, this.#buffer);
    return this.#kernel.f64(this.#buffer, DRAWS_IN_BLOCK).slice();
  }

  /** The quantile of Beta(a, b) at p in [0, 1). */
  betaQuantile(p: number, a: number, b: number): number {
    const at = this.#buffer;
    this.#kernel.f64(at, 3).set([p, a, b]);
    this.#kernel.raw.special_beta_quantile(1, at, at + 8, at + 16, 0, at);
    return this.#kernel.f64(at, 1)[0]!;
  }

  #fill(distribution: number, p: number, q: number): Float64Array {
    this.#kernel.raw.sampler_next_block(this.#state);
    this.#kernel.raw.sampler_fill(this.#state, distribution, DRAWS_IN_BLOCK, p, q, this.#buffer);
    return this.#kernel.f64(this.#buffer, DRAWS_IN_BLOCK);
  }
}

/** A key from a key and a word, both of 64 bits: SplitMix64's mixer after each (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195). */
export function keyOf(key: bigint, word: bigint): bigint {
  return mix((mix(key + 0x9e3779b97f4a7c15n) ^ ((word + 1n) * 0xd1342543de82ef95n)) & MASK);
}

/** A key from a key and a text. */
export function keyOfText(key: bigint, text: string): bigint {
  for (let i = 0; i < text.length; i++) key = keyOf(key, BigInt(text.charCodeAt(i)));
  return keyOf(key, BigInt(text.length));
}

function mix(z: bigint): bigint {
  z &= MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}
