import { readModels, readRequests, tableName, type ReadTableOptions } from '../readTable';
import { assembleTokenTable, type TokenTable } from './tokenTable';

/**
 * Reads the prompts and token counts of an outcome table, and its models file for the families.
 * @throws {DataError} when a file cannot be read, too little is left to split, or, with `strict`, at the first bad line
 */
export async function readTokenTable(file: string, options: ReadTableOptions): Promise<TokenTable> {
  const models = await readModels(file, options.modelsFile);
  // No cost is asked for: a table of tokens without prices is fine here.
  const read = await readRequests(file, options, () => undefined);
  return assembleTokenTable({ file, name: tableName(file), models, ...read });
}
