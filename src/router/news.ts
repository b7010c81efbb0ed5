import type { LearnedRun } from './runOutcome';

/** What a report brings that is not known yet; NaN = nothing. */
export interface News {
  readonly reward: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  readonly latencyMs: number;
  /** Of use with a latency only, as is the next. */
  readonly firstTokenMs: number;
  readonly outputTokens: number;
  /** Of routers with (model, n) arms. */
  readonly run?: LearnedRun | undefined;
}

/** What a mirrored call teaches of a model that did not serve the request; NaN = nothing. */
export interface MirroredReport {
  /** Of the decision that was mirrored: a report weighs by its clock. */
  readonly sequenceNumber: number;
  readonly segment: string | undefined;
  readonly arm: number;
  readonly reward: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  /** In (0, 1]. */
  readonly weight: number;
}
