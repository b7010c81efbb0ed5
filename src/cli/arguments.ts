import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './errors';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** Options and the rest of a command line. @throws {UsageError} for an unknown or repeated option */
export function splitArguments<Options extends OptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    const parsed = parseArgs({
      args: joinNegativeNumbers(args),
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const names = parsed.tokens.flatMap((token) =>
      token.kind === 'option' ? [token.rawName] : [],
    );
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined) throw new Error(`${repeated} must be given once`);
    return parsed;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!);
  }
}

/** "--seeds -3" as "--seeds=-3": otherwise the number is taken for an option and its range is never told. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    const isValue = /^-[\d.]/.test(arg) && before !== undefined && /^--[\w-]+$/.test(before);
    if (isValue) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}
