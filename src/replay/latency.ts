import { latencyPolicy } from '../selection/latency';
import type { LatencyPolicy } from '../forecast/latency/latencyBlock';
import { quantile } from './bootstrap';
import type { LatencyFigures } from './result';
import type { PolicyRuns } from './runs';
import type { OutcomeTable } from './table';

/** How a replay minds time. */
export interface ReplayLatency {
  readonly usdPerSecond: number;
  /** Infinity = no limit. */
  readonly limitMs: number;
  readonly maxViolationProbability: number;
}

/** As a router's option `latency` with its default of trial reports. */
const TRIAL_REPORTS = 5;

export function replayPolicy(latency: ReplayLatency, costWeight: number): LatencyPolicy {
  return latencyPolicy({ ...latency, trialReports: TRIAL_REPORTS }, costWeight);
}

/** What a policy's answers took, over all requests and seeds; learning included. */
export function latencyFigures(
  table: OutcomeTable,
  runs: PolicyRuns,
  latency: ReplayLatency,
  costWeight: number,
): LatencyFigures {
  const latencyMs = table.latencyMs!;
  const arms = table.arms.list.length;
  const perMs = replayPolicy(latency, costWeight).utilityPerMs;
  const taken = new Float64Array(table.rows * runs.chosenByRow.length);
  let utility = 0;
  runs.chosenByRow.forEach((chosen, seed) =>
    chosen.forEach((arm, row) => {
      const cell = row * arms + arm;
      const ms = latencyMs[cell]!;
      taken[seed * table.rows + row] = ms;
      utility += table.quality[cell]! - costWeight * table.costUsd[cell]! - perMs * ms;
    }),
  );
  const sum = taken.reduce((total, ms) => total + ms, 0);
  const late = taken.filter((ms) => ms > latency.limitMs).length;
  taken.sort();
  return {
    meanMs: sum / taken.length,
    p50Ms: quantile(taken, 0.5),
    p95Ms: quantile(taken, 0.95),
    lateShare: latency.limitMs < Infinity ? late / taken.length : null,
    utility: utility / taken.length,
  };
}
