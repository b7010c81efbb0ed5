import type { ColdStartSummary } from './coldStartSummary';
import type { EvaluateOptions, SplitScores } from './evaluate';
import { LEVELS } from './forecasts';
import type {
  EvaluationSummary,
  ForecastResult,
  ForecastScores,
  ForecastTableSummary,
  ModelScores,
  OverallScores,
} from './result';
import { averageScores, meanOfNumbers, type Scores } from './scores';
import type { Split } from './split';
import type { TokenTable } from './tokenTable';

interface Evaluated {
  readonly pooled: SplitScores;
  readonly ridge: SplitScores;
  readonly constant: SplitScores;
  readonly coldStart: ColdStartSummary;
}

/** The document of an evaluation. */
export function resultOf(
  table: TokenTable,
  options: EvaluateOptions,
  splits: readonly Split[],
  { pooled, ridge, constant, coldStart }: Evaluated,
): ForecastResult {
  const unpooled = ridge.reliability.points();
  return {
    schemaVersion: 1,
    table: tableSummary(table),
    evaluation: evaluationSummary(table, options, splits),
    overall: besideBaselines(...averages([pooled, ridge, constant], (one) => one.overall)),
    models: Object.fromEntries(
      table.models.map(({ model, family }, index) => {
        const scores = averages([pooled, ridge, constant], (one) =>
          one.byModel.map((split) => split[index]!),
        );
        const known = table.families[family] ?? null;
        const own: ModelScores = {
          family: known,
          heldOutRows: scores[0].rows,
          ...besideBaselines(...scores),
        };
        return [model, own];
      }),
    ),
    baselines: {
      unpooledRidge: written(averageScores(ridge.overall)),
      constant: written(averageScores(constant.overall)),
    },
    reliability: pooled.reliability.points().map((point, i) => ({
      ...point,
      observedUnpooledRidge: unpooled[i]!.observed,
    })),
    coldStart,
  };
}

type Three<T> = readonly [pooled: T, ridge: T, constant: T];

function averages(
  [pooled, ridge, constant]: Three<SplitScores>,
  pick: (one: SplitScores) => readonly Scores[],
): Three<Scores> {
  return [averageScores(pick(pooled)), averageScores(pick(ridge)), averageScores(pick(constant))];
}

function besideBaselines(pooled: Scores, ridge: Scores, constant: Scores): OverallScores {
  const { maeTokens, ...rest } = written(pooled);
  return {
    maeTokens,
    maeConstantMedian: orNull(constant.maeTokens),
    maeConstantMean: orNull(constant.maeOfMeanTokens),
    maeUnpooledRidge: orNull(ridge.maeTokens),
    ...rest,
  };
}

function written(scores: Scores): ForecastScores {
  const { pinball, maeTokens, medianAbsoluteErrorTokens, maeOfMeanTokens, logR2, crps } = scores;
  return {
    maeTokens: orNull(maeTokens),
    medianAbsoluteErrorTokens: orNull(medianAbsoluteErrorTokens),
    maeOfMeanTokens: orNull(maeOfMeanTokens),
    logR2: orNull(logR2),
    coverage95: orNull(scores.coverage95),
    coverage80: orNull(scores.coverage80),
    coverage50: orNull(scores.coverage50),
    crps: orNull(crps),
    pinball: Object.fromEntries(LEVELS.map((level, i) => [String(level), orNull(pinball[i]!)])),
  };
}

/** JSON has no NaN. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function tableSummary(table: TokenTable): ForecastTableSummary {
  return {
    name: table.name,
    requests: table.requests,
    skippedLines: table.skippedLines,
    requestsWithoutPrompt: table.requestsWithoutPrompt,
    outcomesWithoutTokens: table.outcomesWithoutTokens,
    zeroTokenRows: table.zeroTokenRows,
    prompts: table.prompts.length,
    rows: table.rows,
    models: table.models.length,
    families: table.families.length,
  };
}

function evaluationSummary(
  table: TokenTable,
  { firstSeed, heldOut, encoder }: EvaluateOptions,
  splits: readonly Split[],
): EvaluationSummary {
  return {
    splits: splits.length,
    firstSeed,
    order: table.atSeconds ? 'by time' : 'shuffled by prompt',
    heldOut,
    encoder,
    trainingRows: meanOfNumbers(splits.map((split) => split.training.length)),
    heldOutRows: meanOfNumbers(splits.map((split) => split.heldOut.length)),
    heldOutRowsSeenBefore: splits.reduce((sum, split) => sum + split.seenBefore, 0),
  };
}
