/** Takes turns: every contestant once a round, the order moved on by one each round, so that drift and neighbours hit all alike. */
import type { BenchCase, Entrant } from './cases';
import type { Absent, Contestant } from './peers/lineProcess';
import type { Turn } from './protocol';

export interface Rounds {
  /** Turns that do not count: short ones first, so that every runtime compiles, then whole ones. */
  readonly shortWarmUps: number;
  readonly warmUps: number;
  readonly counted: number;
  readonly leastNanoseconds: number;
}

export interface Timed {
  readonly entrant: Entrant;
  /** Nanoseconds of CPU time an operation, round by round. */
  readonly nanoseconds: readonly number[];
  readonly checksums: readonly number[];
}

export interface NotTimed {
  readonly entrant: Entrant;
  readonly reason: string;
}

export interface CaseResult {
  readonly case: BenchCase;
  readonly timed: readonly Timed[];
  readonly notTimed: readonly NotTimed[];
}

interface Seat {
  readonly entrant: Entrant;
  readonly contestant: Contestant;
  readonly nanoseconds: number[];
  readonly checksums: number[];
  refused?: string;
}

export async function runCase(
  one: BenchCase,
  contestants: readonly (Contestant | Absent)[],
  rounds: Rounds,
): Promise<CaseResult> {
  const notTimed: NotTimed[] = [];
  const seats: Seat[] = [];
  for (const entrant of one.entrants) {
    const contestant = contestants.find(({ name }) => name === entrant.process);
    if (contestant && 'take' in contestant)
      seats.push({ entrant, contestant, nanoseconds: [], checksums: [] });
    else notTimed.push({ entrant, reason: contestant?.absent ?? 'not asked for' });
  }

  const { shortWarmUps, warmUps, counted, leastNanoseconds } = rounds;
  for (let round = 0; round < shortWarmUps + warmUps + counted; round++) {
    const short = round < shortWarmUps;
    const turn = {
      case: one.id,
      work: one.work,
      parameters: one.parameters,
      operations: short ? Math.ceil(one.operations / 10) : one.operations,
      leastNanoseconds: short ? 0 : leastNanoseconds,
    };
    for (const seat of rotated(seats, round))
      await takeTurn(
        seat,
        { ...turn, variant: seat.entrant.variant },
        round >= shortWarmUps + warmUps,
      );
  }
  for (const { entrant, refused } of seats)
    if (refused !== undefined) notTimed.push({ entrant, reason: refused });
  return {
    case: one,
    timed: seats.filter(({ refused }) => refused === undefined),
    notTimed,
  };
}

async function takeTurn(seat: Seat, turn: Turn, counts: boolean): Promise<void> {
  if (seat.refused !== undefined) return;
  const answer = await seat.contestant.take(turn);
  if ('refused' in answer) seat.refused = answer.refused;
  else if (counts) {
    seat.nanoseconds.push(answer.nanoseconds / answer.operations);
    seat.checksums.push(answer.checksum);
  }
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const start = list.length > 0 ? by % list.length : 0;
  return [...list.slice(start), ...list.slice(0, start)];
}
