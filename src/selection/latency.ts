import { ParameterError } from '../core/errors';
import {
  OPEN_UNIT,
  optionalNumber,
  POSITIVE,
  requireId,
  requireObject,
  requireOptions,
  USD,
  wholeBetween,
} from '../core/validation';
import type { LatencyPolicy } from '../forecast/latency/latencyBlock';

/** How decisions mind the time that answers take (docs/MATH.md §21). Latencies are learned from reports. */
export interface LatencyOptions {
  /**
   * USD that a second of waiting costs, in [0, 1e9]: utility is lowered by usdPerSecond × expected seconds / willingnessToPayUsd.
   * @defaultValue 0
   */
  readonly usdPerSecond?: number;
  /**
   * Only models that answer within so many ms, > 0, with probability 1 - maxViolationProbability are eligible; where none of those allowed
   * does, the one of greatest probability alone.
   * @defaultValue no limit
   */
  readonly limitMs?: number;
  /** In (0, 1); needs limitMs. @defaultValue 0.05 */
  readonly maxViolationProbability?: number;
  /**
   * Latencies that must have been reported of a model before the limit may exclude it, decayed like all reports, 0 to 10^6; needs
   * limitMs. With a half-life, a model that is excluded comes to be tried again.
   * @defaultValue 5
   */
  readonly trialReports?: number;
  /** Who serves a model, by its id: models of one provider borrow from each other. @defaultValue the model's family */
  readonly providers?: Readonly<Record<string, string>>;
}

export interface ParsedLatency {
  readonly usdPerSecond: number;
  /** Infinity = none. */
  readonly limitMs: number;
  readonly maxViolationProbability: number;
  readonly trialReports: number;
  readonly providers: ReadonlyMap<string, string>;
}

const KEYS = ['usdPerSecond', 'limitMs', 'maxViolationProbability', 'trialReports', 'providers'];

/** @param models their ids @throws {ParameterError} */
export function parseLatency(
  parameter: string,
  value: unknown,
  models: ReadonlyMap<string, unknown>,
): ParsedLatency | undefined {
  if (value === undefined) return undefined;
  const options = requireOptions(parameter, value, KEYS);
  const number = (key: string, interval: Parameters<typeof optionalNumber>[2], otherwise: number) =>
    optionalNumber(`${parameter}.${key}`, options[key], interval, otherwise);
  for (const key of ['maxViolationProbability', 'trialReports']) {
    if (options[key] !== undefined && options['limitMs'] === undefined)
      throw new ParameterError(`${parameter}.${key}`, 'given with limitMs only', options[key]);
  }
  return {
    usdPerSecond: number('usdPerSecond', USD, 0),
    limitMs: number('limitMs', POSITIVE, Infinity),
    maxViolationProbability: number('maxViolationProbability', OPEN_UNIT, 0.05),
    trialReports: number('trialReports', wholeBetween(0, 1_000_000), 5),
    providers: parseProviders(`${parameter}.providers`, options['providers'], models),
  };
}

function parseProviders(
  parameter: string,
  value: unknown,
  models: ReadonlyMap<string, unknown>,
): Map<string, string> {
  const entries = Object.entries(value === undefined ? {} : requireObject(parameter, value));
  return new Map(
    entries.map(([model, provider]) => {
      if (!models.has(model))
        throw new ParameterError(parameter, 'by ids of the router’s models', model);
      return [model, requireId(`${parameter}[${JSON.stringify(model)}]`, provider)];
    }),
  );
}

/** In the kernel's terms; `costWeight` is 1 / willingness to pay. */
export function latencyPolicy(
  latency: Omit<ParsedLatency, 'providers'>,
  costWeight: number,
): LatencyPolicy {
  return {
    utilityPerMs: (latency.usdPerSecond / 1000) * costWeight,
    limitMs: latency.limitMs,
    leastProbability: 1 - latency.maxViolationProbability,
    trialReports: latency.trialReports,
  };
}
