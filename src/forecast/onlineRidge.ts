import { ParameterError } from '../core/errors';
import {
  HALF_LIFE,
  optionalNumber,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  type Interval,
} from '../core/validation';
import { kernelOf, loadKernelSync, type CompiledKernel } from '../kernel/load';
import { fitOnce } from './bayesianRidge';
import {
  clockWithin,
  DIMENSIONS,
  EVIDENCE_KEYS,
  requireArray,
  requirePrecision,
  requireRows,
  requireValues,
  resolveEvidence,
  RIDGE_WEIGHT,
  type EvidenceOptions,
} from './ridgeOptions';
import { predictAll, requireTarget, type RidgePrediction } from './ridgePrediction';
import { checkState, isRestorable, stateShape } from './ridgeState';
import {
  predictRows,
  RidgeHeader,
  RidgeWorkspace,
  type RidgePredictionTarget,
} from './ridgeWorkspace';

export interface OnlineRidgeOptions {
  /** Features a row, in [1, 256]. There is no intercept apart from them: give a feature that is always 1. */
  readonly dimensions: number;
  /** α, 1/variance of the noise, in [1e-100, 1e100]. */
  readonly noisePrecision: number;
  /** λ, 1/prior variance of every weight, in [1e-100, 1e100]. */
  readonly weightPrecision: number;
  /** Clock units after which an observation weighs half, >= 0.001. @defaultValue Infinity: nothing is forgotten */
  readonly halfLife?: number;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

export interface ObserveOptions {
  /** Clock of each row, in the units of the half-life and in [0, 2^53 half-lives]; rows may come late. @defaultValue all at the latest clock seen */
  readonly clocks?: Float64Array;
  /** Weight of each row, in [0, 1e50]. @defaultValue all 1 */
  readonly weights?: Float64Array;
}

export interface PrecisionEstimate {
  /** Whether the precisions were replaced; not where the observations are too few or too nearly dependent for it, or would take one out of [1e-100, 1e100]. */
  readonly estimated: boolean;
  readonly iterations: number;
  readonly converged: boolean;
  /** Log marginal likelihood at the new precisions; NaN if there are none. */
  readonly logEvidence: number;
}

/**
 * Bayesian ridge regression y = x·w + ε that learns row by row and forgets (forward decay, docs/MATH.md §4 and §13).
 *
 * What it keeps are the decayed sums of x xᵀ, x y and y², which merge by addition, and a factor of the posterior precision, updated
 * with each row (Gill, Golub, Murray & Saunders 1974, doi:10.1090/S0025-5718-1974-0343558-6). With a half-life, the factor is made anew
 * when the present has outgrown it by 2^(1/16); in between, the prior weighs up to 4.4 % less than it should. The clock never runs back.
 *
 * Row by row, nearly dependent features cost few digits. What is made from the sums (with a half-life, after `merge` or
 * `estimatePrecisions`) loses as many as the condition number of the posterior precision has: scale features, and take off large means.
 *
 * @example
 * ```ts
 * const ridge = new OnlineRidge({ dimensions: 2, noisePrecision: 4, weightPrecision: 1 });
 * ridge.observe(Float64Array.of(1, 0.5, 1, 2), Float64Array.of(3, 4.5)); // two rows of two features
 * const { mean, sd } = ridge.predict(Float64Array.of(1, 1));
 * ```
 */
export class OnlineRidge {
  readonly dimensions: number;
  readonly halfLife: number;
  readonly #workspace: RidgeWorkspace;
  readonly #clocks: Interval;

  /** @throws {ParameterError} */
  constructor(options: OnlineRidgeOptions) {
    rejectUnknownKeys('options', requireObject('options', options), KEYS);
    this.dimensions = requireNumber('options.dimensions', options.dimensions, DIMENSIONS);
    this.halfLife = optionalNumber('options.halfLife', options.halfLife, HALF_LIFE, Infinity);
    this.#clocks = clockWithin(this.halfLife);
    const noise = requirePrecision('options.noisePrecision', options.noisePrecision);
    const weight = requirePrecision('options.weightPrecision', options.weightPrecision);
    this.#workspace = new RidgeWorkspace(kernelOf(options.kernel).instantiate());
    this.#workspace.reserve(this.dimensions, 0);
    const { kernel, block } = this.#workspace;
    kernel.raw.ridge_init(block, this.dimensions, 0);
    kernel.raw.ridge_begin_online(block, this.halfLife, noise, weight);
  }

