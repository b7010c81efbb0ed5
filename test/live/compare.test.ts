/**
 * Strategy: the comparison and its figures at a tiny size, so that they never rot: worlds are the same for everyone, figures are
 * checked on made-up choices, an absent library is named. Not tested here: the library itself, and the figures of docs/RESULTS.md
 * (`node scripts/run-live-bench.mjs compare`).
 */
import { expect, test } from 'vitest';
import { BayesianRouter } from '../../bench/live/bayesianRouter';
import { compareCost } from '../../bench/live/cost';
import {
  meanInterval,
  meanRegret,
  medianInterval,
  requestsToLeave,
} from '../../bench/live/figures';
import { rotWorlds, thompsoniteRow } from '../../bench/live/rot';
import { ROT_KINDS } from '../../bench/live/rotSettings';
import { ROT_AT, rotPlan } from '../../bench/live/rotWorld';
import { runThompsonite } from '../../bench/live/thompsonite';
import { drawWorld } from '../../bench/live/world';

test('a world rots when it should, and its answers follow', () => {
  const [rotting, sound] = [true, false].map((rots) => drawWorld(rotPlan(60, rots), 1));
  const k = rotting!.arms.length;
  expect(rotting!.expected[(ROT_AT - 1) * k]).toBe(0.93);
  expect(rotting!.expected[ROT_AT * k]).toBe(0.6);
  expect(sound!.expected[ROT_AT * k]).toBe(0.93);
  expect(rotting!.quality.subarray(0, ROT_AT * k)).toEqual(sound!.quality.subarray(0, ROT_AT * k));
  expect(rotting!.costUsd).toEqual(sound!.costUsd);
});

test('regret, and requests to leave an arm', () => {
  const world = drawWorld({ ...rotPlan(undefined, true), requests: 1200 }, 1);
  const choices = new Uint8Array(1200).fill(0);
  expect(meanRegret(world, choices, 0, ROT_AT)).toBe(0);
  expect(meanRegret(world, choices, ROT_AT, 1200)).toBeCloseTo(0.28, 12);
  expect(requestsToLeave(choices, 0, ROT_AT)).toBe(200);
  choices.fill(1, ROT_AT + 10);
  // Half of the last 50: 25 requests elsewhere, after ten more with the rotten arm.
  expect(requestsToLeave(choices, 0, ROT_AT)).toBe(35);
});

test('intervals', () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  // Of 101 values, the order statistics 41 and 61 bracket the median with 96 % (binomial of 1/2).
  expect(medianInterval(values)).toEqual({ median: 50, low: 40, high: 60 });
  const { mean, low, high } = meanInterval([1, 2, 3]);
  expect([mean, high - mean, mean - low]).toEqual([2, 1.96 / Math.sqrt(3), 1.96 / Math.sqrt(3)]);
});

test('the same seeds give the same lives, and cost in the decision pays', () => {
  const world = drawWorld(rotPlan(60, true), 7);
  const live = () => runThompsonite(world, { name: '' }, 7);
  expect(live()).toEqual(live());
  const [minding, not] = compareCost(undefined, [1, 2, 3], () => undefined);
  expect(minding!.rewardPerUsd.mean).toBeGreaterThan(2 * not!.rewardPerUsd.mean);
});

test('every way of noticing rot leaves sooner than no way', () => {
  const kind = ROT_KINDS.find(({ gradeStrength }) => gradeStrength === undefined)!;
  const seeds = [1, 2];
  const worlds = rotWorlds(kind, seeds);
  const [none, ...rows] = [{}, ...kind.settings].map((one) =>
    thompsoniteRow(kind, worlds, seeds, one),
  );
  for (const row of rows)
    expect(row.requestsToLeave.median, row.contestant).toBeLessThan(none!.requestsToLeave.median);
});

test('a library that is not here is named', () => {
  expect(BayesianRouter.find('no-such-python')).toMatch(
    /bayesian-router is absent: no-such-python/,
  );
});
