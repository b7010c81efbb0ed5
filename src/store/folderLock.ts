import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeAll, type StoreFiles } from './files';
import { heldLocks } from './heldLocks';
import { parseHolder, type Holder } from './holder';
import { messageOf, StoreError } from './storeError';

const NAME = 'lock.json';

/** What is known of a holder: it holds, does not any more, or cannot be asked. */
type Life = 'here' | 'alive' | 'dead' | 'elsewhere';

/**
 * Keeps a folder to one holder. The lock is a file that names it; one that is gone (on this host) is taken over. Locks of this process are told apart by their token, in
 * one registry for all copies of the library; other copies of the process (workers), and processes that were given a dead one's number, by the time that the process
 * began, where the host tells it. A holder on another host cannot be asked whether it lives: its file must be removed by hand.
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
    heldLocks.set(lock.#token, true);
    try {
      if (!(await lock.#create(lock.#path))) await lock.#takeOver();
    } catch (error) {
      // A file of this name that could not be removed belongs to nobody.
      heldLocks.set(lock.#token, false);
      throw error;
    }
    return lock;
  }

  async release(): Promise<void> {
    heldLocks.set(this.#token, false);
    const holder = await this.#read(this.#path);
    if (holder?.token === this.#token) await this.#files.remove(this.#path);
    heldLocks.delete(this.#token);
  }

  /** Puts a file with this holder's name, whole at once; false where there is one. */
  async #create(path: string): Promise<boolean> {
    const files = this.#files;
    const own = `${this.#path}.${this.#token}.new`;
    const started = await this.#startOf(process.pid);
    const holder: Holder = { pid: process.pid, host: hostname(), token: this.#token, started };
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
    const dead = await this.#requireDead(this.#path);
    const claim = `${this.#path}.${dead?.token ?? 'torn'}`;
    if (!(await this.#create(claim))) {
      await this.#requireDead(claim);
      await this.#files.remove(claim);
      if (!(await this.#create(claim))) throw this.#lockedBy(undefined, 'alive');
    }
    const now = await this.#read(this.#path);
    if (now) {
      const life = await this.#lifeOf(now);
      if (now.token !== dead?.token || life !== 'dead') {
        await this.#files.remove(claim);
        throw this.#lockedBy(now, life);
      }
    }
    await this.#files.rename(claim, this.#path);
    // A third may have taken the claim of one that died claiming.
    const taken = await this.#read(this.#path);
    if (taken?.token !== this.#token) throw this.#lockedBy(taken, 'alive');
  }

  /** The holder that a file names, which is gone; undefined for none. @throws {StoreError} for one that is not */
  async #requireDead(path: string): Promise<Holder | undefined> {
    const holder = await this.#read(path);
    if (!holder) return undefined;
    const life = await this.#lifeOf(holder);
    if (life !== 'dead') throw this.#lockedBy(holder, life);
    return holder;
  }

  /** Undefined for none, and for one that died while it wrote its name. */
  async #read(path: string): Promise<Holder | undefined> {
    try {
      return parseHolder(await this.#files.read(path));
    } catch {
      return undefined;
    }
  }

  async #lifeOf({ pid, host, token, started }: Holder): Promise<Life> {
    if (host !== hostname()) return 'elsewhere';
    const held = heldLocks.get(token);
    if (held !== undefined) return held ? 'here' : 'dead';
    const own = pid === process.pid;
    if (!own && !isRunning(pid)) return 'dead';
    const now = await this.#startOf(pid);
    // Another process has the number now.
    if (started !== undefined && now !== undefined && started !== now) return 'dead';
    return own ? 'here' : 'alive';
  }

  /** Undefined where the host does not tell. */
  async #startOf(pid: number): Promise<string | undefined> {
    try {
      return await this.#files.processStart?.(pid);
    } catch {
      return undefined;
    }
  }

  #lockedBy(holder: Holder | undefined, life: Life): StoreError {
    const path = this.#path;
    const { pid, host } = holder ?? {};
    const texts: Readonly<Record<Life, string>> = {
      here: `this process has this store already, maybe in a worker or in another copy of the library (${path}; remove that file if it is left of a worker that was ended)`,
      alive: `process ${pid} on ${host} has this store (${path}; remove that file if that process is none that routes: numbers of processes are given again)`,
      elsewhere: `process ${pid} on ${host} has this store (${path}); whether it lives cannot be told from here: remove that file if it does not`,
      dead: '',
    };
    const text = holder ? texts[life] : `another process has this store (${path})`;
    return new StoreError('locked', text);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One that may not be asked lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
