import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answer, Greeting, Refusal, Turn } from '../protocol';

/** A contestant at the ready, or the reason why it is not here. */
export interface Contestant {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  take(turn: Turn): Promise<Answer | Refusal>;
  close(): void;
}

export interface Absent {
  readonly name: string;
  readonly absent: string;
}

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a contestant's process and waits for its greeting. Never throws: what does not start is absent. */
export async function startProcess(name: string, command: Command): Promise<Contestant | Absent> {
  const child = spawn(command.program, command.arguments, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...command.environment },
  });
  const lines = new Lines(child);
  try {
    const greeting = JSON.parse(await lines.next()) as Greeting;
    if ('absent' in greeting) return { name, absent: greeting.absent };
    return {
      name,
      versions: greeting.versions,
      take: async (turn) => {
        child.stdin?.write(`${JSON.stringify(turn)}\n`);
        try {
          return JSON.parse(await lines.next()) as Answer | Refusal;
        } catch (error) {
          return { refused: reasonOf(error) };
        }
      },
      close: () => child.stdin?.end(),
    };
  } catch (error) {
    return { name, absent: reasonOf(error) };
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A process's lines of output one by one; an error once it has ended or could not be started. */
class Lines {
  readonly #waiting: string[] = [];
  #reader: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  constructor(child: ChildProcess) {
    child.on('error', (error) => this.#end(error));
    // A write to a process that has gone away is told by its end.
    child.stdin?.on('error', () => undefined);
    const { stdout } = child;
    if (!stdout) return;
    const reader = createInterface({ input: stdout });
    reader.on('line', (line) => this.#take(line));
    reader.on('close', () => this.#end(new Error('its process has ended')));
  }

  next(): Promise<string> {
    const line = this.#waiting.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  #take(line: string): void {
    if (!this.#reader) this.#waiting.push(line);
    this.#reader?.resolve(line);
    this.#reader = undefined;
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#reader?.reject(this.#ended);
    this.#reader = undefined;
  }
}
