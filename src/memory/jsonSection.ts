import { show } from '../core/errors';
import { SnapshotError } from './snapshotError';

const FATAL = { fatal: true, ignoreBOM: true } as const;

/** What JSON has no word for. */
const TAG = '$number';

/** A JSON value as UTF-8. Every f64 reads back the same but for -0, which is 0; NaN and infinities are objects {"$number": "NaN"}. */
export function jsonBytes(value: unknown): Uint8Array {
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'number' && !Number.isFinite(one) ? { [TAG]: String(one) } : one,
  );
  return new TextEncoder().encode(text);
}

/** @throws {SnapshotError} */
export function parseJsonBytes(bytes: Uint8Array, section: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', FATAL).decode(bytes), (_, one: unknown) => {
      const tagged = (one as Record<string, unknown> | null)?.[TAG];
      return typeof tagged === 'string' ? Number(tagged) : one;
    });
  } catch (cause) {
    throw new SnapshotError('invalid', `is no JSON (${show(String(cause))})`, section, { cause });
  }
}
