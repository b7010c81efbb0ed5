import { EmpiricalDistribution } from './empirical';
import { emptyForecasts, LEVELS, type Forecasts, type RowForecaster } from './forecasts';
import type { TokenTable } from './tokenTable';

/** Baseline without features: a model's answers are as long as its answers so far; of a model without any, as those of all. */
export class ConstantForecaster implements RowForecaster {
  readonly #table: TokenTable;
  #byModel: (EmpiricalDistribution | undefined)[] = [];
  #all: EmpiricalDistribution | undefined;

  constructor(table: TokenTable) {
    this.#table = table;
  }

  fit(rows: Uint32Array): void {
    const { models, rowModels, tokens } = this.#table;
    const values: number[][] = models.map(() => []);
    for (const row of rows) values[rowModels[row]!]!.push(tokens[row]!);
    this.#all = distributionOf(Array.from(rows, (row) => tokens[row]!));
    this.#byModel = values.map(distributionOf);
  }

  forecast(rows: Uint32Array): Forecasts {
    const { tokens } = this.#table;
    const out = emptyForecasts(rows.length);
    rows.forEach((row, i) => {
      const known = this.#known(row);
      out.meanTokens[i] = known.mean;
      LEVELS.forEach((level, j) => (out.quantilesTokens[j]![i] = known.quantile(level)));
      out.probability[i] = known.probability(tokens[row]!);
      out.crpsTokens[i] = known.crps(tokens[row]!);
    });
    return out;
  }

  medians(rows: Uint32Array): Float64Array {
    return Float64Array.from(rows, (row) => this.#known(row).quantile(0.5));
  }

  #known(row: number): EmpiricalDistribution {
    return this.#byModel[this.#table.rowModels[row]!] ?? this.#all!;
  }
}

function distributionOf(values: readonly number[]): EmpiricalDistribution | undefined {
  return values.length === 0 ? undefined : new EmpiricalDistribution(Float64Array.from(values));
}
