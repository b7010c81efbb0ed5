/**
 * Strategy: decisions drawn from propensities have the rounded propensities as their distribution (chi-square, on both sides of
 * the crossover between cumulative sums and alias table), never choose an arm with 0, and are the same whatever the
 * chunking. The propensities themselves: propensity.test.ts.
 */
import { expect, test } from 'vitest';
import { PropensityChooser, propensitiesInto, type PropensityInput } from '../../src';
import { chiSquareCritical } from './thompsonCounts';

/** Arms around a common quality, every fifth masked. */
function input(arms: number): PropensityInput {
  return {
    alphas: Float64Array.from({ length: arms }, (_, i) => 3 + (i % 7)),
    betas: Float64Array.from({ length: arms }, (_, i) => 2 + (i % 3)),
    utilityOffsets: Float64Array.from({ length: arms }, (_, i) => 0.01 * (i % 4)),
    eligible: Uint8Array.from({ length: arms }, (_, i) => Number(i % 5 !== 4)),
  };
}

const DECISIONS = 300_000;
const ARMS = [1, 2, 3, 8, 31, 32, 33, 64, 100, 257];

test.each(ARMS)('%d arms: the frequencies are the propensities', (arms) => {
  const p = new Float64Array(arms);
  propensitiesInto(input(arms), p);
  const chosen = new Int32Array(DECISIONS);
  new PropensityChooser({ seed: 5 }).chooseInto(input(arms), 0, chosen);
  const counts = new Float64Array(arms);
  for (const arm of chosen) counts[arm]!++;
  let statistic = 0;
  let degrees = -1;
  p.forEach((value, i) => {
    if (value === 0) expect(counts[i]).toBe(0);
    else {
      degrees++;
      statistic += (counts[i]! - value * DECISIONS) ** 2 / (value * DECISIONS);
    }
  });
  if (degrees > 0) expect(statistic).toBeLessThan(chiSquareCritical(degrees, 1e-6 / ARMS.length));
});

test.each([8, 40])('%d arms: chunking does not matter, nor where a batch starts', (arms) => {
  const chooser = new PropensityChooser({ seed: 2n ** 63n + 7n });
  const from = 2 ** 32 - 3000;
  const whole = new Int32Array(7000);
  chooser.chooseInto(input(arms), from, whole);
  const pieces = new Int32Array(7000);
  for (let start = 0, step = 1; start < 7000; start += step, step = (step * 3 + 1) % 1500) {
    chooser.chooseInto(
      input(arms),
      from + start,
      pieces.subarray(start, Math.min(7000, start + step)),
    );
  }
  expect(pieces).toEqual(whole);
  const large = new Int32Array(70_000);
  chooser.chooseInto(input(arms), from, large);
  expect(large.subarray(0, 7000)).toEqual(whole);
  const other = new Int32Array(7000);
  new PropensityChooser({ seed: 1 }).chooseInto(input(arms), from, other);
  expect(other).not.toEqual(whole);
});

test('with no arm eligible every choice is -1; bad input leaves the target as it was', () => {
  const chooser = new PropensityChooser({ seed: 1 });
  const out = Int32Array.of(5, 5);
  const good = input(4);
  for (const from of [-1, 0.5, NaN, 2 ** 53]) {
    expect(() => chooser.chooseInto(good, from, out)).toThrow(/firstSequence/);
  }
  expect(() => chooser.chooseInto({ ...good, floor: NaN }, 0, out)).toThrow(/input\.floor/);
  expect(() => chooser.chooseInto(good, 0, [1] as unknown as Int32Array)).toThrow(
    /out must be an Int32Array/,
  );
  expect(() => new PropensityChooser({ seed: -1 })).toThrow(/seed/);
  expect([...out]).toEqual([5, 5]);
  expect(chooser.chooseInto({ ...good, eligible: new Uint8Array(4) }, 0, out)).toBe(
    'no-eligible-arm',
  );
  expect([...out]).toEqual([-1, -1]);
  expect(chooser.chooseInto(good, 9, new Int32Array(0))).toBe('accurate');
});
