import { loadKernelSync } from '../../../src/kernel/load';
import type { Arms } from '../../../src/arms/models';
import { Evidence } from '../../../src/posterior/evidence';
import type { ParsedPosteriorOptions } from '../../../src/posterior/options';
import { bytesOf } from './spiedKernel';

/**
 * Evidence of its own that is told accepted reports, one after the other, and what time it is: it knows nothing of choices, tickets,
 * duplicates and breakers. The time matters because reports weigh by their decision's age, and pooling by all that is known by now.
 */
export class Fold {
  readonly #kernel = loadKernelSync().instantiate();
  readonly #arms: Arms;
  readonly #evidence: Evidence;
  /** Rows in the order in which segments were first decided for. */
  readonly #rows = new Map<string, number>();

  constructor(arms: Arms, posterior: ParsedPosteriorOptions) {
    this.#arms = arms;
    this.#evidence = new Evidence(this.#kernel, arms, posterior);
  }

  /** A decision, of which it learns the time only, and whether the segment is new: rows are taken when they are first asked about. */
  clockAt(clock: number, segment: string): void {
    this.#openRow(segment);
    this.#evidence.posteriors(this.#rows.get(segment)!, clock, NaN);
  }

  #openRow(segment: string): void {
    if (this.#rows.has(segment)) return;
    // The first row is there from the beginning.
    if (this.#rows.size > 0) this.#evidence.addSegment();
    this.#rows.set(segment, this.#rows.size);
  }

  /** An accepted report: what it taught, by the clock of its decision. */
  take(
    segment: string,
    model: string,
    taught: { readonly reward: number | undefined; readonly costUsd: number | undefined },
    promptTokens: number,
    clock: number,
  ): void {
    const { reward = NaN, costUsd = NaN } = taught;
    if (Number.isNaN(reward) && Number.isNaN(costUsd)) return;
    const arm = this.#arms.indexOf.get(model)!;
    this.#evidence.observe(this.#rows.get(segment)!, arm, { reward, costUsd, promptTokens, clock });
  }

  get segments(): number {
    return this.#rows.size;
  }

  get reports(): number {
    return this.#evidence.reports;
  }

  /** Successes, failures, cost and its weight by segment and model. */
  cells(): ReadonlyMap<string, readonly number[]> {
    const { list } = this.#arms;
    const stride = 2 * Math.ceil(list.length / 2);
    const rowNumbers = 6 * stride;
    const bytes = this.bytesAt(0);
    const numbers = new Float64Array(bytes.buffer, 0, bytes.length / 8);
    const first = numbers.length - this.segments * rowNumbers;
    const cells = new Map<string, readonly number[]>();
    for (const [segment, row] of this.#rows)
      for (const { model, index } of list) {
        const at = first + row * rowNumbers + index;
        cells.set(
          `${segment} ${model}`,
          [0, 1, 4, 5].map((field) => numbers[at + field * stride]!),
        );
      }
    return cells;
  }

  /** The block as of the router's latest decision. */
  bytesAt(clock: number): Uint8Array {
    this.#evidence.posteriors(0, clock, NaN);
    const { list, families } = this.#arms;
    return bytesOf(
      this.#kernel,
      this.#evidence.address,
      list.length,
      families.length,
      this.segments,
    );
  }
}
