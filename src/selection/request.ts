import { ROUTED_SAMPLES, type Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import {
  TOKENS,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
} from '../core/validation';
import type { ExclusionReason } from './decision';
import { requireFeatures } from '../forecast/quality/qualityForecaster';

/** What is known of a request before it is routed. */
export interface RouteRequest {
  /** Task, domain or tenant: models are judged within it. Without one, requests share one unnamed segment. */
  readonly segment?: string;
  /** Input tokens, for the expected cost. Without them 500 are assumed until costs have been reported. */
  readonly promptTokens?: number;
  /** Models allowed for this request. Without it all are. */
  readonly eligible?: readonly string[];
  /** What is asked. Routers with `context` or `rules` read it, others do not; it is not kept beyond its reports, nor logged. */
  readonly prompt?: string;
  /** Its 136 features, as a `PromptEncoder` gives them, instead of `prompt`. */
  readonly features?: Float64Array;
  /** Most samples of this decision, a whole number in [1, 16], for a router with `bestOf`. @defaultValue as many as the router takes */
  readonly maxSamples?: number;
}

/** An arm that the request allows and something else does not. */
export interface Exclusion {
  readonly arm: number;
  readonly reason: ExclusionReason;
}

export interface ParsedRequest {
  readonly segment: string | undefined;
  /** NaN = not known. */
  readonly promptTokens: number;
  /** Indices of the allowed arms; undefined = all. */
  readonly eligible: readonly number[] | undefined;
  /** Arms that were allowed and have been taken out of `eligible` since. */
  readonly excluded?: readonly Exclusion[];
  /** The arm that may be called although its breaker would refuse, as the last one left; -1 or absent = none. */
  readonly letThrough?: number;
  /** The rule that fired. */
  readonly rule?: string | undefined;
  /** What the decision weighs by, where it is not its number. */
  readonly clock?: number | undefined;
  /** The router's clock at the decision, ms, where windows of time count what is spent: for the log. */
  readonly atMs?: number | undefined;
  /** Weight of cost, 1/USD, where it is not 1 / willingness to pay. */
  readonly costWeight?: number | undefined;
  readonly prompt?: string | undefined;
  readonly features?: Float64Array | undefined;
  /** Most samples, of a router with (model, n) arms. */
  readonly maxSamples?: number | undefined;
  /** The same of each arm. */
  readonly caps?: readonly number[] | undefined;
  /** Forecasts that stand for the prompt in the replay of a log. */
  readonly forecasts?: Readonly<Record<ForecastName, readonly number[]>> | undefined;
}

/** An f64 an arm: mean rewards, their variances, expected costs and the standard deviations of these. */
export type ForecastName = 'means' | 'variances' | 'costsUsd' | 'doubtsUsd';

const KEYS = ['segment', 'promptTokens', 'eligible', 'prompt'] as const;
const SAMPLED_KEYS = [...KEYS, 'maxSamples'] as const;
const CONTEXT_KEYS = [...KEYS, 'features'] as const;
const FEATURES = 136;

/** Who in a router reads prompts: a second expert, which needs them, or rules, which look at them where they are given. And does it take several samples? */
export interface PromptReaders {
  readonly context: boolean;
  readonly rules: boolean;
  readonly samples: boolean;
}

const NO_READERS: PromptReaders = { context: false, rules: false, samples: false };

/** @throws {ParameterError} */
export function parseRequest(
  parameter: string,
  value: unknown,
  arms: Arms,
  { context, rules, samples }: PromptReaders = NO_READERS,
): ParsedRequest {
  const request = requireObject(parameter, value);
  const keys = samples ? SAMPLED_KEYS : KEYS;
  rejectUnknownKeys(parameter, request, context ? CONTEXT_KEYS : keys);
  const { segment, promptTokens, eligible } = request;
  const parsed = {
    segment: segment === undefined ? undefined : requireId(`${parameter}.segment`, segment),
    promptTokens:
      promptTokens === undefined
        ? NaN
        : requireNumber(`${parameter}.promptTokens`, promptTokens, TOKENS),
    eligible:
      eligible === undefined ? undefined : parseEligible(`${parameter}.eligible`, eligible, arms),
  };
  // Perf: a spread, though of nothing, takes as long as the rest.
  if (context) return { ...parseQuestion(parameter, request), ...parsed };
  const prompt = parsePrompt(parameter, request['prompt']);
  if (samples) return { ...parsed, ...(rules && { prompt }), ...parseMost(parameter, request) };
  return rules ? { prompt, ...parsed } : parsed;
}

function parseMost(
  parameter: string,
  { maxSamples }: Record<string, unknown>,
): Pick<ParsedRequest, 'maxSamples'> {
  if (maxSamples === undefined) return {};
  return { maxSamples: requireNumber(`${parameter}.maxSamples`, maxSamples, ROUTED_SAMPLES) };
}

/** Exactly one of prompt and features. */
function parseQuestion(
  parameter: string,
  { prompt, features }: Record<string, unknown>,
): Pick<ParsedRequest, 'prompt' | 'features'> {
  if ((prompt === undefined) === (features === undefined))
    throw new ParameterError(
      `${parameter}.prompt`,
      'given, or features instead of it, as the router has the option context',
      prompt,
    );
  if (features !== undefined)
    return { features: requireFeatures(`${parameter}.features`, features, FEATURES).slice() };
  return { prompt: parsePrompt(parameter, prompt) };
}

function parsePrompt(parameter: string, prompt: unknown): string | undefined {
  if (prompt === undefined || typeof prompt === 'string') return prompt;
  throw new ParameterError(`${parameter}.prompt`, 'a string', prompt);
}

function parseEligible(parameter: string, value: unknown, arms: Arms): readonly number[] {
  if (!Array.isArray(value)) throw new ParameterError(parameter, 'an array of model ids', value);
  return value.map((model: unknown) => {
    const index = typeof model === 'string' ? arms.indexOf.get(model) : undefined;
    if (index === undefined)
      throw new ParameterError(parameter, 'made of ids of the router’s models', model);
    return index;
  });
}
