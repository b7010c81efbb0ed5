import { createWriteStream } from 'node:fs';
import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { PassThrough, type Transform } from 'node:stream';
import { DataError } from '../core/errors';
import { UsageError } from './errors';

/** Found out before the work, not after it. @throws {UsageError} */
export async function requireWritable(option: string, file: string): Promise<void> {
  const isFolder = async (path: string) =>
    (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const folder = dirname(file);
  const writable =
    (await isFolder(folder)) &&
    (await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    ));
  if (file !== '' && writable && !file.endsWith('/') && !(await isFolder(file))) return;
  throw new UsageError(
    `${option} must name a file in a folder that can be written, got ${JSON.stringify(file)}`,
  );
}

/** A file that is read, and what it is called on the command line. */
export interface InputFile {
  readonly name: string;
  readonly file: string;
}

/**
 * The output must be none of the inputs, by whatever name or link: it would take their place. Neither may the part that is written first.
 * @param unless how it could be allowed, for the message
 * @throws {UsageError}
 */
export async function requireOtherFile(
  option: string,
  file: string,
  inputs: readonly InputFile[],
  unless = '',
): Promise<void> {
  const found = (path: string) => stat(path).catch(() => undefined);
  for (const output of [await found(file), await found(partOf(file))])
    for (const { name, file: path } of inputs) {
      const input = await found(path);
      if (output && input && output.dev === input.dev && output.ino === input.ino)
        throw new UsageError(`${option} names ${name} itself${unless}`);
    }
}

/** Writes beside and renames, so that a file is whole or not there. @param what it is, for messages */
export async function writeWhole(file: string, what: string, text: string): Promise<void> {
  const part = partOf(file);
  try {
    await writeFile(part, text);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw notWritten(file, what, error);
  }
}

/** As `writeWhole`, line by line; a name ending in `.gz` is packed. */
export class WholeFile {
  readonly #file: string;
  readonly #what: string;
  readonly #input: Transform;
  readonly #written: Promise<unknown>;

  constructor(file: string, what: string) {
    this.#file = file;
    this.#what = what;
    this.#input = file.endsWith('.gz') ? createGzip() : new PassThrough();
    // Kept as a value: an error that nobody waits for yet must not end the process.
    this.#written = pipeline(this.#input, createWriteStream(partOf(file))).catch(
      (error: unknown) => error,
    );
  }

  async write(text: string): Promise<void> {
    if (this.#input.write(text)) return;
    await Promise.race([once(this.#input, 'drain').catch(() => undefined), this.#written]);
    if (this.#input.destroyed) await this.#fail(await this.#written);
  }

  async commit(): Promise<void> {
    this.#input.end();
    const error = await this.#written;
    if (error !== undefined) await this.#fail(error);
    await rename(partOf(this.#file), this.#file).catch((cause: unknown) => this.#fail(cause));
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    this.#input.destroy();
    await this.#written;
    await rm(partOf(this.#file), { force: true }).catch(() => undefined);
  }

  async #fail(cause: unknown): Promise<never> {
    await this.abandon();
    throw notWritten(this.#file, this.#what, cause);
  }
}

function partOf(file: string): string {
  return `${file}.part`;
}

function notWritten(file: string, what: string, cause: unknown): DataError {
  return new DataError(file, undefined, `the ${what} was not written: ${(cause as Error).message}`);
}
