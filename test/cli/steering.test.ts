/** Strategy: the command line's steering options on recorded tables (skipped where absent), and refused together. Figures: docs/RESULTS.md. */
import { expect, test } from 'vitest';
import type { ReplayResult } from '../../src/replay/result';
import { hasTable, tablePath, thompsonite } from './run';

const run = (...args: string[]) => thompsonite('replay', ...args);

test.skipIf(!hasTable('llmdrift'))(
  'llmdrift: detectors and half-lives learn the new models',
  () => {
    const utility = (...args: string[]) => {
      const { stdout } = run(
        tablePath('llmdrift'),
        '--policy',
        'thompson',
        '--seeds',
        '3',
        '--willingness-to-pay-usd',
        '1',
        '--json',
        ...args,
      );
      return (JSON.parse(stdout) as ReplayResult).policies[0]!.utility.mean;
    };
    const none = utility();
    expect(utility('--drift')).toBeGreaterThan(none + 0.05);
    expect(utility('--half-life-seconds', '2500')).toBe(utility('--half-life-requests', '250'));
  },
);

test.skipIf(!hasTable('paretobandit-val'))('paretobandit-val: spend is the target', () => {
  const { stdout } = run(
    tablePath('paretobandit-val'),
    '--policy',
    'thompson',
    '--seeds',
    '5',
    '--willingness-to-pay-usd',
    'Infinity',
    '--budget',
    '0.8',
    '--json',
  );
  const { costUsdPer1000 } = (JSON.parse(stdout) as ReplayResult).policies[0]!;
  expect(Math.abs((1.766 * costUsdPer1000.mean) / 0.8 - 1)).toBeLessThan(0.005);
});

test.each([
  [['--half-life-seconds', '5'], /--half-life-seconds must be used on tables with at/],
  [['--half-life-seconds', '5', '--half-life-requests', '5'], /exclude each other/],
  [['--budget', '0'], /--budget must be > 0/],
  [['--budget-window-requests', '5'], /needs --budget/],
  [['--drift', '--policy', 'thompson-context'], /not for policies that read prompts/],
  [
    ['--drift', '--policy', 'thompson,thompson-best-of-n'],
    /not for policies that choose among several samples, such as thompson-best-of-n/,
  ],
  [['--budget', '1', '--policy', 'best-route:0.5'], /several samples, such as best-route:0\.5/],
  [['--half-life-seconds', '5', '--policy', 'best-route:0.5'], /several samples/],
])('refused: %j', (args, message) => {
  const { status, stderr } = run(...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});
