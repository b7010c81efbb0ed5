import { ParameterError } from '../core/errors';
import {
  FINITE,
  NOT_NEGATIVE,
  optionalNumber,
  POSITIVE,
  rejectUnknownKeys,
  requireObject,
} from '../core/validation';

/** Weights and latency scale of the composite reward. */
export interface RewardOptions {
  /** @defaultValue 0.5 */
  readonly validityWeight?: number;
  /** @defaultValue 0.3 */
  readonly latencyWeight?: number;
  /** @defaultValue 0.2 */
  readonly retryWeight?: number;
  /** Latency at which the latency term is one half, in ms. @defaultValue 2000 */
  readonly latencyMidpointMs?: number;
  /** Scale of the latency sigmoid, in ms. @defaultValue 600 */
  readonly latencyScaleMs?: number;
}

export type ParsedRewardOptions = Required<RewardOptions>;

const KEYS = [
  'validityWeight',
  'latencyWeight',
  'retryWeight',
  'latencyMidpointMs',
  'latencyScaleMs',
] as const;

/**
 * Fills in the defaults. Weights are normalised when used; validity and retries together must weigh something, because
 * the latency may be missing.
 * @throws {ParameterError}
 */
export function parseRewardOptions(parameter: string, value: unknown): ParsedRewardOptions {
  const options = requireObject(parameter, value === undefined ? {} : value);
  rejectUnknownKeys(parameter, options, KEYS);
  const parsed: ParsedRewardOptions = {
    validityWeight: optionalNumber(
      `${parameter}.validityWeight`,
      options['validityWeight'],
      NOT_NEGATIVE,
      0.5,
    ),
    latencyWeight: optionalNumber(
      `${parameter}.latencyWeight`,
      options['latencyWeight'],
      NOT_NEGATIVE,
      0.3,
    ),
    retryWeight: optionalNumber(
      `${parameter}.retryWeight`,
      options['retryWeight'],
      NOT_NEGATIVE,
      0.2,
    ),
    latencyMidpointMs: optionalNumber(
      `${parameter}.latencyMidpointMs`,
      options['latencyMidpointMs'],
      FINITE,
      2000,
    ),
    latencyScaleMs: optionalNumber(
      `${parameter}.latencyScaleMs`,
      options['latencyScaleMs'],
      POSITIVE,
      600,
    ),
  };
  const always = parsed.validityWeight + parsed.retryWeight;
  if (!(always > 0 && always + parsed.latencyWeight < Infinity)) {
    throw new ParameterError(
      `${parameter}.validityWeight + ${parameter}.retryWeight`,
      '> 0 and finite',
      always,
    );
  }
  return parsed;
}
