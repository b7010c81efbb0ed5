import type { MirroredDecision, MirroredOutcome } from './host';
import type { Side } from './comparison';
import type { ParsedShadowOptions } from './options';

/**
 * What became of a mirrored call: `answered` with an outcome; `failed`: threw, rejected, or gave an outcome with an error; `timed-out`; `aborted` by `close`; `invalid`:
 * answered with what is no outcome.
 */
export type ShadowStatus = 'answered' | 'failed' | 'timed-out' | 'aborted' | 'invalid';

/** A mirrored call that has ended, as its line in the shadow's log has it; null = not known. */
export interface ShadowRecord {
  readonly kind: 'call';
  readonly decisionId: string;
  readonly segment: string | null;
  /** The model that serves the request. */
  readonly served: string;
  readonly candidate: string;
  readonly status: ShadowStatus;
  readonly reward: number | null;
  readonly costUsd: number | null;
  /** Set aside before the call. */
  readonly expectedCostUsd: number;
  /** What the budget was charged: the cost, or where none came what was expected. */
  readonly bookedUsd: number;
  /** By the router's clock, from the offer on. */
  readonly durationMs: number;
  /** In words. */
  readonly error: string | null;
  /** At which the outcome was learned; 0: it was not. */
  readonly weight: number;
  /** Of the served model, as far as reported; what comes later has a line of its own. */
  readonly servedReward: number | null;
  readonly servedCostUsd: number | null;
}

/** Grows with every change after which a reader of before would misread. */
export const SHADOW_LOG_VERSION = 1;

/** First line of a shadow's log. */
export function shadowHeaderLine(options: ParsedShadowOptions, instanceId: string): string {
  const { candidates, share, budget, maxConcurrent, timeoutMs, weight } = options;
  const { usd, windowMs } = budget;
  return toLine({
    schemaVersion: SHADOW_LOG_VERSION,
    kind: 'shadow',
    instanceId,
    candidates,
    share,
    budget: { usd, windowMs: windowMs === Infinity ? 'Infinity' : windowMs },
    maxConcurrent,
    timeoutMs,
    weight,
  });
}

/** A call under way, or ended. */
export interface CallFacts {
  readonly decision: MirroredDecision;
  readonly candidate: string;
  readonly expectedCostUsd: number;
  readonly startedMs: number;
}

export interface CallResult {
  readonly status: ShadowStatus;
  readonly outcome: MirroredOutcome | undefined;
  readonly error: string | undefined;
  readonly bookedUsd: number;
  readonly weight: number;
}

export function shadowRecord(
  { decision, candidate, expectedCostUsd, startedMs }: CallFacts,
  { status, outcome, error, bookedUsd, weight }: CallResult,
  served: Side,
  nowMs: number,
): ShadowRecord {
  return {
    kind: 'call',
    decisionId: decision.decisionId,
    segment: decision.segment ?? null,
    served: decision.served,
    candidate,
    status,
    reward: nullIfNaN(outcome?.reward ?? NaN),
    costUsd: nullIfNaN(outcome?.costUsd ?? NaN),
    expectedCostUsd,
    bookedUsd,
    durationMs: nowMs - startedMs,
    error: error ?? null,
    weight,
    servedReward: nullIfNaN(served.reward),
    servedCostUsd: nullIfNaN(served.costUsd),
  };
}

/** The served model's report, where it comes after the call's end. */
export function servedLine(decisionId: string, candidate: string, served: Side): string {
  return toLine({
    kind: 'served',
    decisionId,
    candidate,
    servedReward: nullIfNaN(served.reward),
    servedCostUsd: nullIfNaN(served.costUsd),
  });
}

/** A call that had been given up gave its cost after all; `bookedUsd` is what that adds. */
export function lateLine(facts: CallFacts, costUsd: number, bookedUsd: number): string {
  const { decision, candidate } = facts;
  return toLine({ kind: 'late', decisionId: decision.decisionId, candidate, costUsd, bookedUsd });
}

export function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

const LONGEST_ERROR = 300;

/** What was thrown, in words: it may be anything, and reading it may throw. */
export function errorText(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.slice(0, LONGEST_ERROR);
  } catch {
    return 'an error that cannot be read';
  }
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
