/** A parameter outside its allowed interval: a programmer's error, thrown before any state changes. */
export class ParameterError extends RangeError {
  override readonly name = 'ParameterError';

  constructor(
    /** Path of the parameter, such as `reward.latencyScaleMs`. */
    readonly parameter: string,
    /** What is allowed, in words or as an interval. */
    readonly allowed: string,
    /** What came instead. */
    readonly received: unknown,
  ) {
    super(`${parameter} must be ${allowed}, got ${show(received)}`);
  }
}

/** Input data that cannot be used, with the place it stands at. */
export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(
    /** File the data came from. */
    readonly file: string,
    /** Line number from 1, or `undefined` where the whole file is meant. */
    readonly line: number | undefined,
    problem: string,
  ) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${problem}`);
  }
}

/** The kernel could not be compiled or was refused memory. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
}

const LONGEST_SHOWN = 60;

/** A short, one-line rendering of any value, for messages. */
export function show(value: unknown): string {
  const text = render(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function render(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  try {
    return JSON.stringify(value) ?? 'an object';
  } catch {
    return 'an object';
  }
}
