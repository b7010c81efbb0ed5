import { ParameterError } from '../core/errors';
import { armsFrom, type ArmList } from '../arms/armList';
import { DEMO_MODELS, DEMO_WILLINGNESS_TO_PAY_USD } from '../arms/demoModels';
import { parseModels, type ModelOptions } from '../arms/models';
import { parsePriors, type PriorOf, type PriorOptions } from '../arms/priors';
import {
  EXPLORATION_SCALE,
  NOT_NEGATIVE,
  optionalChoice,
  optionalNumber,
  WILLINGNESS_TO_PAY,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  wholeBetween,
  type Interval,
} from '../core/validation';
import {
  parseBreakerOptions,
  type BreakerOptions,
  type ParsedBreakerOptions,
} from '../breaker/options';
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
import {
  parseBestOf,
  requireAlone,
  requireSamplesOf,
  type BestOfOptions,
  type ParsedBestOf,
} from '../selection/bestOf';
import { parseFloor, type FloorOptions, type ParsedFloor } from '../selection/floor';
import { parseFallback, type FallbackOptions, type ParsedFallback } from '../selection/fallback';
import { parseLatency, type LatencyOptions, type ParsedLatency } from '../selection/latency';
import { parseContext, type ContextOptions, type ParsedContext } from '../selection/context';
import type { RewardFunction } from './outcome';
import { parseClock, type Clock } from './time';
import { parseBudget, type BudgetOptions, type ParsedBudget } from '../pacing/budget';
import { parseDrift, type DriftOptions, type ParsedDrift } from '../posterior/drift';
import type { RuleOptions } from '../rules/options';
import { RuleChain } from '../rules/ruleChain';
import { parseSink, type LogSink } from './log/sink';
import type { RouterStore } from '../memory/routerStore';
import { givenOptions, type GivenOptions } from './snapshot/givenOptions';
import type { EarlierInstance } from './snapshot/optionsSection';
import { parseStore } from './snapshot/storeOption';

/**
 * How decisions come by their propensity, the probability with which the chosen model was chosen: computed with every
 * decision (`'exact'`), computable later from the decision log (`'deferred'`), or not at all (`'off'`).
 */
export type PropensityMode = 'deferred' | 'exact' | 'off';

/** How a router is set up. With models of your own nothing that costs money has a default. */
export interface RouterOptions {
  /** The models by id, at most 4,096, each with family and list prices. */
  readonly models: Readonly<Record<string, ModelOptions>>;
  /**
   * USD that raising one request's quality from 0 to 1 is worth, >= 1e-9. Infinity: money is no object.
   * Utility = quality - expected cost / willingnessToPayUsd, and what `latency` takes from it.
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
   * Name of this router's evidence among other replicas' (`replicaState`, `ReplicaRegister`), 1 to 64 characters. It stays when the router is restored, whatever `instanceId` is
   * then. Decides nothing.
   * @defaultValue the first instanceId
   */
  readonly replicaId?: string;
  /**
   * Multiplies the posteriors' spread (their standard deviation, to first order): 1 is honest Thompson sampling, 0
   * takes the posterior means. 0 or in [0.001, 1000].
   * @defaultValue 1
   */
  readonly explorationScale?: number;
  /**
   * Which models start from a prior of their own, a model's option `prior` going before; the others start from what is known of their family.
   * @defaultValue 'family': none
   */
  readonly priors?: PriorOptions;
  /** Prior of all models and forgetting. @defaultValue those of `PosteriorOptions` */
  readonly posterior?: PosteriorOptions;
  /** Composite reward, used where a report brings no reward of its own; or a function that gives one. */
  readonly reward?: RewardOptions | RewardFunction;
  /**
   * Decisions kept open for their reports; beyond that the one whose decision or last lesson is longest ago is given up. Whole number
   * in [1, 10000000].
   * @defaultValue 100000
   */
  readonly maxPendingDecisions?: number;
  /**
   * Milliseconds after which a decision that taught nothing since is given up, > 0; Infinity: never. Two days let a
   * judgement come tomorrow.
   * @defaultValue 172800000
   */
  readonly pendingTtlMs?: number;
  /**
   * A circuit breaker for every model (docs/BREAKERS.md); false: none.
   * @defaultValue breakers with their defaults
   */
  readonly breakers?: BreakerOptions | false;
  /**
   * Milliseconds, read once a call. Time decides which breakers let a model be called and which reports come too late; it
   * enters the evidence with `posterior.halfLifeMs` only.
   * @defaultValue the host's clock
   */
  readonly clock?: () => number;
  /**
   * `'exact'` takes some 10 µs a decision at 3 models, 25 µs at 8, 150 µs at 32; `'deferred'` takes nothing, and
   * `thompsonite propensities LOG` gives the same bits later.
   * @defaultValue 'deferred'
   */
  readonly propensity?: PropensityMode;
  /**
   * Floor under the propensities.
   * @defaultValue none
   */
  readonly floor?: FloorOptions;
  /**
   * Models of which too little is known, or too little good, hand their turn to a trusted one.
   * @defaultValue none
   */
  readonly fallback?: FallbackOptions;
  /**
   * Utility that one standard deviation of what is believed of a model takes, >= 0: of its quality, and of its expected cost relative to willingnessToPayUsd
   * (docs/MATH.md §25). Above 0 it suppresses exploration: a model that little is known of is avoided, and stays unknown.
   * @defaultValue 0
   */
  readonly riskWeight?: number;
  /**
   * Latest decisions that `explain` can explain, 0 to 1,000,000; fewer where their memory (some 0.4 kB each at 8 models) would exceed 4 MiB.
   * A model that is added (not one that is brought back) drops those of before: what they were made with has other dimensions.
   * @defaultValue 1024
   */
  readonly explainableDecisions?: number;
  /**
   * A price of time, and a limit that models keep with a probability.
   * @defaultValue latencies are neither learned nor minded
   */
  readonly latency?: LatencyOptions;
  /**
   * Prompts take part: a second expert forecasts quality and cost from them, beside the segments, and each request must bring its `prompt`.
   * @defaultValue prompts are not read
   */
  readonly context?: ContextOptions;
  /**
   * Models that have changed are noticed: an alarm raises `'drift'` and widens what is believed of the model.
   * @defaultValue nothing is watched
   */
  readonly drift?: DriftOptions;
  /**
   * Rules that narrow the models of a request or force one, before all else.
   * @defaultValue none
   */
  readonly rules?: RuleOptions;
  /**
   * A spend target a window, by the price of money, and a ceiling.
   * @defaultValue none
   */
  readonly budget?: BudgetOptions;
  /**
   * (model, n) arms: decisions say how many samples of a model to take, the best of which is used. Not together with `context`, `latency`, `fallback` or
   * `riskWeight`, nor with shadows, replicas and batches `'fromPropensity'`.
   * @defaultValue one sample a decision
   */
  readonly bestOf?: BestOfOptions;
  /**
   * Takes the decision log: one JSON line a decision or report, its newline included, synchronously and in the order in
   * which they hit the evidence; a function, or a stream such as `fs.createWriteStream(file, { flags: 'a' })`. What it
   * throws is caught; the line is kept and offered again before the next one.
   * @defaultValue none
   */
  readonly log?: LogSink | ((line: string) => unknown);
  /**
   * Remembers the router (docs/SNAPSHOTS.md): what the store has is gone on from, and `await router.flush()` says that all reports so far are kept. Such
   * as `openFileStore` of `thompsonite/node`; a store serves one router. These options are all of the configuration, and what is left out has its default: but for what
   * belongs to the memory (`models`, `willingnessToPayUsd`, `seed`, `replicaId`, `posterior`, `latency`, `context`), which is as it was where it is left out.
   * @defaultValue nothing is remembered
   */
  readonly store?: RouterStore;
}

