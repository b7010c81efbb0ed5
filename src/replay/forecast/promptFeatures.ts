/** Features of every prompt of a table. */
export interface PromptFeatures {
  readonly dimensions: number;
  /** Prompts × dimensions, row-major. */
  readonly values: Float64Array;
}

/** Columns that vary over `prompts`, each with mean 0 and variance 1 there: what a ridge with one precision for all weights needs. */
export function standardised(features: PromptFeatures, prompts: Uint32Array): PromptFeatures {
  const { dimensions, values } = features;
  const count = values.length / dimensions;
  const columns = Array.from({ length: dimensions }, (_, j) => momentsOf(features, prompts, j));
  const kept = columns.filter(({ sd }) => sd > 0);
  const out = new Float64Array(count * kept.length);
  for (let prompt = 0; prompt < count; prompt++) {
    kept.forEach(({ column, mean, sd }, j) => {
      out[prompt * kept.length + j] = (values[prompt * dimensions + column]! - mean) / sd;
    });
  }
  return { dimensions: kept.length, values: out };
}

/** Below this share of a column's size its spread is rounding. */
const NO_SPREAD = 1e-9;

function momentsOf({ dimensions, values }: PromptFeatures, prompts: Uint32Array, column: number) {
  let sum = 0;
  for (const prompt of prompts) sum += values[prompt * dimensions + column]!;
  const mean = sum / prompts.length;
  let squares = 0;
  for (const prompt of prompts) {
    const deviation = values[prompt * dimensions + column]! - mean;
    squares += deviation * deviation;
  }
  const sd = Math.sqrt(squares / prompts.length);
  return { column, mean, sd: sd > NO_SPREAD * Math.abs(mean) ? sd : 0 };
}
