import { Generator, GeneratorStream } from '../random/generator';
import type { OutcomeTable } from './table';

/** Order in which a seed sees the rows: by `at` where every request has it, else shuffled by the seed. */
export function orderOf(table: OutcomeTable, seed: number): Uint32Array {
  const { atSeconds, rows } = table;
  if (!atSeconds) return new Generator(seed, GeneratorStream.ORDER).permutation(rows);
  // Array sorting is stable: requests of the same moment stay in the order of the file.
  return Uint32Array.from(
    Array.from({ length: rows }, (_, row) => row).sort((a, b) => atSeconds[a]! - atSeconds[b]!),
  );
}
