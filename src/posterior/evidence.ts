import type { Arm, Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import type { Kernel } from '../kernel/kernel';
import { Room } from '../kernel/room';
import { evidenceShape, putEvidence } from './evidenceState';
import { halfLifeOf, type EvidencePrior } from './options';

/** What is known of one arm in one segment. */
export interface ArmPosterior {
  /** Mean expected from the pooled evidence of the model, its family and the segment, before the cell's own. */
  readonly pooledMean: number;
  /** Shapes of the Beta posterior of the expected reward. `alpha/(alpha + beta)` is its mean. */
  readonly alpha: number;
  readonly beta: number;
  readonly expectedCostUsd: number;
  /**
   * With the option `bestOf`: the best of n = 1, 2, … samples, as `chooseBestRoute` takes them. Means as they are believed; the spread is, to first order, the one that they are
   * drawn with; costs are n times that of one.
   */
  readonly samples?: readonly SamplesPosterior[];
}

/** What is believed of the best of n samples. */
export interface SamplesPosterior {
  readonly n: number;
  readonly alpha: number;
  readonly beta: number;
  /** Of all n together. */
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
 * The evidence block of one owner: its place in the kernel's memory, its scratch, and its growth by segments and arms.
 * The numbers live in the kernel; this class only knows addresses.
 */
export class Evidence {
  readonly #kernel: Kernel;
  readonly #arms: Arms;
  readonly #block: Room;
  readonly #scratch: Room;
  /** A second one, so that reads beside the decisions leave what these left; empty until it is needed. */
  readonly #sideScratch: Room;
  #segments = 0;

  constructor(kernel: Kernel, arms: Arms, options: EvidencePrior, segments = 1) {
    this.#kernel = kernel;
    this.#arms = arms;
    this.#scratch = new Room(kernel, kernel.raw.scratch_bytes(arms.list.length));
    this.#sideScratch = new Room(kernel);
    this.#block = new Room(kernel, this.#bytes(segments));
    this.reset(options, segments);
  }

  /** Address of the block; it changes when segments or arms are added. */
  get address(): number {
    return this.#block.address;
  }

  /** Likewise. What stands there is lost when arms are added. */
  get scratch(): number {
    return this.#scratch.address;
  }

  get segments(): number {
    return this.#segments;
  }

  /** Rewards observed, undecayed. */
  get reports(): number {
    return this.#kernel.raw.evidence_reports(this.address);
  }

  /** φ: how much less than a coin the rewards vary within a cell, in [0.05, 1]. */
  get dispersion(): number {
    return this.#kernel.raw.evidence_dispersion(this.address);
  }

  /** κ: observations the pooled mean of a cell is worth at most, in [12, 24]. */
  get priorStrengthOfCells(): number {
    return this.#kernel.raw.evidence_kappa(this.address);
  }

  /** Forgets everything; `segments` must fit the block. */
  reset(options: EvidencePrior, segments: number): void {
    const { raw } = this.#kernel;
    const { list, families } = this.#arms;
    const { priorMean, priorStrength } = options;
    raw.evidence_init(
      this.address,
      list.length,
      families.length,
      segments,
      halfLifeOf(options),
      priorMean,
      priorStrength,
    );
    for (const arm of list) this.#set(arm);
    this.#segments = segments;
  }

  /**
   * Adds an arm: the next of the list, which it is not in yet.
   * @param families how many there are with it
   * @throws {KernelError} when the host refuses the memory; nothing has changed then
   */
  addArm(arm: Arm, families: number): void {
    const { raw } = this.#kernel;
    const arms = arm.index + 1;
    const before = this.address;
    const scratchBytes = raw.scratch_bytes(arms);
    const bytes = raw.evidence_bytes(arms, families, this.#segments) >>> 0;
    this.#scratch.reserve(scratchBytes);
    raw.evidence_grow(before, this.#block.reserve(bytes), arms, families);
    this.#set(arm);
  }

  /** Takes over an arm's prices. @returns its new over its old mean cost; 1 where no cost is known */
  reprice({ index, usdPerInputToken, usdPerOutputToken }: Arm): number {
    return this.#kernel.raw.evidence_reprice(
      this.address,
      index,
      usdPerInputToken,
      usdPerOutputToken,
    );
  }

  /** Takes over an arm's prior. */
  setPrior({ index, prior }: Arm): void {
    const { mean, strength } = prior ?? { mean: 0, strength: 0 };
    this.#kernel.raw.evidence_set_prior(this.address, index, mean, strength);
  }

  /** Adds an empty segment and returns its index. */
  addSegment(): number {
    this.#reserve(this.#segments + 1);
    this.#segments++;
    this.#kernel.raw.evidence_set_segments(this.address, this.#segments);
    return this.#segments - 1;
  }

  /** Takes one report into the cell of an arm and a segment. */
  observe(segment: number, arm: number, report: CellReport): void {
    const { reward, costUsd, promptTokens, clock } = report;
    this.#kernel.raw.evidence_observe(
      this.address,
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
    return this.#kernel.u8(this.address, this.#bytes(this.#segments)).slice();
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
    const address = this.#block.reserve(state.length);
    this.#segments = segments;
    return putEvidence(this.#kernel, address, state);
  }

  /**
   * As `observe`, weighing `factor` of it.
   * @param factor in (0, 1]; 1 gives the bits of `observe`
   */
  observeWeighted(segment: number, arm: number, report: CellReport, factor: number): void {
    const { reward, costUsd, promptTokens, clock } = report;
    this.#kernel.raw.evidence_observe_weighted(
      this.address,
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
    const scratch = this.#sideScratch.reserve(raw.scratch_bytes(arms));
    raw.evidence_forecast(this.address, scratch, segment, clock, promptTokens);
    return this.#kernel.f64(raw.scratch_costs(scratch, arms), arms)[arm]!;
  }

  /** Posteriors of all arms in a segment as of `clock`. */
  posteriors(segment: number, clock: number, promptTokens: number): ArmPosterior[] {
    const { raw } = this.#kernel;
    const arms = this.#arms.list.length;
    raw.evidence_forecast(this.address, this.scratch, segment, clock, promptTokens);
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

  #set(arm: Arm): void {
    const { index, family, usdPerInputToken, usdPerOutputToken } = arm;
    const { raw } = this.#kernel;
    raw.evidence_set_arm(this.address, index, family, usdPerInputToken, usdPerOutputToken);
    if (arm.prior) this.setPrior(arm);
  }

  /** Makes room for segments. Rows stand last in the block, so it is moved by one copy. */
  #reserve(segments: number): void {
    const before = this.address;
    const after = this.#block.reserve(this.#bytes(segments));
    if (after === before) return;
    const length = this.#bytes(this.#segments);
    this.#kernel.u8(after, length).set(this.#kernel.u8(before, length));
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
