import { ParameterError } from '../core/errors';
import { OPEN_UNIT, optionalNumber, requireOptions, type Interval } from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { Room } from '../kernel/room';
import type { Evidence } from './evidence';

/** Detection of arms that have changed, and what follows. */
export interface DriftOptions {
  /**
   * Evidence of a change that raises an alarm, in nats, in [2, 50]: higher is slower and surer. At the default there is about one
   * false alarm per 9,000 reports of an arm, and a change of odds by e is found within some 100 of them (docs/MATH.md §26).
   * @defaultValue 5.5
   */
  readonly threshold?: number;
  /**
   * What every earlier report of the arm weighs after an alarm, in (0, 1): its posterior widens and leans on its family again.
   * @defaultValue 0.1
   */
  readonly keep?: number;
}

export interface ParsedDrift {
  readonly threshold: number;
  readonly keep: number;
}

const THRESHOLD: Interval = { text: 'in [2, 50]', contains: (v) => v >= 2 && v <= 50 };

/** `undefined` = no detection. @throws {ParameterError} */
export function parseDrift(parameter: string, value: unknown): ParsedDrift | undefined {
  if (value === undefined) return undefined;
  const options = requireOptions(parameter, value, ['threshold', 'keep']);
  return {
    threshold: optionalNumber(`${parameter}.threshold`, options['threshold'], THRESHOLD, 5.5),
    keep: optionalNumber(`${parameter}.keep`, options['keep'], OPEN_UNIT, 0.1),
  };
}

/** How an arm's rewards have changed against what its cells forecast. */
export type DriftDirection = 'risen' | 'fallen';

export const DRIFT_DIRECTIONS: readonly DriftDirection[] = ['risen', 'fallen'];

/** The detectors of all arms, in the kernel's memory. */
export class DriftBlock {
  readonly #kernel: Kernel;
  #arms: number;
  readonly #options: ParsedDrift;
  readonly #room: Room;

  constructor(kernel: Kernel, arms: number, options: ParsedDrift) {
    this.#kernel = kernel;
    this.#arms = arms;
    this.#options = options;
    this.#room = new Room(kernel, kernel.raw.drift_bytes(arms));
    this.reset();
  }

  /** Changes with the number of arms. */
  get address(): number {
    return this.#room.address;
  }

  /** There are more arms now, of which nothing is known. */
  setArms(arms: number): void {
    const { raw } = this.#kernel;
    const before = this.address;
    const bytes = raw.drift_bytes(this.#arms);
    const address = this.#room.reserve(raw.drift_bytes(arms));
    // Arms stand last, and new memory is zero.
    this.#kernel.u8(address, bytes).set(this.#kernel.u8(before, bytes));
    this.#arms = arms;
  }

  /** All of it as bytes: a copy of the block. */
  export(): Uint8Array {
    return this.#kernel.u8(this.address, this.#kernel.raw.drift_bytes(this.#arms)).slice();
  }

  /** Takes over the sums and alarms of what `export` gave. @throws {ParameterError} for what cannot be; nothing has changed then */
  restore(state: Uint8Array): void {
    const numbers = new Float64Array(state.slice(0, state.length & ~7).buffer);
    const sound =
      state.length === this.#kernel.raw.drift_bytes(this.#arms) &&
      numbers.every((value) => value >= 0 && value < 1e9);
    if (!sound) throw new ParameterError('drift', `sums of ${this.#arms} models`, state);
    this.#kernel.u8(this.address, state.length).set(state);
    const { threshold, keep } = this.#options;
    this.#kernel.f64(this.address, 2).set([threshold, keep]);
  }

  /** What earlier reports of an arm weigh after its alarm. */
  get keep(): number {
    return this.#options.keep;
  }

  /** Alarms since `reset`. */
  get alarms(): number {
    return this.#kernel.raw.drift_alarms(this.address);
  }

  /** Forgets all sums. */
  reset(): void {
    const { threshold, keep } = this.#options;
    this.#kernel.raw.drift_init(this.address, this.#arms, threshold, keep);
  }

  /** Watches a reward that the evidence has not taken yet; on an alarm the arm's evidence has been widened. */
  observe(
    evidence: Evidence,
    segment: number,
    arm: number,
    reward: number,
    clock: number,
  ): DriftDirection | undefined {
    const { address, scratch } = evidence;
    const { raw } = this.#kernel;
    const found = raw.drift_observe(this.address, address, scratch, segment, arm, reward, clock);
    return DRIFT_DIRECTIONS[found - 1];
  }
}
