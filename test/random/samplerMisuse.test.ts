/**
 * Strategy: each parameter of each sampler with everything it must refuse; the error names parameter, interval and value,
 * and the sampler then goes on as if the call had not been made. The ends of the allowed intervals are drawn from.
 * Not tested here: tables and own shapes (betaMisuse.test.ts), how well the draws at the ends are distributed
 * (test/distributions).
 */
import { describe, expect, test } from 'vitest';
import { Sampler, type SamplerOptions } from '../../src/random/sampler';
import { expectRefusal, thrownBy } from '../support/refusal';

/** Not numbers at all: refused everywhere. */
const WRONG_TYPES = [undefined, null, '1', true, 1n, [1], {}];
const NOT_FINITE = [NaN, Infinity, -Infinity];
const SHAPE = 'in (0, 1e15]';
const POSITIVE = '> 0 and finite';
const FINITE = 'a finite number';

interface Parameter {
  readonly method: 'uniform' | 'normal' | 'exponential' | 'gamma' | 'beta';
  readonly name: string;
  /** Arguments before the count; the parameter under test is at `at`. */
  readonly good: readonly number[];
  readonly at: number;
  readonly allowed: string;
  readonly bad: readonly unknown[];
}

const shape = (name: string, at: number, method: 'gamma' | 'beta'): Parameter => ({
  method,
  name,
  good: [2, 3],
  at,
  allowed: SHAPE,
  bad: [...NOT_FINITE, 0, -0, -1, 1e16, 1.0000000000000002e15],
});
const positive = (
  name: string,
  at: number,
  method: Parameter['method'],
  good: readonly number[],
): Parameter => ({
  method,
  name,
  good,
  at,
  allowed: POSITIVE,
  bad: [...NOT_FINITE, 0, -0, -1, -5e-324],
});
const PARAMETERS: readonly Parameter[] = [
  { method: 'uniform', name: 'low', good: [0, 1], at: 0, allowed: FINITE, bad: NOT_FINITE },
  {
    method: 'uniform',
    name: 'high',
    good: [1, 2],
    at: 1,
    allowed: 'in (1, ∞) with high - low finite',
    bad: [...NOT_FINITE, 1, 0, -1],
  },
  { method: 'normal', name: 'mean', good: [0, 1], at: 0, allowed: FINITE, bad: NOT_FINITE },
  positive('sd', 1, 'normal', [0, 1]),
  positive('rate', 0, 'exponential', [2]),
  shape('shape', 0, 'gamma'),
  positive('scale', 1, 'gamma', [2, 3]),
  shape('a', 0, 'beta'),
  shape('b', 1, 'beta'),
];

/** Calls a method by name with arguments of any type. */
function call(sampler: Sampler, method: string, args: readonly unknown[]): unknown {
  const methods = sampler as unknown as Record<string, (...args: unknown[]) => unknown>;
  return methods[method]!(...args);
}

describe.each(PARAMETERS)('$method: $name', ({ method, name, good, at, allowed, bad }) => {
  test.each([...bad, ...WRONG_TYPES].map((value) => ({ value })))('refuses $value', ({ value }) => {
    const sampler = new Sampler({ seed: 11 });
    const before = call(sampler, method, [...good, 5]);
    const wrong = good.map((argument, i) => (i === at ? value : argument));
    expectRefusal(() => call(sampler, method, [...wrong, 5]), name, allowed, value);
    const target = new Float64Array(4).fill(-7);
    expectRefusal(() => call(sampler, `${method}Into`, [...wrong, target]), name, allowed, value);
    expect([...target]).toEqual([-7, -7, -7, -7]);
    const after = call(sampler, method, [...good, 5]);
    const whole = call(new Sampler({ seed: 11 }), method, [...good, 10]) as Float64Array;
    expect([before, after]).toEqual([whole.slice(0, 5), whole.slice(5)]);
  });
});

const METHODS = [
  ['uniform', [0, 1]],
  ['normal', [0, 1]],
  ['exponential', [1]],
  ['gamma', [2, 3]],
  ['beta', [2, 3]],
] as const;

