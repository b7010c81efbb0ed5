import { armsFrom, parseModels, type Arms, type ModelOptions } from '../arms/models';
import {
  EXPLORATION_SCALE,
  optionalNumber,
  WILLINGNESS_TO_PAY,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  wholeBetween,
} from '../core/validation';
import {
  parsePosteriorOptions,
  type ParsedPosteriorOptions,
  type PosteriorOptions,
} from '../posterior/options';
import { freshSeed, seedFrom, type Seed } from '../random/seed';
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
  readonly explorationScale: number;
  readonly posterior: ParsedPosteriorOptions;
  readonly reward: ParsedRewardOptions;
  readonly maxPendingDecisions: number;
}

const KEYS = [
  'models',
  'willingnessToPayUsd',
  'seed',
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
