import type { Arm, Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import type { Kernel } from '../kernel/kernel';
import { Room } from '../kernel/room';
import type { Evidence } from './evidence';

/** What is known of (model, n) before any run. */
export interface LevelsPrior {
  /** Most samples of a model that says nothing of its own. */
  readonly maxSamples: number;
  readonly agreement: number;
  readonly agreementWeight: number;
  readonly proxyGain: number;
}

/** A run of samples of one model in the kernel's terms; NaN = not known. */
export interface RunReport {
  /** Samples that came. */
  readonly samples: number;
  /** Rewards of all of them, or undefined where only that of the best is known. */
  readonly scores: readonly number[] | undefined;
  /** Of the best of them. */
  readonly reward: number;
  /** Samples that cost something, and what they cost together. */
  readonly started: number;
  readonly costUsd: number;
  /** Of one sample. */
  readonly promptTokens: number;
  /** The decision's clock. */
  readonly clock: number;
}

/** What is believed of a model asked n times for its best answer. */
export interface LevelShape {
  readonly n: number;
  /** Beta shapes with the mean of the reward and, to first order, the variance that it is drawn with. */
  readonly alpha: number;
  readonly beta: number;
}

/** Byte offset of the landmark (assembly/bestofn/layout.ts). */
const LANDMARK = 16;
/** Of a sum: beyond it, sums of sums could overflow. */
const LARGEST = 1e200;
const LARGEST_SHARE = 1 + 1e-9;

/** What n samples add to the evidence of one: a block in the kernel's memory, beside an evidence block with the same models and segments. */
export class LevelsBlock {
  readonly #kernel: Kernel;
  readonly #prior: LevelsPrior;
  readonly #most: number[] = [];
  readonly #first: number[] = [];
  #arms = 0;
  /** Rows there is room for. */
  #rows = 1;
  #address = 0;
  readonly #scores: number;
  readonly #shapes: Room;

  constructor(kernel: Kernel, arms: Arms, prior: LevelsPrior) {
    this.#kernel = kernel;
    this.#prior = prior;
    this.#scores = kernel.allocate(8 * prior.maxSamples);
    this.#shapes = new Room(kernel);
    for (const arm of arms.list) this.#count(arm);
    this.#address = kernel.allocate(this.#bytes());
    kernel.raw.levels_init(this.#address, this.#arms, arms.list.length, 1, prior.maxSamples);
    kernel.raw.levels_set_prior(
      this.#address,
      prior.proxyGain,
      prior.agreement,
      prior.agreementWeight,
    );
    for (const arm of arms.list) this.#name(arm.index);
  }

  /** It changes when arms or segments are added. */
  get address(): number {
    return this.#address;
  }

  /** Most samples of any model. */
  get maxSamples(): number {
    return this.#prior.maxSamples;
  }

  /** Most samples of a model. */
  mostOf(arm: number): number {
    return this.#most[arm]!;
  }

  /** Adds an arm, which nothing is known of. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  addArm(arm: Arm): void {
    this.#count(arm);
    try {
      this.#move();
    } catch (error) {
      this.#first.pop();
      this.#arms -= this.#most.pop()!;
      throw error;
    }
    this.#name(arm.index);
  }

  /** Makes room for so many segments, doubling. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  reach(segments: number): void {
    if (segments <= this.#rows) return;
    const before = this.#rows;
    this.#rows = Math.max(segments, 2 * before);
    try {
      this.#move();
    } catch (error) {
      this.#rows = before;
      throw error;
    }
  }

  /** Takes in what a run taught. */
  observe(evidence: Evidence, segment: number, arm: number, run: RunReport): void {
    const { samples, scores, reward, started, costUsd, promptTokens, clock } = run;
    if (scores) this.#kernel.f64(this.#scores, scores.length).set(scores);
    this.#kernel.raw.levels_observe(
      evidence.address,
      evidence.scratch,
      this.#address,
      segment,
      arm,
      samples,
      scores ? this.#scores : 0,
      reward,
      started,
      // Nothing is learned of the cost of samples that were not started.
      started > 0 ? costUsd / started : NaN,
      promptTokens,
      clock,
    );
  }

  /** Every run of an arm weighs `factor` of what it did. */
  widen(arm: number, factor: number): void {
    this.#kernel.raw.levels_widen(this.#address, arm, factor);
  }

  /** What is believed of every n of every arm in a segment as of `clock`, by arm. */
  shapes(evidence: Evidence, segment: number, clock: number): LevelShape[][] {
    this.reach(segment + 1);
    const { raw } = this.#kernel;
    const out = this.#shapes.reserve(16 * this.#arms);
    raw.levels_shapes(evidence.address, evidence.scratch, this.#address, segment, clock, out);
    const shapes = this.#kernel.f64(out, 2 * this.#arms);
    return this.#most.map((most, arm) =>
      Array.from({ length: most }, (_, i) => {
        const at = 2 * (this.#first[arm]! + i);
        return { n: i + 1, alpha: shapes[at]!, beta: shapes[at + 1]! };
      }),
    );
  }

  /** All that runs have taught: the landmark and the sums of all models and of the cells of `segments`, f64. */
  export(segments: number): Uint8Array {
    this.reach(segments);
    const landmark = this.#kernel.f64(this.#address + LANDMARK, 1)[0]!;
    const sums = this.#sums(segments);
    return new Uint8Array(concatenated(landmark, sums).buffer);
  }

  /**
   * Takes over what `export` gave for the same arms.
   * @returns pairs of sums that cannot be, empty now
   * @throws {ParameterError} for bytes of another number of arms or segments; nothing has changed then
   */
  restore(state: Uint8Array, segments: number): number {
    this.reach(segments);
    const sums = this.#sums(segments);
    const numbers = new Float64Array(state.slice(0, state.length & ~7).buffer);
    const [landmark] = numbers;
    const sound = state.length === 8 * (1 + sums.length) && Number.isInteger(landmark);
    if (!sound || landmark! < 0)
      throw new ParameterError('levels', `sums of ${sums.length / 2} models and cells`, state);
    let bad = 0;
    const cells = 2 * this.#most.length;
    for (let i = 1; i < numbers.length; i += 2) {
      const [a, b] = [numbers[i]!, numbers[i + 1]!];
      const isSum = a >= 0 && a <= LARGEST && b >= 0 && b <= LARGEST;
      if (isSum && (i <= cells || a <= b * LARGEST_SHARE)) continue;
      numbers.fill(0, i, i + 2);
      bad++;
    }
    sums.set(numbers.subarray(1));
    this.#kernel.f64(this.#address + LANDMARK, 1)[0] = landmark!;
    return bad;
  }

  #sums(segments: number): Float64Array {
    const address = this.#kernel.raw.levels_sums(this.#address) >>> 0;
    return this.#kernel.f64(address, 2 * (this.#most.length + segments * this.#arms));
  }

  #count({ maxSamples }: Arm): void {
    this.#first.push(this.#arms);
    this.#most.push(maxSamples ?? this.#prior.maxSamples);
    this.#arms += this.#most.at(-1)!;
  }

  #name(arm: number): void {
    for (let i = 0; i < this.#most[arm]!; i++)
      this.#kernel.raw.levels_set_arm(this.#address, this.#first[arm]! + i, arm, i + 1);
  }

  /** To a place with room for all arms and rows. */
  #move(): void {
    const address = this.#kernel.allocate(this.#bytes());
    this.#kernel.raw.levels_grow(this.#address, address, this.#arms, this.#most.length, this.#rows);
    this.#address = address;
  }

  #bytes(): number {
    const { raw } = this.#kernel;
    const { maxSamples } = this.#prior;
    return raw.levels_bytes(this.#arms, this.#most.length, this.#rows, maxSamples) >>> 0;
  }
}

function concatenated(first: number, rest: Float64Array): Float64Array<ArrayBuffer> {
  const all = new Float64Array(1 + rest.length);
  all[0] = first;
  all.set(rest, 1);
  return all;
}
