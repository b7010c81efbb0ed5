import { optionalChoice, requireOptions } from '../core/validation';
import { ERROR_CLASSES, type ErrorClass } from '../core/errorClass';
import { ParameterError } from '../core/errors';

export { ERROR_CLASSES, type ErrorClass } from '../core/errorClass';

/**
 * What an error does to its breaker: `'failure'` counts as a failed call; `'ignored'` counts as no call at all;
 * `'open'` opens at once; `'openIfRetryAfter'` opens at once where the provider says how long to wait and else counts as a
 * failed call; `'isolate'` takes the arm out until `restore`.
 */
export type ErrorEffect = 'failure' | 'ignored' | 'open' | 'openIfRetryAfter' | 'isolate';

export type ErrorEffects = Readonly<Record<ErrorClass, ErrorEffect>>;

export const ERROR_EFFECTS: readonly ErrorEffect[] = [
  'failure',
  'ignored',
  'open',
  'openIfRetryAfter',
  'isolate',
];

/**
 * A used-up budget and a refused key fail every call until somebody acts, so one is enough; they are tried again after
 * the cool-down rather than isolated, for both heal without a restart. Content and malformed requests tell nothing about
 * the provider's health.
 */
export const DEFAULT_EFFECTS: ErrorEffects = {
  rateLimited: 'openIfRetryAfter',
  quota: 'open',
  auth: 'open',
  timeout: 'failure',
  contentFilter: 'ignored',
  badRequest: 'ignored',
  server: 'failure',
  network: 'failure',
  other: 'failure',
};

/** Effects by class, defaults for those left out. @throws {ParameterError} */
export function parseEffects(parameter: string, value: unknown): ErrorEffects {
  if (value === undefined) return DEFAULT_EFFECTS;
  const given = requireOptions(parameter, value, ERROR_CLASSES);
  const effect = (name: ErrorClass) =>
    optionalChoice(`${parameter}.${name}`, given[name], ERROR_EFFECTS, DEFAULT_EFFECTS[name]);
  return Object.fromEntries(ERROR_CLASSES.map((name) => [name, effect(name)])) as ErrorEffects;
}

/** @throws {ParameterError} */
export function requireErrorClass(parameter: string, value: unknown): ErrorClass {
  // Perf: a list of nine strings is searched only where a call failed.
  if (ERROR_CLASSES.includes(value as ErrorClass)) return value as ErrorClass;
  throw new ParameterError(parameter, `one of ${ERROR_CLASSES.join(', ')}`, value);
}

/**
 * The class of an HTTP status that is an error, `undefined` below 400. A status alone does not tell a used-up budget sent as
 * 400 or 429 from others, nor a content filter sent as 400: look into the body first where your provider does so.
 */
export function errorClassOfStatus(status: number): ErrorClass | undefined {
  if (!(status >= 400)) return undefined;
  if (status >= 500) return status === 504 ? 'timeout' : 'server';
  return CLIENT_ERRORS.get(status) ?? 'other';
}

const CLIENT_ERRORS: ReadonlyMap<number, ErrorClass> = new Map([
  [400, 'badRequest'],
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [408, 'timeout'],
  [413, 'badRequest'],
  [422, 'badRequest'],
  [429, 'rateLimited'],
]);
