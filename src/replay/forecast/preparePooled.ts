import { encodePrompts, type PromptVectors } from './encodePrompts';
import type { PreparedSplit } from './evaluate';
import { PooledForecaster } from './pooledForecaster';
import type { Split } from './split';
import type { TokenTable } from './tokenTable';

/** The pooled forecaster and the features it shares with the unpooled one. */
export function preparePooled(
  table: TokenTable,
  split: Split,
  vectors: PromptVectors,
): PreparedSplit {
  const features = encodePrompts(table, split, vectors);
  return { features, pooled: new PooledForecaster(table, features) };
}
