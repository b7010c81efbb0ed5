import type { Kernel } from '../kernel/kernel';
import type { ParsedFallback } from './fallback';

export interface DecisionPolicyOptions {
  /** Number of arms. */
  readonly arms: number;
  readonly fallback: ParsedFallback | undefined;
  /** Index of the fallback's model; -1 without one. */
  readonly trusted: number;
  readonly riskWeight: number;
  /** Do latencies take part, and forecasts from prompts? */
  readonly latency: boolean;
  readonly context: boolean;
  /** Decisions whose traces are kept, if the memory for them allows. */
  readonly traces: number;
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
  /** Decisions whose traces are kept. */
  readonly slots: number;
  readonly slotBytes: number;
  readonly #kernel: Kernel;
  readonly #ring: number;

  constructor(kernel: Kernel, options: DecisionPolicyOptions) {
    const { arms, latency, riskWeight, context, traces } = options;
    this.#kernel = kernel;
    this.options = options;
    this.slotBytes =
      kernel.raw.trace_bytes(arms, Number(latency), Number(riskWeight > 0), Number(context)) >>> 0;
    this.slots = Math.min(traces, Math.floor(MOST_BYTES / this.slotBytes));
    this.#ring = this.slots === 0 ? 0 : kernel.allocate(this.slots * this.slotBytes);
    this.address = kernel.allocate(kernel.raw.policy_bytes());
    this.#write();
  }

  /** Does a trusted arm take turns over? */
  get handsOver(): boolean {
    return this.options.trusted >= 0;
  }

  /** Address of the trace of a decision; 0 where it is not kept. */
  find(sequenceNumber: number): number {
    if (this.slots === 0 || !(sequenceNumber >= 0)) return 0;
    const slot = this.#ring + (sequenceNumber % this.slots) * this.slotBytes;
    const [low, high] = this.#kernel.u32(slot, 2) as unknown as [number, number];
    return low + high * 2 ** 32 === sequenceNumber + 1 ? slot : 0;
  }

  #write(): void {
    const { trusted, fallback, riskWeight } = this.options;
    const at = this.address;
    this.#kernel.i32(at + TRUSTED, 1)[0] = trusted;
    this.#kernel.f64(at + QUALITY_FLOOR, 1)[0] = fallback?.qualityFloor ?? 0;
    this.#kernel.f64(at + CONFIDENCE, 1)[0] = fallback?.confidence ?? 0;
    this.#kernel.f64(at + RISK_WEIGHT, 1)[0] = riskWeight;
    this.#kernel.u32(at + TRACES, 3).set([this.#ring, this.slots, this.slotBytes]);
  }
}
