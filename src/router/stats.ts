import { MOST_ARMS, type Arms } from '../arms/models';
import type { BreakerCounts } from '../breaker/circuitBreaker';
import type { CircuitState } from '../breaker/state';
import { ERROR_CLASSES, type ErrorClass } from '../core/errorClass';
import type { BudgetStats } from '../pacing/budget';
import type { ArmBreakers } from './armBreakers';
import type { PropensityMode } from './options';
import type { RouterState } from './state';

/** A breaker as it stands. */
export interface BreakerStats extends BreakerCounts {
  readonly state: CircuitState;
  /** Milliseconds until a call would be admitted; null: not before `restore`. */
  readonly waitMs: number | null;
  /** How often it opened, and how often it was isolated. */
  readonly openings: number;
  readonly isolations: number;
}

/** What a model did, undecayed. */
export interface ModelStats {
  /** How often it was chosen. */
  readonly decisions: number;
  /** Decisions for which a report said how the call went. */
  readonly calls: number;
  readonly failures: number;
  /** Failures by class, those that occurred. */
  readonly errors: Readonly<Partial<Record<ErrorClass, number>>>;
  /** Rewards learned, and their mean; null without any. */
  readonly rewards: number;
  readonly meanReward: number | null;
  /** Costs learned, and their sum. */
  readonly costs: number;
  readonly costUsd: number;
  /** null without breakers. */
  readonly breaker: BreakerStats | null;
}

/** What a router did and holds: plain JSON. */
export interface RouterStats {
  readonly decisions: number;
  /** Requests that no model was eligible for. */
  readonly withoutModel: number;
  readonly reports: Readonly<Record<'accepted' | 'duplicate' | 'unknown' | 'expired', number>>;
  readonly models: Readonly<Record<string, ModelStats>>;
  /** Decisions that reports are taken for. */
  readonly pending: number;
  /** Decisions given up: too old, or too many. */
  readonly expired: number;
  readonly evicted: number;
  readonly segments: number;
  /** Requests that shared the row of segments beyond the limit. */
  readonly sharedSegmentRequests: number;
  readonly propensity: PropensityMode;
  readonly evidenceVersion: number;
  readonly evidenceReports: number;
  /** φ: how much less than a coin rewards vary within a cell, in [0.05, 1]. */
  readonly dispersion: number;
  /** Errors of listeners that nobody took. */
  readonly droppedErrors: number;
  /** The budget's current window, as of the latest decision; null without a budget. */
  readonly budget: BudgetStats | null;
}

/** Counts of one arm. */
class ArmTally {
  decisions = 0;
  calls = 0;
  failures = 0;
  readonly errors = new Array<number>(ERROR_CLASSES.length).fill(0);
  rewards = 0;
  rewardSum = 0;
  costs = 0;
  costUsd = 0;
  openings = 0;
  isolations = 0;
}

/** The counts of a router as plain JSON. */
export interface TallyState {
  readonly decisions: number;
  readonly withoutModel: number;
  readonly reports: RouterStats['reports'];
  readonly arms: readonly ArmTally[];
}

/** Counts decide nothing: those that cannot be are left as they are. */
function takeCounts(into: object, from: object | undefined): void {
  const numbers = into as Record<string, unknown>;
  for (const [key, value] of Object.entries(from ?? {}))
    if (typeof numbers[key] === 'number' && typeof value === 'number' && value >= 0)
      numbers[key] = value;
}

/** Counts what a router does. */
export class Tally {
  readonly #arms: ArmTally[] = [];
  decisions = 0;
  withoutModel = 0;
  readonly reports = { accepted: 0, duplicate: 0, unknown: 0, expired: 0 };

