import type { Kernel } from '../kernel/kernel';
import type { Seed } from '../random/seed';
import type { Evidence } from '../posterior/evidence';

/** A request in the kernel's terms. */
export interface BatchRow {
  readonly segment: number;
  /** NaN = not known. */
  readonly promptTokens: number;
  /** Indices of the allowed arms; undefined = all. */
  readonly eligible: readonly number[] | undefined;
}

/** A decision in the kernel's terms; `arm` and `runnerUp` are -1 where there is none. */
export interface BatchChoice {
  readonly arm: number;
  readonly sampledQuality: number;
  readonly expectedCostUsd: number;
  readonly utility: number;
  readonly runnerUp: number;
  readonly margin: number;
}

const RECORD_FIELDS = 6;

/** Memory for decisions in batches: written, decided and read in one call of the kernel. */
export class DecisionBatch {
  readonly #kernel: Kernel;
  readonly #arms: number;
  #capacity = 0;
  #segments = 0;
  #promptTokens = 0;
  #clocks = 0;
  #masks = 0;
  #records = 0;

  constructor(kernel: Kernel, arms: number) {
    this.#kernel = kernel;
    this.#arms = arms;
  }

  /** Decides `rows` with sequence numbers and request clocks from `firstSequenceNumber` on. */
  decide(
    evidence: Evidence,
    seed: Seed,
    firstSequenceNumber: number,
    rows: readonly BatchRow[],
    costWeight: number,
    explorationScale: number,
  ): BatchChoice[] {
    this.#reserve(rows.length);
    const masked = this.#write(rows, firstSequenceNumber);
    this.#kernel.raw.decide_batch(
      evidence.address,
      evidence.scratch,
      seed.low,
      seed.high,
      firstSequenceNumber >>> 0,
      Math.floor(firstSequenceNumber / 2 ** 32),
      rows.length,
      this.#segments,
      this.#promptTokens,
      this.#clocks,
      masked ? this.#masks : 0,
      costWeight,
      explorationScale,
      this.#records,
    );
    return this.#read(rows.length);
  }

  /** Writes the rows; true if any of them narrows the eligible set. */
  #write(rows: readonly BatchRow[], firstSequenceNumber: number): boolean {
    const segments = this.#kernel.u32(this.#segments, rows.length);
    const promptTokens = this.#kernel.f64(this.#promptTokens, rows.length);
    const clocks = this.#kernel.f64(this.#clocks, rows.length);
    const masked = rows.some((row) => row.eligible !== undefined);
    const masks = this.#kernel.u8(this.#masks, masked ? rows.length * this.#arms : 0);
    rows.forEach((row, i) => {
      segments[i] = row.segment;
      promptTokens[i] = row.promptTokens;
      clocks[i] = firstSequenceNumber + i;
      if (!masked) return;
      const start = i * this.#arms;
      masks.fill(row.eligible ? 0 : 1, start, start + this.#arms);
      for (const arm of row.eligible ?? []) masks[start + arm] = 1;
    });
    return masked;
  }

  #read(rows: number): BatchChoice[] {
    const records = this.#kernel.f64(this.#records, rows * RECORD_FIELDS);
    return Array.from({ length: rows }, (_, i) => {
      const at = i * RECORD_FIELDS;
      return {
        arm: records[at]!,
        sampledQuality: records[at + 1]!,
        expectedCostUsd: records[at + 2]!,
        utility: records[at + 3]!,
        runnerUp: records[at + 4]!,
        margin: records[at + 5]!,
      };
    });
  }

  /** Makes room for `rows`, doubling, so that what is outgrown is never more than what is in use. */
  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    const capacity = Math.max(rows, 2 * this.#capacity);
    this.#segments = this.#kernel.allocate(4 * capacity);
    this.#promptTokens = this.#kernel.allocate(8 * capacity);
    this.#clocks = this.#kernel.allocate(8 * capacity);
    this.#masks = this.#kernel.allocate(this.#arms * capacity);
    this.#records = this.#kernel.allocate(8 * RECORD_FIELDS * capacity);
    this.#capacity = capacity;
  }
}
