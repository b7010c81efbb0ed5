/**
 * What the harness and a contestant say to each other: one line of JSON each way. A contestant is a process of its own that
 * lives for the whole run, so that no runtime is timed in the shadow of another, and measures its own CPU time.
 */

/** Numbers that describe a work: shapes, sizes. Every contestant makes its data from them with the same hash (data.ts). */
export type Parameters = Readonly<Record<string, number>>;

export interface Turn {
  /** The case's id: a contestant may keep what it prepared for as long as this stays. */
  readonly case: string;
  /** Which of its works the contestant shall do, and in which of its ways. */
  readonly work: string;
  readonly variant: string;
  readonly parameters: Parameters;
  /** Draws, decisions, updates, rows … of one job. */
  readonly operations: number;
  /** The job is repeated until about so much CPU time has gone by: short jobs are lost in the clock's steps. */
  readonly leastNanoseconds: number;
}

export interface Answer {
  /** CPU time of the contestant's process over all repetitions. */
  readonly nanoseconds: number;
  /** Operations of all repetitions. */
  readonly operations: number;
  /** Of the last repetition, made after the clock has stopped: shows that all contestants did the same work. */
  readonly checksum: number;
}

/** The answer to a work or variant that the contestant does not have, or that failed. */
export interface Refusal {
  readonly refused: string;
}

/** The first line of a contestant, before any turn: what it is, or why it cannot take part. */
export type Greeting =
  { readonly versions: Readonly<Record<string, string>> } | { readonly absent: string };
