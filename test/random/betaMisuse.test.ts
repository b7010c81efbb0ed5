/**
 * Strategy: everything that the table method and Betas of given shapes must refuse, by name, interval and value; the
 * sampler then goes on as if the call had not been made, and the target is as it was.
 * Not tested here: the parameters that all samplers share (samplerMisuse.test.ts), how a table draws (quantileTables,
 * test/distributions/betaTable).
 */
import { describe, expect, test } from 'vitest';
import { quantileTablePays } from '../../src/random/quantileTables';
import { Sampler, type BetaOptions } from '../../src/random/sampler';
import { expectRefusal } from '../support/refusal';

const TABLE_SHAPE = 'in [0.1, 1e6]';
const SHAPE = 'in (0, 1e15]';

/** `refused` is refused so, and neither the target nor the sequence moves. */
function expectNothingHappens(
  refused: (sampler: Sampler, out: Float64Array) => unknown,
  parameter: string,
  allowed: string,
  value: unknown,
): void {
  const sampler = new Sampler({ seed: 21 });
  const before = sampler.beta(2, 3, 5);
  const out = new Float64Array(4).fill(-7);
  expectRefusal(() => refused(sampler, out), parameter, allowed, value);
  expect([...out]).toEqual([-7, -7, -7, -7]);
  const whole = new Sampler({ seed: 21 }).beta(2, 3, 10);
  expect([...before, ...sampler.beta(2, 3, 5)]).toEqual([...whole]);
}

describe('the table method', () => {
  const bad = [
    NaN,
    Infinity,
    -Infinity,
    0,
    -1,
    1e-3,
    0.09999999999999999,
    1000000.0000000001,
    1e15,
    undefined,
    null,
    '1',
    1n,
    [1],
  ];

  test.each(bad.map((value) => ({ value })))('refuses the shape $value', ({ value }) => {
    const options: BetaOptions = { method: 'table' };
    const wrong = value as number;
    expectNothingHappens((s) => s.beta(wrong, 2, 9, options), 'a', TABLE_SHAPE, value);
    expectNothingHappens((s) => s.beta(2, wrong, 9, options), 'b', TABLE_SHAPE, value);
    expectNothingHappens((s, out) => s.betaInto(wrong, 2, out, options), 'a', TABLE_SHAPE, value);
    expectNothingHappens((s, out) => s.betaInto(2, wrong, out, options), 'b', TABLE_SHAPE, value);
  });

  test('takes the ends of the interval', () => {
    for (const [a, b] of [0.1, 1e6].flatMap((a) => [0.1, 1e6].map((b) => [a, b] as const))) {
      const draws = new Sampler({ seed: 3 }).beta(a, b, 2000, { method: 'table' });
      expect(draws.every((x) => x >= 0 && x <= 1)).toBe(true);
    }
  });

  test.each(['Table', '', 'alias', null, 1, true, {}].map((method) => ({ method })))(
    'is no method $method',
    ({ method }) => {
      const options = { method } as unknown as BetaOptions;
      const allowed = '"exact" or "table"';
      expectNothingHappens((s) => s.beta(2, 3, 9, options), 'options.method', allowed, method);
      expectNothingHappens(
        (s, out) => s.betaInto(2, 3, out, options),
        'options.method',
        allowed,
        method,
      );
    },
  );

  test('has no other options, and its options are an object', () => {
    const misspelt = { methods: 'table' } as BetaOptions;
    const allowed = 'an object with keys among method';
    expectNothingHappens((s) => s.beta(2, 3, 9, misspelt), 'options', allowed, 'methods');
    for (const wrong of [null, 'table', 1, [1]]) {
      const options = wrong as unknown as BetaOptions;
      expectNothingHappens((s) => s.beta(2, 3, 9, options), 'options', 'an object', wrong);
    }
  });

  test('is exact where the method is left open', () => {
    const exact = new Sampler({ seed: 3 }).beta(2, 3, 50);
    expect(new Sampler({ seed: 3 }).beta(2, 3, 50, {})).toEqual(exact);
    const open = { method: undefined } as unknown as BetaOptions;
    expect(new Sampler({ seed: 3 }).beta(2, 3, 50, open)).toEqual(exact);
    expect(new Sampler({ seed: 3 }).beta(2, 3, 50, { method: 'exact' })).toEqual(exact);
    expect(new Sampler({ seed: 3 }).beta(2, 3, 50, { method: 'table' })).not.toEqual(exact);
  });
});

/** `betaInto` with arguments of any type. */
function intoAny(sampler: Sampler, ...args: unknown[]): unknown {
  return (sampler.betaInto as (...args: unknown[]) => unknown).apply(sampler, args);
}