describe.each(METHODS)('%s', (method, good) => {
  test.each(
    [-1, NaN, 1.5, Infinity, 2 ** 32 + 1, '5', null, undefined, 5n].map((count) => [count]),
  )('refuses the count %s', (count) => {
    const sampler = new Sampler({ seed: 12 });
    const refused = () => call(sampler, method, [...good, count]);
    expectRefusal(refused, 'count', 'a whole number in [0, 2^32]', count);
    const fresh = call(new Sampler({ seed: 12 }), method, [...good, 5]);
    expect(call(sampler, method, [...good, 5])).toEqual(fresh);
  });

  test('gives nothing for a count of 0, and moves nothing', () => {
    const sampler = new Sampler({ seed: 12 });
    expect(call(sampler, method, [...good, 0])).toEqual(new Float64Array(0));
    const fresh = call(new Sampler({ seed: 12 }), method, [...good, 5]);
    expect(call(sampler, method, [...good, 5])).toEqual(fresh);
  });

  test.each([
    [[1, 2]],
    [new Float32Array(4)],
    [new ArrayBuffer(8)],
    [undefined],
    [null],
    [4],
    ['out'],
  ])('refuses the target %s', (out) => {
    const sampler = new Sampler({ seed: 12 });
    const refused = () => call(sampler, `${method}Into`, [...good, out]);
    expectRefusal(refused, 'out', 'a Float64Array', out);
    const fresh = call(new Sampler({ seed: 12 }), method, [...good, 5]);
    expect(call(sampler, method, [...good, 5])).toEqual(fresh);
  });
});

describe('seed', () => {
  const allowed = 'a whole number in [0, 2^53 - 1] or a bigint in [0, 2^64 - 1]';

  test.each(
    [-1, 0.5, NaN, Infinity, 2 ** 53, -1n, 2n ** 64n, '7', null, true, {}, []].map((s) => [s]),
  )('refuses %s', (seed) => {
    const refused = () => new Sampler({ seed } as SamplerOptions);
    expectRefusal(refused, 'seed', allowed, seed);
  });

  test.each([0, -0, 2 ** 53 - 1, 0n, 2n ** 64n - 1n].map((s) => [s]))('takes %s', (seed) => {
    const draws = new Sampler({ seed }).uniform(0, 1, 100);
    expect(new Set(draws).size).toBe(100);
  });
});

describe('messages', () => {
  const message = (action: (sampler: Sampler) => unknown) =>
    (thrownBy(() => action(new Sampler({ seed: 1 }))) as Error).message;

  test('are of the form name, interval, value', () => {
    expect(message((s) => s.beta(0, 1, 1))).toBe('a must be in (0, 1e15], got 0');
    expect(message((s) => s.gamma(1, NaN, 1))).toBe('scale must be > 0 and finite, got NaN');
    expect(message((s) => s.uniform(3, 3, 1))).toBe(
      'high must be in (3, ∞) with high - low finite, got 3',
    );
    expect(message((s) => s.normal(0, 1, 1.5))).toBe(
      'count must be a whole number in [0, 2^32], got 1.5',
    );
    expect(message(() => new Sampler({ seed: 2n ** 64n }))).toBe(
      'seed must be a whole number in [0, 2^53 - 1] or a bigint in [0, 2^64 - 1], got 18446744073709551616n',
    );
  });
});

describe('the ends of the intervals', () => {
  const SMALLEST = 5e-324;
  const shapes = [SMALLEST, 1e-310, 1e-300, 1e-100, 1e-3, 1, 1e15];

  test('give Beta draws in [0, 1] at every pair of extreme shapes', () => {
    for (const a of shapes) {
      for (const b of shapes) {
        const draws = new Sampler({ seed: 13 }).beta(a, b, 500);
        expect(draws.every((x) => x >= 0 && x <= 1)).toBe(true);
      }
    }
  });

  test.each([SMALLEST, 1e-310, 1e-300])('make Beta(%d, %d) a fair coin', (tiny) => {
    // Of 10,000 fair flips; 4.5 standard deviations of 50 are exceeded with probability 7e-6.
    const draws = new Sampler({ seed: 14 }).beta(tiny, tiny, 10_000);
    const ones = draws.filter((x) => x === 1).length;
    expect(ones + draws.filter((x) => x === 0).length).toBe(10_000);
    expect(Math.abs(ones - 5000)).toBeLessThan(225);
  });

  test('give Gamma draws >= 0, never NaN', () => {
    for (const shape of shapes) {
      for (const scale of [SMALLEST, 1, 1e308]) {
        const draws = new Sampler({ seed: 13 }).gamma(shape, scale, 500);
        expect(draws.every((x) => x >= 0)).toBe(true);
      }
    }
  });

  test('give exponentials >= 0 and normals that are no NaN', () => {
    for (const rate of [SMALLEST, 1, Number.MAX_VALUE]) {
      expect(new Sampler({ seed: 13 }).exponential(rate, 500).every((x) => x >= 0)).toBe(true);
    }
    for (const sd of [SMALLEST, 1, Number.MAX_VALUE]) {
      expect(new Sampler({ seed: 13 }).normal(-1e308, sd, 500).some(Number.isNaN)).toBe(false);
    }
  });
});
