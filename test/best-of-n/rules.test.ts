/**
 * Strategy: the rules on candidates whose right choice is plain, and a property against their definition.
 * Not tested here: the same rules inside the replay (test/replay/levels.test.ts).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseBestRoute, chooseByUtility, matchProbability } from '../../src/best-of-n/rules';
import { expectRefusal, thrownBy } from '../support/refusal';

const arm = (mean: number, expectedCostUsd: number) => ({
  alpha: 20 * mean,
  beta: 20 * (1 - mean),
  expectedCostUsd,
});
const LADDER = [arm(0.5, 1), arm(0.7, 2), arm(0.8, 4), arm(0.9, 9)];

test('an answer is matched unless only the strong one is right', () => {
  expect(matchProbability(LADDER[0]!, LADDER[3]!)).toBeCloseTo(1 - 0.9 * 0.5, 14);
});

test.each([
  [0, 0],
  [0.55, 0],
  [0.6, 1],
  [0.8, 2],
  [0.9, 3],
  [1, 3],
])('the cheapest candidate that reaches %d is %d', (threshold, chosen) => {
  expect(chooseBestRoute(LADDER, { strong: 3, threshold })).toBe(chosen);
});

test('a candidate dearer than the strong arm is not taken, equal ones go to the lower index', () => {
  expect(chooseBestRoute([arm(0.9, 5), arm(0.9, 3)], { strong: 1, threshold: 0 })).toBe(1);
  expect(chooseBestRoute([arm(0.9, 3), arm(0.9, 3)], { strong: 1, threshold: 0 })).toBe(0);
});

test.each([
  [1, 0],
  [15, 1],
  [30, 2],
  [1000, 3],
  [Infinity, 3],
])('at %d USD a unit of quality, %d is worth most', (willingnessToPayUsd, chosen) => {
  expect(chooseByUtility(LADDER, willingnessToPayUsd)).toBe(chosen);
});

test('both are their definitions', () => {
  const candidates = fc.array(
    fc.record({
      alpha: fc.double({ min: 0.01, max: 50, noNaN: true }),
      beta: fc.double({ min: 0.01, max: 50, noNaN: true }),
      expectedCostUsd: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(
      candidates,
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, pick, threshold) => {
        const strong = pick % all.length;
        const chosen = chooseBestRoute(all, { strong, threshold });
        const allowed = all.map(
          (one, i) => i === strong || matchProbability(one, all[strong]!) >= threshold,
        );
        expect(allowed[chosen]).toBe(true);
        all.forEach((one, i) => {
          if (allowed[i])
            expect(all[chosen]!.expectedCostUsd).toBeLessThanOrEqual(one.expectedCostUsd);
        });
      },
    ),
    { seed: 5, numRuns: 200 },
  );
});

test.each([
  ['options', () => chooseBestRoute(LADDER, undefined as never)],
  ['options', () => chooseBestRoute(LADDER, null as never)],
  ['options', () => chooseBestRoute(LADDER, { strong: 0, threshold: 1, x: 1 } as never)],
  ['strong', () => matchProbability(undefined as never, undefined as never)],
  ['strong', () => matchProbability(LADDER[0]!, null as never)],
  ['candidate', () => matchProbability(5 as never, LADDER[0]!)],
])('%s that is none is refused by name', (parameter, call) => {
  expect(thrownBy(call)).toMatchObject({ name: 'ParameterError', parameter });
});

test('bad input is refused', () => {
  const rule = { strong: 0, threshold: 0.5 };
  expectRefusal(() => chooseBestRoute([], rule), 'candidates', 'a non-empty array', []);
  const bad = [arm(0.5, NaN)];
  expectRefusal(
    () => chooseBestRoute(bad, rule),
    'candidates[0].expectedCostUsd',
    'in [0, 1e9]',
    NaN,
  );
  const empty = [{ alpha: 0, beta: 1, expectedCostUsd: 1 }];
  expectRefusal(() => chooseByUtility(empty, 1), 'candidates[0].alpha', '> 0 and finite', 0);
  const high = { strong: 4, threshold: 0.5 };
  expectRefusal(
    () => chooseBestRoute(LADDER, high),
    'options.strong',
    'a whole number in [0, 3]',
    4,
  );
  const nan = { strong: 0, threshold: NaN };
  expectRefusal(() => chooseBestRoute(LADDER, nan), 'options.threshold', 'in [0, 1]', NaN);
  expectRefusal(
    () => chooseByUtility(LADDER, 0),
    'willingnessToPayUsd',
    '>= 1e-9 (Infinity allowed)',
    0,
  );
});
