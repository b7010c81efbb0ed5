import type { Kernel } from '../kernel/kernel';

/** Bytes of features that cross in one call: they fit the second-level cache. */
const CHUNK_BYTES = 131_072;

/** Byte offsets in the header of a regression block (assembly/regression/layout.ts). */
export const enum RidgeHeader {
  Centred = 12,
  Rows = 16,
  HalfLife = 24,
  Landmark = 32,
  Clock = 40,
  NoisePrecision = 48,
  WeightPrecision = 56,
  Now = 64,
  Reference = 72,
  Solved = 80,
  Converged = 84,
  Iterations = 88,
  LogEvidence = 96,
  EffectiveParameters = 104,
  Condition = 112,
  Rank = 120,
}

/** What a prediction is written to; each a value a row. */
export interface RidgePredictionTarget {
  /** Predictive means. */
  readonly mean: Float64Array;
  /** Variance of x·w alone: what more data would shrink. */
  readonly epistemicVariance?: Float64Array;
  /** Standard deviation of the whole predictive distribution: √(epistemic variance + 1/noise precision). */
  readonly sd?: Float64Array;
}

/**
 * Kernel memory for regressions of one kernel instance: a block and scratch, and room for the rows of one call. Grows when a larger
 * problem comes; what stood in it is then gone.
 */
export class RidgeWorkspace {
  readonly kernel: Kernel;
  block = 0;
  blockBytes = 0;
  scratch = 0;
  x = 0;
  /** Four arrays of `rows` f64: targets, weights or clocks; or means, epistemic variances, standard deviations. */
  columns = 0;
  rows = 0;
  dimensions = 0;
  /** Whose block stands here. */
  owner: object | undefined;
  #capacity = 0;
  #base = 0;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Lays memory out for `dimensions`; `owner` unchanged if nothing moved. */
  reserve(dimensions: number, iterations: number): void {
    const { raw } = this.kernel;
    const blockBytes = raw.ridge_bytes(dimensions);
    const rows = Math.floor(CHUNK_BYTES / (8 * dimensions));
    const scratchBytes = Math.max(
      raw.ridge_fit_bytes(dimensions, iterations),
      raw.ridge_predict_bytes(dimensions),
    );
    const scratch = align(blockBytes);
    const x = align(scratch + scratchBytes);
    const columns = align(x + CHUNK_BYTES + 32);
    const bytes = columns + 4 * 8 * rows;
    if (bytes > this.#capacity) {
      this.#capacity = Math.max(bytes, 2 * this.#capacity);
      this.#base = this.kernel.allocate(this.#capacity);
      this.owner = undefined;
    }
    if (dimensions !== this.dimensions) this.owner = undefined;
    this.dimensions = dimensions;
    this.block = this.#base;
    this.blockBytes = blockBytes;
    this.scratch = this.#base + scratch;
    this.x = this.#base + x;
    this.columns = this.#base + columns;
    this.rows = rows;
  }

  column(index: number): number {
    return this.columns + index * 8 * this.rows;
  }

  figure(offset: RidgeHeader): number {
    return this.kernel.f64(this.block + offset, 1)[0]!;
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** Predicts `rows` rows with the regression at `block`. */
export function predictRows(
  workspace: RidgeWorkspace,
  block: number,
  features: Float64Array,
  rows: number,
  out: RidgePredictionTarget,
): void {
  const { kernel, dimensions } = workspace;
  const { mean, epistemicVariance, sd } = out;
  const means = workspace.column(0);
  const variances = epistemicVariance ? workspace.column(1) : 0;
  const deviations = sd ? workspace.column(2) : 0;
  for (let row = 0; row < rows; row += workspace.rows) {
    const count = Math.min(workspace.rows, rows - row);
    kernel
      .f64(workspace.x, count * dimensions)
      .set(features.subarray(row * dimensions, (row + count) * dimensions));
    kernel.raw.ridge_predict(
      block,
      workspace.scratch,
      count,
      workspace.x,
      means,
      variances,
      deviations,
    );
    mean.set(kernel.f64(means, count), row);
    epistemicVariance?.set(kernel.f64(variances, count), row);
    sd?.set(kernel.f64(deviations, count), row);
  }
}
