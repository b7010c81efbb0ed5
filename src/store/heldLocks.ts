const KEY = Symbol.for('thompsonite.store.heldLocks');

/**
 * Locks of this process by token: held, or given up (whose file may be left). One registry for all copies of this module, as those of ES modules and CommonJS; workers have
 * one of their own.
 */
export const heldLocks: Map<string, boolean> = ((
  globalThis as unknown as Record<symbol, Map<string, boolean> | undefined>
)[KEY] ??= new Map());
