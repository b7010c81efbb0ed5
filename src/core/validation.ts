import { ParameterError } from './errors';

/** An interval of numbers: how it is written in messages, and the test, which NaN fails. */
export interface Interval {
  readonly text: string;
  contains(value: number): boolean;
}

export const POSITIVE: Interval = {
  text: '> 0 and finite',
  contains: (v) => v > 0 && v < Infinity,
};
export const NOT_NEGATIVE: Interval = {
  text: '>= 0 and finite',
  contains: (v) => v >= 0 && v < Infinity,
};
export const FINITE: Interval = { text: 'a finite number', contains: (v) => Number.isFinite(v) };
export const UNIT: Interval = { text: 'in [0, 1]', contains: (v) => v >= 0 && v <= 1 };
export const OPEN_UNIT: Interval = { text: 'in (0, 1)', contains: (v) => v > 0 && v < 1 };
/** USD: wide enough for any bill, narrow enough for sums of them. */
export const USD: Interval = { text: 'in [0, 1e9]', contains: (v) => v >= 0 && v <= 1e9 };
/** Counts of tokens. */
export const TOKENS: Interval = { text: 'in [0, 1e12]', contains: (v) => v >= 0 && v <= 1e12 };
/** USD that one unit of quality is worth; Infinity: money is no object. */
export const WILLINGNESS_TO_PAY: Interval = {
  text: '>= 1e-9 (Infinity allowed)',
  contains: (v) => v >= 1e-9,
};
/** Requests after which a report weighs half; Infinity: nothing is forgotten. */
export const HALF_LIFE: Interval = {
  text: '>= 0.001 (Infinity allowed)',
  contains: (v) => v >= 0.001,
};
/** Factor of the posteriors' spread. */
export const EXPLORATION_SCALE: Interval = {
  text: '0 or in [0.001, 1000]',
  contains: (v) => v === 0 || (v >= 0.001 && v <= 1000),
};
/** Share of a report's weight; the smallest times the weight of the latest report still is a normal number. */
export const REPORT_WEIGHT: Interval = {
  text: '0 or in [1e-6, 1]',
  contains: (v) => v === 0 || (v >= 1e-6 && v <= 1),
};
/** Observations a prior is worth. */
export const STRENGTH: Interval = { text: 'in (0, 1e6]', contains: (v) => v > 0 && v <= 1e6 };

/** Whole numbers from `low` to `high`, both included. */
export function wholeBetween(low: number, high: number): Interval {
  return {
    text: `a whole number in [${low}, ${high}]`,
    contains: (v) => Number.isInteger(v) && v >= low && v <= high,
  };
}

/** Returns `value` if it is a number in `interval`, else throws. @throws {ParameterError} */
export function requireNumber(parameter: string, value: unknown, interval: Interval): number {
  if (typeof value === 'number' && interval.contains(value)) return value;
  throw new ParameterError(parameter, interval.text, value);
}

/** As `requireNumber`, with a default for `undefined`. @throws {ParameterError} */
export function optionalNumber(
  parameter: string,
  value: unknown,
  interval: Interval,
  otherwise: number,
): number {
  return value === undefined ? otherwise : requireNumber(parameter, value, interval);
}

/** NaN stands for "not known" inside, undefined outside. */
export function undefinedIfNaN(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** Longest id of a model, family, segment or decision, in UTF-16 units. */
export const LONGEST_ID = 256;

/** Returns `value` if it is a string of 1 to 256 units. @throws {ParameterError} */
export function requireId(parameter: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= LONGEST_ID) return value;
  throw new ParameterError(parameter, `a string of 1 to ${LONGEST_ID} characters`, value);
}

/** Throws if `array` shares bytes with `other`, whose values would change while they are read. @throws {ParameterError} */
export function requireApart(
  parameter: string,
  array: ArrayBufferView,
  otherName: string,
  other: ArrayBufferView,
): void {
  if (!overlap(array, other)) return;
  throw new ParameterError(parameter, `on other bytes than ${otherName}`, 'the same bytes');
}

function overlap(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}

/** Returns `value` if it is a plain object. @throws {ParameterError} */
export function requireObject(parameter: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ParameterError(parameter, 'an object', value);
}

/** Returns `value` if it is an object with keys among `known` only. @throws {ParameterError} */
export function requireOptions(
  parameter: string,
  value: unknown,
  known: readonly string[],
): Record<string, unknown> {
  const options = requireObject(parameter, value);
  rejectUnknownKeys(parameter, options, known);
  return options;
}

/** Throws if `value` has a key outside `known`: a misspelt option must not be ignored. @throws {ParameterError} */
export function rejectUnknownKeys(
  parameter: string,
  value: object,
  known: readonly string[],
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const keys = known.length === 0 ? 'without keys' : `with keys among ${known.join(', ')}`;
    throw new ParameterError(parameter, `an object ${keys}`, key);
  }
}

/** Returns `value` if it is one of `allowed`, the default for `undefined`. @throws {ParameterError} */
export function optionalChoice<Choice extends string>(
  parameter: string,
  value: unknown,
  allowed: readonly Choice[],
  otherwise: Choice,
): Choice {
  if (value === undefined) return otherwise;
  if (allowed.includes(value as Choice)) return value as Choice;
  throw new ParameterError(
    parameter,
    allowed.map((one) => JSON.stringify(one)).join(' or '),
    value,
  );
}
