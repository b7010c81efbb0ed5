import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeAll, type StoreFiles } from './files';
import { messageOf, StoreError } from './storeError';

/** Who holds a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of this one locking: a process that starts anew may have the number of the one before it. */
  readonly token: string;
}

const NAME = 'lock.json';
/** Locks of this process. */
const held = new Set<string>();

/**
 * Keeps a folder to one process. The lock is a file that names its holder; one whose process is gone (on this host) is taken over. A holder on another
 * host cannot be asked whether it lives: its file must be removed by hand.
 */
export class FolderLock {
  readonly #files: StoreFiles;
  readonly #path: string;
  readonly #token = randomUUID();

  private constructor(files: StoreFiles, folder: string) {
    this.#files = files;
    this.#path = join(folder, NAME);
  }

  /** @throws {StoreError} where another has it */
  static async take(files: StoreFiles, folder: string): Promise<FolderLock> {
    const lock = new FolderLock(files, folder);
    if (!(await lock.#create(lock.#path))) await lock.#takeOver();
    held.add(lock.#token);
    return lock;
  }

  async release(): Promise<void> {
    held.delete(this.#token);
    const holder = await readHolder(this.#files, this.#path);
    if (holder?.token === this.#token) await this.#files.remove(this.#path);
  }

  /** Puts a file with this holder's name, whole at once; false where there is one. */
  async #create(path: string): Promise<boolean> {
    const files = this.#files;
    const own = `${this.#path}.${this.#token}.new`;
    const holder: Holder = { pid: process.pid, host: hostname(), token: this.#token };
    try {
      const file = await files.create(own);
      try {
        await writeAll(file, new TextEncoder().encode(JSON.stringify(holder)), 0);
      } finally {
        await file.close();
      }
      await files.link(own, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw new StoreError('io', `the lock cannot be made: ${messageOf(error)}`, { cause: error });
    } finally {
      await files.remove(own).catch(() => undefined);
    }
  }

  /**
   * Takes the place of a dead holder. Two that try at the same time meet at a file that carries the dead one's name: one makes it, looks again, and
   * puts its own in place of the lock.
   */
  async #takeOver(): Promise<void> {
    const dead = await readHolder(this.#files, this.#path);
    if (dead && isAlive(dead)) throw lockedBy(dead, this.#path);
    const claim = `${this.#path}.${dead?.token ?? 'torn'}`;
    if (!(await this.#create(claim))) {
      const rival = await readHolder(this.#files, claim);
      if (rival && isAlive(rival)) throw lockedBy(rival, this.#path);
      await this.#files.remove(claim);
      if (!(await this.#create(claim))) throw lockedBy(undefined, this.#path);
    }
    const now = await readHolder(this.#files, this.#path);
    if (now && (now.token !== dead?.token || isAlive(now))) {
      await this.#files.remove(claim);
      throw lockedBy(now, this.#path);
    }
    await this.#files.rename(claim, this.#path);
    // A third may have taken the claim of one that died claiming.
    const taken = await readHolder(this.#files, this.#path);
    if (taken?.token !== this.#token) throw lockedBy(taken, this.#path);
  }
}

/** Undefined for none, and for one that died while it wrote its name. */
async function readHolder(files: StoreFiles, path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(new TextDecoder().decode(await files.read(path))) as Holder;
    return typeof holder.token === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(token);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One that may not be asked lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function lockedBy(holder: Holder | undefined, path: string): StoreError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new StoreError('locked', `${who} has this store (${path})`);
}
