import type { DataError } from '../core/errors';
import { cleanName } from '../replay/report/names';

/** Bad lines named one by one; the rest are only counted. */
const SHOWN = 10;

/** Tells of bad lines on standard error as they come. */
export class BadLines {
  readonly #verb: string;
  #count = 0;

  /** @param verb what was done with a line, such as "skipped" */
  constructor(verb: string) {
    this.#verb = verb;
  }

  tell(error: DataError): void {
    if (++this.#count <= SHOWN) process.stderr.write(`${this.#verb} ${cleanName(error.message)}\n`);
  }

  /** Tells how many were not named. */
  close(): void {
    if (this.#count > SHOWN)
      process.stderr.write(`${this.#verb} ${this.#count - SHOWN} more lines\n`);
  }
}
