import { Generator, GeneratorStream } from '../../random/generator';
import { type GrowingForecaster, type RowForecaster } from './forecasts';
import type { Split } from './split';
import type { TokenTable } from './tokenTable';

/** Families below this size teach a new member too little to speak of. */
export const FEWEST_RELATIVES = 3;
/** Rows of the new model that are learned before it is scored; the last point is always all of its training rows. */
const GRID = [
  0, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 2000, 5000,
];

/** How a model that was left out is forecast after its first `rows` rows. */
export interface ColdStartPoint {
  readonly rows: number;
  readonly maePooled: number;
  readonly maeUnpooled: number;
}

/** The learning curve of one model in one split. */
export interface ColdStartCurve {
  readonly model: number;
  /** By rows, from 0 to all training rows. */
  readonly points: readonly ColdStartPoint[];
}

export interface ColdStartForecasters {
  readonly pooled: GrowingForecaster;
  /** Fitted anew on the new model's rows alone; on none of them it is given all other models' rows. */
  readonly unpooled: RowForecaster;
}

/**
 * Leaves one model out of every family of at least three, all in one go, so that each is new to its family and none helps another; then
 * lets each by itself come back row by row. Held-out prompts are new to every model.
 * @param seed which member of a family it is
 */
export function coldStartCurves(
  table: TokenTable,
  split: Split,
  seed: number,
  { pooled, unpooled }: ColdStartForecasters,
): ColdStartCurve[] {
  const { rowModels } = table;
  const leftOut = new Set(pickNewModels(table, split, seed));
  if (leftOut.size === 0) return [];
  const others = split.training.filter((row) => !leftOut.has(rowModels[row]!));
  pooled.fit(others);
  return [...leftOut].map((model) => {
    const own = split.training.filter((row) => rowModels[row] === model);
    const scored = split.heldOut.filter((row) => rowModels[row] === model);
    const mae = (forecaster: RowForecaster) => meanAbsoluteError(table, scored, forecaster);
    const growing = pooled.copy();
    let learned = 0;
    const points = gridUpTo(own.length).map((rows): ColdStartPoint => {
      growing.learn(own.subarray(learned, rows));
      learned = rows;
      unpooled.fit(rows === 0 ? others : own.subarray(0, rows));
      return { rows, maePooled: mae(growing), maeUnpooled: mae(unpooled) };
    });
    return { model, points };
  });
}

/** One model of every family of at least three that have both training and held-out rows. */
function pickNewModels(
  { models, families, rowModels }: TokenTable,
  split: Split,
  seed: number,
): number[] {
  const trained = new Set(Array.from(split.training, (row) => rowModels[row]!));
  const scored = new Set(Array.from(split.heldOut, (row) => rowModels[row]!));
  const generator = new Generator(seed, GeneratorStream.COLD_START);
  return families.flatMap((_, family) => {
    const members = models.flatMap((one, model) => (one.family === family ? [model] : []));
    const known = members.filter((model) => trained.has(model) && scored.has(model));
    return known.length < FEWEST_RELATIVES ? [] : [known[generator.index(known.length)]!];
  });
}

function gridUpTo(rows: number): number[] {
  return [...GRID.filter((count) => count < rows), rows];
}

function meanAbsoluteError(
  { tokens }: TokenTable,
  rows: Uint32Array,
  forecaster: RowForecaster,
): number {
  const medians = forecaster.medians(rows);
  let sum = 0;
  rows.forEach((row, i) => (sum += Math.abs(tokens[row]! - medians[i]!)));
  return sum / rows.length;
}
