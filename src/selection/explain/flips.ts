import type { TracedArm, TracedDecision } from './traces';
import { willingnessFlip } from './willingness';

export type FlipKind =
  'quality-up' | 'quality-down' | 'cost-up' | 'cost-down' | 'willingness-to-pay';

/** A change of one number of the decision, all others as they were: up to `to` the choice stays, beyond it another model is executed. */
export interface ArmFlip {
  readonly kind: FlipKind;
  /** Index of the arm whose number changes; -1 for the willingness to pay. */
  readonly arm: number;
  readonly from: number;
  readonly to: number;
  /** Index of the arm that is executed then. */
  readonly executed: number;
}

/** Who is executed where arm `chosen` has the greatest utility. */
export function executedFor(decision: TracedDecision, chosen: number): number {
  const { trusted, confidence, arms } = decision;
  if (trusted < 0 || chosen === trusted) return chosen;
  return arms[chosen]!.confidence < confidence ? trusted : chosen;
}

/**
 * The least change of each kind that flips the choice (docs/MATH.md §25). None where the floor chose: it does not look at utilities.
 */
export function flipsOf(decision: TracedDecision): ArmFlip[] {
  if (decision.chosenBy === 'floor') return [];
  const rivals = rivalsOf(decision);
  const willingness = willingnessFlip(decision, (arm) => executedFor(decision, arm));
  return [
    least(rivals.flatMap((arm) => qualityUp(decision, arm) ?? [])),
    least(rivals.flatMap((arm) => costDown(decision, arm) ?? [])),
    ...chosenDown(decision),
    willingness,
  ].filter((flip) => flip !== undefined);
}

/** Eligible arms that would change what is executed. */
export function rivalsOf(decision: TracedDecision): number[] {
  const now = executedFor(decision, decision.chosen);
  return [...decision.arms.keys()].filter(
    (arm) => decision.arms[arm]!.eligible && executedFor(decision, arm) !== now,
  );
}

/** undefined where no draw could be so great. */
export function qualityUp(decision: TracedDecision, arm: number): ArmFlip | undefined {
  const { quality } = decision.arms[arm]!;
  const to = quality + gapOf(decision, arm);
  if (!decision.byContext && to > 1) return undefined;
  return { kind: 'quality-up', arm, from: quality, to, executed: executedFor(decision, arm) };
}

/** undefined where even a call that costs nothing would not do. */
export function costDown(decision: TracedDecision, arm: number): ArmFlip | undefined {
  const { costUsd } = decision.arms[arm]!;
  const to = costUsd - gapOf(decision, arm) / decision.costWeight;
  if (!(to >= 0)) return undefined;
  return { kind: 'cost-down', arm, from: costUsd, to, executed: executedFor(decision, arm) };
}

/** The chosen arm made worse: the next best takes its place, whatever comes after that one. */
function chosenDown(decision: TracedDecision): ArmFlip[] {
  const { arms, chosen, costWeight, byContext } = decision;
  const next = runnerUpOf(decision);
  if (next < 0 || executedFor(decision, next) === executedFor(decision, chosen)) return [];
  const { quality, costUsd } = arms[chosen]!;
  const gap = gapOf(decision, next);
  const executed = executedFor(decision, next);
  const down: ArmFlip = {
    kind: 'quality-down',
    arm: chosen,
    from: quality,
    to: quality - gap,
    executed,
  };
  const to = costUsd + gap / costWeight;
  const up: ArmFlip = { kind: 'cost-up', arm: chosen, from: costUsd, to, executed };
  return [
    ...(byContext || down.to >= 0 ? [down] : []),
    ...(costWeight > 0 && to < Infinity ? [up] : []),
  ];
}

/** Of the others the one of greatest utility; ties to the cheaper, then the lower index. -1: none. */
function runnerUpOf({ arms, chosen }: TracedDecision): number {
  let best = -1;
  arms.forEach((arm, i) => {
    if (i !== chosen && arm.eligible && (best < 0 || beats(arm, arms[best]!))) best = i;
  });
  return best;
}

function beats(one: TracedArm, other: TracedArm): boolean {
  if (one.utility !== other.utility) return one.utility > other.utility;
  return one.costUsd < other.costUsd;
}

function gapOf({ arms, chosen }: TracedDecision, arm: number): number {
  return arms[chosen]!.utility - arms[arm]!.utility;
}

function least(flips: readonly ArmFlip[]): ArmFlip | undefined {
  let best: ArmFlip | undefined;
  for (const flip of flips) if (!best || sizeOf(flip) < sizeOf(best)) best = flip;
  return best;
}

function sizeOf({ from, to }: ArmFlip): number {
  return Math.abs(to - from);
}

/** How great a change is relative to what changes: by what factor, less 1; Infinity where there is none. */
export function relativeChange({ kind, from, to }: ArmFlip): number {
  if (kind === 'willingness-to-pay') return Math.max(to / from, from / to) - 1;
  return from === to ? 0 : Math.abs(to - from) / Math.abs(from);
}
