import type { KernelExports } from '../kernel/exports';
import type { ShadowRecord } from './record';

/** What a shadow knows of the decision that it mirrors. */
export interface MirroredDecision {
  readonly decisionId: string;
  readonly sequenceNumber: number;
  readonly segment: string | undefined;
  /** NaN = not known. */
  readonly promptTokens: number;
  /** The model that serves it. */
  readonly served: string;
}

/** An outcome of a mirrored call, checked; NaN = not known. */
export interface MirroredOutcome {
  readonly reward: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  /** How the call failed, if the outcome says so; it may have a reward and a cost all the same. */
  readonly error?: string | undefined;
}

/** What a shadow asks of its router, and of nothing else. */
export interface ShadowHost {
  readonly raw: KernelExports;
  /** The router's clock, ms. @throws what the clock throws */
  nowMs(): number;
  /** A decision in a segment that still waits for a report, or undefined. */
  find(decisionId: string, segment: string | undefined): MirroredDecision | undefined;
  /** May the model be called: not retired, its breaker closed? Asking changes nothing. */
  isCallable(model: string): boolean;
  /** What a call of the model is expected to cost; NaN where it cannot be told. Asking changes nothing. */
  expectedCostUsd(model: string, decision: MirroredDecision): number;
  /** Checks what a call gave. @throws whatever is wrong with it */
  parse(outcome: unknown, model: string, decision: MirroredDecision): MirroredOutcome;
  /** Takes an outcome into the evidence, at `weight` in (0, 1], and into the decision log. */
  learn(model: string, decision: MirroredDecision, outcome: MirroredOutcome, weight: number): void;
  /** Does somebody listen to mirrored calls? */
  readonly listens: boolean;
  /** Tells listeners of a call that has ended. What they throw never comes back. */
  tell(record: ShadowRecord): void;
  /** Tells listeners of a mistake that has nobody to be thrown to. */
  tellError(error: unknown): void;
}
