import { byCodeUnit } from '../../arms/models';
import { ParameterError } from '../../core/errors';
import { requireObject } from '../../core/validation';

/** Options as a snapshot keeps them: plain JSON, and which of them were functions. */
export interface GivenOptions {
  readonly values: Readonly<Record<string, unknown>>;
  /** Paths of functions, such as `context.encoder`: they cannot be kept, and must be given again. */
  readonly functions: readonly string[];
}

/** Options that belong to the process and not to the router's memory, and those that are kept elsewhere. */
const LEFT_OUT: readonly string[] = [
  'clock',
  'log',
  'store',
  'models',
  'seed',
  'instanceId',
  'replicaId',
  'willingnessToPayUsd',
];

const DEEPEST = 16;

/** A copy of options as they were given. */
export function givenOptions(options: object): GivenOptions {
  const functions: string[] = [];
  const entries = Object.entries(options).filter(
    ([key, value]) => !LEFT_OUT.includes(key) && value !== undefined,
  );
  // In one order, so that equal options give equal bytes.
  entries.sort(([a], [b]) => byCodeUnit(a, b));
  const values = Object.fromEntries(
    entries.map(([key, value]) => [key, plain(value, key, functions)] as const),
  );
  return { values, functions };
}

function plain(value: unknown, path: string, functions: string[]): unknown {
  if (typeof value === 'function') {
    functions.push(path);
    return undefined;
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  // Checked options are not so deep: what goes round in circles was refused.
  if (path.split('.').length > DEEPEST) return undefined;
  if (Array.isArray(value))
    return value.map((one, i) => plain(one, `${path}.${i}`, functions) ?? null);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, plain(one, `${path}.${key}`, functions)]),
  );
}

/** What a snapshot says of options. @throws {ParameterError} */
export function parseGivenOptions(value: unknown): GivenOptions {
  const { values, functions } = requireObject('options', value);
  if (!Array.isArray(functions) || !functions.every((path) => typeof path === 'string'))
    throw new ParameterError('options.functions', 'a list of paths', functions);
  return { values: requireObject('options.values', values), functions };
}

/** Options of which a part was a function, whole, with another that is never called in its place. */
export function standIns({ values, functions }: GivenOptions): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const path of functions) {
    const keys = path.split('.');
    const last = keys.pop()!;
    let at = options;
    let from: unknown = values;
    for (const key of keys) {
      from = (from as Record<string, unknown> | undefined)?.[key];
      if (!Object.hasOwn(at, key)) at[key] = structuredClone(from ?? {});
      // A list of rules, too, is an object whose places are named by numbers.
      at = at[key] as Record<string, unknown>;
    }
    Object.defineProperty(at, last, { value: () => undefined, enumerable: true });
  }
  return options;
}

/** Equal as JSON values, whatever the order of their members. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
