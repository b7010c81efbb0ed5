import { ParameterError } from '../core/errors';
import { armsFrom, parseModels, type Arms, type ModelOptions } from '../arms/models';
import {
  EXPLORATION_SCALE,
  optionalNumber,
  WILLINGNESS_TO_PAY,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  wholeBetween,
} from '../core/validation';
import {
  parsePosteriorOptions,
  type ParsedPosteriorOptions,
  type PosteriorOptions,
} from '../posterior/options';
import { freshSeed, freshTag, seedFrom, type Seed } from '../random/seed';
import {
  parseRewardOptions,
  type ParsedRewardOptions,
  type RewardOptions,
} from '../reward/composite';

/** How a router is set up. Nothing that costs money has a default. */
export interface RouterOptions {
  /** The models by id, at most 4,096, each with family and list prices. */
  readonly models: Readonly<Record<string, ModelOptions>>;
  /**
   * USD that raising one request's quality from 0 to 1 is worth, >= 1e-9. Infinity: money is no object.
   * Utility = quality - expected cost / willingnessToPayUsd.
   */
  readonly willingnessToPayUsd: number;
  /**
   * Seed of all decisions: whole number in [0, 2^53 - 1] or bigint in [0, 2^64 - 1].
   * @defaultValue drawn from the host's cryptographic generator
   */
  readonly seed?: number | bigint;
  /**
   * First part of this router's decision ids, so that a report for another replica, or for the same seed before a restart, is
   * told from its own. Decides nothing.
   * @defaultValue 8 random hexadecimal digits
   */
  readonly instanceId?: string;
  /**
   * Multiplies the posteriors' spread (their standard deviation, to first order): 1 is honest Thompson sampling, 0
   * takes the posterior means. 0 or in [0.001, 1000].
   * @defaultValue 1
   */
  readonly explorationScale?: number;
  /** Prior and forgetting. */
  readonly posterior?: PosteriorOptions;
  /** Composite reward, used where a report brings no reward of its own. */
  readonly reward?: RewardOptions;
  /**
   * Decisions kept open for their report; beyond that the oldest is forgotten.
   * @defaultValue 100000
   */
  readonly maxPendingDecisions?: number;
}

export interface ParsedRouterOptions {
  readonly arms: Arms;
  /** 1 / willingness to pay. */
  readonly costWeight: number;
  readonly seed: Seed;
  readonly instanceId: string;
  readonly explorationScale: number;
  readonly posterior: ParsedPosteriorOptions;
  readonly reward: ParsedRewardOptions;
  readonly maxPendingDecisions: number;
}

const KEYS = [
  'models',
  'willingnessToPayUsd',
  'seed',
  'instanceId',
  'explorationScale',
  'posterior',
  'reward',
  'maxPendingDecisions',
] as const;

/** @throws {ParameterError} naming the option, what is allowed and what came */
export function parseRouterOptions(value: unknown): ParsedRouterOptions {
  const options = requireObject('options', value);
  rejectUnknownKeys('options', options, KEYS);
  return {
    arms: armsFrom(parseModels('models', options['models'])),
    costWeight:
      1 / requireNumber('willingnessToPayUsd', options['willingnessToPayUsd'], WILLINGNESS_TO_PAY),
    seed: options['seed'] === undefined ? freshSeed() : seedFrom('seed', options['seed']),
    instanceId:
      options['instanceId'] === undefined ? freshTag() : requireInstanceId(options['instanceId']),
    explorationScale: optionalNumber(
      'explorationScale',
      options['explorationScale'],
      EXPLORATION_SCALE,
      1,
    ),
    posterior: parsePosteriorOptions('posterior', options['posterior']),
    reward: parseRewardOptions('reward', options['reward']),
    maxPendingDecisions: optionalNumber(
      'maxPendingDecisions',
      options['maxPendingDecisions'],
      wholeBetween(1, 10_000_000),
      100_000,
    ),
  };
}

/** Ids of decisions are limited like all ids; their number needs 17 characters. */
function requireInstanceId(value: unknown): string {
  const id = requireId('instanceId', value);
  if (id.length <= 64) return id;
  throw new ParameterError('instanceId', 'a string of 1 to 64 characters', value);
}