describe('given shapes', () => {
  const good = () => Float64Array.of(1, 2, 3, 4);
  /** Calls with `wrong` in the place of the first and of the second shapes. */
  const places = [
    ['alphas', (wrong: unknown) => [wrong, good()]],
    ['betas', (wrong: unknown) => [good(), wrong]],
  ] as const;

  test.each([NaN, Infinity, -Infinity, 0, -0, -1, 1e16, 1.0000000000000002e15])(
    'are refused with their index where one is %s',
    (value) => {
      for (const [name, shapes] of places) {
        for (const at of [0, 2, 3]) {
          const wrong = good();
          wrong[at] = value;
          const refused = (s: Sampler, out: Float64Array) => intoAny(s, ...shapes(wrong), out);
          expectNothingHappens(refused, `${name}[${at}]`, SHAPE, value);
        }
      }
    },
  );

  test('are refused for their first wrong element, also beyond a kernel call', () => {
    const alphas = new Float64Array(20_000).fill(2);
    alphas.set([-1, NaN], 17_000);
    const out = new Float64Array(20_000);
    const refused = () => new Sampler({ seed: 1 }).betaInto(alphas, alphas, out);
    expectRefusal(refused, 'alphas[17000]', SHAPE, -1);
    expect(out.every((x) => x === 0)).toBe(true);
  });

  test.each([0, 3, 5])('of another length, %i, are refused', (length) => {
    for (const [name, shapes] of places) {
      const wrong = new Float64Array(length).fill(1);
      const refused = (s: Sampler, out: Float64Array) => intoAny(s, ...shapes(wrong), out);
      expectNothingHappens(refused, `${name}.length`, 'out.length = 4', length);
    }
  });

  test.each(
    [undefined, null, 2, '2', [1, 2, 3, 4], new Float32Array(4), {}].map((value) => ({ value })),
  )('are refused as $value', ({ value }) => {
    for (const [name, shapes] of places) {
      const refused = (s: Sampler, out: Float64Array) => intoAny(s, ...shapes(value), out);
      expectNothingHappens(refused, name, 'a Float64Array', value);
    }
  });

  test('are refused on the target’s buffer, overlapping or not', () => {
    for (const [name, shapes] of places) {
      const buffer = new Float64Array(8).fill(1);
      const [own, out] = [buffer.subarray(0, 4), buffer.subarray(4)];
      const refused = () => intoAny(new Sampler({ seed: 1 }), ...shapes(own), out);
      expectRefusal(refused, name, 'on another buffer than out', 'the same buffer');
      expect([...buffer]).toEqual(new Array(8).fill(1));
    }
  });

  test('take no method and no target but a Float64Array', () => {
    const options = { method: 'table' };
    const withMethod = (s: Sampler, out: Float64Array) => intoAny(s, good(), good(), out, options);
    expectNothingHappens(withMethod, 'options', 'an object without keys', 'method');
    const withNull = (s: Sampler, out: Float64Array) => intoAny(s, good(), good(), out, null);
    expectNothingHappens(withNull, 'options', 'an object', null);
    for (const out of [undefined, null, [0, 0, 0, 0], new Float32Array(4)]) {
      const refused = (s: Sampler) => intoAny(s, good(), good(), out);
      expectNothingHappens(refused, 'out', 'a Float64Array', out);
    }
  });

  test('of zero length give nothing and move nothing', () => {
    const sampler = new Sampler({ seed: 21 });
    const first = sampler.beta(2, 3, 5);
    const out = new Float64Array(0);
    expect(sampler.betaInto(new Float64Array(0), new Float64Array(0), out)).toBe(out);
    const whole = new Sampler({ seed: 21 }).beta(2, 3, 10);
    expect([...first, ...sampler.beta(2, 3, 5)]).toEqual([...whole]);
  });
});

describe('quantileTablePays', () => {
  test('grows with the draws, and sooner where a shape is at most 1', () => {
    const least = (a: number, b: number) => {
      let draws = 1;
      while (draws < 1e6 && !quantileTablePays(a, b, draws)) draws += 1000;
      return draws;
    };
    expect(least(8, 3)).toBeGreaterThan(least(0.5, 0.5));
    expect(least(8, 3)).toBeLessThan(1e6);
    expect(quantileTablePays(8, 3, 0)).toBe(false);
    expect(quantileTablePays(8, 3, Infinity)).toBe(true);
  });

  test('never pays for shapes that no table holds', () => {
    for (const shape of [0.05, 2e6, Infinity]) {
      expect(quantileTablePays(shape, 1, 1e9)).toBe(false);
      expect(quantileTablePays(1, shape, 1e9)).toBe(false);
    }
  });

  test.each([NaN, 0, -1, '1', null, undefined])('refuses %s', (value) => {
    const wrong = value as number;
    expectRefusal(() => quantileTablePays(wrong, 1, 1), 'a', '> 0', value);
    expectRefusal(() => quantileTablePays(1, wrong, 1), 'b', '> 0', value);
    if (value !== 0) expectRefusal(() => quantileTablePays(1, 1, wrong), 'draws', '>= 0', value);
  });
});
