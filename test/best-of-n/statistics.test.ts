/**
 * Strategy: the exact expectation against enumeration of all subsets, fits and means against recorded figures of scipy and mpmath
 * (scripts/make-best-of-n-reference.py), and laws that tie them to each other.
 * Not tested here: bits (test/golden), running samples (bestOfN.test.ts).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedBestOf, proxyGain } from '../../src/best-of-n/expectedBest';
import { bestOfNPriorMean, fitRepeats } from '../../src/best-of-n/repeats';
import { expectRefusal } from '../support/refusal';

interface Reference {
  readonly fits: readonly {
    readonly name: string;
    readonly successes: readonly number[];
    readonly trials: readonly number[];
    readonly mean: number;
    readonly strength: number;
    readonly logLikelihood: number;
  }[];
  readonly bestMeans: readonly (readonly [number, number, number, number])[];
}

const reference = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'reference.json'), 'utf8'),
) as Reference;

/** Sums of products of at most 12 ratios, each rounded. */
const ROUNDING = 1e-13;

/** All subsets of n indices below m. */
function subsets(m: number, n: number, from = 0): number[][] {
  if (n === 0) return [[]];
  return Array.from({ length: Math.max(0, m - from) }, (_, i) => from + i).flatMap((first) =>
    subsets(m, n - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

/** Mean over all subsets of the value at the best score, ties averaged. */
function enumerated(scores: readonly number[], values: readonly number[], n: number): number {
  const all = subsets(scores.length, n);
  const sum = all.reduce((total, subset) => {
    const best = Math.max(...subset.map((i) => scores[i]!));
    const tied = subset.filter((i) => scores[i] === best);
    return total + tied.reduce((t, i) => t + values[i]!, 0) / tied.length;
  }, 0);
  return sum / all.length;
}

describe('the expected best of n of M recorded samples', () => {
  test('is the mean over all subsets, ties included', () => {
    const samples = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 4 }), fc.double({ min: -5, max: 5, noNaN: true })),
      {
        minLength: 1,
        maxLength: 7,
      },
    );
    fc.assert(
      fc.property(samples, fc.nat(), (pairs, pick) => {
        const n = 1 + (pick % pairs.length);
        const scores = pairs.map(([score]) => score);
        const values = pairs.map(([, value]) => value);
        const [got] = expectedBestOf(
          {
            samples: pairs.length,
            scores: Float64Array.from(scores),
            values: Float64Array.from(values),
          },
          n,
        );
        expect(Math.abs(got! - enumerated(scores, values, n))).toBeLessThanOrEqual(50 * ROUNDING);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('is C(i - 1, n - 1)/C(M, n) of the i-th smallest', () => {
    const scores = Float64Array.of(0.1, 0.2, 0.4, 0.8);
    const [two] = expectedBestOf({ samples: 4, scores }, 2);
    expect(two).toBeCloseTo((1 * 0.2 + 2 * 0.4 + 3 * 0.8) / 6, 14);
  });

  test('rows do not touch each other; one sample gives the mean, all give the maximum', () => {
    const scores = Float64Array.of(3, 1, 2, -1, -1, -1);
    expect([...expectedBestOf({ samples: 3, scores }, 1)]).toEqual([2, -1]);
    expect([...expectedBestOf({ samples: 3, scores }, 3)]).toEqual([3, -1]);
    expect(expectedBestOf({ samples: 3, scores: new Float64Array() }, 2).length).toBe(0);
  });

  test('of 1024 samples stays exact', () => {
    const scores = Float64Array.from({ length: 1024 }, (_, i) => i);
    // The mean maximum of n of 0 … M - 1 drawn without replacement is n (M + 1)/(n + 1) - 1.
    for (const n of [1, 2, 100, 1023, 1024])
      expect(expectedBestOf({ samples: 1024, scores }, n)[0]).toBeCloseTo(
        (n * 1025) / (n + 1) - 1,
        9,
      );
  });

  test('refuses what is none', () => {
    const scores = Float64Array.of(1, 2, 3, 4);
    const call =
      (samples: number, n: number, more = {}) =>
      () =>
        expectedBestOf({ samples, scores, ...more }, n);
    expectRefusal(call(2, 3), 'n', 'a whole number in [1, 2]', 3);
    expectRefusal(call(0, 1), 'samples', 'a whole number in [1, 1024]', 0);
    expectRefusal(call(3, 1), 'scores.length', 'a multiple of samples = 3', 4);
    expectRefusal(
      call(2, 1, { values: new Float64Array(2) }),
      'values.length',
      'scores.length = 4',
      2,
    );
    expectRefusal(
      call(1, 1, { scores: Float64Array.of(1, NaN) }),
      'scores[1]',
      'a finite number',
      NaN,
    );
    expectRefusal(call(1, 1, { scores: [1] }), 'scores', 'a Float64Array', [1]);
    expectRefusal(() => expectedBestOf(undefined as never, 2), 'recorded', 'an object', undefined);
    expectRefusal(() => proxyGain(null as never, 2), 'recorded', 'an object', null);
    expectRefusal(() => bestOfNPriorMean(undefined as never), 'options', 'an object', undefined);
    expectRefusal(
      () => bestOfNPriorMean({ mean: 0.5, n: 2, gian: 1 } as never),
      'options',
      'an object with keys among mean, n, strength, gain',
      'gian',
    );
  });
});

describe('the gain of a proxy', () => {
  const values = Float64Array.of(0, 1, 0, 1, 1, 0, 0, 0, 1);
  test.each([
    ['the value itself', values, 1],
    ['nothing to tell by', new Float64Array(9), 0],
    ['the opposite', values.map((value) => -value), 0],
  ])('that is %s', (_, scores, gain) => {
    expect(proxyGain({ samples: 3, scores, values }, 3)).toBe(gain);
  });
  test('is not known where no row could gain', () => {
    expect(proxyGain({ samples: 3, scores: values, values: new Float64Array(9) }, 2)).toBeNaN();
  });
});

describe('the fit of repeats', () => {
  test.each(reference.fits)('of $name is scipy’s', (world) => {
    const prompts = world.trials.map((trials, i) =>
      Array.from({ length: trials }, (_, j) => (j < world.successes[i]! ? 1 : 0)),
    );
    const fit = fitRepeats(prompts);
    expect(fit.status).toBe('fitted');
    // The reference's simplex stops where the likelihood is flat to 1e-13 of 1e2 … 1e3.
    expect(fit.mean).toBeCloseTo(world.mean, 5);
    expect(Math.abs(fit.strength / world.strength - 1)).toBeLessThan(1e-4);
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(world.logLikelihood - 1e-9);
  });

  test('does not depend on the order of prompts or samples', () => {
    const prompts = [[1, 0, 0], [1, 1], [0, 0, 0], [1], [0.5, 0.25, 1]];
    const turned = [...prompts].reverse().map((scores) => [...scores].reverse());
    const [a, b] = [fitRepeats(prompts), fitRepeats(turned)];
    // The top of a likelihood is flat: its place is known to the root of a rounding.
    expect(b.mean).toBeCloseTo(a.mean, 7);
    expect(b.strength / a.strength).toBeCloseTo(1, 6);
  });

  test('says what it cannot know', () => {
    expect(fitRepeats([[1], [0]])).toMatchObject({
      status: 'no-repeats',
      mean: 0.5,
      strength: NaN,
    });
    expect(fitRepeats([[1, 1], [1]])).toMatchObject({ status: 'constant', mean: 1, strength: NaN });
    expect(fitRepeats([[0, 0]])).toMatchObject({ status: 'constant', mean: 0 });
  });

  test('ends at the border where samples always or never agree', () => {
    const always = fitRepeats([
      [1, 1, 1],
      [0, 0, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(always.strength).toBeCloseTo(1e-3, 9);
    const never = fitRepeats(new Array(50).fill([1, 0]));
    expect(never.strength / 1e4).toBeCloseTo(1, 9);
  });

  test.each([
    ['prompts', 3],
    ['prompts.length', []],
    ['prompts[1].length', [[1], []]],
    ['prompts[0][1]', [[1, 2]]],
    ['prompts[0][0]', [[NaN]]],
    ['prompts[1].length', [[1], undefined]],
  ])('refuses bad %s', (parameter, prompts) => {
    expect(() => fitRepeats(prompts as never)).toThrowError(
      expect.objectContaining({ name: 'ParameterError', parameter }) as Error,
    );
  });
});

describe('the prior mean of (model, n)', () => {
  test.each(reference.bestMeans)('at %d, %d, %d is mpmath’s', (mean, strength, n, value) => {
    const got = bestOfNPriorMean({ mean, strength, n });
    expect(Math.abs(got - value)).toBeLessThanOrEqual(100 * ROUNDING * value);
  });

  test('without repeats is the mean of one sample', () => {
    expect(bestOfNPriorMean({ mean: 0.3, n: 5 })).toBe(0.3);
    expect(bestOfNPriorMean({ mean: 0.3, n: 5, strength: NaN, gain: 1 })).toBe(0.3);
  });

  test('of samples that do not agree is 1 - (1 - mean)ⁿ, and scales with the gain', () => {
    const all = bestOfNPriorMean({ mean: 0.3, n: 3, strength: Infinity });
    expect(all).toBeCloseTo(1 - 0.7 * 0.7 * 0.7, 14);
    const half = bestOfNPriorMean({ mean: 0.3, n: 3, strength: Infinity, gain: 0.5 });
    expect(half).toBeCloseTo((0.3 + all) / 2, 14);
    expect(bestOfNPriorMean({ mean: 0.3, n: 3, strength: 2, gain: 0 })).toBe(0.3);
  });

  test('is what the fit of its own world says of best of n', () => {
    // Prompts of rate 0, 1/2 and 1 in equal shares: the best of two is right in 1/2 … of them.
    const prompts = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
      [1, 1],
    ];
    const { mean, strength } = fitRepeats(prompts);
    const observed = prompts.reduce((sum, scores) => sum + Math.max(...scores), 0) / 6;
    // Two parameters and two frequencies (of 0 and 2 successes): the fit is exact.
    expect(bestOfNPriorMean({ mean, strength, n: 2 })).toBeCloseTo(observed, 9);
  });

  test('stays in [mean, 1], and at the ends', () => {
    expect(bestOfNPriorMean({ mean: 0, n: 9, strength: 1 })).toBe(0);
    expect(bestOfNPriorMean({ mean: 1, n: 9, strength: 1 })).toBe(1);
  });

  test('refuses what is none', () => {
    const call = (more: object) => () => bestOfNPriorMean({ mean: 0.5, n: 2, ...more });
    expectRefusal(call({ mean: NaN }), 'mean', 'in [0, 1]', NaN);
    expectRefusal(call({ n: 0 }), 'n', 'a whole number in [1, 1024]', 0);
    expectRefusal(call({ strength: 0 }), 'strength', '> 0 or NaN', 0);
    expectRefusal(call({ gain: 1.1 }), 'gain', 'in [0, 1]', 1.1);
  });
});
