import { ParameterError } from '../core/errors';
import type { Interval } from '../core/validation';
import {
  FINITE,
  optionalChoice,
  POSITIVE,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
} from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { loadKernelSync, type CompiledKernel } from '../kernel/load';
import { QuantileTables, TABLE_SHAPE } from './quantileTables';
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

/** How Beta draws of one posterior are made: an exact rejection sampler, or inversion by a quantile table. */
export type BetaMethod = 'exact' | 'table';

export interface BetaOptions {
  /**
   * 'exact': a ratio of Gammas by Marsaglia & Tsang's method (2000). 'table': inversion by piecewise polynomials
   * (Steinbrecher & Shaw 2008) for shapes in [0.1, 1e6]; the probability of either tail is right to 2e-11 of itself for
   * shapes >= 1 and to 5e-8 otherwise, or as finely as a f64 can say. The draws of the methods differ; see
   * `quantileTablePays`.
   * @defaultValue 'exact'
   */
  readonly method?: BetaMethod;
}

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
  readonly #tables: QuantileTables;
  /** Memory for the shapes of a chunk; 0 = not needed yet. */
  #shapes = 0;
  #sequence = '';

  /** @throws {ParameterError} for a seed out of range */
  constructor(options: SamplerOptions = {}) {
    const seed = options.seed === undefined ? freshSeed() : seedFrom('seed', options.seed);
    this.#kernel = (options.kernel ?? loadKernelSync()).instantiate();
    this.#state = this.#kernel.allocate(this.#kernel.raw.sampler_bytes());
    this.#buffer = this.#kernel.allocate(CHUNK * 8);
    this.#tables = new QuantileTables(this.#kernel);
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
   * `count` Beta draws, in [0, 1].
   * @param a first shape, in (0, 1e15]; the mean is a/(a + b)
   * @param b second shape, in (0, 1e15]
   * @throws {ParameterError}
   */
  beta(a: number, b: number, count: number, options: BetaOptions = {}): Float64Array {
    requireBeta(a, b, options);
    return this.betaInto(a, b, allocate(count), options);
  }

  /** As `beta`, into `out`. */
  betaInto(a: number, b: number, out: Float64Array, options?: BetaOptions): Float64Array;
  /**
   * One draw from Beta(alphas[i], betas[i]) for each i, into `out`, all three of one length and apart from each other. The
   * draws continue one sequence whatever the shapes; where both shapes are at least 1, value i of the sequence is that of
   * `beta(alphas[i], betas[i], …)`.
   * @throws {ParameterError}
   */
  betaInto(alphas: Float64Array, betas: Float64Array, out: Float64Array): Float64Array;
  betaInto(
    a: number | Float64Array,
    b: number | Float64Array,
    out: Float64Array,
    options: BetaOptions = {},
  ): Float64Array {
    requireOut(out);
    const isEach = ArrayBuffer.isView(a) || ArrayBuffer.isView(b);
    if (isEach) return this.#fillEach(a, b, out, options);
    const method = requireBeta(a, b, options);
    if (method === 'exact') return this.#fill(Distribution.Beta, a, b, out);
    const { raw } = this.#kernel;
    const table = this.#tables.of(a, b);
    this.#enter(`table ${a} ${b}`);
    return this.#inChunks(out, (count) =>
      raw.sampler_fill_table(this.#state, table, count, this.#buffer),
    );
  }

  #fillEach(alphas: unknown, betas: unknown, out: Float64Array, options: object): Float64Array {
    const shapes = {
      alphas: requireShapes('alphas', alphas, out),
      betas: requireShapes('betas', betas, out),
    };
    rejectUnknownKeys('options', requireObject('options', options), []);
    const { raw } = this.#kernel;
    this.#shapes ||= this.#kernel.allocate(2 * CHUNK * 8);
    this.#enter('betas');
    return this.#inChunks(out, (count, start) => {
      const both = this.#kernel.f64(this.#shapes, 2 * count);
      both.set(shapes.alphas.subarray(start, start + count));
      both.set(shapes.betas.subarray(start, start + count), count);
      raw.sampler_fill_betas(
        this.#state,
        count,
        this.#shapes,
        this.#shapes + 8 * count,
        this.#buffer,
      );
    });
  }

  #fill(distribution: Distribution, p: number, q: number, out: Float64Array): Float64Array {
    requireOut(out);
    this.#enter(`${distribution} ${p} ${q}`);
    return this.#inChunks(out, (count) =>
      this.#kernel.raw.sampler_fill(this.#state, distribution, count, p, q, this.#buffer),
    );
  }

  /** Goes on in the current block if it holds this sequence, else starts the next. */
  #enter(sequence: string): void {
    if (sequence !== this.#sequence) this.#kernel.raw.sampler_next_block(this.#state);
    this.#sequence = sequence;
  }

  #inChunks(out: Float64Array, fill: (count: number, start: number) => void): Float64Array {
    for (let start = 0; start < out.length; start += CHUNK) {
      const count = Math.min(CHUNK, out.length - start);
      fill(count, start);
      out.set(this.#kernel.f64(this.#buffer, count), start);
    }
    return out;
  }
}

function allocate(count: number): Float64Array {
  if (Number.isInteger(count) && count >= 0 && count <= 2 ** 32) return new Float64Array(count);
  throw new ParameterError('count', 'a whole number in [0, 2^32]', count);
}

function requireOut(out: unknown): void {
  if (!(out instanceof Float64Array)) throw new ParameterError('out', 'a Float64Array', out);
}

/** Checks shapes and options; the method. */
function requireBeta(a: number, b: number, options: BetaOptions): BetaMethod {
  rejectUnknownKeys('options', requireObject('options', options), ['method']);
  const method = optionalChoice('options.method', options.method, ['exact', 'table'], 'exact');
  const shape = method === 'table' ? TABLE_SHAPE : SHAPE;
  requireNumber('a', a, shape);
  requireNumber('b', b, shape);
  return method;
}

function requireShapes(name: string, value: unknown, out: Float64Array): Float64Array {
  if (!(value instanceof Float64Array)) throw new ParameterError(name, 'a Float64Array', value);
  if (value.length !== out.length) {
    throw new ParameterError(`${name}.length`, `out.length = ${out.length}`, value.length);
  }
  if (value.buffer === out.buffer) {
    throw new ParameterError(name, 'on another buffer than out', 'the same buffer');
  }
  const wrong = value.findIndex((shape) => !SHAPE.contains(shape));
  if (wrong < 0) return value;
  throw new ParameterError(`${name}[${wrong}]`, SHAPE.text, value[wrong]);
}
