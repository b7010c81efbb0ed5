import { parseModels, type ModelOptions } from '../arms/models';
import { ERROR_CLASSES, type ErrorClass } from '../core/errorClass';
import { ParameterError } from '../core/errors';
import {
  NOT_NEGATIVE,
  optionalNumber,
  POSITIVE,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  requireOptions,
  UNIT,
  type Interval,
} from '../core/validation';

/** A log-normal: `median` e^(`logSd` z), z standard normal. */
export interface LogNormal {
  /** > 0 and finite. */
  readonly median: number;
  /** Standard deviation of the logarithm, in [0, 3]. @defaultValue 0.5 */
  readonly logSd?: number;
}

/** Expected quality of answers, in [0, 1]: one number, or one for each segment; segments left out take `'*'`. */
export type Quality = number | Readonly<Record<string, number>>;

/** Probability of each class of errors, together at most 1. */
export type ErrorRates = Readonly<Partial<Record<ErrorClass, number>>>;

/** A model of a simulated world: prices as in a router's `models`, and how it answers. */
export interface SimulatedModel {
  /** @defaultValue the model's id */
  readonly family?: string;
  /** List price, USD per 10^6 input tokens. */
  readonly usdPerMillionInputTokens: number;
  /** List price, USD per 10^6 output tokens. */
  readonly usdPerMillionOutputTokens: number;
  readonly quality: Quality;
  /**
   * How answers are graded: absent, they are right (1) with probability `quality` or wrong (0); else they are graded by a
   * Beta of mean `quality` whose shapes add up to this, in (0, 1e6].
   */
  readonly gradeStrength?: number;
  /** Tokens of an answer to a request of usual length. @defaultValue \{ median: 300, logSd: 0.5 \} */
  readonly outputTokens?: LogNormal;
  /** From the request to the first token. @defaultValue \{ median: 500, logSd: 0.4 \} */
  readonly firstTokenMs?: LogNormal;
  /** For each output token. @defaultValue \{ median: 15, logSd: 0.2 \} */
  readonly perOutputTokenMs?: LogNormal;
  /** @defaultValue \{\} */
  readonly errors?: ErrorRates;
  /** Milliseconds after which the client gives up, > 0; Infinity: never. What takes longer is a `timeout`. @defaultValue 120000 */
  readonly timeoutMs?: number;
  /** What a `rateLimited` answer says in its Retry-After, in ms, >= 0. @defaultValue nothing */
  readonly retryAfterMs?: number;
}

export interface ParsedLogNormal {
  readonly median: number;
  readonly logSd: number;
}

export interface ParsedModel {
  readonly id: string;
  readonly options: ModelOptions;
  readonly quality: Quality;
  readonly gradeStrength: number | undefined;
  readonly outputTokens: ParsedLogNormal;
  readonly firstTokenMs: ParsedLogNormal;
  readonly perOutputTokenMs: ParsedLogNormal;
  readonly errors: ReadonlyMap<ErrorClass, number>;
  readonly timeoutMs: number;
  readonly retryAfterMs: number | undefined;
}

const MODEL_KEYS = [
  'family',
  'usdPerMillionInputTokens',
  'usdPerMillionOutputTokens',
  'quality',
  'gradeStrength',
  'outputTokens',
  'firstTokenMs',
  'perOutputTokenMs',
  'errors',
  'timeoutMs',
  'retryAfterMs',
] as const;

const LOG_SD: Interval = { text: 'in [0, 3]', contains: (v) => v >= 0 && v <= 3 };
const GRADES: Interval = { text: 'in (0, 1e6]', contains: (v) => v > 0 && v <= 1e6 };
const TIMEOUT: Interval = { text: '> 0 (Infinity allowed)', contains: (v) => v > 0 };

