import { ParameterError } from '../../core/errors';

/** Where log lines go: any stream fits. What `write` returns is not waited for. */
export interface LogSink {
  /** Takes one line, its newline included. */
  write(line: string): unknown;
}

/** Lines kept for a sink that fails. */
export const MOST_WAITING_LINES = 10_000;

/** A function or an object that can write; `undefined` for no log. @throws {ParameterError} */
export function parseSink(parameter: string, value: unknown): LogSink | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return { write: value as LogSink['write'] };
  if (typeof value === 'object' && typeof (value as LogSink | null)?.write === 'function')
    return value as LogSink;
  throw new ParameterError(parameter, 'a function or an object with a method write', value);
}

/** How the sink of a decision log does. */
export interface LogHealth {
  /** Lines the sink has not taken yet. */
  readonly waitingLines: number;
  /** Lines that found no room to wait: the log has a gap there. */
  readonly lostLines: number;
  /** What the sink threw last, or undefined. */
  readonly lastError: unknown;
}

/**
 * Hands lines to a sink in order. A sink that throws is not felt by the caller: its line waits and is offered again
 * before the next one, so a passing failure loses nothing; a sink that wrote before it threw gets the line twice, which
 * readers of the log recognise. Beyond 10,000 waiting lines new ones are lost and counted.
 */
export class LogWriter {
  readonly #sink: LogSink;
  #waiting: string[] = [];
  #lostLines = 0;
  #lastError: unknown;
  #writing = false;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  get health(): LogHealth {
    return {
      waitingLines: this.#waiting.length,
      lostLines: this.#lostLines,
      lastError: this.#lastError,
    };
  }

  write(lines: readonly string[]): void {
    for (const line of lines) this.#waiting.push(line);
    // A sink that routes a request of its own comes back here: its lines wait for those before them.
    if (this.#writing) return;
    this.#drain();
    if (this.#waiting.length <= MOST_WAITING_LINES) return;
    this.#lostLines += this.#waiting.length - MOST_WAITING_LINES;
    this.#waiting.length = MOST_WAITING_LINES;
  }

  /** A sink that writes later and fails then has taken the line, but must not end the process. */
  #handle(returned: unknown): void {
    if (!(returned instanceof Promise)) return;
    returned.catch((error: unknown) => {
      this.#lastError = error;
    });
  }

  #drain(): void {
    let written = 0;
    this.#writing = true;
    try {
      for (; written < this.#waiting.length; written++)
        this.#handle(this.#sink.write(this.#waiting[written]!));
    } catch (error) {
      this.#lastError = error;
    }
    this.#writing = false;
    this.#waiting.splice(0, written);
  }
}
