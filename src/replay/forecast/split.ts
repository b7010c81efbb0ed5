import { Generator, GeneratorStream } from '../../random/generator';
import type { TokenTable } from './tokenTable';

/** Shares of the training part and of the one between it and the held-out part. */
const TRAINING = 0.6;
const MIDDLE = 0.2;

/** What is scored: the last fifth, or the middle one, on which choices may be made without touching the last. */
export type HeldOutPart = 'test' | 'validation';

/** Rows of a table, in the order in which their requests came; made before anything is fitted. */
export interface Split {
  readonly training: Uint32Array;
  readonly heldOut: Uint32Array;
  /** Prompts that the training part holds, in the order of their first request. */
  readonly trainingPrompts: Uint32Array;
  /** Held-out rows whose prompt the training part holds as well: none unless requests are split by time. */
  readonly seenBefore: number;
}

/**
 * Splits 60/20/20. By time where every request has one: the first 60 % train, and a prompt that comes again later is
 * met again, as it would be live. Otherwise the distinct prompts are shuffled by the seed, and all rows of a prompt fall in one part.
 */
export function splitTable(table: TokenTable, seed: number, heldOut: HeldOutPart): Split {
  const requests = orderedRequests(table, seed);
  const rowsOf = rowsByRequest(table);
  const units = table.atSeconds ? requests.length : table.prompts.length;
  const first = Math.round(TRAINING * units);
  const second = Math.round((TRAINING + MIDDLE) * units);
  const rank = unitRanks(table, requests);
  const rowsBetween = (from: number, to: number) =>
    Uint32Array.from(
      [...requests].filter((_, i) => rank[i]! >= from && rank[i]! < to).flatMap((r) => rowsOf[r]!),
    );
  const training = rowsBetween(0, first);
  const scored = heldOut === 'test' ? rowsBetween(second, units) : rowsBetween(first, second);
  const known = new Set(Array.from(training, (row) => table.rowPrompts[row]!));
  return {
    training,
    heldOut: scored,
    trainingPrompts: Uint32Array.from(known),
    seenBefore: scored.filter((row) => known.has(table.rowPrompts[row]!)).length,
  };
}

/** Requests by time, else by their prompt's place in the shuffle; requests of one prompt keep the file's order. */
function orderedRequests(table: TokenTable, seed: number): Uint32Array {
  const { atSeconds, requestPrompts, prompts } = table;
  const key = atSeconds ?? shuffledPlaces(seed, prompts.length, requestPrompts);
  // Array sorting is stable, so that ties stay in the order of the file.
  const requests = Array.from({ length: requestPrompts.length }, (_, request) => request);
  return Uint32Array.from(requests.sort((a, b) => key[a]! - key[b]!));
}

function shuffledPlaces(seed: number, prompts: number, requestPrompts: Uint32Array): Float64Array {
  const order = new Generator(seed, GeneratorStream.TOKEN_SPLIT).permutation(prompts);
  const places = new Float64Array(prompts);
  order.forEach((prompt, place) => (places[prompt] = place));
  return Float64Array.from(requestPrompts, (prompt) => places[prompt]!);
}

/** Position of each ordered request among the units that are split: itself, or its prompt. */
function unitRanks({ atSeconds, requestPrompts }: TokenTable, requests: Uint32Array): number[] {
  if (atSeconds) return Array.from(requests, (_, i) => i);
  let rank = -1;
  let before: number | undefined;
  return Array.from(requests, (request) => {
    const prompt = requestPrompts[request]!;
    if (prompt !== before) rank++;
    before = prompt;
    return rank;
  });
}

function rowsByRequest({ requestPrompts, rowRequests }: TokenTable): number[][] {
  const rows: number[][] = Array.from(requestPrompts, () => []);
  rowRequests.forEach((request, row) => rows[request]!.push(row));
  return rows;
}
