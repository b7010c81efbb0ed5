import { ParameterError } from '../core/errors';
import type { Interval } from '../core/validation';
import {
  FINITE,
  optionalChoice,
  POSITIVE,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  requireOptions,
} from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { kernelOf, type CompiledKernel } from '../kernel/load';
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
   * 'exact': a ratio of Gammas, for all shapes (see `Sampler.beta`). 'table': inversion of the distribution function by
   * piecewise polynomials (Steinbrecher & Shaw 2008, doi:10.1017/S0956792508007341; docs/MATH.md §16) for shapes in
   * [0.1, 1e6], one word a draw. Each draw is the quantile of a 53-bit uniform: the probability of the tail it cuts off is
   * right to 2e-11 of itself for shapes >= 1 (2e-10 where both are >= 1e5) and to 5e-8 otherwise, apart from the rounding of x; no draw lies
   * beyond the tails of 2^-54. A sampler keeps the tables of the 16 posteriors used last. The draws of the two methods
   * differ; `quantileTablePays` says from how many on a table is faster.
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
 * `beta(2, 3, 1000)` is `beta(2, 3, 400)` followed by `beta(2, 3, 600)`; another distribution, method or other
 * parameters start at the next block of 1,024 values, which has its own stream (xoshiro256++, docs/MATH.md §2). A value
 * depends on seed, place in the sequence and parameters alone. A fill of length 0 and a refused call change nothing.
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
    requireOptions('options', options, ['seed', 'kernel']);
    const seed = options.seed === undefined ? freshSeed() : seedFrom('seed', options.seed);
    this.#kernel = kernelOf(options.kernel).instantiate();
    this.#state = this.#kernel.allocate(this.#kernel.raw.sampler_bytes());
    this.#buffer = this.#kernel.allocate(CHUNK * 8);
    this.#tables = new QuantileTables(this.#kernel);
    this.#kernel.raw.sampler_init(this.#state, seed.low, seed.high);
  }

  /**
   * `count` uniforms on [low, high): low + u (high - low) with u on a grid of 2^-53 from the upper bits of one word of
   * xoshiro256++ (Blackman & Vigna 2021, doi:10.1145/3460772). Where rounding reaches `high`, u is drawn again.
   * @param low finite
   * @param high > low, high - low finite
   * @param count whole number in [0, 2^32]
   * @throws {ParameterError}
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
   * `count` normals, by a ziggurat of 1,024 layers (Marsaglia & Tsang 2000, doi:10.18637/jss.v005.i08; Doornik 2005).
   * Inside a layer, x is a 52-bit uniform times the layer's width; the wedges are accepted against the density, and the
   * tails beyond 4.04 come from Marsaglia's rejection (1964). Exact up to that grid and the rounding of exp and log.
   * @param mean finite
   * @param sd standard deviation, > 0 and finite
   * @param count whole number in [0, 2^32]
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
   * `count` exponentials in [0, ∞), by a ziggurat of 1,024 layers (Marsaglia & Tsang 2000, doi:10.18637/jss.v005.i08).
   * Inside a layer, x is a 52-bit uniform times the layer's width; the wedges are accepted against the density, and the
   * tail beyond 9.26 is that edge plus another exponential. Exact up to that grid and the rounding of exp.
   * @param rate 1/mean, > 0 and finite
   * @param count whole number in [0, 2^32]
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
   * `count` Gamma draws, in [0, ∞).
   *
   * - shape = 1: the exponential.
   * - shape > 1: Marsaglia & Tsang 2000 (doi:10.1145/358407.358414): a cubed normal, accepted by a squeeze, else by the
   *   logarithmic test, which is a series where its terms would cancel (docs/MATH.md §3); uniforms of 85 bits.
   * - shape < 1: Gamma(shape + 1) e^(-E/shape), E exponential (ibid., U^(1/shape) with U = e^-E).
   *
   * Exact up to the grids of the normal and the exponential and rounding: relative errors are some 2^-52, for shapes < 1
   * times |log x|. Below shapes of about 0.01 many draws round to 0, as they lie below the smallest f64.
   * @param shape in (0, 1e15]
   * @param scale > 0 and finite; the mean is shape × scale
   * @param count whole number in [0, 2^32]
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
   *
   * - both shapes >= 1: X/(X + Y) of two Gammas by Marsaglia & Tsang's method (see `gamma`).
   * - a shape < 1: the same from the logarithms of the Gammas, so that draws next to 0 keep their relative precision
   *   and two Gammas that underflow still give a proportion.
   * - both shapes < 1e-290: 1 with probability a/(a + b), else 0, which is what the f64 next to a draw is.
   *
   * Exact up to the Gammas' grids and rounding; 0 and 1 occur only where the exact draw is closer to them than a f64 can
   * say. `options.method: 'table'` draws by inversion instead (see `BetaOptions`).
   * @param a first shape, in (0, 1e15], for tables in [0.1, 1e6]; the mean is a/(a + b)
   * @param b second shape, likewise
   * @param count whole number in [0, 2^32]
   * @throws {ParameterError}
   */
  beta(a: number, b: number, count: number, options: BetaOptions = {}): Float64Array {
    requireBeta(a, b, options);
    return this.betaInto(a, b, allocate(count), options);
  }

  /** As `beta`, into `out`. */
  betaInto(a: number, b: number, out: Float64Array, options?: BetaOptions): Float64Array;
  /**
   * One draw from Beta(alphas[i], betas[i]) for each i, into `out`, which lies on a buffer of its own. The draws continue
   * one sequence whatever the shapes. Where both shapes are at least 1, value i of that sequence is value i of
   * `beta(alphas[i], betas[i], …)`; other values come from a stream of their own by the method of `beta`.
   * @param alphas first shapes, in (0, 1e15]
   * @param betas second shapes, in (0, 1e15], as many
   * @param out as long as both
   * @throws {ParameterError} naming the first element out of range, before anything is drawn
   */
  betaInto(alphas: Float64Array, betas: Float64Array, out: Float64Array): Float64Array;
  betaInto(
    a: number | Float64Array,
    b: number | Float64Array,
    out: Float64Array,
    options: BetaOptions = {},
  ): Float64Array {
    requireOut(out);
    if (isEach(a, b)) return this.#fillEach(a, b, out, options);
    const second = b as number; // requireBeta checks it
    const method = requireBeta(a, second, options);
    if (method === 'exact') return this.#fill(Distribution.Beta, a, second, out);
    const { raw } = this.#kernel;
    const table = this.#tables.of(a, second);
    return this.#inChunks(`table ${a} ${second}`, out, (count) =>
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
    return this.#inChunks('betas', out, (count, start) => {
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
    return this.#inChunks(`${distribution} ${p} ${q}`, out, (count) =>
      this.#kernel.raw.sampler_fill(this.#state, distribution, count, p, q, this.#buffer),
    );
  }

  /** Goes on in the current block if it holds this sequence, else starts the next; for nothing at all, stays. */
  #inChunks(
    sequence: string,
    out: Float64Array,
    fill: (count: number, start: number) => void,
  ): Float64Array {
    if (out.length === 0) return out;
    if (sequence !== this.#sequence) this.#kernel.raw.sampler_next_block(this.#state);
    this.#sequence = sequence;
    for (let start = 0; start < out.length; start += CHUNK) {
      const count = Math.min(CHUNK, out.length - start);
      fill(count, start);
      out.set(this.#kernel.f64(this.#buffer, count), start);
    }
    return out;
  }
}

/** Are shapes meant for each draw? Two plain arrays too, which are turned down as such. */
function isEach(a: unknown, b: unknown): a is Float64Array {
  return ArrayBuffer.isView(a) || ArrayBuffer.isView(b) || (Array.isArray(a) && Array.isArray(b));
}

function allocate(count: number): Float64Array {
  if (Number.isInteger(count) && count >= 0 && count <= 2 ** 32) {
    try {
      return new Float64Array(count);
    } catch {
      throw new ParameterError('count', 'a length that this host has memory for', count);
    }
  }
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
  for (let i = 0; i < value.length; i++) {
    // Perf: the interval as a method call would take longer than a draw.
    const shape = value[i]!;
    if (shape > 0 && shape <= 1e15) continue;
    throw new ParameterError(`${name}[${i}]`, SHAPE.text, shape);
  }
  return value;
}