/** Options of a router that is made without models, to try things out: it chooses among `DEMO_MODELS`. */
export interface DemoRouterOptions extends Omit<RouterOptions, 'models' | 'willingnessToPayUsd'> {
  /** @defaultValue DEMO_MODELS */
  readonly models?: never;
  /** As in `RouterOptions`. @defaultValue 0.05, without models of your own only */
  readonly willingnessToPayUsd?: number;
}

export interface ParsedRouterOptions {
  /** Are the models those of the demo list? */
  readonly demo: boolean;
  /** As they are now. */
  readonly arms: ArmList;
  /** As they were at the start, their priors settled. */
  readonly models: ReadonlyMap<string, ModelOptions>;
  /** For models to come that bring no prior of their own. */
  readonly priorOf: PriorOf;
  readonly willingnessToPayUsd: number;
  /** 1 / willingness to pay. */
  readonly costWeight: number;
  readonly seed: Seed;
  readonly instanceId: string;
  readonly replicaId: string;
  readonly explorationScale: number;
  readonly posterior: ParsedPosteriorOptions;
  readonly reward: ParsedRewardOptions;
  readonly rewardFunction: RewardFunction | undefined;
  readonly maxPendingDecisions: number;
  readonly pendingTtlMs: number;
  /** undefined = none. */
  readonly breakers: ParsedBreakerOptions | undefined;
  readonly clock: Clock;
  readonly propensity: PropensityMode;
  readonly floor: ParsedFloor;
  readonly fallback: ParsedFallback | undefined;
  readonly riskWeight: number;
  readonly explainableDecisions: number;
  readonly latency: ParsedLatency | undefined;
  readonly context: ParsedContext | undefined;
  readonly drift: ParsedDrift | undefined;
  readonly rules: RuleChain | undefined;
  readonly budget: ParsedBudget | undefined;
  readonly bestOf: ParsedBestOf | undefined;
  readonly log: LogSink | undefined;
  readonly store: RouterStore | undefined;
  /** As they came, for snapshots. */
  readonly given: GivenOptions;
  /** What decision ids began with before the router was restored. */
  readonly earlier: readonly EarlierInstance[];
}

const PROPENSITY_MODES: readonly PropensityMode[] = ['deferred', 'exact', 'off'];

