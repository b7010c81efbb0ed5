/**
 * A disk that forgets. Files and names live in memory; what was not synced is lost by a crash, in part or wholly; any operation can be made to fail.
 */
import type { StoreFile, StoreFiles } from '../../src/store/files';

interface Inode {
  bytes: Uint8Array;
  synced: Uint8Array;
}

type NameChange = (names: Map<string, Inode>) => void;

/** What a crash does with what was not synced. */
export type CrashMode = 'lost' | 'kept' | 'torn';

/** How an injected failure shows: the operation rejects; it takes half of the bytes first; nothing works from there on. */
export type FailureMode = 'reject' | 'half' | 'dead';

export class Disk {
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #changes: NameChange[] = [];
  /** Operations so far, and the one that fails. */
  operations = 0;
  #failAt = Infinity;
  #mode: FailureMode = 'reject';

  failAt(operation: number, mode: FailureMode): void {
    this.#failAt = operation;
    this.#mode = mode;
  }

  get names(): string[] {
    return [...this.#names.keys()];
  }

  bytesOf(name: string): Uint8Array {
    return this.#names.get(name)!.bytes;
  }

  put(name: string, bytes: Uint8Array): void {
    this.#names.set(name, { bytes, synced: bytes });
  }

  /** The disk as the next process finds it. `random` in [0, 1) tells how much of what was not synced is torn. */
  crash(mode: CrashMode, random: () => number): Disk {
    const after = new Disk();
    const names = new Map(mode === 'kept' ? this.#names : this.#durableNames);
    // Names reach the disk in order, some of them.
    if (mode === 'torn')
      for (const change of this.#changes.slice(
        0,
        Math.floor(random() * (this.#changes.length + 1)),
      ))
        change(names);
    for (const [name, inode] of names) {
      const { bytes, synced } = inode;
      const reached = mode === 'kept' ? bytes.length : mode === 'lost' ? synced.length : undefined;
      after.put(name, reached === undefined ? torn(inode, random) : bytes.slice(0, reached));
    }
    return after;
  }

  /** The operations, each of which may fail. */
  get files(): StoreFiles {
    const base = (path: string) => path.split('/').at(-1)!;
    return {
      makeFolder: () => this.#operate(() => undefined),
      list: () => this.#operate(() => this.names),
      read: (path) =>
        this.#operate(() => {
          const inode = this.#names.get(base(path));
          if (!inode) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
          return inode.bytes.slice();
        }),
      link: (from, to) =>
        this.#operate(() => {
          if (this.#names.has(base(to)))
            throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
          const inode = this.#names.get(base(from))!;
          this.#change((names) => names.set(base(to), inode));
        }),
      create: (path) =>
        this.#operate(() => {
          const name = base(path);
          const inode = this.#names.get(name) ?? {
            bytes: new Uint8Array(0),
            synced: new Uint8Array(0),
          };
          inode.bytes = new Uint8Array(0);
          this.#change((names) => names.set(name, inode));
          return this.#open(inode);
        }),
      rename: (from, to) =>
        this.#operate(() => {
          const inode = this.#names.get(base(from))!;
          this.#change((names) => {
            names.delete(base(from));
            names.set(base(to), inode);
          });
        }),
      remove: (path) =>
        this.#operate(() => {
          this.#change((names) => names.delete(base(path)));
        }),
      syncFolder: () =>
        this.#operate(() => {
          this.#durableNames = new Map(this.#names);
          this.#changes = [];
        }),
    };
  }

  #open(inode: Inode): StoreFile {
    const write = (bytes: Uint8Array, position: number) => {
      const grown = new Uint8Array(Math.max(inode.bytes.length, position + bytes.length));
      grown.set(inode.bytes);
      grown.set(bytes, position);
      inode.bytes = grown;
      return bytes.length;
    };
    return {
      write: (bytes, position) =>
        this.#operate(
          () => write(bytes, position),
          () => write(bytes.subarray(0, bytes.length >> 1), position),
        ),
      sync: () =>
        this.#operate(() => {
          inode.synced = inode.bytes;
        }),
      close: () => this.#operate(() => undefined),
    };
  }

  #change(change: NameChange): void {
    change(this.#names);
    this.#changes.push(change);
  }

  async #operate<T>(work: () => T, half?: () => unknown): Promise<T> {
    const operation = this.operations++;
    // Others get their turn in between, as with a real disk.
    await undefined;
    const fails = this.#mode === 'dead' ? operation >= this.#failAt : operation === this.#failAt;
    if (!fails) return work();
    if (this.#mode !== 'reject') half?.();
    throw new Error(`operation ${operation} failed`);
  }
}

/** What was synced, and of what follows some bytes, then maybe zeros. */
function torn({ bytes, synced }: Inode, random: () => number): Uint8Array {
  const reached = synced.length + Math.floor(random() * (bytes.length - synced.length + 1));
  const left = bytes.slice(0, Math.max(reached, synced.length));
  if (random() < 0.5) return left;
  const zeros = new Uint8Array(Math.max(left.length, bytes.length));
  zeros.set(left);
  return zeros;
}
