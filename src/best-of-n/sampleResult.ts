/** What became of the samples of one prompt. */

/** A sample that was answered and scored. */
export interface ScoredSample<Answer> {
  readonly kind: 'scored';
  /** Number of the sample, from 0. */
  readonly sample: number;
  readonly answer: Answer;
  /** What the proxy reward model gave it: finite, of any range. */
  readonly score: number;
  /** undefined where `generate` did not say. */
  readonly costUsd: number | undefined;
}

/**
 * What a sample failed by: its generation, its scoring (a score that is not finite included), the deadline of the run, or the
 * caller's signal.
 */
export type SampleFailure = 'generate' | 'proxyReward' | 'timeout' | 'aborted';

/** A sample without a score. */
export interface FailedSample {
  readonly kind: 'failed';
  readonly sample: number;
  readonly failure: SampleFailure;
  /** What was thrown, the signal's reason, or what was wrong with the value that came. */
  readonly error: unknown;
  /** False where the run ended before its turn: it cost nothing. */
  readonly started: boolean;
  /** Of a generation whose scoring failed, where `generate` said; otherwise undefined. */
  readonly costUsd: number | undefined;
}

export type SampleResult<Answer> = ScoredSample<Answer> | FailedSample;

/** What every run says, with or without a best sample. */
interface RunSummary<Answer> {
  /** All n, by their numbers. */
  readonly samples: readonly SampleResult<Answer>[];
  /** Those of `samples` without a score. */
  readonly failures: readonly FailedSample[];
  /** Sum of the costs that are known, failed scorings included. */
  readonly costUsd: number;
  /** Samples that were started and whose cost is not known: `costUsd` leaves them out. */
  readonly unknownCosts: number;
  /** Time from the call to the result. */
  readonly durationMs: number;
}

/** At least one sample was scored. */
export interface BestSample<Answer> extends RunSummary<Answer> {
  readonly kind: 'best';
  /** The sample of highest score; of equal ones the first by number, whichever was done first. */
  readonly best: ScoredSample<Answer>;
}

/** No sample was scored: an outcome, not an error. */
export interface NoSample<Answer> extends RunSummary<Answer> {
  readonly kind: 'no-sample';
}

export type BestOfNResult<Answer> = BestSample<Answer> | NoSample<Answer>;
