import { ParameterError } from '../core/errors';
import { nowMs } from '../core/clock';

/** A clock in milliseconds, whatever it counts from. */
export type Clock = () => number;

/** What a Date can hold. */
const LATEST_MS = 8.64e15;
/** Beyond these a step is reported: no idle hour is, and no correction of a clock in service. */
export const LONGEST_STEP_BACK_MS = 1_000;
export const LONGEST_STEP_FORWARD_MS = 86_400_000;
/** A longer step makes no difference to any time to live, and would carry the sum beyond exact milliseconds. */
const LONGEST_COUNTED_STEP_MS = 3.2e12;

/** The clock of a router: 'options.clock' or the host's. @throws {ParameterError} */
export function parseClock(parameter: string, value: unknown): Clock {
  if (value === undefined) return nowMs;
  if (typeof value === 'function') return value as Clock;
  throw new ParameterError(parameter, 'a function that returns milliseconds', value);
}

/** Reads the clock, and keeps a time of the router's own that never runs back: the sum of the steps forward. */
export class RouterTime {
  readonly #clock: Clock;
  readonly #onStep: (stepMs: number, nowMs: number) => void;
  #latestMs = NaN;
  #elapsedMs = 0;

  /** @param onStep told of steps beyond the longest */
  constructor(clock: Clock, onStep: (stepMs: number, nowMs: number) => void) {
    this.#clock = clock;
    this.#onStep = onStep;
  }

  /** Milliseconds since the first reading, on the router's own time. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** The latest reading (NaN: none) and the time since the first, for a snapshot. */
  export(): { readonly latestMs: number; readonly elapsedMs: number } {
    return { latestMs: this.#latestMs, elapsedMs: this.#elapsedMs };
  }

  /** Goes on from there: what the clock has gone forward since counts at the next reading. */
  restore(latestMs: number, elapsedMs: number): void {
    this.#latestMs = latestMs;
    this.#elapsedMs = elapsedMs;
  }

  /** The clock's own time. @throws {ParameterError} for a clock that gives no number */
  read(): number {
    const ms: unknown = this.#clock();
    if (!(typeof ms === 'number' && ms >= -LATEST_MS && ms <= LATEST_MS))
      throw new ParameterError('clock()', `in [-${LATEST_MS}, ${LATEST_MS}]`, ms);
    const step = ms - this.#latestMs;
    this.#latestMs = ms;
    if (step > 0) this.#elapsedMs += Math.min(step, LONGEST_COUNTED_STEP_MS);
    if (step > LONGEST_STEP_FORWARD_MS || step < -LONGEST_STEP_BACK_MS) this.#onStep(step, ms);
    return ms;
  }
}
