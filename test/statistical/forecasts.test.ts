/**
 * Strategy: the figures promised of token forecasts, as `thompsonite forecast` prints them: five seeded shuffles by prompt, held-out rows only. Skipped
 * where the recorded tables are absent. Not here: what the scores mean (test/replay/forecast), other options (test/cli/forecast*.test.ts).
 */
import { describe, expect, test } from 'vitest';
import type { ForecastResult, OverallScores } from '../../src/replay/forecast/result';
import { hasTable, tablePath, thompsonite } from '../cli/run';

function forecast(name: string, ...args: string[]): ForecastResult {
  const { status, stdout, stderr } = thompsonite('forecast', tablePath(name), '--json', ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as ForecastResult;
}

function expectCoverage({ overall, models }: ForecastResult): void {
  expectBetween(overall.coverage95, 0.93, 0.97);
  expectBetween(overall.coverage80, 0.77, 0.84);
  for (const { coverage95 } of Object.values(models)) expectBetween(coverage95, 0.88, 0.99);
}

function expectBetween(value: number | null, low: number, high: number): void {
  expect(value).toBeGreaterThanOrEqual(low);
  expect(value).toBeLessThanOrEqual(high);
}

function ofConstant({ maeTokens, maeConstantMedian }: OverallScores): number {
  return maeTokens! / maeConstantMedian!;
}

describe.skipIf(!hasTable('reasoning-gym-easy'))('reasoning-gym-easy', () => {
  test('explains .65 of log tokens, with 0.72 of the constant median’s error, and covers', () => {
    const result = forecast('reasoning-gym-easy');
    expect(result.overall.logR2).toBeGreaterThanOrEqual(0.65);
    expect(ofConstant(result.overall)).toBeLessThanOrEqual(0.72);
    expectCoverage(result);
  });
});

describe.skipIf(!hasTable('alpaca-eval'))('alpaca-eval', () => {
  test('hashed: explains .12, covers, and starts new models from their families', () => {
    const result = forecast('alpaca-eval');
    expect(result.overall.logR2).toBeGreaterThanOrEqual(0.12);
    const { coldStart } = result;
    expect(coldStart.maeAtZeroRows!).toBeLessThanOrEqual(0.94 * coldStart.maeAtZeroRowsUnpooled!);
    const twenty = coldStart.curve.find(({ rows }) => rows === 20)!;
    expect(twenty.maePooled).toBeLessThanOrEqual(0.96 * twenty.maeUnpooled);
    expect(coldStart.rowsToConvergePooled! / coldStart.rowsToConvergeUnpooled!).toBeLessThanOrEqual(
      0.35,
    );
    expectCoverage(result);
  });

  test('the sentence encoder explains .20, and covers', () => {
    const result = forecast('alpaca-eval', '--encoder', 'energetic');
    expect(result.overall.logR2).toBeGreaterThanOrEqual(0.2);
    expectCoverage(result);
  });
});
