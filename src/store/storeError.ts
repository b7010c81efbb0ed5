/**
 * Why a store does not work: another process has it; the operating system refused; nothing of what is there can be read; a newer library wrote it; it
 * was closed.
 */
export type StoreFault = 'locked' | 'io' | 'damaged' | 'newer-version' | 'closed';

/** Trouble of a file store. Routing goes on; what was not flushed may be lost. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly fault: StoreFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
