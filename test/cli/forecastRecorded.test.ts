/**
 * Strategy: one split of each recorded table through the command as a real process, with bounds that a broken forecaster misses. The
 * promised figures, over five splits, are held in test/statistical/forecasts.test.ts: they take minutes. Skipped where the tables are absent.
 */
import { expect, test } from 'vitest';
import type { ForecastResult } from '../../src/replay/forecast/result';
import { hasTable, tablePath, thompsonite } from './run';

function forecast(name: string, ...args: string[]): ForecastResult {
  const { status, stdout, stderr } = thompsonite(
    'forecast',
    tablePath(name),
    '--splits',
    '1',
    '--json',
    ...args,
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as ForecastResult;
}

test.skipIf(!hasTable('reasoning-gym-easy'))('reasoning-gym-easy', () => {
  const { table, overall, coldStart } = forecast('reasoning-gym-easy');
  expect(table).toMatchObject({ requests: 4617, prompts: 4617, rows: 32192, models: 7 });
  expect(overall.logR2!).toBeGreaterThan(0.6);
  expect(overall.maeTokens! / overall.maeConstantMedian!).toBeLessThan(0.85);
  expect(overall.crps!).toBeLessThan(overall.maeTokens!);
  expect(Math.abs(overall.coverage95! - 0.95)).toBeLessThan(0.03);
  expect(coldStart.modelsLeftOut).toBe(1);
});

test.skipIf(!hasTable('llmdrift'))('llmdrift: by time, prompts come again', () => {
  const { evaluation, coldStart, overall } = forecast('llmdrift');
  expect(evaluation).toMatchObject({ order: 'by time', splits: 1 });
  expect(evaluation.heldOutRowsSeenBefore).toBeGreaterThan(0);
  expect(coldStart.maeAtZeroRows).toBeNull();
  expect(overall.maeTokens).toBeTypeOf('number');
});

test.skipIf(!hasTable('paretobandit-val'))('paretobandit-val: prompts but no tokens', () => {
  const { status, stderr } = thompsonite('forecast', tablePath('paretobandit-val'));
  expect(status).toBe(1);
  expect(stderr).toMatch(/must hold at least 10 different prompts with outputTokens, got 0\n$/);
});
