import type { ParsedRequest } from '../selection/request';
import type { BatchChoice } from './batch';
import type { Ticket } from './pending';

/** A request with what was decided and on which evidence. */
export interface Decided {
  readonly request: ParsedRequest;
  readonly choice: BatchChoice;
  readonly sequenceNumber: number;
  /** Rewards taken in before. */
  readonly evidenceReports: number;
  /** Reports taken in and changes of the models made before, reports that brought a cost only included. */
  readonly evidenceVersion: number;
  /** Undefined where no arm was chosen. */
  readonly ticket: Ticket | undefined;
}

export type Take = (decided: Decided) => void;

/** One of a request, where the caller has an encoder; else undefined, and none at all without prompts. */
export type Vectors = readonly (Float64Array | undefined)[];

export const NO_VECTORS: Vectors = [];