export const ROUTER_OPTIONS = [
  'models',
  'willingnessToPayUsd',
  'seed',
  'instanceId',
  'replicaId',
  'explorationScale',
  'priors',
  'posterior',
  'reward',
  'maxPendingDecisions',
  'pendingTtlMs',
  'breakers',
  'clock',
  'propensity',
  'floor',
  'fallback',
  'riskWeight',
  'explainableDecisions',
  'latency',
  'context',
  'drift',
  'rules',
  'budget',
  'bestOf',
  'log',
  'store',
] as const;

/** Of an instance, in characters. */
const LONGEST_NAME = 64;
const TIME_TO_LIVE: Interval = { text: '> 0 (Infinity allowed)', contains: (v) => v > 0 };

/** @throws {ParameterError} naming the option, what is allowed and what came */
export function parseRouterOptions(value: unknown): ParsedRouterOptions {
  const options = requireObject('options', value);
  rejectUnknownKeys('options', options, ROUTER_OPTIONS);
  const priorOf = parsePriors('priors', options['priors']);
  // Models that are named and turn out undefined are somebody's mistake, not a wish to try things out.
  const demo = !('models' in options);
  const models = withPriors(parseModels('models', demo ? DEMO_MODELS : options['models']), priorOf);
  const willingnessToPayUsd = requireNumber(
    'willingnessToPayUsd',
    demo && options['willingnessToPayUsd'] === undefined
      ? DEMO_WILLINGNESS_TO_PAY_USD
      : options['willingnessToPayUsd'],
    WILLINGNESS_TO_PAY,
  );
  const arms = armsFrom(models);
  const bestOf = parseBestOf('bestOf', options['bestOf']);
  models.forEach((model, id) => {
    requireSamplesOf(`models[${JSON.stringify(id)}]`, model, bestOf);
  });
  const instanceId =
    options['instanceId'] === undefined
      ? freshTag()
      : requireName('instanceId', options['instanceId']);
  const parsed: ParsedRouterOptions = {
    demo,
    arms,
    models,
    priorOf,
    willingnessToPayUsd,
    costWeight: 1 / willingnessToPayUsd,
    seed: options['seed'] === undefined ? freshSeed() : seedFrom('seed', options['seed']),
    instanceId,
    replicaId:
      options['replicaId'] === undefined
        ? instanceId
        : requireName('replicaId', options['replicaId']),
    explorationScale: optionalNumber(
      'explorationScale',
      options['explorationScale'],
      EXPLORATION_SCALE,
      1,
    ),
    posterior: parsePosteriorOptions('posterior', options['posterior']),
    ...parseReward('reward', options['reward']),
    maxPendingDecisions: optionalNumber(
      'maxPendingDecisions',
      options['maxPendingDecisions'],
      wholeBetween(1, 10_000_000),
      100_000,
    ),
    pendingTtlMs: optionalNumber(
      'pendingTtlMs',
      options['pendingTtlMs'],
      TIME_TO_LIVE,
      172_800_000,
    ),
    breakers: parseBreakers('breakers', options['breakers']),
    clock: parseClock('clock', options['clock']),
    propensity: optionalChoice('propensity', options['propensity'], PROPENSITY_MODES, 'deferred'),
    floor: parseFloor('floor', options['floor']),
    fallback: parseFallback('fallback', options['fallback'], models),
    riskWeight: optionalNumber('riskWeight', options['riskWeight'], NOT_NEGATIVE, 0),
    explainableDecisions: optionalNumber(
      'explainableDecisions',
      options['explainableDecisions'],
      wholeBetween(0, 1_000_000),
      1024,
    ),
    latency: parseLatency('latency', options['latency'], models),
    context: parseContext('context', options['context'], models.size),
    drift: parseDrift('drift', options['drift']),
    rules:
      options['rules'] === undefined ? undefined : new RuleChain('rules', options['rules'], arms),
    budget: parseBudget('budget', options['budget']),
    bestOf,
    log: parseSink('log', options['log']),
    store: parseStore('store', options['store']),
    given: givenOptions(options),
    earlier: [],
  };
  requireAlone(bestOf, parsed);
  return parsed;
}

function withPriors(
  models: ReadonlyMap<string, ModelOptions>,
  priorOf: PriorOf,
): ReadonlyMap<string, ModelOptions> {
  return new Map(
    [...models].map(([id, options]) => {
      const prior = options.prior ?? priorOf(id);
      return [id, prior ? { ...options, prior } : options];
    }),
  );
}

/** A function stands beside the defaults, which say what errors teach to nobody then. */
function parseReward(
  parameter: string,
  value: unknown,
): Pick<ParsedRouterOptions, 'reward' | 'rewardFunction'> {
  const own = typeof value === 'function';
  return {
    reward: parseRewardOptions(parameter, own ? undefined : value),
    rewardFunction: own ? (value as RewardFunction) : undefined,
  };
}

function parseBreakers(parameter: string, value: unknown): ParsedBreakerOptions | undefined {
  return value === false ? undefined : parseBreakerOptions(value, parameter);
}

/** Ids of decisions are limited like all ids; their number needs 17 characters. */
function requireName(parameter: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME) return value;
  throw new ParameterError(parameter, `a string of 1 to ${LONGEST_NAME} characters`, value);
}
