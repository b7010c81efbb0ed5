import { ParameterError } from '../core/errors';
import {
  EXPLORATION_SCALE,
  HALF_LIFE,
  WILLINGNESS_TO_PAY,
  wholeBetween,
  type Interval,
} from '../core/validation';
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
  return {
    table: positionals[0],
    models: values.models,
    policies: parsePolicies(values.policy),
    seeds: number('seeds', wholeBetween(1, 1000), 20),
    firstSeed: number('seed', wholeBetween(0, 2 ** 31 - 1), 1),
    willingnessToPayUsd: number('willingness-to-pay-usd', WILLINGNESS_TO_PAY, 0.01),
    explorationScale: number('exploration-scale', EXPLORATION_SCALE, 1),
    halfLifeRequests: number('half-life-requests', HALF_LIFE, Infinity),
    limit: number('limit', wholeBetween(1, 2 ** 31 - 1), Infinity),
    chunkRequests: number('chunk-requests', wholeBetween(1, 2 ** 31 - 1), 4096),
    sweep: values.sweep ?? false,
    strict: values.strict ?? false,
    json: values.json ?? false,
    report: values.report,
  };
}

function parsePolicies(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const empty = names.some((name) => name === '');
  if (empty)
    throw new UsageError(new ParameterError('--policy', 'names separated by commas', text).message);
  return [...new Set(names)];
}
