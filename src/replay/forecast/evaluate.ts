import { ConstantForecaster } from './constantForecaster';
import { coldStartCurves, type ColdStartCurve } from './coldStart';
import { summariseColdStart } from './coldStartSummary';
import type { GrowingForecaster, RowForecaster } from './forecasts';
import { standardised, type PromptFeatures } from './promptFeatures';
import { Reliability } from './reliability';
import { resultOf } from './resultOf';
import type { ForecastResult } from './result';
import { RidgeForecaster } from './ridgeForecaster';
import { ScoredRows, type Scores } from './scores';
import { splitTable, type HeldOutPart, type Split } from './split';
import type { TokenTable } from './tokenTable';

/** What is evaluated, and the features that the unpooled regression beside it may use as well. */
export interface PreparedSplit {
  readonly pooled: GrowingForecaster;
  readonly features: PromptFeatures;
}

export interface EvaluateOptions {
  /** Number of shuffles: of `firstSeed`, `firstSeed` + 1, …; a table split by time has one. */
  readonly splits: number;
  readonly firstSeed: number;
  readonly heldOut: HeldOutPart;
  /** Name of the encoder, for the result. */
  readonly encoder: string;
  /** Makes what is evaluated. It may look at the training prompts, and at others only to encode them. */
  readonly prepare: (table: TokenTable, split: Split) => PreparedSplit;
  readonly onProgress?: (label: string, done: number, total: number) => void;
}

/** Scores of one forecaster in every split. */
export interface SplitScores {
  readonly overall: readonly Scores[];
  /** By split, then by model. */
  readonly byModel: readonly (readonly Scores[])[];
  readonly reliability: Reliability;
}

/** Forecasts held-out rows of every split from its training rows, and lets left-out models start cold. */
export function evaluateForecasts(table: TokenTable, options: EvaluateOptions): ForecastResult {
  const seeds = Array.from(
    { length: table.atSeconds ? 1 : options.splits },
    (_, i) => options.firstSeed + i,
  );
  const pooled = new Tally();
  const ridge = new Tally();
  const constant = new Tally();
  const curves: ColdStartCurve[] = [];
  const splits = seeds.map((seed) => splitTable(table, seed, options.heldOut));
  let done = 0;
  const step = (label: string) => options.onProgress?.(label, ++done, 4 * seeds.length);
  splits.forEach((split, i) => {
    const prepared = options.prepare(table, split);
    const features = standardised(prepared.features, split.trainingPrompts);
    const unpooled = new RidgeForecaster(table, features);
    step('features');
    constant.add(table, split, new ConstantForecaster(table));
    ridge.add(table, split, unpooled);
    step('unpooled');
    pooled.add(table, split, prepared.pooled);
    step('pooled');
    const forecasters = { pooled: prepared.pooled, unpooled };
    curves.push(...coldStartCurves(table, split, seeds[i]!, forecasters));
    step('cold start');
  });
  return resultOf(table, options, splits, {
    pooled,
    ridge,
    constant,
    coldStart: summariseColdStart(curves),
  });
}

/** Scores gathered split by split. */
class Tally implements SplitScores {
  readonly overall: Scores[] = [];
  readonly byModel: Scores[][] = [];
  readonly reliability = new Reliability();

  add(table: TokenTable, { training, heldOut }: Split, forecaster: RowForecaster): void {
    forecaster.fit(training);
    const forecasts = forecaster.forecast(heldOut);
    const scored = new ScoredRows(table, heldOut, forecasts);
    this.overall.push(scored.overall());
    this.byModel.push(scored.byModel());
    this.reliability.add(forecasts.probability);
  }
}
