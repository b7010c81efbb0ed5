import type { ColdStartSummary } from './coldStartSummary';
import type { HeldOutPart } from './split';

/** The document of `thompsonite forecast --json`. Lengths and errors are in tokens; null where a figure does not exist. */
export interface ForecastResult {
  readonly schemaVersion: 1;
  readonly table: ForecastTableSummary;
  readonly evaluation: EvaluationSummary;
  readonly overall: OverallScores;
  /** By model. */
  readonly models: Readonly<Record<string, ModelScores>>;
  /** The unpooled ridge regression and the constants, by the same measures. */
  readonly baselines: Readonly<Record<'unpooledRidge' | 'constant', ForecastScores>>;
  readonly reliability: readonly ReliabilityPoint[];
  readonly coldStart: ColdStartSummary;
}

export interface ForecastTableSummary {
  readonly name: string;
  readonly requests: number;
  readonly skippedLines: number;
  readonly requestsWithoutPrompt: number;
  readonly outcomesWithoutTokens: number;
  readonly zeroTokenRows: number;
  /** Different texts among the requests that are used. */
  readonly prompts: number;
  /** Answers of known length to a known prompt. */
  readonly rows: number;
  readonly models: number;
  readonly families: number;
}

export interface EvaluationSummary {
  readonly splits: number;
  readonly firstSeed: number;
  readonly order: 'shuffled by prompt' | 'by time';
  readonly heldOut: HeldOutPart;
  readonly encoder: string;
  /** Means over the splits. */
  readonly trainingRows: number;
  readonly heldOutRows: number;
  /** Held-out rows whose prompt was trained on, over all splits: 0 unless requests are split by time. */
  readonly heldOutRowsSeenBefore: number;
}

/** Averages over the splits; coverage over all their rows together. */
export interface ForecastScores {
  /** Mean absolute error of the median forecast. */
  readonly maeTokens: number | null;
  readonly medianAbsoluteErrorTokens: number | null;
  /** Mean absolute error of the mean forecast. */
  readonly maeOfMeanTokens: number | null;
  readonly logR2: number | null;
  readonly coverage95: number | null;
  readonly coverage80: number | null;
  readonly coverage50: number | null;
  /** Continuous ranked probability score, tokens. */
  readonly crps: number | null;
  /** Mean pinball loss by level. */
  readonly pinball: Readonly<Record<string, number | null>>;
}

/** With the errors of the baselines beside. */
export interface OverallScores extends ForecastScores {
  /** Of the median of the model's training answers. */
  readonly maeConstantMedian: number | null;
  /** Of the mean of the model's training answers. */
  readonly maeConstantMean: number | null;
  readonly maeUnpooledRidge: number | null;
}

export interface ModelScores extends OverallScores {
  /** null = not known. */
  readonly family: string | null;
  /** Over all splits. */
  readonly heldOutRows: number;
}

export interface ReliabilityPoint {
  readonly nominal: number;
  readonly observed: number;
  readonly observedUnpooledRidge: number;
}
