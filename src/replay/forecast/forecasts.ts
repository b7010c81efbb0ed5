/** Levels p whose quantiles are scored: the pinball loss is averaged at each, and intervals lie between a pair of them. */
export const LEVELS = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975] as const;
/** Places in `LEVELS` of the ends of the central intervals. */
export const INTERVALS = { 50: [3, 5], 80: [2, 6], 95: [0, 8] } as const;
export const MEDIAN = 4;

/** What a forecaster says of some rows; every array has a value a row. */
export interface Forecasts {
  readonly meanTokens: Float64Array;
  /** By level of `LEVELS`. */
  readonly quantilesTokens: readonly Float64Array[];
  /** P(tokens <= what came, at least ½), in [0, 1]: uniform where the forecaster is calibrated. */
  readonly probability: Float64Array;
  /** Continuous ranked probability score, in tokens: the absolute error of a forecast without spread. */
  readonly crpsTokens: Float64Array;
}

/** Learns from rows of a table and forecasts others; it never sees the tokens of a row that it was not given. */
export interface RowForecaster {
  /** Learns from `rows` alone: what it knew before is gone. */
  fit(rows: Uint32Array): void;
  forecast(rows: Uint32Array): Forecasts;
  /** Medians alone, in tokens: where nothing else is wanted. */
  medians(rows: Uint32Array): Float64Array;
}

/** A forecaster that goes on learning; copies go their own ways. */
export interface GrowingForecaster extends RowForecaster {
  /** Learns from more rows, whatever it knows already. */
  learn(rows: Uint32Array): void;
  copy(): GrowingForecaster;
}

/** Room for the forecasts of `rows` rows. */
export function emptyForecasts(rows: number): Forecasts {
  return {
    meanTokens: new Float64Array(rows),
    quantilesTokens: LEVELS.map(() => new Float64Array(rows)),
    probability: new Float64Array(rows),
    crpsTokens: new Float64Array(rows),
  };
}
