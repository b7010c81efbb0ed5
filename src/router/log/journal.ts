import type { RouterStore } from '../../memory/routerStore';
import { claimStore } from '../snapshot/storeOption';
import { LogWriter, type LogHealth, type LogSink } from './sink';

/** The router whose lines these are. */
export interface JournalHost {
  /** Of the router as it is when all lines so far are written. */
  snapshot(): Uint8Array;
  /** The store could not write. */
  failed(error: Error): void;
}

/** Where a router's lines go: the caller's log, the store that remembers the router, or both. */
export class Journal {
  readonly #log: LogWriter | undefined;
  readonly #store: RouterStore | undefined;
  readonly #snapshot: () => Uint8Array;

  private constructor(
    log: LogWriter | undefined,
    store: RouterStore | undefined,
    snapshot: () => Uint8Array,
  ) {
    this.#log = log;
    this.#store = store;
    this.#snapshot = snapshot;
  }

  /**
   * Undefined where nobody wants lines.
   * @throws {ParameterError} for a store that has a router already
   */
  static of(
    { log, store }: { readonly log: LogSink | undefined; readonly store: RouterStore | undefined },
    { snapshot, failed }: JournalHost,
  ): Journal | undefined {
    if (!log && !store) return undefined;
    if (store) {
      claimStore(store);
      store.onFailure = failed;
    }
    return new Journal(log && new LogWriter(log), store, snapshot);
  }

  /** Of the caller's log; undefined without one. */
  get health(): LogHealth | undefined {
    return this.#log?.health;
  }

  /** Call it when the router's state holds what the lines say. */
  write(lines: readonly string[]): void {
    this.#log?.write(lines);
    const store = this.#store;
    if (!store) return;
    for (const line of lines) store.write(line);
    if (store.snapshotDue) store.keep(this.#snapshot());
  }

  /** The store goes on from here. */
  keep(): void {
    this.#store?.keep(this.#snapshot());
  }

  /** @param always whether a snapshot must be kept, due or not */
  async flush(always: boolean): Promise<void> {
    const store = this.#store;
    if (!store) return;
    if (always || store.snapshotDue) store.keep(this.#snapshot());
    await store.flush();
  }
}
