import { show } from '../core/errors';
import { SnapshotError } from './snapshotError';

const FATAL = { fatal: true, ignoreBOM: true } as const;

/** What JSON has no word for. */
const TAG = '$number';
/** Keys of the caller's that would be taken for the tag get a sign more. */
const ESCAPABLE = /^\$+number$/;
const NOT_FINITE: readonly unknown[] = ['NaN', 'Infinity', '-Infinity'];

/**
 * A JSON value as UTF-8. Every f64 reads back the same but for -0, which is 0; NaN and infinities are objects {"$number": "NaN"}, and a key $number (a model may
 * be called so) is $$number.
 */
export function jsonBytes(value: unknown): Uint8Array {
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'number' && !Number.isFinite(one)
      ? { [TAG]: String(one) }
      : renamed(one, (key) => `$${key}`),
  );
  return new TextEncoder().encode(text);
}

/** @throws {SnapshotError} */
export function parseJsonBytes(bytes: Uint8Array, section: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', FATAL).decode(bytes), (_, one: unknown) => {
      const tagged = (one as Record<string, unknown> | null)?.[TAG];
      return NOT_FINITE.includes(tagged) ? Number(tagged) : renamed(one, (key) => key.slice(1));
    });
  } catch (cause) {
    throw new SnapshotError('invalid', `is no JSON (${show(String(cause))})`, section, { cause });
  }
}

/** A copy with other names in place of those like the tag; the same where there are none. */
function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (!Object.keys(value).some((key) => ESCAPABLE.test(key))) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [ESCAPABLE.test(key) ? rename(key) : key, one]),
  );
}
