import { ParameterError } from '../core/errors';
import { NOT_NEGATIVE, requireNumber } from '../core/validation';
import { kernelOf, type CompiledKernel } from '../kernel/load';
import {
  DIMENSIONS,
  EVIDENCE_KEYS,
  requireArray,
  requireValues,
  resolveEvidence,
  type ResolvedEvidence,
  type RidgeFitOptions,
} from './ridgeOptions';
import { predictAll, requireTarget, type RidgePrediction } from './ridgePrediction';
import {
  predictRows,
  RidgeHeader,
  RidgeWorkspace,
  type RidgePredictionTarget,
} from './ridgeWorkspace';

/**
 * How sure the numbers of a fit are. `regular`: solved through XᵀX. `illConditioned`: features that are nearly dependent, constant, or of
 * very different scale (or too few rows); solved by QR and singular values. `indeterminate`: solved so too, but the result hangs on the
 * rounding of the features, so that another correct program may differ in the fourth digit or more.
 */
export type RidgeStatus = 'regular' | 'illConditioned' | 'indeterminate';

/** The kernel's Status (assembly/regression/layout.ts). */
const enum Status {
  Regular,
  IllConditioned,
  Indeterminate,
  NeedsStable,
  NeedsCentre,
  OutOfRange,
  NoWeight,
}
const NAMES: readonly RidgeStatus[] = ['regular', 'illConditioned', 'indeterminate'];

/** A fitted Bayesian ridge regression. Holds its own copy of everything: features and targets may go. */
export class BayesianRidgeFit {
  readonly dimensions: number;
  /** Posterior means of the weights, one a feature. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** α (scikit-learn: alpha_): 1/variance of the noise. */
  readonly noisePrecision: number;
  /** λ (scikit-learn: lambda_): 1/variance of a weight, before the data. */
  readonly weightPrecision: number;
  /** Log marginal likelihood, hyper-priors included, at the final precisions. */
  readonly logEvidence: number;
  /** The same before every iteration and at the end: iterations + 1 values (scikit-learn: scores_). */
  readonly logEvidencePath: Float64Array;
  /** γ in [0, dimensions]: weights that the data determines. */
  readonly effectiveParameters: number;
  readonly iterations: number;
  /** Whether the last change was below the tolerance. */
  readonly converged: boolean;
  readonly status: RidgeStatus;
  /** Features that are no combination of others, to 1e-13 of their size. */
  readonly rank: number;
  readonly #state: Uint8Array;
  readonly #workspace: RidgeWorkspace;

  /** @internal */
  constructor(workspace: RidgeWorkspace, status: RidgeStatus) {
    const { kernel, block, dimensions, scratch } = workspace;
    this.#workspace = workspace;
    this.dimensions = dimensions;
    this.noisePrecision = workspace.figure(RidgeHeader.NoisePrecision);
    this.weightPrecision = workspace.figure(RidgeHeader.WeightPrecision);
    this.logEvidence = workspace.figure(RidgeHeader.LogEvidence);
    this.effectiveParameters = workspace.figure(RidgeHeader.EffectiveParameters);
    this.iterations = workspace.figure(RidgeHeader.Iterations);
    this.rank = workspace.figure(RidgeHeader.Rank);
    this.converged = kernel.u32(block + RidgeHeader.Converged, 1)[0] === 1;
    this.status = status;
    this.coefficients = kernel.f64(kernel.raw.ridge_coefficients(block), dimensions).slice();
    this.logEvidencePath = kernel
      .f64(kernel.raw.ridge_path(scratch, dimensions), this.iterations + 1)
      .slice();
    const centre = kernel.f64(kernel.raw.ridge_centre(block), dimensions + 1);
    let intercept = centre[dimensions]!;
    for (let j = 0; j < dimensions; j++) intercept -= this.coefficients[j]! * centre[j]!;
    this.intercept = intercept;
    this.#state = kernel.u8(block, workspace.blockBytes).slice();
    workspace.owner = this;
  }

  /**
   * Mean, epistemic variance xᵀ A⁻¹ x of the (centred) row and standard deviation of each row, A the posterior precision.
   * @param features row-major, rows × dimensions; values that are not finite give NaN
   * @throws {ParameterError}
   */
  predict(features: Float64Array): RidgePrediction {
    return predictAll(this, features);
  }