  /**
   * A regression from what `exportState` gave, with the same bits in every later answer.
   * @throws {ParameterError} for bytes that are no such state
   */
  static fromState(state: Uint8Array, kernel: CompiledKernel = loadKernelSync()): OnlineRidge {
    const ridge = new OnlineRidge({
      ...stateShape(state),
      noisePrecision: 1,
      weightPrecision: 1,
      kernel,
    });
    checkState(state, ridge.#workspace.blockBytes);
    ridge.#restore(state);
    return ridge;
  }

  /** Rows observed so far, whatever they weigh now. */
  get rows(): number {
    return this.#workspace.figure(RidgeHeader.Rows);
  }

  /** Latest clock seen. */
  get clock(): number {
    return this.#workspace.figure(RidgeHeader.Clock);
  }

  /** α. */
  get noisePrecision(): number {
    return this.#workspace.figure(RidgeHeader.NoisePrecision);
  }

  /** λ. */
  get weightPrecision(): number {
    return this.#workspace.figure(RidgeHeader.WeightPrecision);
  }

  /** Sum of the weights at the latest clock. */
  get weight(): number {
    return this.#workspace.kernel.raw.ridge_weight(this.#workspace.block);
  }

  /** Posterior means of the weights, a copy. */
  get coefficients(): Float64Array {
    const { kernel, block } = this.#workspace;
    return kernel.f64(kernel.raw.ridge_coefficients(block), this.dimensions).slice();
  }

  /**
   * Learns rows, in order.
   * @param features row-major, rows × dimensions, each in [-1e50, 1e50]
   * @param targets one a row, each in [-1e50, 1e50]
   * @throws {ParameterError}; nothing is then learnt
   */
  observe(features: Float64Array, targets: Float64Array, options: ObserveOptions = {}): void {
    rejectUnknownKeys('options', requireObject('options', options), ['clocks', 'weights']);
    const rows = requireRows(features, this.dimensions);
    requireArray('targets', targets, rows, 'rows');
    const { clocks, weights } = options;
    requireEach('options.clocks', clocks, rows, this.#clocks);
    requireEach('options.weights', weights, rows, RIDGE_WEIGHT);
    const { kernel, rows: most, x } = this.#workspace;
    const before = rows > most ? this.exportState() : undefined;
    const columns = [targets, clocks, weights];
    for (let row = 0; row < rows; row += most) {
      const end = Math.min(row + most, rows);
      const count = end - row;
      kernel
        .f64(x, count * this.dimensions)
        .set(features.subarray(row * this.dimensions, end * this.dimensions));
      columns.forEach((column, i) => {
        if (column) kernel.f64(this.#workspace.column(i), count).set(column.subarray(row, end));
      });
      if (this.#observeChunk(count, clocks !== undefined, weights !== undefined)) continue;
      if (before) this.#restore(before);
      requireValues('features', features);
      requireValues('targets', targets);
    }
  }

  #observeChunk(rows: number, clocked: boolean, weighted: boolean): boolean {
    const { kernel, block, scratch, x } = this.#workspace;
    const clocks = clocked ? this.#workspace.column(1) : 0;
    const weights = weighted ? this.#workspace.column(2) : 0;
    const targets = this.#workspace.column(0);
    return kernel.raw.ridge_observe(block, scratch, rows, x, targets, clocks, weights) === 0;
  }

  /** Moves the clock forward to `clock`, in [0, 2^53 half-lives], never back. @throws {ParameterError} */
  advance(clock: number): void {
    this.#workspace.kernel.raw.ridge_advance(
      this.#workspace.block,
      requireNumber('clock', clock, this.#clocks),
    );
  }

  /**
   * Mean, epistemic variance and standard deviation of each row at the latest clock.
   * @param features row-major, rows × dimensions; values that are not finite give NaN
   * @throws {ParameterError}
   */
  predict(features: Float64Array): RidgePrediction {
    return predictAll(this, features);
  }

  /** As `predict`, into arrays of a value a row; what is left out is not computed. @throws {ParameterError} */
  predictInto<T extends RidgePredictionTarget>(features: Float64Array, out: T): T {
    const rows = requireTarget(features, this.dimensions, out);
    predictRows(this.#workspace, this.#workspace.block, features, rows, out);
    return out;
  }

  /**
   * Replaces both precisions by those of greatest evidence for the decayed sums, starting from the present ones, and makes the factor anew.
   * @throws {ParameterError}
   */
  estimatePrecisions(options: EvidenceOptions = {}): PrecisionEstimate {
    const resolved = resolveEvidence(options, EVIDENCE_KEYS);
    const none = { estimated: false, iterations: 0, converged: false, logEvidence: NaN };
    if (!(this.weight > 0)) return none;
    const before = this.exportState();
    const workspace = this.#workspace;
    workspace.reserve(this.dimensions, resolved.maxIterations);
    if (workspace.owner === undefined) this.#restore(before);
    const status = fitOnce(
      workspace,
      {
        ...resolved,
        initialNoisePrecision: options.initialNoisePrecision ?? this.noisePrecision,
        initialWeightPrecision: options.initialWeightPrecision ?? this.weightPrecision,
      },
      0,
    );
    if (status !== 0 || !isRestorable(this.exportState())) {
      this.#restore(before);
      return none;
    }
    return {
      estimated: true,
      iterations: workspace.figure(RidgeHeader.Iterations),
      converged: workspace.kernel.u32(workspace.block + RidgeHeader.Converged, 1)[0] === 1,
      logEvidence: workspace.figure(RidgeHeader.LogEvidence),
    };
  }

  /**
   * Adds what `other` has learnt; its precisions are not taken over and it stays as it is. The clock becomes the later of both: it must be
   * the same clock (a time, not each one's own count of requests).
   * @throws {ParameterError} unless dimensions and half-life are equal and the sums stay finite; nothing has then changed
   */
  merge(other: OnlineRidge): void {
    if (!(other instanceof OnlineRidge)) throw new ParameterError('other', 'an OnlineRidge', other);
    requireEqual('other.dimensions', other.dimensions, this.dimensions);
    requireEqual('other.halfLife', other.halfLife, this.halfLife);
    const { kernel, block, blockBytes } = this.#workspace;
    const before = this.exportState();
    const state = other.exportState();
    this.#guest ||= kernel.allocate(blockBytes);
    kernel.u8(this.#guest, blockBytes).set(state);
    kernel.raw.ridge_merge(block, this.#guest);
    if (isRestorable(this.exportState())) return;
    this.#restore(before);
    throw new ParameterError(
      'other',
      'a regression whose sums, added to these, stay finite',
      other,
    );
  }

  #guest = 0;

  /** Everything it knows, as bytes: the kernel's block (assembly/regression/layout.ts), little-endian. */
  exportState(): Uint8Array {
    const { kernel, block, blockBytes } = this.#workspace;
    return kernel.u8(block, blockBytes).slice();
  }

  #restore(state: Uint8Array): void {
    const { kernel, block, blockBytes } = this.#workspace;
    kernel.u8(block, blockBytes).set(state);
    this.#workspace.owner = this;
  }
}

const KEYS = ['dimensions', 'noisePrecision', 'weightPrecision', 'halfLife', 'kernel'];

function requireEach(parameter: string, values: unknown, rows: number, interval: Interval): void {
  if (values === undefined) return;
  requireArray(parameter, values, rows, 'rows').forEach((value, i) =>
    requireNumber(`${parameter}[${i}]`, value, interval),
  );
}

function requireEqual(parameter: string, value: number, expected: number): void {
  if (value !== expected) throw new ParameterError(parameter, String(expected), value);
}
