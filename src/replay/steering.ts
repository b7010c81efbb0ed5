import type { Kernel } from '../kernel/kernel';
import { PACER_ROWS } from '../pacing/budget';
import { DecisionClock } from '../posterior/decisionClock';
import { DriftBlock, type ParsedDrift } from '../posterior/drift';
import type { ParsedPosteriorOptions } from '../posterior/options';
import type { OutcomeTable } from './table';

/** A spend target in a replay. */
export interface ReplayBudget {
  /** USD a window. */
  readonly usd: number;
  readonly windowRequests: number;
}

/** Addresses of what steers a run; 0 = nothing does. */
export interface SteeringAddresses {
  readonly clocks: number;
  readonly drift: number;
  readonly pacer: number;
}

const MS_A_SECOND = 1000;

/** What steers a replay beside its evidence: the clock, detectors of drift, a pacer. */
export class Steering {
  readonly #kernel: Kernel;
  readonly #table: OutcomeTable;
  readonly #posterior: ParsedPosteriorOptions;
  readonly #drift: DriftBlock | undefined;
  readonly #clocks: number;
  #pacer = 0;

  /** @param table with `at` of every row, if the half-life is in time */
  constructor(
    kernel: Kernel,
    table: OutcomeTable,
    posterior: ParsedPosteriorOptions,
    drift: ParsedDrift | undefined,
  ) {
    this.#kernel = kernel;
    this.#table = table;
    this.#posterior = posterior;
    this.#drift = drift && new DriftBlock(kernel, table.arms.list.length, drift);
    this.#clocks = posterior.halfLifeMs < Infinity ? kernel.allocate(8 * table.rows) : 0;
  }

  /** Alarms of drift in the latest run. */
  get alarms(): number {
    return this.#drift?.alarms ?? 0;
  }

  /** Everything as before the first request. */
  begin(order: Uint32Array, budget: ReplayBudget | undefined): SteeringAddresses {
    if (this.#clocks !== 0) this.#writeClocks(order);
    this.#drift?.reset();
    if (budget) this.#resetPacer(budget);
    return {
      clocks: this.#clocks,
      drift: this.#drift?.address ?? 0,
      pacer: budget ? this.#pacer : 0,
    };
  }

  #writeClocks(order: Uint32Array): void {
    const { halfLifeMs, maxClockStep } = this.#posterior;
    const clock = new DecisionClock(halfLifeMs, maxClockStep);
    const { atSeconds } = this.#table;
    this.#kernel
      .f64(this.#clocks, order.length)
      .set(Float64Array.from(order, (row) => clock.next(MS_A_SECOND * atSeconds![row]!).clock));
  }

  #resetPacer({ usd, windowRequests }: ReplayBudget): void {
    const { raw } = this.#kernel;
    const arms = this.#table.arms.list.length;
    if (this.#pacer === 0) this.#pacer = this.#kernel.allocate(raw.pacing_bytes(arms, PACER_ROWS));
    raw.pacing_init(this.#pacer, arms, PACER_ROWS);
    raw.pacing_target(this.#pacer, usd, windowRequests);
  }
}
