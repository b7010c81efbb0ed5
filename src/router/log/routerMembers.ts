import { seedValue } from '../../random/seed';
import type { ParsedContext } from '../../selection/context';
import type { LatencyOptions, ParsedLatency } from '../../selection/latency';
import type { ParsedRouterOptions } from '../options';
import { sameJson } from '../snapshot/givenOptions';

/** Options that are others after a restart, as the log has them; null: left out now. */
export type ChangedMembers = Readonly<Record<string, unknown>>;

/** What decisions depend on, but for models and names, as a log has it: JSON, an infinite option the string "Infinity". */
export function routerMembers(options: ParsedRouterOptions): Record<string, unknown> {
  return {
    // A number would lose bits beyond 2^53.
    seed: String(seedValue(options.seed)),
    propensity: options.propensity,
    willingnessToPayUsd: finiteOrText(options.willingnessToPayUsd),
    explorationScale: options.explorationScale,
    floor: options.floor,
    ...(options.fallback && { fallback: options.fallback }),
    ...(options.riskWeight > 0 && { riskWeight: options.riskWeight }),
    posterior: {
      ...options.posterior,
      halfLifeRequests: finiteOrText(options.posterior.halfLifeRequests),
      halfLifeMs: finiteOrText(options.posterior.halfLifeMs),
    },
    reward: options.reward,
    maxPendingDecisions: options.maxPendingDecisions,
    ...(options.drift && { drift: options.drift }),
    ...(options.bestOf && { bestOf: options.bestOf }),
    ...(options.latency && { latency: latencyMembers(options.latency) }),
    ...(options.context && { context: contextMembers(options.context) }),
    ...(options.demo && { demo: true }),
  };
}

/** What is another now. */
export function changedMembers(old: ParsedRouterOptions, now: ParsedRouterOptions): ChangedMembers {
  const [before, after] = [routerMembers(old), routerMembers(now)];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...keys].filter((key) => !sameJson(before[key], after[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key] ?? null]));
}

/** What is another now, as options of a restore. */
export function optionsOfMembers(changed: ChangedMembers): Record<string, unknown> {
  const entries = Object.entries(changed).filter(([key]) => key !== 'demo');
  return Object.fromEntries(entries.map(([key, value]) => [key, infiniteFromText(value)]));
}

/** As the option was given: a limit that is none stays away. */
function latencyMembers(latency: ParsedLatency): LatencyOptions {
  const { usdPerSecond, limitMs, maxViolationProbability, trialReports, providers } = latency;
  return {
    usdPerSecond,
    providers: Object.fromEntries(providers),
    ...(limitMs < Infinity && { limitMs, maxViolationProbability, trialReports }),
  };
}

/** The encoder itself cannot be written; the forecasts of each decision stand for it. */
function contextMembers({ encoder, freezeAfterPrompts }: ParsedContext) {
  return { freezeAfterPrompts, ownEncoder: encoder !== undefined };
}

function finiteOrText(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

export function infiniteFromText(value: unknown): unknown {
  return value === 'Infinity' ? Infinity : value;
}
