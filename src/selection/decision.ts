/** Why an arm could not be chosen. */
export type ExclusionReason = 'not-in-request';

export interface ExcludedModel {
  readonly model: string;
  readonly reason: ExclusionReason;
}

/** A choice, and the ticket that its report names. */
export interface Decision {
  readonly kind: 'decision';
  readonly decisionId: string;
  /** Number of this decision, from 0; with the seed it fixes every random number of the decision. */
  readonly sequenceNumber: number;
  readonly model: string;
  readonly segment: string | undefined;
  /** The quality drawn from the chosen model's posterior, in [0, 1]. */
  readonly sampledQuality: number;
  readonly expectedCostUsd: number;
  /** sampledQuality - expectedCostUsd / willingnessToPayUsd. */
  readonly utility: number;
  readonly runnerUp: string | undefined;
  /** Utility above the runner-up's; Infinity without one. */
  readonly margin: number;
  /** Models that could have been chosen. */
  readonly eligible: readonly string[];
  readonly excluded: readonly ExcludedModel[];
  /** Rewards the evidence held when the decision was made. */
  readonly evidenceReports: number;
}

/** No model was eligible: an outcome, not an error. It spends a sequence number and leaves nothing to report. */
export interface NoEligibleModel {
  readonly kind: 'no-eligible-model';
  readonly excluded: readonly ExcludedModel[];
}

export type SelectResult = Decision | NoEligibleModel;
