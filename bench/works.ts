import type { Answer, Parameters, Refusal, Turn } from './protocol';

/** A number that keeps the work alive and shows that it is the same; called after the clock has stopped. */
export type Checksum = () => number;

/** One job of as many operations as it was prepared for. */
export type Job = () => Checksum;

/** Makes the data and gives the job: what the caller would have at hand is prepared here, what belongs to the work is in the job. */
export type Prepare = (operations: number, parameters: Parameters) => Job;

/** By work, then by variant: the ways a contestant can do it. */
export type Works = Readonly<Record<string, Readonly<Record<string, Prepare>>>>;

const MOST_REPETITIONS = 100_000;

interface Prepared {
  readonly job: Job;
  repetitions: number;
}

/** Jobs of the case at hand: those of the last case are dropped when another begins. */
const prepared = new Map<string, Prepared>();
let current = '';

/** Times the job of a turn by this process's CPU time, all its threads together. */
export function doTurn(works: Works, turn: Turn): Answer | Refusal {
  const prepare = works[turn.work]?.[turn.variant];
  if (!prepare) return { refused: `no ${turn.work} ${turn.variant}` };
  if (turn.case !== current) prepared.clear();
  current = turn.case;
  const key = `${turn.work} ${turn.variant} ${turn.operations}`;
  let entry = prepared.get(key);
  if (!entry) {
    entry = { job: prepare(turn.operations, turn.parameters), repetitions: 1 };
    prepared.set(key, entry);
  }

  const { job, repetitions } = entry;
  const before = process.cpuUsage();
  let checksum = job();
  for (let i = 1; i < repetitions; i++) checksum = job();
  const { user, system } = process.cpuUsage(before);
  const nanoseconds = (user + system) * 1000;
  entry.repetitions = nextRepetitions(repetitions, nanoseconds, turn.leastNanoseconds);
  return { nanoseconds, operations: repetitions * turn.operations, checksum: checksum() };
}

/** As many as would have filled the time; a tenfold step at most, for the first job runs cold. */
export function nextRepetitions(repetitions: number, nanoseconds: number, least: number): number {
  if (nanoseconds >= least) return repetitions;
  const wanted = Math.ceil((repetitions * least) / Math.max(nanoseconds, 1));
  return Math.min(wanted, 10 * repetitions, MOST_REPETITIONS);
}
