import type { Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import type { Kernel } from '../kernel/kernel';
import { evidenceShape, putEvidence } from './evidenceState';
import type { ParsedPosteriorOptions } from './options';

/** What is known of one arm in one segment. */
export interface ArmPosterior {
  /** Mean expected from the pooled evidence of the model, its family and the segment, before the cell's own. */
  readonly pooledMean: number;
  /** Shapes of the Beta posterior of the expected reward. `alpha/(alpha + beta)` is its mean. */
  readonly alpha: number;
  readonly beta: number;
  readonly expectedCostUsd: number;
}

/** A report in the kernel's terms; NaN = not known. */
export interface CellReport {
  readonly reward: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  /** The decision's clock. */
  readonly clock: number;
}

/**
 * The evidence block of one owner: its place in the kernel's memory, its scratch, and its growth by segments.
 * The numbers live in the kernel; this class only knows addresses.
 */
export class Evidence {
  readonly #kernel: Kernel;
  readonly #arms: Arms;
  readonly scratch: number;
  /** A second one, so that reads beside the decisions leave what these left; 0 = not needed yet. */
  #sideScratch = 0;
  #address: number;
  #segments = 0;
  #capacity = 1;

  constructor(kernel: Kernel, arms: Arms, options: ParsedPosteriorOptions, segments = 1) {
    this.#kernel = kernel;
    this.#arms = arms;
    this.#capacity = segments;
    this.scratch = kernel.allocate(kernel.raw.scratch_bytes(arms.list.length));
    this.#address = kernel.allocate(this.#bytes(segments));
    this.reset(options, segments);
  }

  /** Address of the block; it changes when segments are added. */
  get address(): number {
    return this.#address;
  }

  get segments(): number {
    return this.#segments;
  }

  /** Rewards observed, undecayed. */
  get reports(): number {
    return this.#kernel.raw.evidence_reports(this.#address);
  }

  /** φ: how much less than a coin the rewards vary within a cell, in [0.05, 1]. */
  get dispersion(): number {
    return this.#kernel.raw.evidence_dispersion(this.#address);
  }

  /** κ: observations the pooled mean of a cell is worth, in [12, 24]. */
  get priorStrengthOfCells(): number {
    return this.#kernel.raw.evidence_kappa(this.#address);
  }

  /** Forgets everything; `segments` must fit the block. */
  reset(options: ParsedPosteriorOptions, segments: number): void {
    const { raw } = this.#kernel;
    const { list, families } = this.#arms;
    const { halfLifeRequests, priorMean, priorStrength } = options;
    raw.evidence_init(
      this.#address,
      list.length,
      families.length,
      segments,
      halfLifeRequests,
      priorMean,
      priorStrength,
    );
    for (const arm of list) {
      raw.evidence_set_arm(
        this.#address,
        arm.index,
        arm.family,
        arm.usdPerInputToken,
        arm.usdPerOutputToken,
      );
    }
    this.#segments = segments;
  }

  /** Adds an empty segment and returns its index. */
  addSegment(): number {
    if (this.#segments === this.#capacity) this.#grow();
    this.#segments++;
    this.#kernel.raw.evidence_set_segments(this.#address, this.#segments);
    return this.#segments - 1;
  }

  /** Takes one report into the cell of an arm and a segment. */
  observe(segment: number, arm: number, report: CellReport): void {
    const { reward, costUsd, promptTokens, clock } = report;
    this.#kernel.raw.evidence_observe(
      this.#address,
      this.scratch,
      segment,
      arm,
      reward,
      costUsd,
      promptTokens,
      clock,
    );
  }

  /** All of it as bytes: a copy of the block. */
  export(): Uint8Array {
    return this.#kernel.u8(this.#address, this.#bytes(this.#segments)).slice();
  }

  /**
   * Takes over what `export` gave for the same arms.
   * @returns cells that could not be, empty now
   * @throws {ParameterError} for bytes that are no block of these arms; this evidence is then of no use any more
   */
  restore(state: Uint8Array): number {
    const { arms, families, segments } = evidenceShape(state);
    const { list } = this.#arms;
    if (arms !== list.length || families !== this.#arms.families.length)
      throw new ParameterError('evidence.arms', `${list.length}, as the models are`, arms);
    if (state.length !== this.#bytes(segments))
      throw new ParameterError('evidence.length', `${this.#bytes(segments)}`, state.length);
    if (segments > this.#capacity) {
      this.#capacity = segments;
      this.#address = this.#kernel.allocate(this.#bytes(segments));
    }
    this.#segments = segments;
    return putEvidence(this.#kernel, this.#address, state);
  }

  /**
   * As `observe`, weighing `factor` of it.
   * @param factor in (0, 1]; 1 gives the bits of `observe`
   */
  observeWeighted(segment: number, arm: number, report: CellReport, factor: number): void {
    const { reward, costUsd, promptTokens, clock } = report;
    this.#kernel.raw.evidence_observe_weighted(
      this.#address,
      this.scratch,
      segment,
      arm,
      reward,
      costUsd,
      promptTokens,
      clock,
      factor,
    );
  }

  /**
   * What a call of an arm is expected to cost, USD. Changes nothing that decisions read.
   * @param clock no later than the latest decision's
   * @param promptTokens NaN = not known
   */
  expectedCostUsd(segment: number, arm: number, clock: number, promptTokens: number): number {
    const { raw } = this.#kernel;
    const arms = this.#arms.list.length;
    if (this.#sideScratch === 0) this.#sideScratch = this.#kernel.allocate(raw.scratch_bytes(arms));
    const scratch = this.#sideScratch;
    raw.evidence_forecast(this.#address, scratch, segment, clock, promptTokens);
    return this.#kernel.f64(raw.scratch_costs(scratch, arms), arms)[arm]!;
  }

  /** Posteriors of all arms in a segment as of `clock`. */
  posteriors(segment: number, clock: number, promptTokens: number): ArmPosterior[] {
    const { raw } = this.#kernel;
    const arms = this.#arms.list.length;
    raw.evidence_forecast(this.#address, this.scratch, segment, clock, promptTokens);
    const means = this.#kernel.f64(raw.scratch_means(this.scratch, arms), arms);
    const shapes = this.#kernel.f64(raw.scratch_shapes(this.scratch, arms), 2 * arms);
    const costs = this.#kernel.f64(raw.scratch_costs(this.scratch, arms), arms);
    return this.#arms.list.map(({ index }) => ({
      pooledMean: means[index]!,
      alpha: shapes[2 * index]!,
      beta: shapes[2 * index + 1]!,
      expectedCostUsd: costs[index]!,
    }));
  }

  /** Doubles the room for segments. Rows stand last in the block, so it is moved by one copy. */
  #grow(): void {
    const capacity = 2 * this.#capacity;
    const address = this.#kernel.allocate(this.#bytes(capacity));
    const length = this.#bytes(this.#segments);
    this.#kernel.u8(address, length).set(this.#kernel.u8(this.#address, length));
    this.#address = address;
    this.#capacity = capacity;
  }

  #bytes(segments: number): number {
    return (
      this.#kernel.raw.evidence_bytes(
        this.#arms.list.length,
        this.#arms.families.length,
        segments,
      ) >>> 0
    );
  }
}
