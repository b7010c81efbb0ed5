import {
  OPEN_UNIT,
  optionalNumber,
  STRENGTH,
  HALF_LIFE,
  rejectUnknownKeys,
  requireObject,
} from '../core/validation';

/** What is believed before any report, and how fast reports are forgotten. */
export interface PosteriorOptions {
  /**
   * Mean reward expected of a model nothing is known of, in (0, 1).
   * @defaultValue 0.5
   */
  readonly priorMean?: number;
  /**
   * Observations the prior mean is worth, in (0, 1e6].
   * @defaultValue 2
   */
  readonly priorStrength?: number;
  /**
   * Decisions of this router (over all arms) after which a report weighs half, >= 0.001; Infinity forgets nothing.
   * @defaultValue Infinity
   */
  readonly halfLifeRequests?: number;
}

export interface ParsedPosteriorOptions {
  readonly priorMean: number;
  readonly priorStrength: number;
  readonly halfLifeRequests: number;
}

const KEYS = ['priorMean', 'priorStrength', 'halfLifeRequests'] as const;

/** @throws {ParameterError} */
export function parsePosteriorOptions(parameter: string, value: unknown): ParsedPosteriorOptions {
  const options = requireObject(parameter, value === undefined ? {} : value);
  rejectUnknownKeys(parameter, options, KEYS);
  return {
    priorMean: optionalNumber(`${parameter}.priorMean`, options['priorMean'], OPEN_UNIT, 0.5),
    priorStrength: optionalNumber(
      `${parameter}.priorStrength`,
      options['priorStrength'],
      STRENGTH,
      2,
    ),
    halfLifeRequests: optionalNumber(
      `${parameter}.halfLifeRequests`,
      options['halfLifeRequests'],
      HALF_LIFE,
      Infinity,
    ),
  };
}
