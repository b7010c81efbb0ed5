import type { Kernel } from '../../kernel/kernel';
import { Room } from '../../kernel/room';

/** Byte offsets in the header of a latency block (assembly/forecast/latencyBlock.ts). */
export const enum LatencyHeader {
  Models = 0,
  Groups = 4,
  Reports = 8,
  HalfLife = 16,
  Landmark = 24,
  Clock = 32,
}

const HEADER_BYTES = 128;
/** Arrays of f64 a model: group, three of what decisions need, then weight, Σ y and Σ y² of each of three components. */
const MEAN = 2;
const PROBABILITY = 3;
const FIRST_SUM = 4;
const SUMS = 9;
/** The weight of the time a token: every report has one. */
const REPORTS = 7;

/** A report in the kernel's terms; NaN = not known. */
export interface LatencyReport {
  readonly latencyMs: number;
  /** <= latencyMs. */
  readonly firstTokenMs: number;
  readonly outputTokens: number;
  /** The decision's clock. */
  readonly clock: number;
}

/** What decisions do with latencies, in the kernel's terms. */
export interface LatencyPolicy {
  /** What a ms takes from utility. */
  readonly utilityPerMs: number;
  /** Infinity = none. */
  readonly limitMs: number;
  /** Least P(latency <= limit) of an eligible model. */
  readonly leastProbability: number;
  /** Latencies a model must have been reported with before it may be excluded. */
  readonly trialReports: number;
}

const NO_POLICY: LatencyPolicy = {
  utilityPerMs: 0,
  limitMs: Infinity,
  leastProbability: 0,
  trialReports: 0,
};

/** The latency block of one owner: its place in the kernel's memory. The numbers live in the kernel. */
export class LatencyBlock {
  readonly kernel: Kernel;
  readonly #room: Room;
  #groups: readonly number[];
  readonly #halfLife: number;
  #policy: LatencyPolicy | undefined;

  /** @param groups index of each model's group (provider), from 0 without gaps */
  constructor(kernel: Kernel, groups: readonly number[], halfLife: number) {
    this.kernel = kernel;
    this.#groups = groups;
    this.#halfLife = halfLife;
    this.#room = new Room(kernel, this.bytes);
    this.reset();
  }

  /** It changes when models are added. */
  get address(): number {
    return this.#room.address;
  }

  get bytes(): number {
    return this.kernel.raw.latency_bytes(this.#groups.length, groupsIn(this.#groups));
  }

  /** Forgets everything but the policy. */
  reset(): void {
    const { raw } = this.kernel;
    raw.latency_init(this.address, this.#groups.length, groupsIn(this.#groups), this.#halfLife);
    this.#groups.forEach((group, model) => raw.latency_set_group(this.address, model, group));
    if (this.#policy) this.setPolicy(this.#policy);
  }

  /**
   * Takes in more models, what is known of the others unchanged.
   * @param groups of all models, those so far first and as they were
   * @throws {KernelError} when the host refuses the memory; nothing has changed then
   */
  grow(groups: readonly number[]): void {
    const { raw } = this.kernel;
    const [count, before] = [groupsIn(groups), this.address];
    const to = this.#room.reserve(raw.latency_bytes(groups.length, count));
    raw.latency_grow(before, to, groups.length, count);
    for (let model = this.#groups.length; model < groups.length; model++)
      raw.latency_set_group(to, model, groups[model]!);
    this.#groups = groups;
  }

  setPolicy(policy: LatencyPolicy): void {
    this.#policy = policy;
    const { utilityPerMs, limitMs, leastProbability, trialReports } = policy;
    this.kernel.raw.latency_set_policy(
      this.address,
      utilityPerMs,
      limitMs,
      leastProbability,
      trialReports,
    );
  }

  /** Takes one report; what it does not tell is split by the moments of `reference`. */
  observe(model: number, report: LatencyReport, reference: LatencyBlock = this): void {
    const { latencyMs, firstTokenMs, outputTokens, clock } = report;
    this.kernel.raw.latency_observe(
      this.address,
      reference.address,
      model,
      latencyMs,
      firstTokenMs,
      outputTokens,
      clock,
    );
  }

  figure(offset: LatencyHeader): number {
    return this.kernel.f64(this.address + offset, 1)[0]!;
  }

  export(): Uint8Array {
    return this.kernel.u8(this.address, this.bytes).slice();
  }

  /** Takes over what `state`, from `export` of a block of the same options, has learnt; the policy stays. */
  restore(state: Uint8Array): void {
    this.kernel.u8(this.address, this.bytes).set(state);
    // Also marks what is derived from the sums as out of date.
    this.setPolicy(this.#policy ?? NO_POLICY);
  }

  /** Takes over what `other`, of these models and maybe fewer, has learnt. */
  learnAs(other: LatencyBlock): void {
    const { kernel } = this;
    this.reset();
    for (const at of [LatencyHeader.Reports, LatencyHeader.Landmark, LatencyHeader.Clock])
      kernel.f64(this.address + at, 1)[0] = other.figure(at);
    const into = this.sumsOf(kernel.f64(this.address, this.bytes / 8));
    const from = other.sumsOf(kernel.f64(other.address, other.bytes / 8));
    from.forEach((sums, i) => {
      into[i]!.set(sums.subarray(0, other.#groups.length));
    });
  }

  /** What the latest decision took a model's expected latency for. */
  expectedMs(model: number): number {
    return this.#array(this.kernel.f64(this.address, this.bytes / 8), MEAN)[model]!;
  }

  /** Likewise: its P(latency <= limit), 1 without a limit. */
  probabilityWithinLimit(model: number): number {
    return this.#array(this.kernel.f64(this.address, this.bytes / 8), PROBABILITY)[model]!;
  }

  /** Has the model no report of its own? */
  isPooled(model: number): boolean {
    return this.#array(this.kernel.f64(this.address, this.bytes / 8), REPORTS)[model] === 0;
  }

  /** Do the models of a state have the groups of this block's? */
  hasGroupsOf(state: Uint8Array): boolean {
    const groups = new Uint32Array(this.#array(new Float64Array(state.buffer), 0).slice().buffer);
    return this.#groups.every((group, model) => groups[2 * model] === group);
  }

  /** Weight, Σ y and Σ y² of each component of a state, an array a model each. */
  sumsOf(state: Float64Array): Float64Array[] {
    return Array.from({ length: SUMS }, (_, i) => this.#array(state, FIRST_SUM + i));
  }

  #array(numbers: Float64Array, index: number): Float64Array {
    const stride = 2 * Math.ceil(this.#groups.length / 2);
    const start = HEADER_BYTES / 8 + index * stride;
    return numbers.subarray(start, start + stride);
  }
}

function groupsIn(groups: readonly number[]): number {
  return groups.reduce((most, group) => Math.max(most, group), 0) + 1;
}