/** @throws {ParameterError} naming the model and the field */
export function parseSimulatedModels(value: unknown): Map<string, ParsedModel> {
  const models = requireObject('models', value);
  const described = Object.entries(models).map(([id, model]) => {
    const parameter = `models[${JSON.stringify(requireId('id in models', id))}]`;
    return [id, requireOptions(parameter, model, MODEL_KEYS), parameter] as const;
  });
  const arms = parseModels(
    'models',
    Object.fromEntries(described.map(([id, model]) => [id, armOf(id, model)])),
  );
  return new Map(
    described.map(([id, model, parameter]) => [id, parse(id, model, parameter, arms.get(id)!)]),
  );
}

function armOf(id: string, model: Record<string, unknown>): Record<string, unknown> {
  const { family = id, usdPerMillionInputTokens, usdPerMillionOutputTokens } = model;
  return { family, usdPerMillionInputTokens, usdPerMillionOutputTokens };
}

function parse(
  id: string,
  model: Record<string, unknown>,
  parameter: string,
  options: ModelOptions,
): ParsedModel {
  const at = (key: string) => [`${parameter}.${key}`, model[key]] as const;
  const { gradeStrength, retryAfterMs } = model;
  return {
    id,
    options,
    quality: parseQuality(...at('quality')),
    gradeStrength:
      gradeStrength === undefined ? undefined : requireNumber(...at('gradeStrength'), GRADES),
    outputTokens: parseLogNormal(...at('outputTokens'), { median: 300, logSd: 0.5 }),
    firstTokenMs: parseLogNormal(...at('firstTokenMs'), { median: 500, logSd: 0.4 }),
    perOutputTokenMs: parseLogNormal(...at('perOutputTokenMs'), { median: 15, logSd: 0.2 }),
    errors: parseErrors(...at('errors')),
    timeoutMs: optionalNumber(...at('timeoutMs'), TIMEOUT, 120_000),
    retryAfterMs:
      retryAfterMs === undefined ? undefined : requireNumber(...at('retryAfterMs'), NOT_NEGATIVE),
  };
}

/** @throws {ParameterError} */
export function parseQuality(parameter: string, value: unknown): Quality {
  if (typeof value !== 'object') return requireNumber(parameter, value, UNIT);
  const entries = Object.entries(requireObject(parameter, value));
  if (entries.length === 0) throw new ParameterError(parameter, 'for one segment at least', value);
  for (const [segment, quality] of entries)
    requireNumber(`${parameter}[${JSON.stringify(segment)}]`, quality, UNIT);
  return Object.fromEntries(entries) as Quality;
}

/** The quality in a segment, undefined where none is given. */
export function qualityIn(quality: Quality, segment: string | undefined): number | undefined {
  if (typeof quality === 'number') return quality;
  if (segment !== undefined && Object.hasOwn(quality, segment)) return quality[segment];
  return Object.hasOwn(quality, '*') ? quality['*'] : undefined;
}

/** @throws {ParameterError} */
export function parseLogNormal(
  parameter: string,
  value: unknown,
  otherwise: ParsedLogNormal,
): ParsedLogNormal {
  if (value === undefined) return otherwise;
  const given = requireOptions(parameter, value, ['median', 'logSd']);
  return {
    median: requireNumber(`${parameter}.median`, given['median'], POSITIVE),
    logSd: optionalNumber(`${parameter}.logSd`, given['logSd'], LOG_SD, 0.5),
  };
}

/** @throws {ParameterError} */
export function parseErrors(parameter: string, value: unknown): ReadonlyMap<ErrorClass, number> {
  const given = requireObject(parameter, value === undefined ? {} : value);
  rejectUnknownKeys(parameter, given, ERROR_CLASSES);
  const rates = ERROR_CLASSES.filter((name) => given[name] !== undefined).map(
    (name) => [name, requireNumber(`${parameter}.${name}`, given[name], UNIT)] as const,
  );
  const sum = rates.reduce((total, [, rate]) => total + rate, 0);
  // Sums of decimals such as .7 + .2 + .1 may end above 1 by rounding.
  if (sum <= 1 + 1e-12) return new Map(rates);
  throw new ParameterError(`the sum of ${parameter}`, 'in [0, 1]', sum);
}
