import { ParameterError } from '../core/errors';
import { NOT_NEGATIVE, requireNumber, requireObject } from '../core/validation';

/** What is known of arrivals; plain JSON. */
export interface ArrivalsState {
  readonly phase: number;
  readonly current: readonly number[];
  readonly latest: readonly number[];
}

/** A window is counted in so many parts. */
const PARTS = 32;
/** How far today is above or below the latest window is held back by this share of that window's requests. */
const LEVEL_PRIOR = 0.05;
/** Before a window has ended, requests count as if they had come over this share of a window more: a burst at one instant has no rate. */
const FIRST_WINDOW = 1 / 1024;

/**
 * How many requests are still to come in a window of time: what the latest window that had any saw from this point on, times how
 * many more or fewer this one has seen up to here (docs/MATH.md §27). So a rhythm within the window, and work that comes at once,
 * are expected to return; idle windows are passed over. The first window goes by its own mean rate.
 */
export class Arrivals {
  /** Of the request that came last, in [0, 1] of a window. */
  #phase = 0;
  #current = none();
  #latest = none();

  /** All it knows. */
  export(): ArrivalsState {
    return { phase: this.#phase, current: [...this.#current], latest: [...this.#latest] };
  }

  /** Takes over what `export` gave. @throws {ParameterError} for what cannot be; nothing has changed then */
  restore(value: unknown): void {
    const state = requireObject('arrivals', value);
    const phase = requireNumber('arrivals.phase', state['phase'], NOT_NEGATIVE);
    const current = countsIn('arrivals.current', state['current']);
    this.#latest = countsIn('arrivals.latest', state['latest']);
    this.#current = current;
    this.#phase = phase;
  }

  /**
   * A request has come.
   * @param phase share of the window that has passed
   * @param opens whether it is the first of a window
   */
  arrive(phase: number, opens: boolean): void {
    if (opens) {
      this.#latest = this.#current;
      this.#current = none();
    } else if (phase < this.#phase) {
      // Time ran back: neither window says when requests come.
      this.#latest = none();
      this.#current = none();
    }
    this.#phase = phase;
    this.#current[partOf(phase)]!++;
  }

  /** Requests until the window ends, the one that came last included: 1 or more. */
  get left(): number {
    const phase = this.#phase;
    const seen = sum(this.#current);
    const before = sum(this.#latest);
    if (before === 0) return Math.max(1, (seen / (phase + FIRST_WINDOW)) * (1 - phase));
    const part = partOf(phase);
    const [now, then] = [this.#current[part]!, this.#latest[part]!];
    const due = sum(this.#latest.slice(0, part)) + Math.min(now, then);
    const level = (seen + LEVEL_PRIOR * before) / (due + LEVEL_PRIOR * before);
    const time = (1 + part - PARTS * phase) * then;
    // What came at once then is counted off; beyond it, and between, time tells.
    const inPart = now <= then ? Math.min(then - now, time) : time;
    return Math.max(1, level * (inPart + sum(this.#latest.slice(part + 1))));
  }
}

function none(): number[] {
  return new Array<number>(PARTS).fill(0);
}

function partOf(phase: number): number {
  return Math.min(PARTS - 1, Math.floor(phase * PARTS));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function countsIn(parameter: string, value: unknown): number[] {
  if (!Array.isArray(value) || value.length !== PARTS)
    throw new ParameterError(parameter, `an array of ${PARTS} counts`, value);
  return value.map((count, i) => requireNumber(`${parameter}[${i}]`, count, NOT_NEGATIVE));
}
