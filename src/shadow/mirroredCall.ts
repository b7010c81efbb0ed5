import { startTimer, type Timer } from '../core/timer';

/** How a call ended. */
export type CallEnd =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'timed-out' }
  /** By `close`; a call that had not begun has cost nothing. */
  | { readonly kind: 'aborted'; readonly begun: boolean };

/** Who is told; neither may throw. */
export interface CallListener {
  /** Once. */
  ended(end: CallEnd): void;
  /** What a call gave after it had been given up. */
  answeredLate(value: unknown): void;
}

/**
 * One call of the caller's function: begun in a turn of its own, so that it delays nobody by what it does before its first wait; ended once, by its answer,
 * its error, its time or `abort`. Every promise in it is handled.
 */
export class MirroredCall {
  readonly #call: (signal: AbortSignal) => unknown;
  readonly #timeoutMs: number;
  readonly #listener: CallListener;
  readonly #controller = new AbortController();
  #timer: Timer;
  #keepsAlive = false;
  #begun = false;
  #ended = false;

  constructor(call: (signal: AbortSignal) => unknown, timeoutMs: number, listener: CallListener) {
    this.#call = call;
    this.#timeoutMs = timeoutMs;
    this.#listener = listener;
    this.#timer = startTimer(0, () => this.#begin());
  }

  /** Somebody waits for the end: the process must not go before it. */
  keepAlive(): void {
    this.#keepsAlive = true;
    this.#timer.keepAlive(true);
  }

  abort(): void {
    if (this.#end({ kind: 'aborted', begun: this.#begun })) this.#controller.abort();
  }

  #begin(): void {
    this.#begun = true;
    this.#timer = startTimer(this.#timeoutMs, () => this.#giveUp());
    this.#timer.keepAlive(this.#keepsAlive);
    let answer: unknown;
    try {
      answer = this.#call(this.#controller.signal);
    } catch (error) {
      this.#end({ kind: 'failed', error });
      return;
    }
    // Not Promise.resolve, which reads the answer's constructor outside any promise: a getter may throw.
    void new Promise((resolve) => resolve(answer)).then(
      (value) => {
        if (!this.#end({ kind: 'answered', value })) this.#listener.answeredLate(value);
      },
      (error: unknown) => void this.#end({ kind: 'failed', error }),
    );
  }

  #giveUp(): void {
    const timeout = new DOMException(`no answer in ${this.#timeoutMs} ms`, 'TimeoutError');
    if (this.#end({ kind: 'timed-out' })) this.#controller.abort(timeout);
  }

  /** False for a call that has ended before. */
  #end(end: CallEnd): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#timer.cancel();
    this.#listener.ended(end);
    return true;
  }
}
