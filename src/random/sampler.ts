import { ParameterError } from '../core/errors';
import type { Interval } from '../core/validation';
import { FINITE, POSITIVE, requireNumber } from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { loadKernelSync, type CompiledKernel } from '../kernel/load';
import { freshSeed, seedFrom } from './seed';

const SHAPE: Interval = { text: 'in (0, 1e15]', contains: (v) => v > 0 && v <= 1e15 };

/** Numbers of the kernel's distributions (assembly/distributions/fill.ts). */
const enum Distribution {
  Uniform,
  Normal,
  Exponential,
  Gamma,
  Beta,
}

/** Values the kernel makes in one call: larger fills are cut, so that its memory stays small. */
const CHUNK = 8192;

export interface SamplerOptions {
  /**
   * Whole number in [0, 2^53 - 1] or bigint in [0, 2^64 - 1].
   * @defaultValue drawn from the host's cryptographic generator
   */
  readonly seed?: number | bigint;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

/**
 * Random numbers in bulk, with the same bits on every host.
 *
 * A sampler walks one infinite sequence. Fills of the same distribution and parameters continue each other, so
 * `beta(2, 3, 1000)` is `beta(2, 3, 400)` followed by `beta(2, 3, 600)`; another distribution or other parameters
 * start at the next block of 1,024 values, which has its own stream (xoshiro256++, docs/MATH.md §2).
 *
 * @example
 * ```ts
 * const sampler = new Sampler({ seed: 7 });
 * const draws = sampler.beta(8, 3, 1000); // Float64Array of 1,000 values in [0, 1]
 * sampler.normalInto(0, 1, draws); // overwrites them with standard normals
 * ```
 */
export class Sampler {
  readonly #kernel: Kernel;
  readonly #state: number;
  readonly #buffer: number;
  #sequence = '';

  /** @throws {ParameterError} for a seed out of range */
  constructor(options: SamplerOptions = {}) {
    const seed = options.seed === undefined ? freshSeed() : seedFrom('seed', options.seed);
    this.#kernel = (options.kernel ?? loadKernelSync()).instantiate();
    this.#state = this.#kernel.allocate(this.#kernel.raw.sampler_bytes());
    this.#buffer = this.#kernel.allocate(CHUNK * 8);
    this.#kernel.raw.sampler_init(this.#state, seed.low, seed.high);
  }

  /**
   * `count` uniforms on [low, high).
   * @throws {ParameterError} unless low < high, both finite
   */
  uniform(low: number, high: number, count: number): Float64Array {
    return this.uniformInto(low, high, allocate(count));
  }

  /** As `uniform`, into `out`. */
  uniformInto(low: number, high: number, out: Float64Array): Float64Array {
    requireNumber('low', low, FINITE);
    const above = {
      text: `in (${low}, ∞) with high - low finite`,
      contains: (v: number) => v > low && v - low < Infinity,
    };
    requireNumber('high', high, above);
    return this.#fill(Distribution.Uniform, low, high, out);
  }

  /**
   * `count` normals by a 256-layer ziggurat (Marsaglia & Tsang 2000).
   * @param mean finite
   * @param sd standard deviation, > 0
   * @throws {ParameterError}
   */
  normal(mean: number, sd: number, count: number): Float64Array {
    return this.normalInto(mean, sd, allocate(count));
  }

  /** As `normal`, into `out`. */
  normalInto(mean: number, sd: number, out: Float64Array): Float64Array {
    requireNumber('mean', mean, FINITE);
    requireNumber('sd', sd, POSITIVE);
    return this.#fill(Distribution.Normal, mean, sd, out);
  }

  /**
   * `count` exponentials by a 256-layer ziggurat (Marsaglia & Tsang 2000), in [0, ∞).
   * @param rate 1/mean, > 0
   * @throws {ParameterError}
   */
  exponential(rate: number, count: number): Float64Array {
    return this.exponentialInto(rate, allocate(count));
  }

  /** As `exponential`, into `out`. */
  exponentialInto(rate: number, out: Float64Array): Float64Array {
    requireNumber('rate', rate, POSITIVE);
    return this.#fill(Distribution.Exponential, rate, 0, out);
  }

  /**
   * `count` Gamma draws by Marsaglia & Tsang's method (2000), in [0, ∞). Below shapes of about 0.01 many round to 0, as
   * the exact draws lie below the smallest f64.
   * @param shape in (0, 1e15]
   * @param scale > 0; the mean is shape × scale
   * @throws {ParameterError}
   */
  gamma(shape: number, scale: number, count: number): Float64Array {
    return this.gammaInto(shape, scale, allocate(count));
  }

  /** As `gamma`, into `out`. */
  gammaInto(shape: number, scale: number, out: Float64Array): Float64Array {
    requireNumber('shape', shape, SHAPE);
    requireNumber('scale', scale, POSITIVE);
    return this.#fill(Distribution.Gamma, shape, scale, out);
  }

  /**
   * `count` Beta draws as a ratio of Gammas, in log space for shapes below 1; in [0, 1].
   * @param a first shape, in (0, 1e15]; the mean is a/(a + b)
   * @param b second shape, in (0, 1e15]
   * @throws {ParameterError}
   */
  beta(a: number, b: number, count: number): Float64Array {
    return this.betaInto(a, b, allocate(count));
  }

  /** As `beta`, into `out`. */
  betaInto(a: number, b: number, out: Float64Array): Float64Array {
    requireNumber('a', a, SHAPE);
    requireNumber('b', b, SHAPE);
    return this.#fill(Distribution.Beta, a, b, out);
  }

  #fill(distribution: Distribution, p: number, q: number, out: Float64Array): Float64Array {
    if (!(out instanceof Float64Array)) throw new ParameterError('out', 'a Float64Array', out);
    const { raw } = this.#kernel;
    const sequence = `${distribution} ${p} ${q}`;
    if (sequence !== this.#sequence) raw.sampler_next_block(this.#state);
    this.#sequence = sequence;
    for (let start = 0; start < out.length; start += CHUNK) {
      const count = Math.min(CHUNK, out.length - start);
      raw.sampler_fill(this.#state, distribution, count, p, q, this.#buffer);
      out.set(this.#kernel.f64(this.#buffer, count), start);
    }
    return out;
  }
}

function allocate(count: number): Float64Array {
  if (Number.isInteger(count) && count >= 0 && count <= 2 ** 32) return new Float64Array(count);
  throw new ParameterError('count', 'a whole number in [0, 2^32]', count);
}
