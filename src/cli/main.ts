#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { DataError, KernelError, ParameterError } from '../core/errors';
import { UsageError } from './errors';
import { cleanName } from '../replay/report/names';
import { forecastCommand } from './forecastCommand';
import { propensitiesCommand } from './propensitiesCommand';
import { replayCommand } from './replayCommand';
import { snapshotCommand } from './snapshotCommand';
import { USAGE, usageOf } from './usage';

const COMMANDS = new Map([
  ['replay', replayCommand],
  ['forecast', forecastCommand],
  ['propensities', propensitiesCommand],
  ['snapshot', snapshotCommand],
]);

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(USAGE);
    if (command === undefined) process.exitCode = 2;
    return;
  }
  if (command === '--version') {
    process.stdout.write(`${version()}\n`);
    return;
  }
  const run = COMMANDS.get(command);
  if (!run) throw new UsageError(`unknown command ${JSON.stringify(command)}`);
  if (rest.includes('--help') || rest.includes('-h')) process.stdout.write(usageOf(command));
  else await run(rest);
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** What a person can act on is told in a sentence; anything else is our fault and keeps its stack. */
function fail(error: unknown): void {
  const expected =
    error instanceof UsageError ||
    error instanceof DataError ||
    error instanceof ParameterError ||
    error instanceof KernelError;
  const text = expected ? error.message : String((error as Error)?.stack ?? error);
  process.stderr.write(`thompsonite: ${expected ? cleanName(text) : text}\n`);
  if (error instanceof UsageError) process.stderr.write('See thompsonite --help.\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader closed the pipe (`| head`): nobody is left to tell.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  process.stderr.write(`thompsonite: standard output cannot be written: ${error.message}\n`);
  process.exit(1);
});

main(process.argv.slice(2)).catch(fail);
