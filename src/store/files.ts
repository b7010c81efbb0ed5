import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { ParameterError } from '../core/errors';
import { requireObject } from '../core/validation';

/** An open file. */
export interface StoreFile {
  /** Writes at a position and returns how many bytes were taken. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Has the bytes so far outlive the machine; rejects, too, where the file is not at its place any more. */
  sync(): Promise<void>;
  /** Rejects where the file is not at its place any more. */
  requirePlace?(): Promise<void>;
  close(): Promise<void>;
}

/** The operations that a file store is made of: the seam at which tests inject failures. Each either happens or rejects. */
export interface StoreFiles {
  makeFolder(path: string): Promise<void>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  /** Makes a file, or empties the one there is. */
  create(path: string): Promise<StoreFile>;
  /** Gives a file a second name; rejects with code EEXIST where that is taken. */
  link(from: string, to: string): Promise<void>;
  /** Puts a file in another's place, at once. */
  rename(from: string, to: string): Promise<void>;
  /** Does not mind where there is none. */
  remove(path: string): Promise<void>;
  /** Has names made, changed and removed so far outlive the machine. */
  syncFolder(path: string): Promise<void>;
  /** When a process began, in the host's own words, told from any other process of that number; undefined where the host does not tell. */
  processStart?(pid: number): Promise<string | undefined>;
}

/** A file was removed or moved while it was written: what is written to it is found by nobody. */
export class FileGoneError extends Error {
  override readonly name = 'FileGoneError';
}

/** The files of this machine. */
export const NODE_FILES: StoreFiles = {
  makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
  list: (path) => readdir(path),
  read: (path) => readFile(path),
  create: async (path) => {
    const handle = await open(path, 'w', 0o600);
    const requirePlace = async () => {
      const [here, there] = await Promise.all([
        handle.stat({ bigint: true }),
        stat(path, { bigint: true }).catch(() => undefined),
      ]);
      if (there?.ino === here.ino && there.dev === here.dev) return;
      throw new FileGoneError(`${path} was removed or moved while it was written`);
    };
    return {
      requirePlace,
      write: async (bytes, position) =>
        (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
      sync: async () => {
        await handle.sync();
        await requirePlace();
      },
      close: () => handle.close(),
    };
  },
  link,
  rename,
  remove: (path) => rm(path, { force: true }),
  syncFolder: async (path) => {
    // Windows opens no folders, and needs none synced.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  processStart: async (pid) => {
    if (process.platform !== 'linux') return undefined;
    const [boot, line] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field, the command in brackets, may hold spaces and brackets: the 22nd is the 20th behind it (proc_pid_stat(5)).
    const ticks = line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot.trim()}/${ticks}`;
  },
};

/** @throws {ParameterError} */
export function requireFiles(parameter: string, value: unknown): StoreFiles {
  const files = requireObject(parameter, value);
  const methods = Object.keys(NODE_FILES).filter((name) => name !== 'processStart');
  const missing = methods.find((name) => typeof files[name] !== 'function');
  if (missing === undefined) return value as StoreFiles;
  throw new ParameterError(`${parameter}.${missing}`, 'a function', files[missing]);
}

/** Writes all of `bytes`, in as many pieces as it takes. */
export async function writeAll(file: StoreFile, bytes: Uint8Array, start: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const taken = await file.write(bytes.subarray(done), start + done);
    if (!(taken > 0)) throw new Error('the file took no bytes');
    done += taken;
  }
}
