import { logInto } from '../../posterior/special';
import { quantile } from '../bootstrap';
import { INTERVALS, LEVELS, MEDIAN, type Forecasts } from './forecasts';
import { placeOf, type TokenTable } from './tokenTable';

/** Forecasts held against what came. Every score is of tokens unless it says log; NaN where there is nothing to score. */
export interface Scores {
  readonly rows: number;
  /** Mean absolute error of the median forecast. */
  readonly maeTokens: number;
  readonly medianAbsoluteErrorTokens: number;
  /** Mean absolute error of the mean forecast. */
  readonly maeOfMeanTokens: number;
  /** 1 - Σe²/Σ(y - mean of the model's scored y)², y log tokens, e = y - log of the median forecast; NaN where no y varies. */
  readonly logR2: number;
  /** Shares of rows inside the central intervals. */
  readonly coverage50: number;
  readonly coverage80: number;
  readonly coverage95: number;
  /** Mean continuous ranked probability score. */
  readonly crps: number;
  /** Mean pinball loss at each of `LEVELS`. */
  readonly pinball: readonly number[];
}

/** One forecaster on the held-out rows of one split. */
export class ScoredRows {
  readonly #forecasts: Forecasts;
  readonly #tokens: Float64Array;
  readonly #logTokens: Float64Array;
  readonly #logErrors: Float64Array;
  readonly #models: Uint32Array;
  readonly #modelCount: number;

  /** @param rows rows of `table` that `forecasts` speak of */
  constructor(table: TokenTable, rows: Uint32Array, forecasts: Forecasts) {
    this.#forecasts = forecasts;
    this.#tokens = Float64Array.from(rows, (row) => table.tokens[row]!);
    this.#logTokens = Float64Array.from(rows, (row) => table.logTokens[row]!);
    this.#models = Uint32Array.from(rows, (row) => table.rowModels[row]!);
    this.#modelCount = table.models.length;
    const medians = forecasts.quantilesTokens[MEDIAN]!.map(placeOf);
    const logs = logInto(medians, new Float64Array(rows.length));
    this.#logErrors = this.#logTokens.map((y, i) => y - logs[i]!);
  }

  overall(): Scores {
    return this.#scores(Array.from(this.#tokens, (_, i) => i));
  }

  /** A model's scores, by index in the table. */
  byModel(): Scores[] {
    const groups: number[][] = Array.from({ length: this.#modelCount }, () => []);
    this.#models.forEach((model, i) => groups[model]!.push(i));
    return groups.map((group) => this.#scores(group));
  }

  #scores(group: readonly number[]): Scores {
    const { meanTokens, quantilesTokens, crpsTokens } = this.#forecasts;
    const mean = (score: (i: number) => number) => meanOver(group, score);
    const errors = (forecast: Float64Array) => (i: number) =>
      Math.abs(this.#tokens[i]! - forecast[i]!);
    const medianErrors = errors(quantilesTokens[MEDIAN]!);
    return {
      rows: group.length,
      maeTokens: mean(medianErrors),
      medianAbsoluteErrorTokens: quantile(Float64Array.from(group, medianErrors).sort(), 0.5),
      maeOfMeanTokens: mean(errors(meanTokens)),
      logR2: this.#logR2(group),
      coverage50: mean(this.#inside(INTERVALS[50])),
      coverage80: mean(this.#inside(INTERVALS[80])),
      coverage95: mean(this.#inside(INTERVALS[95])),
      crps: mean((i) => crpsTokens[i]!),
      pinball: LEVELS.map((level, j) =>
        mean((i) => pinballLoss(level, this.#tokens[i]! - quantilesTokens[j]![i]!)),
      ),
    };
  }

  /** Empty answers and ends below ½ stand at ½, as in logarithms: forecasts in log tokens have no other place for them. */
  #inside([low, high]: readonly [number, number]): (i: number) => number {
    const { quantilesTokens } = this.#forecasts;
    const [from, to] = [quantilesTokens[low]!, quantilesTokens[high]!];
    return (i) => {
      const tokens = placeOf(this.#tokens[i]!);
      return tokens >= placeOf(from[i]!) && tokens <= placeOf(to[i]!) ? 1 : 0;
    };
  }

  #logR2(group: readonly number[]): number {
    const sums = new Float64Array(this.#modelCount);
    const counts = new Float64Array(this.#modelCount);
    for (const i of group) {
      sums[this.#models[i]!]! += this.#logTokens[i]!;
      counts[this.#models[i]!]!++;
    }
    let [unexplained, total] = [0, 0];
    for (const i of group) {
      const model = this.#models[i]!;
      const deviation = this.#logTokens[i]! - sums[model]! / counts[model]!;
      unexplained += this.#logErrors[i]! * this.#logErrors[i]!;
      total += deviation * deviation;
    }
    return total > 0 ? 1 - unexplained / total : NaN;
  }
}

/** Of an error y - q at level p: p·error above the quantile, (p - 1)·error below. */
function pinballLoss(level: number, error: number): number {
  return error >= 0 ? level * error : (level - 1) * error;
}

function meanOver(group: readonly number[], score: (i: number) => number): number {
  let sum = 0;
  for (const i of group) sum += score(i);
  return sum / group.length;
}

/**
 * Scores of several splits as one: coverage over all their rows together, the rest averaged over the splits that have it.
 */
export function averageScores(splits: readonly Scores[]): Scores {
  const rows = splits.reduce((sum, one) => sum + one.rows, 0);
  const average = (value: (one: Scores) => number) =>
    meanOfNumbers(splits.filter((one) => one.rows > 0).map(value));
  const share = (value: (one: Scores) => number) =>
    splits.reduce((sum, one) => sum + (one.rows > 0 ? one.rows * value(one) : 0), 0) / rows;
  return {
    rows,
    maeTokens: average((one) => one.maeTokens),
    medianAbsoluteErrorTokens: average((one) => one.medianAbsoluteErrorTokens),
    maeOfMeanTokens: average((one) => one.maeOfMeanTokens),
    logR2: average((one) => one.logR2),
    coverage50: share((one) => one.coverage50),
    coverage80: share((one) => one.coverage80),
    coverage95: share((one) => one.coverage95),
    crps: average((one) => one.crps),
    pinball: LEVELS.map((_, j) => average((one) => one.pinball[j]!)),
  };
}

/** Mean of what is a number; NaN of nothing. */
export function meanOfNumbers(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
