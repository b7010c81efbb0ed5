import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseModels, type ModelOptions } from '../arms/models';
import { DataError, ParameterError } from '../core/errors';
import { assembleTable } from './assembleTable';
import { parseRecordedRequest } from './parseRequest';
import { readLines } from './readLines';
import type { OutcomeTable, RecordedRequest } from './table';

export interface ReadTableOptions {
  /** Models file; `undefined` = `modelsFileOf` the table, if it exists. */
  readonly modelsFile: string | undefined;
  /** Only the first requests of the file. */
  readonly limit: number;
  /** A bad line ends the run. */
  readonly strict: boolean;
  /** Told of each bad line that is skipped. */
  readonly onBadLine: (error: DataError) => void;
}

/**
 * Reads an outcome table and its models file.
 * @throws {DataError} when a file cannot be read, nothing is left to replay, or, with `strict`, at the first bad line
 */
export async function readTable(file: string, options: ReadTableOptions): Promise<OutcomeTable> {
  const models = await readModels(file, options.modelsFile);
  const { requests, skippedLines } = await readRequests(file, options, (request) =>
    requireCosts(request, models),
  );
  return assembleTable({ file, name: tableName(file), requests, models, skippedLines });
}

/**
 * Reads the lines of an outcome table; ids are unique.
 * @param check throws a ParameterError for a request that cannot be used
 * @throws {DataError} when the file cannot be read or, with `strict`, at the first bad line
 */
export async function readRequests(
  file: string,
  { limit, strict, onBadLine }: Omit<ReadTableOptions, 'modelsFile'>,
  check: (request: RecordedRequest) => void,
): Promise<{ requests: RecordedRequest[]; skippedLines: number }> {
  const requests: RecordedRequest[] = [];
  const seen = new Set<string>();
  let skippedLines = 0;
  await readLines(file, (line, number) => {
    if (requests.length >= limit) return;
    try {
      const request = parseRecordedRequest(line);
      if (seen.has(request.id)) throw new ParameterError('id', 'unique in the file', request.id);
      check(request);
      seen.add(request.id);
      requests.push(request);
    } catch (error) {
      if (!(error instanceof ParameterError || error instanceof SyntaxError)) throw error;
      const problem = new DataError(file, number, error.message);
      if (strict) throw problem;
      skippedLines++;
      onBadLine(problem);
    }
  });
  return { requests, skippedLines };
}

/** An outcome that counts must have a cost: recorded, or tokens at a list price. An unknown price is never 0. */
function requireCosts(request: RecordedRequest, models: ReadonlyMap<string, ModelOptions>): void {
  for (const [model, outcome] of request.outcomes) {
    if (Number.isNaN(outcome.quality) || !Number.isNaN(outcome.costUsd)) continue;
    const path = `outcomes[${JSON.stringify(model)}]`;
    if (!models.has(model)) {
      throw new ParameterError(
        `${path}.costUsd`,
        'given, because the models file has no price for this model',
        undefined,
      );
    }
    if (Number.isNaN(outcome.outputTokens)) {
      throw new ParameterError(`${path}.outputTokens`, 'given where costUsd is not', undefined);
    }
    if (Number.isNaN(request.promptTokens)) {
      throw new ParameterError('promptTokens', `given where ${path}.costUsd is not`, undefined);
    }
  }
}

/** Name of the models file of a table. */
export function modelsFileOf(table: string): string {
  return `${table.replace(/\.jsonl(\.gz)?$/, '')}.models.json`;
}

/**
 * The models file, or no models where the default one does not exist.
 * @throws {DataError} when it cannot be read
 */
export async function readModels(
  table: string,
  file: string | undefined,
): Promise<Map<string, ModelOptions>> {
  const path = file ?? modelsFileOf(table);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    // Without the default file every outcome must carry its own cost.
    if (missing && file === undefined) return new Map();
    throw new DataError(
      path,
      undefined,
      missing ? 'no such file' : 'cannot be read as a models file',
    );
  }
  try {
    return parseModels('models', JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    const problem =
      error instanceof SyntaxError ? `is not JSON: ${error.message}` : (error as Error).message;
    throw new DataError(path, undefined, problem);
  }
}

/** A file's name without its folder and ending. */
export function tableName(file: string): string {
  return basename(file).replace(/\.jsonl(\.gz)?$/, '');
}
