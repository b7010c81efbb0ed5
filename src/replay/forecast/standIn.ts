import type { PreparedSplit } from './evaluate';
import type { Forecasts, GrowingForecaster } from './forecasts';
import { encodePrompts, type PromptVectors } from './encodePrompts';
import { standardised, type PromptFeatures } from './promptFeatures';
import { RidgeForecaster } from './ridgeForecaster';
import type { Split } from './split';
import type { TokenTable } from './tokenTable';

/** Stand-in until the pooled forecaster is here. */
class StandIn implements GrowingForecaster {
  #rows: Uint32Array = new Uint32Array(0);
  #dirty = true;
  readonly #ridge: RidgeForecaster;
  constructor(
    readonly table: TokenTable,
    readonly features: PromptFeatures,
  ) {
    this.#ridge = new RidgeForecaster(table, features);
  }
  fit(rows: Uint32Array): void {
    this.#rows = rows;
    this.#dirty = true;
  }
  learn(rows: Uint32Array): void {
    this.#rows = Uint32Array.from([...this.#rows, ...rows]);
    this.#dirty = true;
  }
  forecast(rows: Uint32Array): Forecasts {
    if (this.#dirty) this.#ridge.fit(this.#rows);
    this.#dirty = false;
    return this.#ridge.forecast(rows);
  }
  copy(): StandIn {
    const copy = new StandIn(this.table, this.features);
    copy.fit(this.#rows);
    return copy;
  }
}

export function prepareStandIn(
  table: TokenTable,
  split: Split,
  vectors: PromptVectors,
): PreparedSplit {
  const features = encodePrompts(table, split, vectors);
  return {
    features,
    pooled: new StandIn(table, standardised(features, split.trainingPrompts)),
  };
}
