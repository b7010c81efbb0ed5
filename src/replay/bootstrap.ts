import { loadKernelSync } from '../kernel/load';
import type { Kernel } from '../kernel/kernel';

const LANES = 4;
const PANEL = 8;

/**
 * Bootstrap resamples of requests and of seeds, the same ones for whatever is summed: policies are compared on common
 * weights. Counting and summing are the kernel's.
 */
export class Bootstrap {
  readonly #kernel: Kernel;
  readonly #rows: number;
  readonly #seed: number;
  readonly #stream: number;
  readonly #counts: number;
  readonly #sums: number;
  /** Number of resamples, a multiple of 4. */
  readonly resamples: number;
  #panels = 0;
  #panelCapacity = 0;

  /** @param resamples rounded up to a multiple of 4 */
  constructor(rows: number, resamples: number, seed: number) {
    this.resamples = Math.ceil(resamples / LANES) * LANES;
    this.#kernel = loadKernelSync().instantiate();
    this.#rows = rows;
    this.#seed = seed;
    this.#stream = this.#kernel.allocate(this.#kernel.raw.stream_bytes());
    this.#counts = this.#kernel.allocate(rows * LANES * 8);
    this.#sums = this.#kernel.allocate(LANES * PANEL * 8);
  }

  /**
   * Sum of every column under every resample of the rows.
   * @param columns each of `rows` values
   * @returns resamples × columns, row-major
   */
  resampledSums(columns: readonly Float64Array[]): Float64Array {
    this.#load(columns);
    const { raw } = this.#kernel;
    const out = new Float64Array(this.resamples * columns.length);
    for (let first = 0; first < this.resamples; first += LANES) {
      raw.bootstrap_counts(this.#stream, this.#seed, 0, first / LANES, this.#rows, this.#counts);
      for (let column = 0; column < columns.length; column += PANEL) {
        raw.bootstrap_sums(this.#rows, this.#counts, this.#panelAt(column / PANEL), this.#sums);
        this.#unload(out, first, column, columns.length);
      }
    }
    return out;
  }

  /** How often each of `seeds` seeds is drawn in every resample: resamples × seeds, row-major. */
  seedCounts(seeds: number): Float64Array {
    const out = new Float64Array(this.resamples * seeds);
    const counts = this.#kernel.allocate(seeds * LANES * 8);
    for (let first = 0; first < this.resamples; first += LANES) {
      // The upper half of the seed keeps the seeds' resampling apart from the requests'.
      this.#kernel.raw.bootstrap_counts(this.#stream, this.#seed, 1, first / LANES, seeds, counts);
      const values = this.#kernel.f64(counts, seeds * LANES);
      values.forEach(
        (count, i) => (out[(first + (i % LANES)) * seeds + Math.floor(i / LANES)] = count),
      );
    }
    return out;
  }

  #load(columns: readonly Float64Array[]): void {
    const panels = Math.ceil(columns.length / PANEL);
    if (panels > this.#panelCapacity) {
      this.#panels = this.#kernel.allocate(panels * this.#rows * PANEL * 8);
      this.#panelCapacity = panels;
    }
    for (let panel = 0; panel < panels; panel++) {
      const values = this.#kernel.f64(this.#panelAt(panel), this.#rows * PANEL).fill(0);
      const shown = columns.slice(panel * PANEL, (panel + 1) * PANEL);
      shown.forEach((column, j) =>
        column.forEach((value, row) => (values[row * PANEL + j] = value)),
      );
    }
  }

  #unload(out: Float64Array, first: number, column: number, columns: number): void {
    const sums = this.#kernel.f64(this.#sums, LANES * PANEL);
    const width = Math.min(PANEL, columns - column);
    for (let lane = 0; lane < LANES; lane++) {
      out.set(sums.subarray(lane * PANEL, lane * PANEL + width), (first + lane) * columns + column);
    }
  }

  #panelAt(panel: number): number {
    return this.#panels + panel * this.#rows * PANEL * 8;
  }
}

/** Central 95 % of `values` by linear interpolation between order statistics; NaN is left out. */
export function percentileInterval(values: Float64Array): readonly [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/** Quantile of sorted values (Hyndman & Fan's type 7); NaN of none. */
export function quantile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const left = sorted[below] ?? NaN;
  const right = sorted[below + 1] ?? left;
  return left + (position - below) * (right - left);
}
