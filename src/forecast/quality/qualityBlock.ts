import { KernelError } from '../../core/errors';
import type { Kernel } from '../../kernel/kernel';
import { Room } from '../../kernel/room';

/** Bias and named features: all that takes part until the encoder is frozen. */
const SURFACE_FEATURES = 8;
const MAGIC = 0x58435354;
const HEADER_BYTES = 128;

/** What a block says of every arm for one prompt; one f64 an arm. */
export interface QualityForecasts {
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly costsUsd: Float64Array;
  /** Standard deviations of the expected costs. */
  readonly doubtsUsd: Float64Array;
}

/** A context block (assembly/context/layout.ts) and its scratch in kernel memory. */
export class QualityBlock {
  /** Features of a prompt. */
  readonly features: number;
  /** Room for one prompt's features. */
  readonly x: number;
  readonly #kernel: Kernel;
  readonly #room: Room;
  readonly #scratch: Room;
  readonly #costs: Room;
  #arms: number;

  constructor(
    kernel: Kernel,
    families: readonly number[],
    options: {
      /** 1: alone, 2: beside the Beta cells. */
      readonly experts: 1 | 2;
      readonly halfLife: number;
      readonly priorMean: number;
    },
  ) {
    const { raw } = kernel;
    this.#kernel = kernel;
    this.#arms = families.length;
    this.features = raw.encoder_features();
    this.#room = new Room(kernel, this.bytes);
    this.#scratch = new Room(kernel, raw.context_scratch_bytes(this.features, this.#arms) >>> 0);
    this.x = kernel.allocate((this.features + 2) * 8);
    this.#costs = new Room(kernel, this.#arms * 8);
    raw.context_init(
      this.address,
      this.features,
      SURFACE_FEATURES,
      this.#arms,
      options.experts,
      options.halfLife,
      options.priorMean,
    );
    families.forEach((family, arm) => {
      raw.context_set_family(this.address, arm, family);
    });
  }

  /** It changes when arms are added, as do the other addresses. */
  get address(): number {
    return this.#room.address;
  }

  get scratch(): number {
    return this.#scratch.address;
  }

  /** What a call of each arm is expected to cost where nothing is known; the caller's to fill. */
  get costs(): number {
    return this.#costs.address;
  }

  get bytes(): number {
    return this.#kernel.raw.context_bytes(this.features, this.#arms) >>> 0;
  }

  /** Adds the next arm, unless it is here. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  addArm(index: number, family: number): void {
    if (index < this.#arms) return;
    const { raw } = this.#kernel;
    const [arms, before] = [index + 1, this.address];
    this.#scratch.reserve(raw.context_scratch_bytes(this.features, arms) >>> 0);
    this.#costs.reserve(arms * 8);
    const to = this.#room.reserve(raw.context_bytes(this.features, arms) >>> 0);
    raw.context_grow(before, to, arms);
    raw.context_set_family(to, index, family);
    this.#arms = arms;
  }

  /** Multiplies what an arm has cost so far by `ratio`; where that is not above 0 and finite, all of it becomes `costUsd`. */
  reprice(arm: number, ratio: number, costUsd: number): void {
    this.#kernel.raw.context_scale_costs(this.address, arm, ratio, costUsd);
  }

  /** All features take part from now on; what was learned is forgotten or kept. */
  takeAllFeatures(keep: boolean): void {
    this.#kernel.raw.context_restart(this.address, this.features, keep ? 1 : 0);
  }

  /** Puts features at `x`. */
  put(features: Float64Array): void {
    this.#kernel.f64(this.x, this.features).set(features);
  }

  /** The features at `x`, a copy. */
  taken(): Float64Array {
    return this.#kernel.f64(this.x, this.features).slice();
  }

  /** Forecasts for the features at `x`; views, valid until the kernel is called again. */
  predict(clock: number): QualityForecasts {
    const { raw } = this.#kernel;
    raw.context_predict(this.address, this.scratch, this.x, clock, this.costs);
    return this.forecasts();
  }

  /** The forecasts that stand in the scratch: views, which may be written. */
  forecasts(): QualityForecasts {
    const [means, variances, costsUsd, doubtsUsd] = [0, 1, 2, 3].map((index) =>
      this.#kernel.f64(
        this.#kernel.raw.context_array(this.address, this.scratch, index),
        this.#arms,
      ),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    return { means, variances, costsUsd, doubtsUsd };
  }

  /** Learns from the features at `x`; NaN = not known. `later`: only the sums, while many rows are learned anew. */
  observe(
    arm: number,
    reward: number,
    costUsd: number,
    clock: number,
    later = false,
    costs = this.costs,
  ): void {
    this.#kernel.raw.context_observe(
      this.address,
      this.scratch,
      arm,
      this.x,
      reward,
      costUsd,
      clock,
      costs,
      later ? 1 : 0,
    );
  }

  noise(arm: number): number {
    return this.#kernel.raw.context_noise(this.address, arm);
  }

  rows(arm: number): number {
    return this.#kernel.raw.context_rows(this.address, arm);
  }

  state(): Uint8Array {
    return this.#kernel.u8(this.address, this.bytes).slice();
  }

  /** @throws {KernelError} for bytes that are no block of this shape */
  restore(state: Uint8Array): void {
    const header = new DataView(state.buffer, state.byteOffset, state.byteLength);
    const fits =
      state.length === this.bytes &&
      header.getUint32(0, true) === MAGIC &&
      header.getUint32(8, true) === this.features &&
      header.getUint32(16, true) === this.#arms;
    if (!fits) throw new KernelError('the state is no context block of these models');
    if (!new Float64Array(state.slice(HEADER_BYTES).buffer).every(Number.isFinite))
      throw new KernelError('the state is no context block: a number is not finite');
    this.#kernel.u8(this.address, this.bytes).set(state);
  }
}
