import type { Kernel } from '../kernel/kernel';
import { PACER_ROWS } from '../pacing/pacer';
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

const FIELDS = 8;
const MS_A_SECOND = 1000;

/** What steers a replay beside its evidence, as the kernel takes it: the clock, detectors of drift, a pacer (assembly/replay/run.ts). */
export class Steering {
  readonly #kernel: Kernel;
  readonly #table: OutcomeTable;
  readonly #posterior: ParsedPosteriorOptions;
  readonly #drift: DriftBlock | undefined;
  readonly #address: number;
  readonly #clocks: number;
  readonly #mask: number;
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
    this.#address = kernel.allocate(8 * FIELDS);
    this.#mask = kernel.allocate(table.arms.list.length);
    this.#clocks = posterior.halfLifeMs < Infinity ? kernel.allocate(8 * table.rows) : 0;
  }

  /** Alarms of the latest run. */
  get alarms(): number {
    return this.#kernel.f64(this.#address, FIELDS)[6]!;
  }

  /** Address of the block for a run from nothing; 0 where nothing steers. */
  begin(order: Uint32Array, budget: ReplayBudget | undefined): number {
    if (this.#clocks === 0 && !this.#drift && !budget) return 0;
    if (this.#clocks !== 0) this.#writeClocks(order);
    this.#drift?.reset();
    if (budget) this.#resetPacer();
    this.#kernel
      .f64(this.#address, FIELDS)
      .set([
        this.#clocks,
        this.#drift?.address ?? 0,
        budget ? this.#pacer : 0,
        budget?.usd ?? 0,
        budget?.windowRequests ?? 1,
        0,
        0,
        this.#mask,
      ]);
    return this.#address;
  }

  #writeClocks(order: Uint32Array): void {
    const { halfLifeMs, maxClockStep } = this.#posterior;
    const clock = new DecisionClock(halfLifeMs, maxClockStep);
    const clocks = Float64Array.from(
      order,
      (row) => clock.next(MS_A_SECOND * this.#table.atSeconds![row]!).clock,
    );
    this.#kernel.f64(this.#clocks, order.length).set(clocks);
  }

  #resetPacer(): void {
    const { raw } = this.#kernel;
    const arms = this.#table.arms.list.length;
    if (this.#pacer === 0) this.#pacer = this.#kernel.allocate(raw.pacing_bytes(arms, PACER_ROWS));
    raw.pacing_init(this.#pacer, arms, PACER_ROWS);
  }
}
