import { ParameterError } from '../core/errors';
import { FINITE, requireNumber, requireOptions, wholeBetween } from '../core/validation';
import { MOST_SAMPLES } from './options';
import { workspace } from './workspace';

/** Recorded samples: rows of `samples` values each. */
export interface RecordedSamples {
  /** Values a row, 1 to 1024. */
  readonly samples: number;
  /** What the proxy reward model gave each, rows × samples, finite. */
  readonly scores: Float64Array;
  /**
   * What each was really worth (or cost, or took), rows × samples, finite.
   * @defaultValue `scores`: the proxy is the truth
   */
  readonly values?: Float64Array | undefined;
}

/**
 * Expected value of the best of n samples by score, a row, from M recorded samples a row. Exact: every subset of n is equally
 * likely, so the i-th smallest score is the best with probability C(i - 1, n - 1)/C(M, n), and equal scores share theirs
 * (docs/MATH.md §29).
 * @param n in [1, samples]
 * @returns one value a row
 * @throws {ParameterError}
 */
export function expectedBestOf(recorded: RecordedSamples, n: number): Float64Array {
  const { samples, scores, values = scores } = requireRecorded(recorded);
  requireNumber('samples', samples, wholeBetween(1, MOST_SAMPLES));
  requireNumber('n', n, wholeBetween(1, samples));
  requireColumn('scores', scores, samples);
  requireColumn('values', values, samples);
  if (values.length !== scores.length)
    throw new ParameterError('values.length', `scores.length = ${scores.length}`, values.length);
  const count = scores.length;
  const rows = count / samples;
  const { kernel, address } = workspace(2 * count + rows + 1);
  const atValues = address + 8 * count;
  const out = atValues + 8 * count;
  kernel.f64(address, count).set(scores);
  kernel.f64(atValues, count).set(values);
  kernel.raw.best_of_expected(rows, samples, n, address, atValues, out);
  return kernel.f64(out, rows).slice();
}

/**
 * Share of the gain of a perfect judge that choosing by `scores` realises, in [0, 1]: (mean of the best of n by score - mean)
 * over (mean of the best of n by value - mean), summed over rows. NaN where no row could gain.
 * @param n in [2, samples]
 * @throws {ParameterError}
 */
export function proxyGain(recorded: Required<RecordedSamples>, n: number): number {
  const { samples, values } = requireRecorded(recorded);
  requireNumber('samples', samples, wholeBetween(1, MOST_SAMPLES));
  requireNumber('n', n, wholeBetween(2, samples));
  const sum = (array: Float64Array) => array.reduce((total, value) => total + value, 0);
  const chosen = sum(expectedBestOf(recorded, n));
  const mean = sum(expectedBestOf({ samples, scores: values! }, 1));
  const best = sum(expectedBestOf({ samples, scores: values! }, n));
  if (!(best > mean)) return NaN;
  return Math.min(1, Math.max(0, (chosen - mean) / (best - mean)));
}

function requireRecorded(value: RecordedSamples): RecordedSamples {
  requireOptions('recorded', value, ['samples', 'scores', 'values']);
  return value;
}

function requireColumn(name: string, values: unknown, samples: number): void {
  if (!(values instanceof Float64Array)) throw new ParameterError(name, 'a Float64Array', values);
  if (values.length % samples !== 0)
    throw new ParameterError(`${name}.length`, `a multiple of samples = ${samples}`, values.length);
  const bad = values.findIndex((value) => !FINITE.contains(value));
  if (bad >= 0) throw new ParameterError(`${name}[${bad}]`, FINITE.text, values[bad]);
}
