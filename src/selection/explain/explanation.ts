import type { CircuitState } from '../../breaker/state';
import type { ExclusionReason } from '../decision';
import type { StatedAccuracy } from '../propensities';
import type { FlipKind } from './flips';
import type { ChosenBy } from './traces';

/** What a decision saw of one model. Terms are in units of utility. */
export interface ArmExplanation {
  readonly model: string;
  /** With the option `bestOf`: samples of it. All the rest is of that many. */
  readonly n?: number;
  readonly eligible: boolean;
  /** Why it was not eligible. */
  readonly reason: ExclusionReason | undefined;
  /** Of its circuit breaker at the decision; undefined without breakers. */
  readonly breaker: CircuitState | undefined;
  /** The quality drawn; where the prompt decided, the doubt about the cost is in it. undefined where the decision was drawn from propensities. */
  readonly sampledQuality: number | undefined;
  /** Mean and standard deviation of the posterior of quality that was drawn from, at an exploration scale of 1. */
  readonly meanQuality: number;
  readonly qualityDeviation: number;
  readonly expectedCostUsd: number;
  /** What its cost, its latency and the risk took from utility. */
  readonly costTerm: number;
  readonly latencyTerm: number;
  readonly riskTerm: number;
  /** undefined where not eligible or no quality was drawn, as is the next. */
  readonly utility: number | undefined;
  /** How far it lies below the greatest utility. */
  readonly margin: number | undefined;
  /** Probability with which the executed policy chose it, fallback and floor included. */
  readonly propensity: number;
  /** P(quality >= qualityFloor) of option `fallback`; undefined without it. */
  readonly confidence: number | undefined;
  /** Would it have handed its turn to the trusted model? */
  readonly handsOver: boolean;
  /** Drawn quality above which it would have been of greatest utility and have changed what was executed; undefined where none would, as is the next. */
  readonly qualityToFlip: number | undefined;
  /** Expected cost below which it would. */
  readonly costUsdToFlip: number | undefined;
}

/** A change of one number, all others as they were, at which the choice flips: just short of `to` it stays. */
export interface Flip {
  readonly kind: FlipKind;
  /** Model whose quality or cost changes; undefined for the willingness to pay. */
  readonly model: string | undefined;
  /** … asked so many times, with the option `bestOf`. */
  readonly n?: number;
  readonly from: number;
  readonly to: number;
  /** |to / from - 1|, for the willingness to pay max(to / from, from / to) - 1. */
  readonly relativeChange: number;
  /** Model that is executed then. */
  readonly chooses: string;
  /** … and so many samples of it. */
  readonly choosesN?: number;
}

/** Why a decision was made, as of when it was made. */
export interface Explanation {
  readonly kind: 'explanation';
  readonly decisionId: string;
  readonly sequenceNumber: number;
  readonly segment: string | undefined;
  /** The model executed. */
  readonly model: string;
  /** Samples of it, with the option `bestOf`. */
  readonly n?: number;
  readonly chosenBy: ChosenBy;
  /** Name of the rule that fired; what it left out has the reason 'rule'. undefined without. */
  readonly rule: string | undefined;
  /** The model of greatest utility: the same, unless the fallback or the floor took another. undefined where no quality was drawn. */
  readonly greatestUtility: string | undefined;
  /** Who drew the qualities: the segment's cells or the prompt's forecasts. */
  readonly expert: 'segment' | 'prompt';
  /** Probability that the prompt decided; undefined without prompts. */
  readonly promptShare: number | undefined;
  readonly willingnessToPayUsd: number;
  readonly propensityAccuracy: StatedAccuracy;
  /** All models, in code-unit order of their ids; with the option `bestOf` a row for every number of samples allowed. */
  readonly arms: readonly ArmExplanation[];
  /** The least change of each kind that flips the choice, the relatively least first; none where the floor chose, or a draw from the propensities. */
  readonly flips: readonly Flip[];
}

/** Nothing is known of a decision: another router's, not made yet, or one that is not kept: of too long ago, or of before a model was added. */
export interface UnknownDecision {
  readonly kind: 'unknown';
  readonly decisionId: string;
  readonly reason: 'other-router' | 'not-made' | 'not-kept';
}
