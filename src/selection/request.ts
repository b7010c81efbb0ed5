import type { Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import {
  TOKENS,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
} from '../core/validation';

/** What is known of a request before it is routed. */
export interface RouteRequest {
  /** Task, domain or tenant: models are judged within it. Without one, requests share one unnamed segment. */
  readonly segment?: string;
  /** Input tokens, for the expected cost. Without them 500 are assumed until costs have been reported. */
  readonly promptTokens?: number;
  /** Models allowed for this request. Without it all are. */
  readonly eligible?: readonly string[];
}

export interface ParsedRequest {
  readonly segment: string | undefined;
  /** NaN = not known. */
  readonly promptTokens: number;
  /** Indices of the allowed arms; undefined = all. */
  readonly eligible: readonly number[] | undefined;
}

const KEYS = ['segment', 'promptTokens', 'eligible'] as const;

/** @throws {ParameterError} */
export function parseRequest(parameter: string, value: unknown, arms: Arms): ParsedRequest {
  const request = requireObject(parameter, value);
  rejectUnknownKeys(parameter, request, KEYS);
  const { segment, promptTokens, eligible } = request;
  return {
    segment: segment === undefined ? undefined : requireId(`${parameter}.segment`, segment),
    promptTokens:
      promptTokens === undefined
        ? NaN
        : requireNumber(`${parameter}.promptTokens`, promptTokens, TOKENS),
    eligible:
      eligible === undefined ? undefined : parseEligible(`${parameter}.eligible`, eligible, arms),
  };
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
