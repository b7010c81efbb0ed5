import { ERROR_CLASSES, type ErrorClass } from '../core/errorClass';
import { ParameterError } from '../core/errors';
import {
  NOT_NEGATIVE,
  optionalNumber,
  POSITIVE,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  requireOptions,
  UNIT,
} from '../core/validation';

/** Weights and latency scale of the composite reward. */
export interface RewardOptions {
  /** @defaultValue 0.5 */
  readonly validityWeight?: number;
  /** @defaultValue 0.3 */
  readonly latencyWeight?: number;
  /** @defaultValue 0.2 */
  readonly retryWeight?: number;
  /** Latency at which the latency term is one half, in ms, > 0. @defaultValue 2000 */
  readonly latencyMidpointMs?: number;
  /** Scale of the latency sigmoid, in ms, > 0. @defaultValue 600 */
  readonly latencyScaleMs?: number;
  /**
   * Rewards in [0, 1] that failed calls teach by their class, where the report brings no reward or validity of its own; a class left out teaches none: an object of one's own
   * stands in the default's place, `contentFilter` included. A
   * provider that is down says nothing about its answers, and its breaker takes care of it; a text that the filter declines is an answer that
   * the user did not get, and no breaker minds.
   * @defaultValue \{ contentFilter: 0 \}
   */
  readonly errorRewards?: Readonly<Partial<Record<ErrorClass, number>>>;
}

export type ParsedRewardOptions = Required<RewardOptions>;

const DEFAULT_ERROR_REWARDS: ParsedRewardOptions['errorRewards'] = { contentFilter: 0 };

const KEYS = [
  'validityWeight',
  'latencyWeight',
  'retryWeight',
  'latencyMidpointMs',
  'latencyScaleMs',
  'errorRewards',
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
      POSITIVE,
      2000,
    ),
    latencyScaleMs: optionalNumber(
      `${parameter}.latencyScaleMs`,
      options['latencyScaleMs'],
      POSITIVE,
      600,
    ),
    errorRewards: parseErrorRewards(`${parameter}.errorRewards`, options['errorRewards']),
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

function parseErrorRewards(parameter: string, value: unknown): ParsedRewardOptions['errorRewards'] {
  if (value === undefined) return DEFAULT_ERROR_REWARDS;
  const entries = Object.entries(requireOptions(parameter, value, ERROR_CLASSES));
  return Object.fromEntries(
    entries.map(([name, reward]) => [name, requireNumber(`${parameter}.${name}`, reward, UNIT)]),
  );
}
