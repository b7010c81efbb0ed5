import { ParameterError } from '../core/errors';
import {
  EXPLORATION_SCALE,
  HALF_LIFE,
  OPEN_UNIT,
  POSITIVE,
  USD,
  WILLINGNESS_TO_PAY,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { parseDrift, type ParsedDrift } from '../posterior/drift';
import { learningPolicy } from '../replay/policies/catalog';
import type { ReplayLatency } from '../replay/latency';
import { splitArguments } from './arguments';
import { UsageError } from './errors';
import { parseNumber } from './numberOption';

/** The command line of `thompsonite replay`. */
export interface ReplayArguments {
  /** undefined = the built-in workload. */
  readonly table: string | undefined;
  readonly models: string | undefined;
  /** undefined = every policy that the table allows. */
  readonly policies: readonly string[] | undefined;
  readonly seeds: number;
  readonly firstSeed: number;
  readonly willingnessToPayUsd: number;
  readonly explorationScale: number;
  readonly halfLifeRequests: number;
  /** By the table's `at`; Infinity = not. */
  readonly halfLifeMs: number;
  readonly drift: ParsedDrift | undefined;
  readonly budget: BudgetArguments | undefined;
  /** undefined = time is not minded. */
  readonly latency: ReplayLatency | undefined;
  readonly limit: number;
  readonly chunkRequests: number;
  readonly sweep: boolean;
  readonly strict: boolean;
  readonly json: boolean;
  readonly report: string | undefined;
}

const OPTIONS = {
  models: { type: 'string' },
  policy: { type: 'string' },
  seeds: { type: 'string' },
  seed: { type: 'string' },
  'willingness-to-pay-usd': { type: 'string' },
  'exploration-scale': { type: 'string' },
  'half-life-requests': { type: 'string' },
  'half-life-seconds': { type: 'string' },
  drift: { type: 'boolean' },
  budget: { type: 'string' },
  'budget-window-requests': { type: 'string' },
  'usd-per-second': { type: 'string' },
  'latency-limit-ms': { type: 'string' },
  'latency-delta': { type: 'string' },
  limit: { type: 'string' },
  'chunk-requests': { type: 'string' },
  sweep: { type: 'boolean' },
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
  report: { type: 'string' },
} as const;

/** @throws {UsageError} naming the option, what is allowed and what came */
export function parseReplayArguments(args: readonly string[]): ReplayArguments {
  const { values, positionals } = splitArguments(args, OPTIONS);
  if (positionals.length > 1)
    throw new UsageError(`replay takes one TABLE, got ${positionals.length}`);
  if (positionals[0] === '') throw new UsageError('TABLE must be the name of a file, got ""');
  if (values.models !== undefined && positionals.length === 0)
    throw new UsageError('--models needs a TABLE');
  const number = (
    name: keyof typeof values & keyof typeof OPTIONS,
    interval: Interval,
    otherwise: number,
  ) => parseNumber(`--${name}`, values[name] as string | undefined, interval, otherwise);
  const parsed: ReplayArguments = {
    table: positionals[0],
    models: values.models,
    policies: parsePolicies(values.policy),
    seeds: number('seeds', wholeBetween(1, 1000), 20),
    firstSeed: number('seed', wholeBetween(0, 2 ** 31 - 1), 1),
    willingnessToPayUsd: number('willingness-to-pay-usd', WILLINGNESS_TO_PAY, 0.01),
    explorationScale: number('exploration-scale', EXPLORATION_SCALE, 1),
    halfLifeRequests: number('half-life-requests', HALF_LIFE, Infinity),
    halfLifeMs: 1000 * number('half-life-seconds', HALF_LIFE, Infinity),
    drift: values.drift ? parseDrift('--drift', {}) : undefined,
    budget: parseBudget(values, number),
    latency: parseLatency(values, number),
    limit: number('limit', wholeBetween(1, 2 ** 31 - 1), Infinity),
    chunkRequests: number('chunk-requests', wholeBetween(1, 2 ** 31 - 1), 4096),
    sweep: values.sweep ?? false,
    strict: values.strict ?? false,
    json: values.json ?? false,
    report: values.report,
  };
  checkSteering(parsed);
  return parsed;
}

/** A spend target; without a window, the whole table is one. */
export interface BudgetArguments {
  readonly usd: number;
  readonly windowRequests: number | undefined;
}

type BudgetOption = 'budget' | 'budget-window-requests';

function parseBudget(
  values: Readonly<Partial<Record<BudgetOption, string>>>,
  number: (name: BudgetOption, interval: Interval, otherwise: number) => number,
): BudgetArguments | undefined {
  const window = values['budget-window-requests'];
  if (values.budget === undefined) {
    if (window !== undefined) throw new UsageError('--budget-window-requests needs --budget');
    return undefined;
  }
  const requests = number('budget-window-requests', wholeBetween(1, 2 ** 31 - 1), NaN);
  return {
    usd: number('budget', POSITIVE, NaN),
    windowRequests: window === undefined ? undefined : requests,
  };
}

/** Steering is for policies that learn from segments, one sample a request. @throws {UsageError} */
function checkSteering({ policies, halfLifeRequests, halfLifeMs, drift, budget }: ReplayArguments) {
  if (halfLifeMs < Infinity && halfLifeRequests < Infinity)
    throw new UsageError('--half-life-seconds and --half-life-requests exclude each other');
  const steered = halfLifeMs < Infinity || drift !== undefined || budget !== undefined;
  if (!steered) return;
  const refuse = (what: string, name: string | undefined) => {
    const steering = '--half-life-seconds, --drift and --budget are not for policies that';
    if (name !== undefined) throw new UsageError(`${steering} ${what}, such as ${name}`);
  };
  refuse(
    'read prompts',
    policies?.find((name) => learningPolicy(name)?.prompts),
  );
  refuse(
    'choose among several samples',
    policies?.find((name) => learningPolicy(name)?.bestOf),
  );
}

type LatencyOption = 'usd-per-second' | 'latency-limit-ms' | 'latency-delta';

function parseLatency(
  values: Readonly<Partial<Record<LatencyOption, string>>>,
  number: (name: LatencyOption, interval: Interval, otherwise: number) => number,
): ReplayLatency | undefined {
  if (values['latency-delta'] !== undefined && values['latency-limit-ms'] === undefined)
    throw new UsageError('--latency-delta needs --latency-limit-ms');
  const latency = {
    usdPerSecond: number('usd-per-second', USD, 0),
    limitMs: number('latency-limit-ms', POSITIVE, Infinity),
    maxViolationProbability: number('latency-delta', OPEN_UNIT, 0.05),
  };
  const minded = values['usd-per-second'] ?? values['latency-limit-ms'];
  return minded === undefined ? undefined : latency;
}

function parsePolicies(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const empty = names.some((name) => name === '');
  if (empty)
    throw new UsageError(new ParameterError('--policy', 'names separated by commas', text).message);
  return [...new Set(names)];
}
