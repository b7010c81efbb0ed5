/** Strategy: a table whose every row is one cell of the oracle matrix. Not tested here: the matrix (test/rules/oracleMatrix.test.ts). */
import { expect, test } from 'vitest';
import { armsFrom } from '../../src/arms/models';
import { labelsPolicy } from '../../src/replay/policies/labels';
import type { OutcomeTable } from '../../src/replay/table';

test('complex requests go to the large model, all others to the medium one', () => {
  const price = (usd: number) => ({
    family: 'f',
    usdPerMillionInputTokens: usd,
    usdPerMillionOutputTokens: usd,
  });
  // By row: the large model's quality, the medium one's.
  const quality = Float64Array.of(1, 1, 1, 0, 0, 0, 0, 1, 1, 0.5, 0.6, 0.4);
  const table = {
    arms: armsFrom(
      new Map([
        ['large', price(10)],
        ['medium', price(1)],
      ]),
    ),
    rows: 6,
    quality,
    costUsd: new Float64Array(12),
  } as unknown as OutcomeTable;
  expect([...labelsPolicy({ table, costWeight: 0, knownCostUsd: undefined })]).toEqual([
    1, 0, 1, 1, 1, 0,
  ]);
});
