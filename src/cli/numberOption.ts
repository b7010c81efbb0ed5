import { ParameterError } from '../core/errors';
import type { Interval } from '../core/validation';
import { UsageError } from './errors';

/** The number an option was given, or the default. @throws {UsageError} unless it is in `interval` */
export function parseNumber(
  name: string,
  text: string | undefined,
  interval: Interval,
  otherwise: number,
): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === '' ? NaN : Number(text);
  if (interval.contains(value)) return value;
  throw new UsageError(new ParameterError(name, interval.text, text).message);
}