  /**
   * As `predict`, into arrays of a value a row; what is left out is not computed.
   * @throws {ParameterError} for lengths that do not match and arrays that share bytes; nothing is then written
   */
  predictInto<T extends RidgePredictionTarget>(features: Float64Array, out: T): T {
    const rows = requireTarget(features, this.dimensions, out);
    const workspace = this.#workspace;
    workspace.reserve(this.dimensions, 0);
    if (workspace.owner !== this) {
      workspace.kernel.u8(workspace.block, workspace.blockBytes).set(this.#state);
      workspace.owner = this;
    }
    predictRows(workspace, workspace.block, features, rows, out);
    return out;
  }
}

/**
 * Bayesian ridge regression y = intercept + x·w + ε, w ~ N(0, 1/λ), ε ~ N(0, 1/α), with both precisions estimated by evidence maximisation
 * (MacKay 1992, doi:10.1162/neco.1992.4.3.415; Tipping 2001, JMLR 1:211). Iterates as scikit-learn's `BayesianRidge`
 * does and agrees with it to 1e-6 (`regular`) or 1e-4 (`illConditioned`); see docs/MATH.md §13.
 *
 * @param features row-major, rows × dimensions, each in [-1e50, 1e50]; columns smaller than 1e-140 may count as 0
 * @param targets one a row, at least one, each in [-1e50, 1e50]
 * @throws {ParameterError} for lengths that do not match and for values out of range
 *
 * @example
 * ```ts
 * const features = Float64Array.of(1, 2, 2, 1, 3, 5, 4, 3, 5, 8, 6, 5);
 * const fit = fitBayesianRidge(features, Float64Array.of(5, 4, 13, 10, 21, 16), { dimensions: 2 });
 * const { mean, sd } = fit.predict(Float64Array.of(2, 2)); // one row
 * ```
 */
export function fitBayesianRidge(
  features: Float64Array,
  targets: Float64Array,
  options: RidgeFitOptions,
): BayesianRidgeFit {
  const evidence = resolveEvidence(options, KEYS);
  const dimensions = requireNumber('options.dimensions', options.dimensions, DIMENSIONS);
  const intercept = options.intercept ?? true;
  if (typeof intercept !== 'boolean')
    throw new ParameterError('options.intercept', 'true or false', intercept);
  if (!(targets instanceof Float64Array))
    throw new ParameterError('targets', 'a Float64Array', targets);
  if (targets.length === 0) throw new ParameterError('targets.length', '>= 1', 0);
  requireArray('features', features, targets.length * dimensions, 'targets.length × dimensions');
  const weights = options.sampleWeights;
  if (weights !== undefined) requireWeights(weights, targets.length);

  const workspace = workspaceOf(kernelOf(options.kernel));
  const status = new Fit(workspace, features, targets, weights).run(
    dimensions,
    intercept,
    evidence,
  );
  return new BayesianRidgeFit(workspace, status);
}

const KEYS = [...EVIDENCE_KEYS, 'dimensions', 'intercept', 'sampleWeights', 'kernel'];

function requireWeights(weights: unknown, rows: number): void {
  const array = requireArray('options.sampleWeights', weights, rows, 'targets.length');
  let sum = 0;
  array.forEach((weight, i) => {
    requireNumber(`options.sampleWeights[${i}]`, weight, NOT_NEGATIVE);
    sum += weight;
  });
  requireNumber('sum of options.sampleWeights', sum, WEIGHT_SUM);
}

const WEIGHT_SUM = { text: 'in [1e-100, 1e50]', contains: (v: number) => v >= 1e-100 && v <= 1e50 };

/** Fits share a kernel instance: what they leave is copied out. */
const workspaces = new WeakMap<CompiledKernel, RidgeWorkspace>();

function workspaceOf(compiled: CompiledKernel): RidgeWorkspace {
  let workspace = workspaces.get(compiled);
  if (!workspace)
    workspaces.set(compiled, (workspace = new RidgeWorkspace(compiled.instantiate())));
  return workspace;
}

/** The passes over the data that a fit takes: one, or more where the kernel asks. */
class Fit {
  readonly #workspace: RidgeWorkspace;
  readonly #features: Float64Array;
  readonly #targets: Float64Array;
  readonly #weights: Float64Array | undefined;

  constructor(
    workspace: RidgeWorkspace,
    features: Float64Array,
    targets: Float64Array,
    weights: Float64Array | undefined,
  ) {
    this.#workspace = workspace;
    this.#features = features;
    this.#targets = targets;
    this.#weights = weights;
  }

  run(dimensions: number, intercept: boolean, evidence: ResolvedEvidence): RidgeStatus {
    const workspace = this.#workspace;
    workspace.reserve(dimensions, evidence.maxIterations);
    workspace.owner = undefined;
    const { kernel, block, scratch } = workspace;
    const { raw } = kernel;
    kernel.u8(block, workspace.blockBytes).fill(0);
    raw.ridge_init(block, dimensions, intercept ? 1 : 0);
    this.#pass(0);
    let status: Status = raw.ridge_finish_rows(block);
    if (status === Status.NeedsCentre) {
      raw.ridge_begin_again(block, scratch, 0);
      this.#pass(0);
      status = raw.ridge_finish_rows(block);
    }
    if (status === Status.OutOfRange || status === Status.NoWeight) this.#reject();
    status = fitOnce(workspace, evidence, 0);
    if (status === Status.NeedsStable) {
      raw.ridge_begin_again(block, scratch, 1);
      this.#pass(1);
      status = fitOnce(workspace, evidence, 1);
    }
    return NAMES[status]!;
  }

  /** Sends every row through the kernel. */
  #pass(stable: number): void {
    const { kernel, block, scratch, x, dimensions, rows: most } = this.#workspace;
    const [y, w] = [this.#workspace.column(0), this.#workspace.column(1)];
    const [features, targets, weights] = [this.#features, this.#targets, this.#weights];
    for (let row = 0; row < targets.length; row += most) {
      const end = Math.min(row + most, targets.length);
      const rows = end - row;
      kernel.f64(x, rows * dimensions).set(features.subarray(row * dimensions, end * dimensions));
      kernel.f64(y, rows).set(targets.subarray(row, end));
      if (weights) kernel.f64(w, rows).set(weights.subarray(row, end));
      kernel.raw.ridge_add_rows(block, scratch, rows, x, y, weights ? w : 0, stable);
    }
  }

  /** Finds what the kernel turned down. */
  #reject(): never {
    requireValues('features', this.#features);
    requireValues('targets', this.#targets);
    throw new ParameterError('features', 'of finite second moments', this.#features);
  }
}

/** One call of the kernel's fit on what stands in the workspace. */
export function fitOnce(
  workspace: RidgeWorkspace,
  evidence: ResolvedEvidence,
  stable: number,
): number {
  return workspace.kernel.raw.ridge_fit(
    workspace.block,
    workspace.scratch,
    evidence.noisePriorShape,
    evidence.noisePriorRate,
    evidence.weightPriorShape,
    evidence.weightPriorRate,
    evidence.tolerance,
    evidence.maxIterations,
    evidence.initialNoisePrecision,
    evidence.initialWeightPrecision,
    stable,
  );
}
