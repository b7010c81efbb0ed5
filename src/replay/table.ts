import type { Arms } from '../arms/models';

/** What one model answered to one request, as far as it is known; NaN = not known. */
export interface RecordedOutcome {
  /** In [0, 1]. */
  readonly quality: number;
  readonly costUsd: number;
  readonly outputTokens: number;
  /** Absent = not known. */
  readonly latencyMs?: number;
  /** Where several samples were recorded: all of them, this one first. */
  readonly samples?: readonly RecordedOutcome[];
}

/** One request with the recorded outcomes of every model that answered it. */
export interface RecordedRequest {
  readonly id: string;
  readonly segment: string | undefined;
  /** Seconds since the start of the table; NaN = not known. */
  readonly atSeconds: number;
  /** NaN = not known. */
  readonly promptTokens: number;
  /** undefined where the table has none. */
  readonly prompt: string | undefined;
  /** UTF-16 units of the prompt; NaN where the table has none. */
  readonly promptCharacters: number;
  /** By model; the first sample where several were recorded. */
  readonly outcomes: ReadonlyMap<string, RecordedOutcome>;
}

/** What was recorded of several samples of a request's prompt. */
export interface RecordedSampleColumns {
  /** Most samples of a model. */
  readonly most: number;
  /** By arm: samples that every row has. */
  readonly recorded: Uint32Array;
  /** rows × arms × most, in [0, 1]; NaN beyond what is recorded. */
  readonly quality: Float64Array;
  /** rows × arms × most, USD. */
  readonly costUsd: Float64Array;
}

/** A table whose arms are (model, n): each model's best of n samples. */
export interface SampleLevels {
  /** The table whose arms are the models. */
  readonly base: OutcomeTable;
  /** By arm: index of its model in `base`. */
  readonly models: Uint32Array;
  /** By arm: samples. */
  readonly samples: Uint32Array;
  /** By model: its arm of one sample. */
  readonly single: Uint32Array;
}

/** Requests × arms, dense: what a replay needs, in the order of the file. */
export interface OutcomeTable {
  readonly name: string;
  /** Lines that held a request, whether used or not. */
  readonly requests: number;
  readonly skippedLines: number;
  readonly leftOutModels: readonly string[];
  readonly arms: Arms;
  /** Number of rows: requests with a known quality of every arm. */
  readonly rows: number;
  /** Name of each segment; '' for requests without one. */
  readonly segmentNames: readonly string[];
  /** Segment index of each row. */
  readonly segments: Uint32Array;
  /** Seconds since the start of the table, or undefined where a row has none. */
  readonly atSeconds: Float64Array | undefined;
  /** NaN = not known. */
  readonly promptTokens: Float64Array;
  /** Length of each prompt in tokens, or in characters/4 where tokens are not known; NaN = neither is known. */
  readonly promptLengths: Float64Array;
  /** By row; undefined where one is not known. */
  readonly prompts?: readonly string[] | undefined;
  /** rows × arms, in [0, 1]. */
  readonly quality: Float64Array;
  /** rows × arms, USD. */
  readonly costUsd: Float64Array;
  /** rows × arms; undefined where one is not known. */
  readonly latencyMs?: Float64Array | undefined;
  /** rows × arms, NaN = not known; with latencies only. */
  readonly outputTokens?: Float64Array | undefined;
  /** Where a model has several samples in every row. */
  readonly samples?: RecordedSampleColumns | undefined;
  /** Where the arms are (model, n). */
  readonly levels?: SampleLevels | undefined;
}

/** Mean of each column of a rows × columns matrix, rows added in order. */
export function columnMeans(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < rows * columns; i++) means[i % columns]! += matrix[i]!;
  return means.map((sum) => sum / rows);
}
