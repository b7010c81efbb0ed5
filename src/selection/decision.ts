import type { CircuitState } from '../breaker/state';
import type { StatedAccuracy } from './propensities';

/**
 * Why an arm could not be chosen: the request did not allow it; it has been retired; its circuit breaker is open, or half-open with all trial calls under
 * way; somebody or an error isolated it; it is not fast enough with the probability asked for; a rule left it out; what remains of the
 * budget does not pay for it.
 */
export type ExclusionReason =
  'not-in-request' | 'retired' | 'circuit-open' | 'isolated' | 'latency-limit' | 'rule' | 'budget';

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
  /** Samples of the model to take, the best of which is used (`bestOfN`). There with the option `bestOf`: quality, cost, utility and propensity are then of that many. */
  readonly n?: number;
  readonly segment: string | undefined;
  /** The quality drawn from the chosen model's posterior, in [0, 1]; where the prompt decided, from a normal one, the doubt about its cost included. */
  readonly sampledQuality: number;
  readonly expectedCostUsd: number;
  /** sampledQuality - (expectedCostUsd + usdPerSecond × expected seconds) / willingnessToPayUsd, less what `riskWeight` takes. */
  readonly utility: number;
  readonly runnerUp: string | undefined;
  /** Utility above the runner-up's; Infinity without one, below 0 where the floor or the fallback took another than the best. */
  readonly margin: number;
  /** Name of the rule that fired; undefined without. */
  readonly rule: string | undefined;
  /** What the decision was made with: the option, or less where a budget makes money dearer. */
  readonly willingnessToPayUsd: number;
  /** Models that could have been chosen. */
  readonly eligible: readonly string[];
  readonly excluded: readonly ExcludedModel[];
  /** Rewards the evidence held when the decision was made. */
  readonly evidenceReports: number;
  /** Reports taken in before the decision, those that brought a cost only included; all rows of a batch share it. */
  readonly evidenceVersion: number;
  /** Of routers that read prompts: the probability that these decided rather than the segment, and whether they did. */
  readonly context?: { readonly share: number; readonly byContext: boolean };
  /** Was the model drawn by the floor? */
  readonly byFloor: boolean;
  /** Does the trusted model of option `fallback` stand in for the one chosen? That one is the runner-up then, and the margin not above 0. */
  readonly byFallback: boolean;
  /**
   * Probability with which the executed policy, fallback and floor included, chooses this model for this request on this evidence. Given
   * with `propensity: 'exact'`; otherwise undefined, and computable from the decision log.
   */
  readonly propensity: number | undefined;
  /** Of each of `eligible`, in its order, whatever its n; they sum to 1. */
  readonly propensities: readonly number[] | undefined;
  /** With `bestOf`: of each of `eligible`, those of n = 1, 2, … `bestOf.maxSamples` samples (0 beyond a model's most), of which `propensities` has the sums. */
  readonly samplePropensities?: readonly (readonly number[])[];
  /** Is their error stated? Not where a posterior's shape is outside [0.05, 1e6]: they are then 'rough'. */
  readonly propensityAccuracy: StatedAccuracy | undefined;
  /** Of the chosen model, output tokens unknown; undefined without the option `latency`, as is the next. */
  readonly expectedLatencyMs: number | undefined;
  /**
   * P(latency <= limitMs) of the chosen model, 1 without a limit. Below 1 - maxViolationProbability it is on trial, or no model
   * allowed was better.
   */
  readonly probabilityWithinLimit: number | undefined;
  /** State of the model's circuit breaker, this call admitted: `'half-open'` for a trial call. Undefined without breakers. */
  readonly breaker: CircuitState | undefined;
  /** Was the model let through although its breaker would have refused, because no other was left? */
  readonly letThrough: boolean;
  /** Present where the router was made without models and chooses among the demo list's. */
  readonly demo?: true;
}

/** What all decisions of a group for one model have in common. */
export interface GroupFields extends Pick<
  Decision,
  | 'model'
  | 'segment'
  | 'expectedCostUsd'
  | 'eligible'
  | 'excluded'
  | 'expectedLatencyMs'
  | 'probabilityWithinLimit'
  | 'letThrough'
  | 'rule'
  | 'willingnessToPayUsd'
> {
  /** Probability with which the model is chosen, fallback and floor included: it was drawn by nothing else. */
  readonly propensity: number;
  /** The same of each of `eligible`, in its order; decisions of one group share the array, which is frozen. */
  readonly propensities: readonly number[];
  readonly propensityAccuracy: StatedAccuracy;
}

/**
 * A decision drawn from its propensities: no quality was drawn, so it has no sampled quality, utility, runner-up or margin, and whether the floor or the
 * fallback chose is not known. The propensities are there in every mode. All its members are its own and enumerable.
 */
export interface PropensityDecision
  extends
    GroupFields,
    Pick<
      Decision,
      'kind' | 'decisionId' | 'sequenceNumber' | 'evidenceReports' | 'evidenceVersion' | 'breaker'
    > {
  readonly demo?: true;
  readonly method: 'fromPropensity';
  readonly sampledQuality?: undefined;
  readonly utility?: undefined;
  readonly runnerUp?: undefined;
  readonly margin?: undefined;
  readonly byFloor?: undefined;
  readonly byFallback?: undefined;
}

/** No model was eligible: an outcome, not an error. It spends a sequence number and leaves nothing to report. */
export interface NoEligibleModel {
  readonly kind: 'no-eligible-model';
  /** Name of the rule that fired; undefined without. */
  readonly rule?: string | undefined;
  readonly excluded: readonly ExcludedModel[];
}

export type SelectResult = Decision | NoEligibleModel;
export type PropensityResult = PropensityDecision | NoEligibleModel;
export type AnyDecision = Decision | PropensityDecision;
