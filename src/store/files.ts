import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';

/** An open file. */
export interface StoreFile {
  /** Writes at a position and returns how many bytes were taken. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Has the bytes so far outlive the machine. */
  sync(): Promise<void>;
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
}

/** The files of this machine. */
export const NODE_FILES: StoreFiles = {
  makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
  list: (path) => readdir(path),
  read: (path) => readFile(path),
  create: async (path) => {
    const handle = await open(path, 'w', 0o600);
    return {
      write: async (bytes, position) =>
        (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
      sync: () => handle.sync(),
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
};

/** Writes all of `bytes`, in as many pieces as it takes. */
export async function writeAll(file: StoreFile, bytes: Uint8Array, start: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const taken = await file.write(bytes.subarray(done), start + done);
    if (!(taken > 0)) throw new Error('the file took no bytes');
    done += taken;
  }
}
