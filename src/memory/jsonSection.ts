import { show } from '../core/errors';
import { SnapshotError } from './snapshotError';

const FATAL = { fatal: true, ignoreBOM: true } as const;

/** A JSON value as UTF-8. Numbers read back to the same f64, but for NaN and infinities, which are null, and -0, which is 0. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** @throws {SnapshotError} */
export function parseJsonBytes(bytes: Uint8Array, section: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', FATAL).decode(bytes));
  } catch (cause) {
    throw new SnapshotError('invalid', `is no JSON (${show(String(cause))})`, section, { cause });
  }
}
