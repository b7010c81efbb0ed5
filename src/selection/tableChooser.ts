import { ParameterError } from '../core/errors';
import { NOT_NEGATIVE, requireNumber, requireOptions, wholeBetween } from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { loadKernelSync, type CompiledKernel } from '../kernel/load';
import { TABLE_SHAPE } from '../random/quantileTables';
import { freshSeed, seedFrom, type Seed } from '../random/seed';

/** Decisions made in one call of the kernel: larger batches are cut, so that its memory stays small. */
const CHUNK = 1024;
const MOST_ARMS = 4096;

export interface TableChooserOptions {
  /** First Beta shape of each arm's posterior, in [0.1, 1e6]; 1 to 4,096 arms. */
  readonly alphas: Float64Array;
  /** Second shape of each arm. */
  readonly betas: Float64Array;
  /**
   * Whole number in [0, 2^53 - 1] or bigint in [0, 2^64 - 1].
   * @defaultValue drawn from the host's cryptographic generator
   */
  readonly seed?: number | bigint;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

export interface TableChoiceOptions {
  /** Utility that a unit of cost takes: 1 / willingness to pay. >= 0. */
  readonly costWeight: number;
  /**
   * Number of the first decision, a whole number: it addresses the decision's random numbers, whatever the batch.
   * @defaultValue 0
   */
  readonly firstSequenceNumber?: number;
}

/**
 * Thompson decisions in bulk where every request has costs of its own and the posteriors stand still: the qualities are
 * drawn by inversion from one quantile table an arm (98 kB and some 0.2 ms of building each; docs/MATH.md §16). It pays
 * from some 10,000 decisions on; posteriors that move want a `Router`, common costs a `PropensityChooser`.
 *
 * @example
 * ```ts
 * const chooser = new TableChooser({ seed: 7, alphas: Float64Array.of(8, 3), betas: Float64Array.of(3, 2) });
 * const costs = Float64Array.of(0.01, 0.002, 0.03, 0.001); // 2 requests × 2 arms, USD
 * const arms = chooser.chooseInto(costs, { costWeight: 10 }, new Int32Array(2));
 * ```
 */
export class TableChooser {
  readonly arms: number;
  readonly #kernel: Kernel;
  readonly #seed: Seed;
  readonly #tables: number;
  readonly #scratch: number;
  readonly #costs: number;
  readonly #out: number;

  /** @throws {ParameterError} */
  constructor(options: TableChooserOptions) {
    requireOptions('options', options, ['alphas', 'betas', 'seed', 'kernel']);
    const { alphas, betas, seed, kernel } = options;
    this.arms = requireArms(alphas, betas);
    this.#seed = seed === undefined ? freshSeed() : seedFrom('seed', seed);
    this.#kernel = (kernel ?? loadKernelSync()).instantiate();
    const { raw } = this.#kernel;
    const tables = Array.from(alphas, (alpha, arm) => {
      const address = this.#kernel.allocate(raw.beta_table_bytes());
      raw.beta_table_build(address, alpha, betas[arm]!);
      return address;
    });
    this.#tables = this.#kernel.allocate(4 * this.arms);
    this.#kernel.u32(this.#tables, this.arms).set(tables);
    this.#scratch = this.#kernel.allocate(raw.table_choices_scratch_bytes(this.arms));
    this.#costs = this.#kernel.allocate(8 * CHUNK * this.arms);
    this.#out = this.#kernel.allocate(4 * CHUNK);
  }

  /**
   * Chooses an arm for each request into `out`: the greatest draw - costWeight × cost, ties to the cheaper, then the
   * lower index.
   * @param costs requests × arms, row by row; NaN leaves an arm out, and an arm at Infinity is chosen only where no other is left
   * @param out one index a request; -1 where all arms are left out
   * @throws {ParameterError}
   */
  chooseInto(costs: Float64Array, options: TableChoiceOptions, out: Int32Array): Int32Array {
    requireOptions('options', options, ['costWeight', 'firstSequenceNumber']);
    const costWeight = requireNumber('options.costWeight', options.costWeight, NOT_NEGATIVE);
    const first = this.#checked(costs, options.firstSequenceNumber ?? 0, out);
    for (let start = 0; start < out.length; start += CHUNK) {
      const rows = Math.min(CHUNK, out.length - start);
      const cells = costs.subarray(start * this.arms, (start + rows) * this.arms);
      this.#kernel.f64(this.#costs, cells.length).set(cells);
      this.#choose(rows, first + start, costWeight);
      out.set(this.#kernel.i32(this.#out, rows), start);
    }
    return out;
  }

  #choose(rows: number, sequenceNumber: number, costWeight: number): void {
    this.#kernel.raw.choices_from_tables(
      this.#seed.low,
      this.#seed.high,
      sequenceNumber >>> 0,
      Math.floor(sequenceNumber / 2 ** 32),
      rows,
      this.arms,
      this.#tables,
      this.#costs,
      costWeight,
      this.#scratch,
      this.#out,
    );
  }

  #checked(costs: unknown, first: number, out: unknown): number {
    if (!(out instanceof Int32Array)) throw new ParameterError('out', 'an Int32Array', out);
    if (!(costs instanceof Float64Array))
      throw new ParameterError('costs', 'a Float64Array', costs);
    const cells = out.length * this.arms;
    if (costs.length !== cells) {
      throw new ParameterError('costs.length', `out.length × arms = ${cells}`, costs.length);
    }
    const largest = Number.MAX_SAFE_INTEGER - out.length;
    return requireNumber('options.firstSequenceNumber', first, wholeBetween(0, largest));
  }
}

function requireArms(alphas: unknown, betas: unknown): number {
  const shapes = { alphas, betas };
  for (const [name, value] of Object.entries(shapes)) {
    if (!(value instanceof Float64Array)) throw new ParameterError(name, 'a Float64Array', value);
    value.forEach((shape, arm) => requireNumber(`${name}[${arm}]`, shape, TABLE_SHAPE));
  }
  const { length } = alphas as Float64Array;
  requireNumber('alphas.length', length, wholeBetween(1, MOST_ARMS));
  if ((betas as Float64Array).length === length) return length;
  throw new ParameterError(
    'betas.length',
    `alphas.length = ${length}`,
    (betas as Float64Array).length,
  );
}