  /** All counts, plain JSON, for `restore`. */
  toJSON(): TallyState {
    const { decisions, withoutModel, reports } = this;
    return { decisions, withoutModel, reports: { ...reports }, arms: structuredClone(this.#arms) };
  }

  /** Takes over what `toJSON` gave: numbers that are counts, whatever else it says left out. */
  restore(state: unknown): void {
    if (typeof state !== 'object' || state === null) return;
    const { arms, ...rest } = state as Partial<TallyState>;
    takeCounts(this, rest);
    takeCounts(this.reports, rest.reports);
    if (!Array.isArray(arms)) return;
    arms.slice(0, MOST_ARMS).forEach((counts, arm) => {
      const tally = this.#of(arm);
      takeCounts(tally, counts);
      takeCounts(tally.errors, counts?.errors);
    });
  }

  /** @param arm -1 = none was eligible */
  decided(arm: number): void {
    this.decisions++;
    if (arm < 0) this.withoutModel++;
    else this.#of(arm).decisions++;
  }

  called(arm: number, error: ErrorClass | undefined): void {
    const tally = this.#of(arm);
    tally.calls++;
    if (error === undefined) return;
    tally.failures++;
    tally.errors[ERROR_CLASSES.indexOf(error)]!++;
  }

  /** NaN = nothing learned. */
  learned(arm: number, reward: number, costUsd: number): void {
    const tally = this.#of(arm);
    if (!Number.isNaN(reward)) {
      tally.rewards++;
      tally.rewardSum += reward;
    }
    if (!Number.isNaN(costUsd)) {
      tally.costs++;
      tally.costUsd += costUsd;
    }
  }

  changed(arm: number, to: CircuitState): void {
    if (to === 'open') this.#of(arm).openings++;
    if (to === 'isolated') this.#of(arm).isolations++;
  }

  /** By model. */
  models(
    arms: Arms,
    breakers: ArmBreakers | undefined,
    nowMs: number,
  ): Readonly<Record<string, ModelStats>> {
    // Own properties whatever the ids are called.
    return Object.fromEntries(
      arms.list.map(({ index, model }) => [model, this.#model(index, breakers, nowMs)]),
    );
  }

  #model(arm: number, breakers: ArmBreakers | undefined, nowMs: number): ModelStats {
    const tally = this.#of(arm);
    const { decisions, calls, failures, rewards, costs, costUsd } = tally;
    const counted = ERROR_CLASSES.map((name, i) => [name, tally.errors[i]!] as const);
    return {
      decisions,
      calls,
      failures,
      errors: Object.fromEntries(counted.filter(([, count]) => count > 0)),
      rewards,
      meanReward: rewards === 0 ? null : tally.rewardSum / rewards,
      costs,
      costUsd,
      breaker: breakers ? breakerStats(tally, arm, breakers, nowMs) : null,
    };
  }

  #of(arm: number): ArmTally {
    while (this.#arms.length <= arm) this.#arms.push(new ArmTally());
    return this.#arms[arm]!;
  }
}

/** The router's numbers beside those that its facade adds. */
export function readStats(
  tally: Tally,
  state: RouterState,
  rest: Pick<RouterStats, 'models' | 'propensity' | 'droppedErrors' | 'budget'>,
): RouterStats {
  const { pending, segments, evidence } = state;
  return {
    decisions: tally.decisions,
    withoutModel: tally.withoutModel,
    reports: { ...tally.reports },
    pending: pending.size,
    expired: pending.expired.aged,
    evicted: pending.expired.evicted,
    segments: segments.count,
    sharedSegmentRequests: segments.sharedRequests,
    evidenceVersion: state.evidenceVersion,
    evidenceReports: evidence.reports,
    dispersion: evidence.dispersion,
    ...rest,
  };
}

function breakerStats(
  { openings, isolations }: ArmTally,
  arm: number,
  breakers: ArmBreakers,
  nowMs: number,
): BreakerStats {
  const breaker = breakers.of(arm);
  // The wait first: it may bring about what the state then is.
  const waitMs = breaker.waitMs(nowMs);
  return {
    state: breaker.state,
    waitMs: waitMs === Infinity ? null : waitMs,
    ...breaker.counts(nowMs),
    openings,
    isolations,
  };
}
