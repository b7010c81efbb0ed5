import { splitArguments } from './arguments';
import { UsageError } from './errors';

/** The command line of `thompsonite propensities`. */
export interface PropensitiesArguments {
  readonly log: string;
  /** undefined = standard output. */
  readonly out: string | undefined;
  /** May `out` be the log itself? */
  readonly overwrite: boolean;
  readonly strict: boolean;
  /** Write nothing, only hold the log against its replay. */
  readonly check: boolean;
}

const OPTIONS = {
  out: { type: 'string' },
  overwrite: { type: 'boolean' },
  strict: { type: 'boolean' },
  check: { type: 'boolean' },
} as const;

/** @throws {UsageError} naming the option, what is allowed and what came */
export function parsePropensitiesArguments(args: readonly string[]): PropensitiesArguments {
  const { values, positionals } = splitArguments(args, OPTIONS);
  const [log] = positionals;
  if (log === undefined || positionals.length > 1)
    throw new UsageError(`propensities takes one LOG, got ${positionals.length}`);
  if (log === '') throw new UsageError('LOG must be the name of a file, got ""');
  const { out, overwrite = false, strict = false, check = false } = values;
  if (check && out !== undefined)
    throw new UsageError('--check writes nothing, so it takes no --out');
  if (overwrite && out === undefined) throw new UsageError('--overwrite needs --out');
  return { log, out, overwrite, strict, check };
}
