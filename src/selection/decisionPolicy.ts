import type { Kernel } from '../kernel/kernel';
import type { ParsedFallback } from './fallback';

export interface DecisionPolicyOptions {
  /** Number of arms to begin with. */
  readonly arms: number;
  readonly fallback: ParsedFallback | undefined;
  /** Index of the fallback's model; -1 without one. */
  readonly trusted: number;
  readonly riskWeight: number;
  /** Do latencies take part, and forecasts from prompts? */
  readonly latency: boolean;
  readonly context: boolean;
  /** Most samples of a decision, with (model, n) arms; else 0. */
  readonly samples: number;
  /** Decisions whose traces are kept, if the memory for them allows. */
  readonly traces: number;
}

/** A trace on its own, of a decision among so many arms. */
export interface DecisionTrace {
  readonly arms: number;
  readonly bytes: Uint8Array;
}

/** Bytes of the ring of traces at most. */
const MOST_BYTES = 2 ** 22;

// Byte offsets of a policy and of a trace: assembly/decision/policy.ts and trace.ts.
const TRUSTED = 0;
const QUALITY_FLOOR = 8;
const CONFIDENCE = 16;
const RISK_WEIGHT = 24;
const TRACES = 32;

/** What decisions mind beyond expected utility, and the traces that they leave: a policy block in kernel memory. */
export class DecisionPolicy {
  readonly address: number;
  readonly options: DecisionPolicyOptions;
  readonly #kernel: Kernel;
  #arms = 0;
  #slots = 0;
  #slotBytes = 0;
  #ring = 0;
  #ringBytes = 0;

  constructor(kernel: Kernel, options: DecisionPolicyOptions) {
    this.#kernel = kernel;
    this.options = options;
    this.address = kernel.allocate(kernel.raw.policy_bytes());
    this.setArms(options.arms);
  }

  /** Decisions are among so many arms from now on; traces of others are dropped. @throws {KernelError} when the host refuses the memory */
  setArms(arms: number): void {
    const { latency, riskWeight, context, samples, traces } = this.options;
    const { raw } = this.#kernel;
    const [times, risk, prompts] = [latency, riskWeight > 0, context].map(Number) as Three;
    const slotBytes =
      (samples > 0
        ? raw.level_trace_bytes(arms, samples)
        : raw.trace_bytes(arms, times, risk, prompts)) >>> 0;
    const slots = Math.min(traces, Math.floor(MOST_BYTES / slotBytes));
    const bytes = slots * slotBytes;
    if (bytes > this.#ringBytes) {
      // Doubling: what is outgrown is never more than what is in use.
      const room = Math.max(bytes, Math.min(MOST_BYTES, 2 * this.#ringBytes));
      this.#ring = this.#kernel.allocate(room);
      this.#ringBytes = room;
    } else this.#kernel.u8(this.#ring, this.#ringBytes).fill(0);
    [this.#arms, this.#slots, this.#slotBytes] = [arms, slots, slotBytes];
    this.#write();
  }

  get arms(): number {
    return this.#arms;
  }

  /** Decisions whose traces are kept. */
  get slots(): number {
    return this.#slots;
  }

  /** Does a trusted arm take turns over? */
  get handsOver(): boolean {
    return this.options.trusted >= 0;
  }

  /** Address of the trace of a decision; 0 where it is not kept. */
  find(sequenceNumber: number): number {
    if (this.#slots === 0 || !(sequenceNumber >= 0)) return 0;
    const slot = this.#ring + (sequenceNumber % this.#slots) * this.#slotBytes;
    const [low, high] = this.#kernel.u32(slot, 2) as unknown as [number, number];
    return low + high * 2 ** 32 === sequenceNumber + 1 ? slot : 0;
  }

  /** The trace of a decision, taken out of the ring; undefined where it is not kept. */
  copy(sequenceNumber: number): DecisionTrace | undefined {
    const slot = this.find(sequenceNumber);
    if (slot === 0) return undefined;
    return { arms: this.#arms, bytes: this.#kernel.u8(slot, this.#slotBytes).slice() };
  }

  #write(): void {
    const { trusted, fallback, riskWeight } = this.options;
    const at = this.address;
    this.#kernel.i32(at + TRUSTED, 1)[0] = trusted;
    this.#kernel.f64(at + QUALITY_FLOOR, 1)[0] = fallback?.qualityFloor ?? 0;
    this.#kernel.f64(at + CONFIDENCE, 1)[0] = fallback?.confidence ?? 0;
    this.#kernel.f64(at + RISK_WEIGHT, 1)[0] = riskWeight;
    this.#kernel
      .u32(at + TRACES, 3)
      .set([this.#slots > 0 ? this.#ring : 0, this.#slots, this.#slotBytes]);
  }
}

type Three = [number, number, number];
