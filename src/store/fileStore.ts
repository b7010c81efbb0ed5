import { ParameterError } from '../core/errors';
import { requireNumber, requireOptions, wholeBetween } from '../core/validation';
import type { RouterStore, StoredRouter } from '../memory/routerStore';
import {
  FileGoneError,
  NODE_FILES,
  requireFiles,
  writeAll,
  type StoreFile,
  type StoreFiles,
} from './files';
import { FolderLock } from './folderLock';
import { Generations, type Found, type UnusedFile } from './generations';
import { messageOf, StoreError } from './storeError';

export interface FileStoreOptions {
  /**
   * Bytes of log after which a snapshot is due, from 1,000 to 2^40: what a restart reads at most, and replays at some 10 MB a second.
   * @defaultValue 16,777,216
   */
  readonly snapshotEveryBytes?: number;
  /**
   * Keep the logs of all generations, as the complete decision log? Without it only what a restart may need is kept.
   * @defaultValue false
   */
  readonly keepLogs?: boolean;
  /** @internal The operating system's files. */
  readonly files?: StoreFiles;
}

/** How a file store does. */
export interface FileStoreHealth {
  /** Of the present log. */
  readonly generation: number;
  /** Characters of lines that are not written yet. */
  readonly waitingCharacters: number;
  /** Lines given up because there was no room to wait: the next snapshot makes up for them. */
  readonly lostLines: number;
  /** Operations that failed. */
  readonly failures: number;
  /** What failed last, or undefined. */
  readonly lastError: unknown;
  /** Files found at the opening that could not be used. */
  readonly unusedFiles: readonly UnusedFile[];
  /** Bytes of a last line that the process before did not finish. */
  readonly tornBytes: number;
}

/** Characters of lines that wait for a disk that does not take them. */
const MOST_WAITING = 2 ** 26;
const BYTES = wholeBetween(1000, 2 ** 40);

interface Pending {
  readonly snapshot: Uint8Array;
  /** Lines before it, of all that were taken. */
  readonly taken: number;
  /** Lines behind it. */
  lines: string[];
  /** Lines taken with the last of these. */
  linesTaken: number;
}

