import { Generator, GeneratorStream } from '../../random/generator';
import type { PolicyContext } from './context';

/** Every arm equally often, by the seed. */
export function randomPolicy({ table }: PolicyContext, seed: number): Int32Array {
  const generator = new Generator(seed, GeneratorStream.RANDOM_POLICY);
  return Int32Array.from({ length: table.rows }, () => generator.index(table.arms.list.length));
}
