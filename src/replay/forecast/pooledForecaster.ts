import { TokenForecaster, type TokenObservation } from '../../forecast/tokens/tokenForecaster';
import type { TokenPrediction } from '../../forecast/tokens/tokenPrediction';
import { emptyForecasts, LEVELS, type Forecasts, type GrowingForecaster } from './forecasts';
import type { PromptFeatures } from './promptFeatures';
import { placeOf, type TokenTable } from './tokenTable';

/** The library's `TokenForecaster`, through nothing but its public methods, on features that are made once a split. */
export class PooledForecaster implements GrowingForecaster {
  readonly #table: TokenTable;
  readonly #features: PromptFeatures;
  /** Features of each prompt: always the same object, which is how the forecaster knows answers to one prompt. */
  readonly #inputs: readonly Float64Array[];
  #forecaster: TokenForecaster;

  constructor(table: TokenTable, features: PromptFeatures) {
    const { dimensions, values } = features;
    this.#table = table;
    this.#features = features;
    this.#inputs = table.prompts.map((_, prompt) =>
      values.subarray(prompt * dimensions, (prompt + 1) * dimensions),
    );
    this.#forecaster = this.#fresh();
  }

  fit(rows: Uint32Array): void {
    this.#forecaster = this.#fresh();
    this.#forecaster.fit(Array.from(rows, (row) => this.#observation(row)));
  }

  learn(rows: Uint32Array): void {
    for (const row of rows) this.#forecaster.observe(this.#observation(row));
  }

  copy(): PooledForecaster {
    const copy = new PooledForecaster(this.#table, this.#features);
    copy.#forecaster = TokenForecaster.fromState(this.#forecaster.exportState());
    return copy;
  }

  forecast(rows: Uint32Array): Forecasts {
    const { tokens } = this.#table;
    const out = emptyForecasts(rows.length);
    this.#predictions(rows).forEach((prediction, i) => {
      const came = tokens[rows[i]!]!;
      out.meanTokens[i] = prediction.meanTokens;
      prediction
        .quantilesTokens(LEVELS)
        .forEach((quantile, j) => (out.quantilesTokens[j]![i] = quantile));
      out.probability[i] = prediction.probabilityWithin(placeOf(came));
      out.crpsTokens[i] = prediction.crpsTokens(came);
    });
    return out;
  }

  medians(rows: Uint32Array): Float64Array {
    return Float64Array.from(this.#predictions(rows), ({ medianTokens }) => medianTokens);
  }

  /** One call of the kernel for all models where a prompt is asked of many. */
  #predictions(rows: Uint32Array): TokenPrediction[] {
    const { models, rowPrompts, rowModels } = this.#table;
    const counts = new Map<number, number>();
    for (const row of rows) {
      const prompt = rowPrompts[row]!;
      counts.set(prompt, (counts.get(prompt) ?? 0) + 1);
    }
    const all = new Map<number, TokenPrediction[]>();
    return Array.from(rows, (row) => {
      const [prompt, model] = [rowPrompts[row]!, rowModels[row]!];
      const input = this.#inputs[prompt]!;
      if (2 * counts.get(prompt)! < models.length)
        return this.#forecaster.predict(input, models[model]!.model);
      let predictions = all.get(prompt);
      if (!predictions) all.set(prompt, (predictions = this.#forecaster.predictAll(input)));
      return predictions[model]!;
    });
  }

  #observation(row: number): TokenObservation {
    const { models, rowPrompts, rowModels, tokens } = this.#table;
    return {
      input: this.#inputs[rowPrompts[row]!]!,
      model: models[rowModels[row]!]!.model,
      outputTokens: tokens[row]!,
    };
  }

  #fresh(): TokenForecaster {
    const { models, families } = this.#table;
    const { dimensions, named } = this.#features;
    return new TokenForecaster({
      models: Object.fromEntries(
        models.map(({ model, family }) => [
          model,
          // A family without a name takes its model's, after a character that keeps it apart from any that has one.
          { family: families[family] ?? `\u0000${model}` },
        ]),
      ),
      ownFeatures: { dimensions, surface: named - 1 },
    });
  }
}
