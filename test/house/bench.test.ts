/**
 * Strategy: every benchmark runs at a tiny size, so that it never rots, and its contestants agree on what they compute. What it
 * measures is not looked at: speed has no place in tests.
 */
import { expect, test } from 'vitest';
import { coldStart } from '../../bench/coldStart';
import { show } from '../../bench/measure';
import { decisionsFromPropensity, propensitySets } from '../../bench/propensity';
import { replayLoop } from '../../bench/replayLoop';
import { ridgeFit, ridgePredict, ridgeUpdate } from '../../bench/ridge';
import { BETA_SHAPES, betaDraws } from '../../bench/samplers';

/** Two policies that learn the same way on the same requests end within a few percent; a broken rule does not. */
const SAME_REWARD = 0.03;

test('replay loop: kernel and plain TypeScript earn the same', () => {
  const [kernel, plain] = replayLoop(4000, 4);
  expect(Math.abs(plain!.checksum / kernel!.checksum - 1)).toBeLessThan(SAME_REWARD);
});

test.each(BETA_SHAPES)('Beta(%d, %d): both samplers have the mean of the distribution', (a, b) => {
  const draws = 2000;
  const rounds = 3;
  const mean = a / (a + b);
  // Six standard errors of a mean of draws × rounds.
  const bound = 6 * Math.sqrt((mean * (1 - mean)) / (a + b + 1) / (draws * rounds));
  const timings = betaDraws(a, b, draws, rounds);
  for (const { checksum } of timings)
    expect(Math.abs(checksum / (draws * rounds) - mean)).toBeLessThan(bound);
  expect(show('title', 'ns', timings)).toMatch(/ratio/);
});

test.each([
  ['fit', () => ridgeFit(300, 5, 2)],
  ['update', () => ridgeUpdate(7, 40, 2)],
  ['predict', () => ridgePredict(60, 4, 2)],
])('ridge %s: kernel and plain TypeScript give the same', (_, run) => {
  const [kernel, plain] = run();
  expect(Math.abs(plain!.checksum / kernel!.checksum - 1)).toBeLessThan(1e-9);
});

test('propensities: every contestant gives a probability', () => {
  for (const { checksum } of propensitySets(3, 2, 2)) {
    expect(checksum).toBeGreaterThan(0);
    expect(checksum).toBeLessThanOrEqual(2);
  }
});

test('decisions from propensities have the distribution of draws', () => {
  const [kernel, plain] = decisionsFromPropensity(4, 20_000, 2);
  // Six standard errors of the difference of two counts of wins.
  expect(Math.abs(kernel!.checksum - plain!.checksum)).toBeLessThan(
    6 * Math.sqrt((2 * 40_000) / 4),
  );
});

test('cold start: fresh processes instantiate the kernel', () => {
  const { min, median, max } = coldStart(2);
  expect(min).toBeGreaterThan(0);
  expect(median).toBeGreaterThanOrEqual(min);
  expect(max).toBeGreaterThanOrEqual(median);
});
