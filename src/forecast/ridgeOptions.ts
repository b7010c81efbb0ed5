import { ParameterError } from '../core/errors';
import {
  NOT_NEGATIVE,
  optionalNumber,
  POSITIVE,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  wholeBetween,
  type Interval,
} from '../core/validation';
import type { CompiledKernel } from '../kernel/load';

/** Most features a regression takes. */
export const MOST_DIMENSIONS = 256;
export const DIMENSIONS = wholeBetween(1, MOST_DIMENSIONS);
/** Features and targets: squares of them, summed, stay finite. */
const VALUE: Interval = { text: 'in [-1e50, 1e50]', contains: (v) => v >= -1e50 && v <= 1e50 };
export const PRECISION: Interval = {
  text: 'in [1e-100, 1e100]',
  contains: (v) => v >= 1e-100 && v <= 1e100,
};

/** Weights of rows, and figures of hyper-priors: products with values and precisions stay finite. */
export const RIDGE_WEIGHT: Interval = {
  text: 'in [0, 1e50]',
  contains: (v) => v >= 0 && v <= 1e50,
};

/** Clocks that count whole half-lives exactly: at most 2^53 of them. */
export function clockWithin(halfLife: number): Interval {
  return {
    text: halfLife === Infinity ? NOT_NEGATIVE.text : `in [0, 2^53 half-lives of ${halfLife}]`,
    contains: (v) => NOT_NEGATIVE.contains(v) && v / halfLife <= Number.MAX_SAFE_INTEGER + 1,
  };
}

/** Gamma hyper-priors, start and end of evidence maximisation. The names in brackets are scikit-learn's. */
export interface EvidenceOptions {
  /** Shape of the Gamma prior of the noise precision (alpha_1), in [0, 1e50]. @defaultValue 1e-6 */
  readonly noisePriorShape?: number;
  /** Rate of the Gamma prior of the noise precision (alpha_2), in [0, 1e50]. @defaultValue 1e-6 */
  readonly noisePriorRate?: number;
  /** Shape of the Gamma prior of the weight precision (lambda_1), in [0, 1e50]. @defaultValue 1e-6 */
  readonly weightPriorShape?: number;
  /** Rate of the Gamma prior of the weight precision (lambda_2), in [0, 1e50]. @defaultValue 1e-6 */
  readonly weightPriorRate?: number;
  /** Stops when the coefficients change by less than this in sum of absolute values (tol), > 0. @defaultValue 1e-3 */
  readonly tolerance?: number;
  /** Most iterations (max_iter), in [1, 100000]. @defaultValue 300 */
  readonly maxIterations?: number;
  /** Noise precision to start from (alpha_init), in [1e-100, 1e100]. @defaultValue 1/(variance of the targets + 2.2e-16) */
  readonly initialNoisePrecision?: number;
  /** Weight precision to start from (lambda_init), in [1e-100, 1e100]. @defaultValue 1 */
  readonly initialWeightPrecision?: number;
}

export interface RidgeFitOptions extends EvidenceOptions {
  /** Features a row, in [1, 256]. */
  readonly dimensions: number;
  /** Whether features and targets are centred, which leaves the intercept without a prior. @defaultValue true */
  readonly intercept?: boolean;
  /** Weight of each row, >= 0 with a positive sum; a weight of 2 is the row twice. @defaultValue all 1 */
  readonly sampleWeights?: Float64Array;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

/** Options with every default filled in; NaN stands for a start that the kernel chooses. */
export interface ResolvedEvidence {
  readonly noisePriorShape: number;
  readonly noisePriorRate: number;
  readonly weightPriorShape: number;
  readonly weightPriorRate: number;
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly initialNoisePrecision: number;
  readonly initialWeightPrecision: number;
}

export const EVIDENCE_KEYS = [
  'noisePriorShape',
  'noisePriorRate',
  'weightPriorShape',
  'weightPriorRate',
  'tolerance',
  'maxIterations',
  'initialNoisePrecision',
  'initialWeightPrecision',
];
const HYPER = 1e-6;

/** @throws {ParameterError} */
export function resolveEvidence(
  options: EvidenceOptions,
  known: readonly string[],
): ResolvedEvidence {
  rejectUnknownKeys('options', requireObject('options', options), known);
  const prior = (key: keyof EvidenceOptions) =>
    optionalNumber(`options.${key}`, options[key], RIDGE_WEIGHT, HYPER);
  const start = (key: keyof EvidenceOptions) =>
    optionalNumber(`options.${key}`, options[key], PRECISION, NaN);
  return {
    noisePriorShape: prior('noisePriorShape'),
    noisePriorRate: prior('noisePriorRate'),
    weightPriorShape: prior('weightPriorShape'),
    weightPriorRate: prior('weightPriorRate'),
    tolerance: optionalNumber('options.tolerance', options.tolerance, POSITIVE, 1e-3),
    maxIterations: optionalNumber(
      'options.maxIterations',
      options.maxIterations,
      wholeBetween(1, 100_000),
      300,
    ),
    initialNoisePrecision: start('initialNoisePrecision'),
    initialWeightPrecision: start('initialWeightPrecision'),
  };
}

/** @throws {ParameterError} unless `precision` is in [1e-100, 1e100] */
export function requirePrecision(parameter: string, precision: unknown): number {
  return requireNumber(parameter, precision, PRECISION);
}

/** Returns `array` if it is a Float64Array of `length`. @throws {ParameterError} */
export function requireArray(
  parameter: string,
  array: unknown,
  length: number,
  meaning: string,
): Float64Array {
  if (!(array instanceof Float64Array))
    throw new ParameterError(parameter, 'a Float64Array', array);
  if (array.length === length) return array;
  throw new ParameterError(`${parameter}.length`, `${meaning} = ${length}`, array.length);
}

/** Rows of a matrix of `dimensions` columns. @throws {ParameterError} */
export function requireRows(features: unknown, dimensions: number): number {
  if (!(features instanceof Float64Array))
    throw new ParameterError('features', 'a Float64Array', features);
  const rows = features.length / dimensions;
  if (Number.isInteger(rows)) return rows;
  throw new ParameterError('features.length', `a multiple of ${dimensions}`, features.length);
}

/** Names the first value that the kernel turned down. @throws {ParameterError} always if there is one */
export function requireValues(parameter: string, values: Float64Array): void {
  const at = values.findIndex((value) => !VALUE.contains(value));
  if (at >= 0) throw new ParameterError(`${parameter}[${at}]`, VALUE.text, values[at]);
}
