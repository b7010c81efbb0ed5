import type { Aim, BenchCase, Entrant } from './cases';
import type { CaseResult, Timed } from './contest';
import { ratiosOf, spreadOf, type Spread } from './quantiles';

export interface Line {
  readonly entrant: Entrant;
  readonly nanoseconds: Spread;
  /** Time over ours, round by round; undefined where ours was not timed. */
  readonly ratio: Spread | undefined;
  /** Mean over the rounds. */
  readonly checksum: number;
}

export interface Verdict {
  readonly case: BenchCase;
  readonly aim: Aim;
  /** The fastest of the aim's peers; undefined where none was timed, or ours was not. */
  readonly line: Line | undefined;
  readonly reached: 'goal' | 'floor' | 'missed' | 'peer absent' | 'ours absent';
}

export interface Judged {
  readonly result: CaseResult;
  readonly lines: readonly Line[];
  /** The first of our ways that was timed: the ratios are of its time. */
  readonly ours: Line | undefined;
  readonly verdicts: readonly Verdict[];
  /** Contestants whose checksum lies too far from ours: they did not do the same work. */
  readonly disagreeing: readonly Entrant[];
}

/** Ratios, and what they say about the aims: by the medians, against the fastest of the peer's ways. */
export function judge(result: CaseResult): Judged {
  const ours = result.timed.find(({ entrant }) => entrant.process === 'thompsonite');
  const lines = result.timed.map((timed) => lineOf(timed, ours));
  // Where ours is not there the first that is stands in for it.
  const reference = lines[0]?.checksum ?? NaN;
  return {
    result,
    lines,
    ours: lines.find(({ entrant }) => entrant === ours?.entrant),
    verdicts: result.case.aims.map((aim) => verdictOf(result.case, aim, lines)),
    disagreeing: lines
      .filter(({ checksum }) => !(Math.abs(checksum - reference) <= result.case.tolerance))
      .map(({ entrant }) => entrant),
  };
}

function lineOf(timed: Timed, ours: Timed | undefined): Line {
  return {
    entrant: timed.entrant,
    nanoseconds: spreadOf(timed.nanoseconds),
    ratio: ours && ratiosOf(timed.nanoseconds, ours.nanoseconds),
    checksum: timed.checksums.reduce((sum, one) => sum + one, 0) / timed.checksums.length,
  };
}

function verdictOf(one: BenchCase, aim: Aim, lines: readonly Line[]): Verdict {
  const [fastest] = lines
    .filter(({ entrant, ratio }) => ratio && aim.peers.some((peer) => same(peer, entrant)))
    .sort((a, b) => a.nanoseconds.median - b.nanoseconds.median);
  const ratio = fastest?.ratio?.median;
  return {
    case: one,
    aim,
    line: fastest,
    reached:
      ratio === undefined
        ? lines.some(({ entrant }) => entrant.process === 'thompsonite')
          ? 'peer absent'
          : 'ours absent'
        : ratio >= aim.goal
          ? 'goal'
          : ratio >= aim.floor
            ? 'floor'
            : 'missed',
  };
}

function same(a: Entrant, b: Entrant): boolean {
  return a.process === b.process && a.variant === b.variant;
}
