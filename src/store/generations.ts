/**
 * A store's files. `log-g.jsonl` is the log of generation g; `snapshot-g-b.tsnp` stands for all lines before it: those of logs before g - 1, and the
 * first b bytes of log g - 1. A snapshot is written under another name and renamed, so it is there whole or not at all; where making the new log
 * fails after that, lines go on in the old one, behind b. The generation before the present one is kept: should the present snapshot be damaged,
 * it and its log lead to the same state.
 */
import { join } from 'node:path';
import { readContainer } from '../memory/container';
import type { StoredRouter } from '../memory/routerStore';
import { SnapshotError } from '../memory/snapshotError';
import { writeAll, type StoreFile, type StoreFiles } from './files';
import { messageOf, StoreError } from './storeError';

const SNAPSHOT = /^snapshot-(\d{8})-(\d{12})\.tsnp$/;
const LOG = /^log-(\d{8})\.jsonl$/;
const NEWLINE = 10;

/** A file of an earlier process that was not used, and why. */
export interface UnusedFile {
  readonly file: string;
  readonly problem: string;
}

/** What was found in a folder. */
export interface Found {
  readonly stored: StoredRouter | undefined;
  /** The newest generation that has a file; -1: none. */
  readonly newest: number;
  /** Bytes of its log. */
  readonly logBytes: number;
  readonly unused: readonly UnusedFile[];
  /** Bytes of a last line that was torn. */
  readonly tornBytes: number;
}

interface Snapshot {
  readonly file: string;
  readonly generation: number;
  /** Bytes of the log before that it stands for. */
  readonly covered: number;
}

export class Generations {
  readonly #files: StoreFiles;
  readonly #folder: string;

  constructor(files: StoreFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /**
   * Reads the newest snapshot that is whole, and the lines behind it.
   * @throws {StoreError} where files cannot be read, nothing of them is of use, or a newer library wrote them
   */
  async find(): Promise<Found> {
    try {
      return await this.#find();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError('io', `the store cannot be read: ${messageOf(error)}`, { cause: error });
    }
  }

  async #find(): Promise<Found> {
    const { snapshots, logs } = await this.#list();
    const newest = Math.max(-1, ...logs, ...snapshots.map(({ generation }) => generation));
    const logBytes = logs.includes(newest) ? (await this.#log(newest)).length : 0;
    const unused: UnusedFile[] = [];
    const base = { newest, logBytes, unused };
    for (const { file, generation, covered } of snapshots) {
      const snapshot = await this.#files.read(join(this.#folder, file));
      const problem = problemOf(snapshot);
      if (problem === undefined) {
        const { lines, tornBytes } = await this.#lines(generation - 1, covered, logs);
        return { ...base, stored: { snapshot, lines }, tornBytes };
      }
      unused.push({ file, problem });
    }
    if (unused.length > 0)
      throw new StoreError('damaged', `${unused[0]!.file} cannot be read: ${unused[0]!.problem}`);
    await this.#requireNoLines(logs);
    return { ...base, stored: undefined, tornBytes: 0 };
  }

  /** A log follows a snapshot, without which its lines lead nowhere: somebody took it away, and it is not a new folder. */
  async #requireNoLines(logs: readonly number[]): Promise<void> {
    for (const generation of logs) {
      const { length } = await this.#log(generation);
      if (length === 0) continue;
      const problem = `${logName(generation)} has ${length} bytes, and no snapshot is there that it follows: bring that back, or take the folder's files away to begin anew`;
      throw new StoreError('damaged', problem);
    }
  }

  /** Lines of a generation's log from a byte on, and of the logs that follow without a gap. */
  async #lines(
    generation: number,
    start: number,
    logs: readonly number[],
  ): Promise<{ lines: string[]; tornBytes: number }> {
    const lines: string[] = [];
    let tornBytes = 0;
    for (let next = generation, from = start; ; next++, from = 0) {
      if (!logs.includes(next)) {
        // The snapshot's own log may not have been begun, and the one before it may be gone.
        if (next > generation) break;
        continue;
      }
      const bytes = (await this.#log(next)).subarray(from);
      tornBytes = bytes.length - 1 - bytes.lastIndexOf(NEWLINE);
      // Torn lines go, too: what follows them was written by a process that had not read them.
      const text = new TextDecoder().decode(bytes.subarray(0, bytes.length - tornBytes));
      for (const line of text.split('\n')) if (line !== '') lines.push(line);
    }
    return { lines, tornBytes };
  }

  #log(generation: number): Promise<Uint8Array> {
    return this.#files.read(join(this.#folder, logName(generation)));
  }

  /** Puts a snapshot in place: whole and for good when it returns. */
  async putSnapshot(generation: number, covered: number, snapshot: Uint8Array): Promise<void> {
    const path = join(this.#folder, snapshotName(generation, covered));
    const file = await this.#files.create(`${path}.new`);
    try {
      await writeAll(file, snapshot, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#files.rename(`${path}.new`, path);
    await this.#files.syncFolder(this.#folder);
  }

  /** Begins a generation's log; its name outlives the machine when it returns. */
  async beginLog(generation: number): Promise<StoreFile> {
    const file = await this.#files.create(join(this.#folder, logName(generation)));
    try {
      await this.#files.syncFolder(this.#folder);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    return file;
  }

  /** Removes what is older than a generation, and snapshots that were never finished. Failing does no harm: the next time does it. */
  async removeBefore(generation: number, keepLogs: boolean): Promise<void> {
    for (const name of await this.#files.list(this.#folder)) {
      const log = LOG.exec(name)?.[1];
      const snapshot = SNAPSHOT.exec(name)?.[1];
      const old = Number(log ?? snapshot ?? Infinity) < generation;
      const unfinished = name.startsWith('snapshot-') && name.endsWith('.new');
      if (unfinished || (old && !(keepLogs && log !== undefined)))
        await this.#files.remove(join(this.#folder, name));
    }
  }

  /** Snapshots with the newest first, of one generation the one that covers more. */
  async #list(): Promise<{ snapshots: Snapshot[]; logs: number[] }> {
    const snapshots: Snapshot[] = [];
    const logs: number[] = [];
    for (const file of await this.#files.list(this.#folder)) {
      const log = LOG.exec(file);
      if (log) logs.push(Number(log[1]));
      const snapshot = SNAPSHOT.exec(file);
      if (snapshot)
        snapshots.push({ file, generation: Number(snapshot[1]), covered: Number(snapshot[2]) });
    }
    snapshots.sort((a, b) => b.generation - a.generation || b.covered - a.covered);
    return { snapshots, logs };
  }
}

/** Why a snapshot is to be passed over; undefined = it is whole. @throws {StoreError} for one that must not be passed over */
function problemOf(snapshot: Uint8Array): string | undefined {
  try {
    readContainer(snapshot);
    return undefined;
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    // The generation before would lose what the newer library learned.
    if (error.fault === 'newer-version')
      throw new StoreError('newer-version', error.message, { cause: error });
    return error.message;
  }
}

function snapshotName(generation: number, covered: number): string {
  return `snapshot-${padded(generation, 8)}-${padded(covered, 12)}.tsnp`;
}

function logName(generation: number): string {
  return `log-${padded(generation, 8)}.jsonl`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
