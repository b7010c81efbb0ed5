/** Strategy: bad input to the special functions names what is wrong and leaves `out` as it was. Values: reference.test.ts. */
import { expect, test } from 'vitest';
import {
  betaCdfInto,
  betaQuantileInto,
  logBetaInto,
  logGammaInto,
  normalCdfInto,
  normalQuantileInto,
} from '../../src';

const f = (...values: number[]) => Float64Array.of(...values);

test.each<[string, (out: Float64Array) => unknown, RegExp]>([
  ['NaN', (out) => logGammaInto(f(1, NaN), out), /x\[1\] must be in \(0, 1e15\], got NaN/],
  ['zero', (out) => logGammaInto(f(0, 1), out), /x\[0\]/],
  ['negative', (out) => logBetaInto(f(1, 1), f(-1, 1), out), /b\[0\]/],
  ['too large', (out) => logBetaInto(f(1, 2e15), f(1, 1), out), /a\[1\]/],
  ['length', (out) => logBetaInto(f(1, 1), f(1), out), /b\.length must be out\.length = 2, got 1/],
  [
    'x > 1',
    (out) => betaCdfInto(f(0.5, 1.5), f(1, 1), f(1, 1), 'lower', out),
    /x\[1\] must be in \[0, 1\]/,
  ],
  [
    'tail',
    (out) => betaCdfInto(f(0, 1), f(1, 1), f(1, 1), 'both' as 'lower', out),
    /tail must be 'lower' or 'upper'/,
  ],
  ['p < 0', (out) => betaQuantileInto(f(-1e-9, 1), f(1, 1), f(1, 1), 'lower', out), /p\[0\]/],
  ['normal NaN', (out) => normalCdfInto(f(NaN, 1), 'lower', out), /z\[0\]/],
  ['normal p', (out) => normalQuantileInto(f(0, 2), 'upper', out), /p\[1\]/],
  [
    'type',
    (out) => logGammaInto([1, 2] as unknown as Float64Array, out),
    /x must be a Float64Array/,
  ],
])('%s', (_, call, message) => {
  const out = f(7, 8);
  expect(() => call(out)).toThrow(message);
  expect([...out]).toEqual([7, 8]);
});

test('nothing in, nothing out; more than a chunk is done whole', () => {
  expect(logGammaInto(f(), f())).toHaveLength(0);
  const x = new Float64Array(10_001).fill(5);
  for (const value of logGammaInto(x, new Float64Array(x.length)))
    expect(value).toBeCloseTo(Math.log(24), 14);
  expect(() => logGammaInto(f(1), [0] as unknown as Float64Array)).toThrow(
    /out must be a Float64Array/,
  );
});
