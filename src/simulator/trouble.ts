import { ERROR_CLASSES, type ErrorClass } from '../core/errorClass';
import { ParameterError } from '../core/errors';
import {
  FINITE,
  NOT_NEGATIVE,
  optionalChoice,
  optionalNumber,
  POSITIVE,
  requireNumber,
  requireOptions,
  UNIT,
  type Interval,
} from '../core/validation';
import { parseErrors, parseQuality, type ErrorRates, type Quality } from './simulatedModel';

/** How a model has changed for the worse, or the better. What is left out stays as it is described. */
export interface Degradation {
  /** Instead of the model's; segments left out keep theirs. */
  readonly quality?: Quality;
  /** Multiplies the quality, >= 0; the product is cut at 1. @defaultValue 1 */
  readonly qualityFactor?: number;
  /** Multiplies all times, > 0. @defaultValue 1 */
  readonly latencyFactor?: number;
  /** Multiplies output tokens, > 0. @defaultValue 1 */
  readonly outputTokensFactor?: number;
  /** Instead of the model's error rates, as a whole. */
  readonly errors?: ErrorRates;
}

/** A stretch of simulated time in which calls of a model fail. */
export interface Outage {
  /** @defaultValue now */
  readonly fromMs?: number;
  /** > 0; Infinity: until `reset`. */
  readonly durationMs: number;
  /** @defaultValue 'server' */
  readonly error?: ErrorClass;
  /** Share of calls that fail, in [0, 1]. @defaultValue 1 */
  readonly share?: number;
  /**
   * What errors say in their Retry-After: a number of ms >= 0, or `'remaining'`, the time until the end.
   * @defaultValue nothing
   */
  readonly retryAfterMs?: number | 'remaining';
}

export interface ParsedDegradation {
  readonly quality: Quality | undefined;
  readonly qualityFactor: number;
  readonly latencyFactor: number;
  readonly outputTokensFactor: number;
  readonly errors: ReadonlyMap<ErrorClass, number> | undefined;
}

export interface ParsedOutage {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly error: ErrorClass;
  readonly share: number;
  readonly retryAfterMs: number | 'remaining' | undefined;
}

const DEGRADATION_KEYS = [
  'quality',
  'qualityFactor',
  'latencyFactor',
  'outputTokensFactor',
  'errors',
] as const;

const OUTAGE_KEYS = ['fromMs', 'durationMs', 'error', 'share', 'retryAfterMs'] as const;

const DURATION: Interval = { text: '> 0 (Infinity allowed)', contains: (v) => v > 0 };

export const HEALTHY: ParsedDegradation = {
  quality: undefined,
  qualityFactor: 1,
  latencyFactor: 1,
  outputTokensFactor: 1,
  errors: undefined,
};

/** @throws {ParameterError} */
export function parseDegradation(value: unknown): ParsedDegradation {
  const given = requireOptions('degradation', value, DEGRADATION_KEYS);
  const at = (key: (typeof DEGRADATION_KEYS)[number]) =>
    [`degradation.${key}`, given[key]] as const;
  const { quality, errors } = given;
  return {
    quality: quality === undefined ? undefined : parseQuality(...at('quality')),
    qualityFactor: optionalNumber(...at('qualityFactor'), NOT_NEGATIVE, 1),
    latencyFactor: optionalNumber(...at('latencyFactor'), POSITIVE, 1),
    outputTokensFactor: optionalNumber(...at('outputTokensFactor'), POSITIVE, 1),
    errors: errors === undefined ? undefined : parseErrors(...at('errors')),
  };
}

/** @throws {ParameterError} */
export function parseOutage(value: unknown, nowMs: number): ParsedOutage {
  const given = requireOptions('outage', value, OUTAGE_KEYS);
  const fromMs = optionalNumber('outage.fromMs', given['fromMs'], FINITE, nowMs);
  return {
    fromMs,
    untilMs: fromMs + requireNumber('outage.durationMs', given['durationMs'], DURATION),
    error: optionalChoice('outage.error', given['error'], ERROR_CLASSES, 'server'),
    share: optionalNumber('outage.share', given['share'], UNIT, 1),
    retryAfterMs: parseRetryAfter(given['retryAfterMs']),
  };
}

function parseRetryAfter(value: unknown): number | 'remaining' | undefined {
  if (value === undefined || value === 'remaining') return value;
  if (typeof value === 'number' && NOT_NEGATIVE.contains(value)) return value;
  throw new ParameterError('outage.retryAfterMs', `${NOT_NEGATIVE.text}, or 'remaining'`, value);
}
