import { fitBayesianRidge, type BayesianRidgeFit } from '../../forecast/bayesianRidge';
import { ConstantForecaster } from './constantForecaster';
import { emptyForecasts, MEDIAN, type Forecasts, type RowForecaster } from './forecasts';
import { logNormalForecasts } from './logNormal';
import type { PromptFeatures } from './promptFeatures';
import type { TokenTable } from './tokenTable';

/** Fewest rows that a regression with an intercept can learn a spread from. */
const FEWEST_ROWS = 3;
/** Noise of less than this is none: tokens are whole numbers. */
const LEAST_SD = 1e-6;

/**
 * Baseline without pooling: each model by itself, log tokens by Bayesian ridge regression with both precisions from its own evidence, and
 * normal noise. A model with fewer than three rows is forecast as `ConstantForecaster` does.
 */
export class RidgeForecaster implements RowForecaster {
  readonly #table: TokenTable;
  readonly #features: PromptFeatures;
  readonly #constant: ConstantForecaster;
  #fits: (BayesianRidgeFit | undefined)[] = [];

  /** @param features standardised, because all weights of a ridge have one prior */
  constructor(table: TokenTable, features: PromptFeatures) {
    this.#table = table;
    this.#features = features;
    this.#constant = new ConstantForecaster(table);
  }

  fit(rows: Uint32Array): void {
    this.#constant.fit(rows);
    this.#fits = byModel(this.#table, rows).map((own) => this.#fitModel(own));
  }

  forecast(rows: Uint32Array): Forecasts {
    const out = emptyForecasts(rows.length);
    byModel(this.#table, rows).forEach((own, model) => {
      if (own.length === 0) return;
      copyRows(this.#forecastModel(own, this.#fits[model]), rows, own, out);
    });
    return out;
  }

  medians(rows: Uint32Array): Float64Array {
    return this.forecast(rows).quantilesTokens[MEDIAN]!;
  }

  #fitModel(rows: Uint32Array): BayesianRidgeFit | undefined {
    const { dimensions } = this.#features;
    if (rows.length < FEWEST_ROWS || dimensions === 0) return undefined;
    const targets = Float64Array.from(rows, (row) => this.#table.logTokens[row]!);
    return fitBayesianRidge(this.#rowsOfFeatures(rows), targets, { dimensions });
  }

  #forecastModel(rows: Uint32Array, fit: BayesianRidgeFit | undefined): Forecasts {
    if (!fit) return this.#constant.forecast(rows);
    const { mean, sd } = fit.predict(this.#rowsOfFeatures(rows));
    const tokens = Float64Array.from(rows, (row) => this.#table.tokens[row]!);
    return logNormalForecasts({ mean, sd: sd.map((one) => Math.max(one, LEAST_SD)) }, tokens);
  }

  #rowsOfFeatures(rows: Uint32Array): Float64Array {
    const { dimensions, values } = this.#features;
    const out = new Float64Array(rows.length * dimensions);
    rows.forEach((row, i) => {
      const start = this.#table.rowPrompts[row]! * dimensions;
      out.set(values.subarray(start, start + dimensions), i * dimensions);
    });
    return out;
  }
}

function byModel({ models, rowModels }: TokenTable, rows: Uint32Array): Uint32Array[] {
  const groups: number[][] = models.map(() => []);
  for (const row of rows) groups[rowModels[row]!]!.push(row);
  return groups.map((group) => Uint32Array.from(group));
}

/** Puts the forecasts of `some` of `rows` in their places. */
function copyRows(from: Forecasts, rows: Uint32Array, some: Uint32Array, to: Forecasts): void {
  const place = new Map(Array.from(rows, (row, i) => [row, i]));
  some.forEach((row, i) => {
    const at = place.get(row)!;
    to.meanTokens[at] = from.meanTokens[i]!;
    to.probability[at] = from.probability[i]!;
    to.crpsTokens[at] = from.crpsTokens[i]!;
    to.quantilesTokens.forEach((values, j) => (values[at] = from.quantilesTokens[j]![i]!));
  });
}
