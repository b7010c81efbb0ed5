/** What earlier processes have left of a router. */
export interface StoredRouter {
  /** The first that a router kept was of its beginning, so there is one. */
  readonly snapshot: Uint8Array;
  /** Lines of the decision log since, in order; the last may be torn. */
  readonly lines: readonly string[];
}

/**
 * Where a router is remembered: the decision log as write-ahead log, and snapshots that stand for all lines before them. `openFileStore` of
 * `thompsonite/node` keeps one in a folder; others may be written for other hosts. A store serves one router.
 */
export interface RouterStore {
  /** Undefined for a router that is new. */
  readonly found: StoredRouter | undefined;
  /** The router sets it: to be called when something could not be written, once until something could again; the router raises `'error'`. May be left out. */
  onFailure?: ((error: Error) => void) | undefined;
  /** Is it time for a snapshot: the log has become long, or has a gap? */
  readonly snapshotDue: boolean;
  /** Takes the next line of the log, its newline included. Returns at once and does not throw. */
  write(line: string): void;
  /** Takes a snapshot that stands for all lines so far. Returns at once and does not throw. */
  keep(snapshot: Uint8Array): void;
  /** Resolves when all lines so far, or a snapshot that stands for them, would outlive the process and the machine; rejects where they would not. */
  flush(): Promise<void>;
  /** Flushes, and lets go of what it holds. */
  close(): Promise<void>;
}
