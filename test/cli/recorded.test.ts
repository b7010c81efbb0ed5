/**
 * Strategy: the command line as a real process on recorded traffic, with the figures that the project promises (docs/RESULTS.md
 * has the commands). Skipped, with the reason printed, where the tables are absent.
 */
import { expect, test } from 'vitest';
import type { ReplayResult } from '../../src/replay/result';
import { hasTable, tablePath, thompsonite } from './run';

function replay(name: string, ...args: string[]): ReplayResult {
  const { status, stdout, stderr } = thompsonite(
    'replay',
    tablePath(name),
    '--policy',
    'thompson',
    '--json',
    ...args,
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as ReplayResult;
}

/** Mean whole-run hull gain over 20 seeds, learning from nothing. */
const GAINS: [string, number, number][] = [
  ['reasoning-gym-easy', 0.003, 0.055],
  ['reasoning-gym-easy', 0.01, 0.006],
  ['reasoning-gym-easy', 1, 0.007],
  ['paretobandit-val', 0.003, 0.015],
  ['paretobandit-val', 0.01, 0.002],
];

test.skipIf(!hasTable('routellm-mmlu'))('routellm-mmlu: APGR of thompson is at least 0.615', () => {
  const { frontier, table } = replay('routellm-mmlu', '--sweep', '--seeds', '20');
  expect(table).toMatchObject({
    requests: 14037,
    usedRequests: 14037,
    segments: 57,
    skippedLines: 0,
  });
  expect(frontier![0]!.apgr).toBeGreaterThanOrEqual(0.615);
});

test.each(GAINS.filter(([name]) => hasTable(name)))(
  '%s at willingness to pay %d USD: hull gain is at least %d',
  (name, willingnessToPayUsd, least) => {
    const { policies } = replay(
      name,
      '--willingness-to-pay-usd',
      String(willingnessToPayUsd),
      '--seeds',
      '20',
    );
    expect(policies[0]!.hullGain!.mean).toBeGreaterThanOrEqual(least);
  },
);

test.skipIf(!hasTable('alpaca-eval'))(
  'alpaca-eval: models without quality are left out and named',
  () => {
    const { table } = replay('alpaca-eval', '--seeds', '2');
    expect(table.models.length).toBeGreaterThanOrEqual(30);
    expect(table.leftOutModels.length).toBeGreaterThanOrEqual(30);
    expect(table.models).toEqual([...table.models].sort());
  },
);

test.skipIf(!hasTable('llmdrift') || !hasTable('paretobandit-val'))(
  'requests come in the order of their time where the table has one, else as the seed shuffles them',
  () => {
    // segment-means chooses the same whatever the seed, so its last half shows the order and nothing else.
    const late = (name: string, seed: string) => {
      const args = [
        '--policy',
        'segment-means',
        '--seeds',
        '1',
        '--seed',
        seed,
        '--willingness-to-pay-usd',
        '1',
        '--json',
      ];
      const { policies } = JSON.parse(
        thompsonite('replay', tablePath(name), ...args).stdout,
      ) as ReplayResult;
      return policies[0]!.hullGainLate!.mean;
    };
    expect(late('llmdrift', '1')).toBe(late('llmdrift', '2'));
    expect(late('paretobandit-val', '1')).not.toBe(late('paretobandit-val', '2'));
  },
);
