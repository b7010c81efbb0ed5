import { ParameterError } from '../core/errors';
import { wholeBetween } from '../core/validation';
import type { HeldOutPart } from '../replay/forecast/split';
import { splitArguments } from './arguments';
import { UsageError } from './errors';
import { parseNumber } from './numberOption';

/** Names of the encoders of prompts. */
export const ENCODERS = ['hashed', 'energetic'] as const;
export type EncoderName = (typeof ENCODERS)[number];

/** The command line of `thompsonite forecast`. */
export interface ForecastArguments {
  readonly table: string;
  readonly models: string | undefined;
  readonly splits: number;
  /** Did `splits` come from the command line? */
  readonly splitsGiven: boolean;
  readonly firstSeed: number;
  readonly encoder: EncoderName;
  readonly heldOut: HeldOutPart;
  readonly limit: number;
  readonly strict: boolean;
  readonly json: boolean;
  readonly report: string | undefined;
}

const OPTIONS = {
  models: { type: 'string' },
  splits: { type: 'string' },
  seed: { type: 'string' },
  encoder: { type: 'string' },
  'held-out': { type: 'string' },
  limit: { type: 'string' },
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
  report: { type: 'string' },
} as const;

/** @throws {UsageError} naming the option, what is allowed and what came */
export function parseForecastArguments(args: readonly string[]): ForecastArguments {
  const { values, positionals } = splitArguments(args, OPTIONS);
  const [table] = positionals;
  if (table === undefined || positionals.length > 1)
    throw new UsageError(`forecast takes one TABLE, got ${positionals.length}`);
  if (table === '') throw new UsageError('TABLE must be the name of a file, got ""');
  const { models, strict = false, json = false, report } = values;
  return {
    table,
    models,
    splits: parseNumber('--splits', values.splits, wholeBetween(1, 1000), 5),
    splitsGiven: values.splits !== undefined,
    firstSeed: parseNumber('--seed', values.seed, wholeBetween(0, 2 ** 31 - 1), 1),
    encoder: choice('--encoder', values.encoder, ENCODERS),
    heldOut: choice('--held-out', values['held-out'], ['test', 'validation']),
    limit: parseNumber('--limit', values.limit, wholeBetween(1, 2 ** 31 - 1), Infinity),
    strict,
    json,
    report,
  };
}

/** One of `allowed`, of which the first is the default. */
function choice<Name extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly [Name, ...Name[]],
): Name {
  const found = text === undefined ? allowed[0] : allowed.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(new ParameterError(option, allowed.join(' or '), text).message);
}