interface Waiter {
  readonly until: number;
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * Opens a folder as the memory of one router: reads what earlier processes left, and locks it against others.
 *
 * The decision log is the write-ahead log: lines are written in the background and synced by `flush`; a snapshot and an empty log take its place when
 * it has become long. A kill at any moment loses what was not written, a crash of the machine what was not flushed, and never more.
 * @param folder made where it is not there
 * @throws {StoreError} where another process has it, or what is there cannot be read
 * @throws {ParameterError}
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { createRouter } from 'thompsonite';
 * import { openFileStore } from 'thompsonite/node';
 *
 * const models = { only: { family: 'a', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 } };
 * const store = await openFileStore(mkdtempSync(`${tmpdir()}/router-`));
 * const router = await createRouter({ models, willingnessToPayUsd: 0.01, store });
 * const decision = router.select();
 * if (decision.kind === 'decision') router.report(decision.decisionId, { reward: 1 });
 * await router.flush(); // from here on the report is remembered
 * await store.close();
 * ```
 */
export async function openFileStore(
  folder: string,
  options: FileStoreOptions = {},
): Promise<FileStore> {
  requireFolder(folder);
  requireOptions('options', options, ['snapshotEveryBytes', 'keepLogs', 'files']);
  const { snapshotEveryBytes = 2 ** 24, keepLogs = false } = options;
  const files =
    options.files === undefined ? NODE_FILES : requireFiles('options.files', options.files);
  requireNumber('options.snapshotEveryBytes', snapshotEveryBytes, BYTES);
  if (typeof keepLogs !== 'boolean')
    throw new ParameterError('options.keepLogs', 'true or false', keepLogs);
  try {
    await files.makeFolder(folder);
  } catch (error) {
    throw new StoreError('io', `the folder cannot be made: ${messageOf(error)}`, { cause: error });
  }
  const lock = await FolderLock.take(files, folder);
  try {
    const generations = new Generations(files, folder);
    const found = await generations.find();
    return new FileStore(generations, lock, found, { snapshotEveryBytes, keepLogs });
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

const LONGEST_PATH = 4096;

function requireFolder(folder: unknown): void {
  const path = typeof folder === 'string' && folder !== '' && folder.length <= LONGEST_PATH;
  if (path && !folder.includes('\0')) return;
  throw new ParameterError('folder', `a path of 1 to ${LONGEST_PATH} characters`, folder);
}

/** A router's memory in a folder. Made by `openFileStore`. */
export class FileStore implements RouterStore {
  /** What earlier processes left; undefined for a new folder. */
  readonly found: StoredRouter | undefined;
  /** Told of what fails, once until something works again. */
  onFailure: ((error: Error) => void) | undefined;
  readonly #generations: Generations;
  readonly #lock: FolderLock;
  readonly #options: { readonly snapshotEveryBytes: number; readonly keepLogs: boolean };
  readonly #leftovers: Pick<FileStoreHealth, 'unusedFiles' | 'tornBytes'>;
  #generation: number;
  /** Undefined until this process has made one. */
  #log: StoreFile | undefined;
  /** Bytes of the log that are written. */
  #position: number;
  #unsynced = false;
  /** Lines for the present log. */
  #queue: string[] = [];
  #queueLength = 0;
  /** Lines taken with the last of these. */
  #queueTaken = 0;
  /** Snapshots to be put in place, the first of them being worked on, each with the lines behind it; at most two. */
  #pending: Pending[] = [];
  /** Log bytes at which the next snapshot is due. */
  #dueAt: number;
  /** Lines were given up: only a snapshot makes the store whole. */
  #gap = false;
  /** No log is begun without a snapshot before it. */
  #needsSnapshot = true;
  /** Lines taken, those of them written, and those that would outlive the machine. */
  #taken = 0;
  #written = 0;
  #durable = 0;
  #waiters: Waiter[] = [];
  #working: Promise<void> | undefined;
  #closed = false;
  #lostLines = 0;
  #failures = 0;
  #lastError: unknown;
  #told = false;
  /** The log was taken away: nothing that is written is found again. */
  #gone: FileGoneError | undefined;

  /** @internal */
  constructor(
    generations: Generations,
    lock: FolderLock,
    found: Found,
    options: { readonly snapshotEveryBytes: number; readonly keepLogs: boolean },
  ) {
    this.found = found.stored;
    this.#generations = generations;
    this.#lock = lock;
    this.#options = options;
    this.#leftovers = { unusedFiles: found.unused, tornBytes: found.tornBytes };
    this.#generation = Math.max(0, found.newest);
    this.#position = found.logBytes;
    this.#dueAt = options.snapshotEveryBytes;
  }

  get health(): FileStoreHealth {
    return {
      generation: this.#generation,
      waitingCharacters: this.#queueLength,
      lostLines: this.#lostLines,
      failures: this.#failures,
      lastError: this.#lastError,
      ...this.#leftovers,
    };
  }

  get snapshotDue(): boolean {
    if (this.#closed || this.#gone || this.#pending.length > 0) return false;
    return this.#gap || this.#needsSnapshot || this.#position + this.#queueLength >= this.#dueAt;
  }

  write(line: string): void {
    if (this.#closed) return;
    this.#taken++;
    const behind = this.#pending.at(-1);
    if (behind) {
      behind.lines.push(line);
      behind.linesTaken = this.#taken;
    } else if (this.#gap) {
      this.#lostLines++;
      return;
    } else {
      this.#queue.push(line);
      this.#queueTaken = this.#taken;
    }
    this.#queueLength += line.length;
    if (this.#queueLength > MOST_WAITING) this.#giveUp();
    this.#start();
  }

  keep(snapshot: Uint8Array): void {
    if (this.#closed) return;
    const taken = this.#taken;
    // The second of two makes place: its lines belong behind the first.
    const [first, second] = this.#pending;
    if (second) {
      first!.lines = first!.lines.concat(second.lines);
      first!.linesTaken = Math.max(first!.linesTaken, second.linesTaken);
      this.#pending.pop();
    }
    this.#pending.push({ snapshot, taken, lines: [], linesTaken: taken });
    this.#start();
  }

  flush(): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the store is closed'));
    if (this.#durable >= this.#taken && !this.#log) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until: this.#taken, resolve, reject });
      this.#start();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const flushed = this.flush();
    this.#closed = true;
    try {
      await flushed;
    } finally {
      await this.#working;
      await this.#log?.close().catch(() => undefined);
      await this.#lock.release().catch(() => undefined);
    }
  }

  /** Works until nothing is left to do, or something fails; the next line or flush tries again. */
  #start(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      // What came while the last step ended.
      const again = this.#waiters.length > 0 || this.#failedAt !== this.#taken;
      if (again && this.#hasWork()) this.#start();
    });
  }

  /** Lines taken when something failed last: only newer ones are a reason to try again by itself. */
  #failedAt = -1;

  #hasWork(): boolean {
    if (this.#pending.length > 0 || this.#waiters.length > 0) return true;
    return this.#queue.length > 0 && !this.#needsSnapshot;
  }

  async #work(): Promise<void> {
    // Lines of one turn of the caller go in one write.
    await undefined;
    try {
      while (this.#hasWork()) await this.#step();
    } catch (error) {
      this.#failed(error);
      this.#failedAt = this.#taken;
      const problem = new StoreError('io', `the store was not written: ${messageOf(error)}`, {
        cause: error,
      });
      for (const { reject } of this.#waiters.splice(0)) reject(problem);
      this.#tell(problem);
    }
  }

  async #step(): Promise<void> {
    if (this.#gone) throw this.#gone;
    if (this.#pending.length > 0) return this.#rotate();
    if (this.#needsSnapshot || this.#gap)
      throw new Error('a snapshot must come first: lines before it are lost');
    if (this.#queue.length > 0) await this.#writeQueue();
    if (this.#waiters.length > 0) await this.#sync();
  }

  async #writeQueue(): Promise<void> {
    const lines = this.#queue;
    const taken = this.#queueTaken;
    this.#queue = [];
    try {
      const bytes = new TextEncoder().encode(lines.join(''));
      this.#unsynced = true;
      // A write that failed half-way is written over by the next.
      await writeAll(this.#log!, bytes, this.#position);
      this.#position += bytes.length;
    } catch (error) {
      this.#queue = this.#gap ? [] : lines.concat(this.#queue);
      throw error;
    }
    if (!this.#gap) for (const line of lines) this.#queueLength -= line.length;
    this.#written = taken;
  }

  async #sync(): Promise<void> {
    const written = this.#written;
    // Before the sync: what is written meanwhile is not part of it.
    const unsynced = this.#unsynced;
    const log = this.#log!;
    await this.#inPlace(unsynced ? log.sync() : log.requirePlace?.());
    this.#unsynced = false;
    this.#settle(written);
    this.#told = false;
  }

  /** Whoever took the log away may have given the folder to another: nothing more is written. */
  async #inPlace(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (error instanceof FileGoneError) this.#gone = error;
      throw error;
    }
  }

  #settle(durable: number): void {
    this.#durable = Math.max(this.#durable, durable);
    const done = this.#waiters.filter(({ until }) => until <= this.#durable);
    this.#waiters = this.#waiters.filter(({ until }) => until > this.#durable);
    for (const { resolve } of done) resolve();
  }

  /** Puts the first waiting snapshot in place and begins the log behind it. */
  async #rotate(): Promise<void> {
    const next = this.#pending[0]!;
    const old = this.#log;
    const generation = this.#generation + 1;
    let log;
    try {
      // The old log leads to the same state, should the snapshot be damaged; that it cannot be written is no reason not to make one.
      if (old) await this.#finish();
      const covered = this.#position + this.#bytesOfQueue();
      await this.#generations.putSnapshot(generation, covered, next.snapshot);
      log = await this.#generations.beginLog(generation);
    } catch (error) {
      if (!old || this.#gap || this.#gone) throw error;
      this.#goOnIn(next, error);
      return;
    }
    await old?.close().catch(() => undefined);
    for (const line of this.#queue) this.#queueLength -= line.length;
    this.#log = log;
    this.#generation = generation;
    this.#position = 0;
    this.#unsynced = false;
    this.#dueAt = this.#options.snapshotEveryBytes;
    this.#needsSnapshot = false;
    this.#written = next.taken;
    // Given up meanwhile, its lines are lost: another snapshot must come.
    const present = this.#pending[0] === next;
    this.#queue = present ? next.lines : [];
    this.#queueTaken = next.linesTaken;
    if (present) this.#pending.shift();
    this.#gap &&= !present;
    this.#settle(next.taken);
    await this.#generations
      .removeBefore(generation - 1, this.#options.keepLogs)
      .catch((error: unknown) => {
        this.#failed(error);
      });
  }

  /** A snapshot could not be put in place: its lines go on in the old log, and the next is due when that has grown as much again. */
  #goOnIn(next: Pending, error: unknown): void {
    this.#failed(error);
    const problem = `no snapshot was kept, and lines go on in the log: ${messageOf(error)}`;
    this.#tell(new StoreError('io', problem, { cause: error }));
    if (this.#pending[0] !== next) return;
    this.#pending.shift();
    this.#queue = this.#queue.concat(next.lines);
    this.#queueTaken = next.linesTaken;
    this.#dueAt = this.#position + this.#queueLength + this.#options.snapshotEveryBytes;
  }

  async #finish(): Promise<void> {
    try {
      if (this.#queue.length > 0) await this.#writeQueue();
      await this.#inPlace(this.#unsynced ? this.#log!.sync() : this.#log!.requirePlace?.());
    } catch (error) {
      if (this.#gone) throw error;
      this.#failed(error);
    }
  }

  #bytesOfQueue(): number {
    return new TextEncoder().encode(this.#queue.join('')).length;
  }

  /** The disk has not taken lines for so long that they have no room. */
  #giveUp(): void {
    for (const { length } of [this.#queue, ...this.#pending.map(({ lines }) => lines)])
      this.#lostLines += length;
    this.#queue = [];
    this.#queueLength = 0;
    this.#pending = [];
    this.#gap = true;
  }

  #failed(error: unknown): void {
    this.#failures++;
    this.#lastError = error;
  }

  #tell(problem: StoreError): void {
    if (this.#told) return;
    this.#told = true;
    this.onFailure?.(problem);
  }
}
