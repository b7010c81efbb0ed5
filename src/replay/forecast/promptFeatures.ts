/** Features of every prompt of a table. */
export interface PromptFeatures {
  readonly dimensions: number;
  /** The first so many columns are quantities of their own; the others are coordinates of one space, with one unit. */
  readonly named: number;
  /** Prompts × dimensions, row-major. */
  readonly values: Float64Array;
}

/** Below this share of a column's size its spread is rounding. */
const NO_SPREAD = 1e-9;

/**
 * What a ridge with one precision for all weights needs: columns centred over `prompts`; each named one with variance 1 there, the others with mean variance 1,
 * so that directions keep their proportions. Columns that do not vary are left out.
 */
export function standardised(features: PromptFeatures, prompts: Uint32Array): PromptFeatures {
  const { dimensions, named, values } = features;
  const count = values.length / dimensions;
  const kept = Array.from({ length: dimensions }, (_, j) => momentsOf(features, prompts, j)).filter(
    ({ variance }) => variance > 0,
  );
  const others = kept.filter(({ column }) => column >= named);
  const shared = others.reduce((sum, { variance }) => sum + variance, 0) / others.length;
  const scales = kept.map(({ column, variance }) => Math.sqrt(column < named ? variance : shared));
  const out = new Float64Array(count * kept.length);
  for (let prompt = 0; prompt < count; prompt++) {
    kept.forEach(({ column, mean }, j) => {
      out[prompt * kept.length + j] = (values[prompt * dimensions + column]! - mean) / scales[j]!;
    });
  }
  return { dimensions: kept.length, named: kept.length - others.length, values: out };
}

function momentsOf({ dimensions, values }: PromptFeatures, prompts: Uint32Array, column: number) {
  let sum = 0;
  for (const prompt of prompts) sum += values[prompt * dimensions + column]!;
  const mean = sum / prompts.length;
  let squares = 0;
  for (const prompt of prompts) {
    const deviation = values[prompt * dimensions + column]! - mean;
    squares += deviation * deviation;
  }
  const variance = squares / prompts.length;
  const rounding = NO_SPREAD * mean;
  return { column, mean, variance: variance > rounding * rounding ? variance : 0 };
}
