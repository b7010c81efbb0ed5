import {
  optionalChoice,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  UNIT,
} from '../core/validation';

/** What the floor draws from: every eligible model alike, or in proportion to 1/expected cost. */
export type FloorBaseline = 'uniform' | 'inverse-cost';

/**
 * A floor under the propensities: with probability epsilon a model is drawn from the baseline b instead, so the executed
 * policy is (1 - epsilon) p + epsilon b (docs/MATH.md §17).
 */
export interface FloorOptions {
  /** In [0, 1]. */
  readonly epsilon: number;
  /**
   * `'inverse-cost'` bounds the spend; where eligible models are expected to cost nothing, it draws among these alone.
   * @defaultValue 'uniform'
   */
  readonly baseline?: FloorBaseline;
}

export type ParsedFloor = Required<FloorOptions>;

/** In the kernel's order. */
export const FLOOR_BASELINES: readonly FloorBaseline[] = ['uniform', 'inverse-cost'];

const KEYS = ['epsilon', 'baseline'] as const;

/** Without a floor epsilon is 0. @throws {ParameterError} */
export function parseFloor(parameter: string, value: unknown): ParsedFloor {
  if (value === undefined) return { epsilon: 0, baseline: 'uniform' };
  const options = requireObject(parameter, value);
  rejectUnknownKeys(parameter, options, KEYS);
  return {
    epsilon: requireNumber(`${parameter}.epsilon`, options['epsilon'], UNIT),
    baseline: optionalChoice(
      `${parameter}.baseline`,
      options['baseline'],
      FLOOR_BASELINES,
      'uniform',
    ),
  };
}
